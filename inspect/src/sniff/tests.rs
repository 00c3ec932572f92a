#![expect(clippy::unwrap_used, reason = "a test may fail")]

use super::sniff;
use crate::Format;

/// Sniffs a file of which all is there.
fn whole(bytes: &[u8]) -> Option<Format> {
    sniff(bytes, bytes.len() as u64)
}

/// Sniffs the beginning of a file that goes on for a megabyte.
fn head(bytes: &[u8]) -> Option<Format> {
    sniff(bytes, bytes.len() as u64 + 1_000_000)
}

#[test]
fn signatures_of_images_and_pdf_are_told_apart() {
    assert_eq!(head(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"), Some(Format::Jpeg));
    assert_eq!(head(b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR"), Some(Format::Png));
    assert_eq!(head(b"GIF89a\x01\0\x01\0\0\0\0"), Some(Format::Gif));
    assert_eq!(head(b"RIFF\0\0\0\0WEBPVP8X"), Some(Format::WebP));
    assert_eq!(head(b"%PDF-1.7\n"), Some(Format::Pdf));
}

#[test]
fn a_signature_that_is_cut_or_contradicted_is_nothing() {
    for bytes in [
        b"".as_slice(),
        b"\xFF\xD8\xFF",
        b"\xFF\xD8\xFF\x00",
        b"\xFF\xD8\xFF\xD9",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\n\x1a\n\0\0\0\x0DIHDR",
        b"GIF89a",
        b"GIF88a\x01\0\x01\0\0\0\0",
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\0\0\0\0WEBP<htm",
        b"RIFF\0\0\0\0CDDAfmt ",
        b" %PDF-1.7",
        b"%PDF-x",
        b"MZ\x90\0",
        b"\x7FELF",
    ] {
        assert_eq!(whole(bytes), None, "{}", bytes.escape_ascii());
        assert_eq!(head(bytes), None, "{}", bytes.escape_ascii());
    }
}

#[test]
fn svg_is_a_root_element_and_not_a_mention() {
    for drawing in [
        "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        "\u{FEFF}<?xml version='1.0'?>\n<!-- <html> --><svg/>",
        "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"a>b\"><svg>",
        "<!DOCTYPE svg [ <!ENTITY ns 'x>y'> <!-- ]> it's --> ]>\n<svg\n>",
        "  <?xml version='1.0'?><?xml-stylesheet href='a'?><svg width='1'>",
    ] {
        assert_eq!(whole(drawing.as_bytes()), Some(Format::Svg), "{drawing}");
    }
    for other in [
        "<html><svg></svg></html>",
        "<!DOCTYPE html><svg xmlns='http://www.w3.org/2000/svg'>",
        "<!doctype html><svg>",
        "<!DOCTYPE svgx><svg>",
        "<!-- <svg> --><html>",
        "<!-- <svg>",
        "<?xml version='1.0'?><rss><svg/></rss>",
        "<svgx>",
        "<SVG>",
        "<svg",
        "svg <svg>",
        "<script>alert(1)</script><svg>",
        "hello",
    ] {
        assert_eq!(whole(other.as_bytes()), None, "{other}");
    }
}

fn iso_box(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [&length.to_be_bytes(), name.as_slice(), body].concat()
}

fn brands(major: &[u8; 4], compatible: &[u8]) -> Vec<u8> {
    iso_box(b"ftyp", &[major.as_slice(), &[0; 4], compatible].concat())
}

#[test]
fn brands_tell_video_from_sound_and_stills() {
    assert_eq!(head(&brands(b"isom", b"isomiso2avc1mp41")), Some(Format::Mp4));
    assert_eq!(head(&brands(b"mp42", b"")), Some(Format::Mp4));
    assert_eq!(head(&brands(b"3gp5", b"3gp5isom")), Some(Format::Mp4));
    assert_eq!(head(&brands(b"qt  ", b"qt  ")), Some(Format::QuickTime));
    assert_eq!(head(&brands(b"M4A ", b"M4A mp42isom")), Some(Format::M4a));
    assert_eq!(head(&brands(b"M4B ", b"")), Some(Format::M4a));
    assert_eq!(head(&brands(b"heic", b"mif1heic")), Some(Format::Heic));
    assert_eq!(head(&brands(b"mif1", b"mif1heicisom")), Some(Format::Heic));
    assert_eq!(head(&brands(b"mif1", b"miafavif")), Some(Format::Avif));
    assert_eq!(head(&brands(b"avif", b"avifmif1miafMA1B")), Some(Format::Avif));
    assert_eq!(head(&brands(b"avis", b"msf1iso8")), Some(Format::Avif));
    for (major, compatible) in [
        (b"M4P ", b"M4A mp42isom".as_slice()),
        (b"mif1", b"mif1isom"),
        (b"msf1", b"heicisom"),
        (b"hevc", b"heicisom"),
        (b"jxl ", b"isom"),
        (b"3gp5", b"3gp5"),
        (b"xxxx", b""),
    ] {
        assert_eq!(head(&brands(major, compatible)), None, "{}", major.escape_ascii());
    }
    let mut lying = brands(b"isom", b"isom");
    lying[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(head(&lying), None);
}

#[test]
fn a_movie_without_brands_is_quicktime_where_its_boxes_fit_the_file() {
    let movie = iso_box(b"moov", &iso_box(b"mvhd", &[0; 100]));
    let data = iso_box(b"mdat", &[7; 50]);
    let wide = iso_box(b"wide", &[]);
    assert_eq!(whole(&[wide.clone(), data.clone(), movie.clone()].concat()), Some(Format::QuickTime));
    assert_eq!(whole(&[movie, data.clone()].concat()), Some(Format::QuickTime));
    // The movie's own box comes after the data, beyond the head.
    let start = [&wide[..], &500_000_u32.to_be_bytes(), b"mdat", &[0; 100]].concat();
    assert_eq!(sniff(&start, 500_100), Some(Format::QuickTime));
    assert_eq!(sniff(&start, 400_000), None, "the box reaches beyond the file");
    assert_eq!(whole(&data), None, "data without a movie");
    assert_eq!(whole(&iso_box(b"moov", &iso_box(b"html", b"<svg>"))), None);
    assert_eq!(whole(&[iso_box(b"free", &[]), iso_box(b"evil", &[])].concat()), None);
    assert_eq!(whole(b"\0\0\0\x08free"), None);
}

fn ebml(doc_type: &[u8]) -> Vec<u8> {
    let element = [&[0x42, 0x82, 0x80 | doc_type.len() as u8], doc_type].concat();
    let version = [0x42, 0x86, 0x81, 1];
    let body = [version.as_slice(), &element].concat();
    [&[0x1A, 0x45, 0xDF, 0xA3, 0x80 | body.len() as u8], body.as_slice()].concat()
}

#[test]
fn the_document_type_tells_webm_from_matroska() {
    assert_eq!(head(&ebml(b"webm")), Some(Format::WebM));
    assert_eq!(head(&ebml(b"webm\0\0")), Some(Format::WebM));
    assert_eq!(head(&ebml(b"matroska")), Some(Format::Matroska));
    assert_eq!(head(&ebml(b"webmx")), None);
    assert_eq!(head(b"\x1A\x45\xDF\xA3\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), None);
    assert_eq!(head(b"\x1A\x45\xDF\xA3\x84\x42\x82\xFF\x00"), None);
    assert_eq!(head(b"\x1A\x45\xDF\xA3\x00"), None);
}

/// An MP3 frame of 128 kbit/s at 44.1 kHz, 417 bytes.
fn mp3_frame() -> Vec<u8> {
    [&[0xFF, 0xFB, 0x90, 0x00], [0; 413].as_slice()].concat()
}

/// An ADTS frame of 100 bytes.
fn adts_frame() -> Vec<u8> {
    [&[0xFF, 0xF1, 0x50, 0x80, 100 >> 3, (100 & 7) << 5, 0xFC], [0; 93].as_slice()].concat()
}

fn tag(length: u32) -> Vec<u8> {
    let size = [21, 14, 7, 0].map(|shift| (length >> shift & 0x7F) as u8);
    [b"ID3\x04\0\0".as_slice(), &size].concat()
}

#[test]
fn audio_frames_count_when_another_follows() {
    assert_eq!(head(&[mp3_frame(), mp3_frame()].concat()), Some(Format::Mp3));
    assert_eq!(whole(&mp3_frame()), Some(Format::Mp3), "a file of one frame");
    assert_eq!(whole(&[mp3_frame(), b"TAG".to_vec(), vec![0; 125]].concat()), Some(Format::Mp3));
    assert_eq!(head(&[adts_frame(), adts_frame()].concat()), Some(Format::Aac));
    assert_eq!(head(&[mp3_frame(), vec![0; 100]].concat()), None);
    assert_eq!(head(&[adts_frame(), mp3_frame()].concat()), None);
    assert_eq!(whole(&mp3_frame()[..100]), None, "a frame that is cut off");
    assert_eq!(head(&[0xFF; 100]), None);
}

#[test]
fn behind_a_tag_only_audio_counts() {
    let padded = |length: u32| [tag(length), vec![0; length as usize]].concat();
    assert_eq!(head(&[padded(50), mp3_frame(), mp3_frame()].concat()), Some(Format::Mp3));
    assert_eq!(head(&[padded(50), padded(9), vec![0; 30], mp3_frame(), mp3_frame()].concat()), Some(Format::Mp3));
    assert_eq!(head(&[padded(50), adts_frame(), adts_frame()].concat()), Some(Format::Aac));
    assert_eq!(head(&[padded(50), b"fLaC\0\0\0\x22".to_vec(), vec![0; 100]].concat()), Some(Format::Flac));
    assert_eq!(head(&[padded(300_000), b"fLaC\0\0\0\x22".to_vec(), vec![0; 100]].concat()), Some(Format::Flac));
    assert_eq!(head(&[padded(50), b"<html><body>".to_vec()].concat()), None);
    // A picture in the tag: no audio within the head.
    assert_eq!(sniff(&[tag(300_000), vec![1; 60_000]].concat(), 5_000_000), Some(Format::Mp3));
    assert_eq!(sniff(&[tag(300_000), vec![1; 60_000]].concat(), 200_000), None, "a tag beyond the end of the file");
    // The same, but the bytes behind it are at hand.
    assert_eq!(head(&[padded(300_000), adts_frame(), adts_frame()].concat()), Some(Format::Aac));
    assert_eq!(head(&[padded(300_000), b"<html><body>".to_vec()].concat()), None);
    assert_eq!(whole(&padded(50)), None, "a tag and nothing else");
    assert_eq!(head(b"ID3\xFF\0\0\0\0\0\0aaaaaaaaaaa"), None);
}

#[test]
fn flac_begins_with_stream_info() {
    assert_eq!(head(b"fLaC\0\0\0\x22"), Some(Format::Flac));
    assert_eq!(head(b"fLaC\x80\0\0\x22"), Some(Format::Flac));
    for other in [b"fLaC\0\0\0\x21".as_slice(), b"fLaC\x04\0\0\x22", b"fLaC\0\0\0", b"flac\0\0\0\x22"] {
        assert_eq!(head(other), None, "{}", other.escape_ascii());
    }
}

#[test]
fn riff_needs_the_chunks_of_its_kind() {
    let form = |kind: &[u8], rest: &[u8]| [b"RIFF\xFF\xFF\xFF\xFF", kind, rest].concat();
    assert_eq!(head(&form(b"WAVE", b"fmt \x10\0\0\0")), Some(Format::Wav));
    assert_eq!(head(&form(b"WAVE", b"JUNK\x04\0\0\0aaaafmt \x10\0\0\0")), Some(Format::Wav));
    assert_eq!(whole(&form(b"WAVE", b"JUNK\x04\0\0\0aaaa")), None);
    assert_eq!(head(&form(b"WAVE", b"data\x04\0\0\0aaaa")), None);
    assert_eq!(head(&form(b"AVI ", b"LIST\0\0\0\0hdrlavih")), Some(Format::Avi));
    assert_eq!(head(&form(b"AVI ", b"LIST\0\0\0\0INFO")), None);
}

#[test]
fn ogg_is_audio_when_every_stream_is() {
    let page = |flags: u8, packet: &[u8]| {
        let header = [b"OggS\0".as_slice(), &[flags], &[0; 20], &[1, packet.len() as u8]].concat();
        [header, packet.to_vec()].concat()
    };
    let (vorbis, opus) = (page(2, b"\x01vorbis\0\0\0\0\0\0\0\0\0\0"), page(2, b"OpusHead\x01\x02\0\0\0\0\0\0\0\0\0"));
    let theora = page(2, b"\x80theora\x03\x02\x01\0\0\0\0\0\0\0");
    assert_eq!(head(&[vorbis.clone(), page(0, b"x")].concat()), Some(Format::Ogg));
    assert_eq!(head(&opus), Some(Format::Ogg));
    assert_eq!(head(&[vorbis, theora.clone()].concat()), None);
    assert_eq!(head(&theora), None);
    assert_eq!(head(&page(0, b"OpusHead\x01\x02\0\0\0\0\0\0\0\0\0")), None);
}

fn zip_entry(name: &str, data: &[u8], streamed: bool) -> Vec<u8> {
    let length = if streamed { 0 } else { data.len() as u32 };
    [
        b"PK\x03\x04\x14\0".as_slice(),
        &[if streamed { 8 } else { 0 }, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &length.to_le_bytes(),
        &length.to_le_bytes(),
        &(name.len() as u16).to_le_bytes(),
        &[0, 0],
        name.as_bytes(),
        data,
    ]
    .concat()
}

#[test]
fn a_zip_is_a_word_document_by_its_first_entries() {
    let zip =
        |names: &[&str], streamed| names.iter().flat_map(|name| zip_entry(name, b"data", streamed)).collect::<Vec<_>>();
    for streamed in [false, true] {
        let sniffed = |names: &[&str]| head(&zip(names, streamed));
        assert_eq!(sniffed(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]), Some(Format::Docx));
        assert_eq!(sniffed(&["word/numbering.xml", "word/document.xml"]), Some(Format::Docx));
        assert_eq!(sniffed(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"]), None);
        assert_eq!(sniffed(&["[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml", "word/a"]), None);
        assert_eq!(sniffed(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]), None);
        assert_eq!(sniffed(&["mimetype", "word/document.xml"]), None);
        assert_eq!(sniffed(&["evil.js", "[Content_Types].xml", "word/document.xml"]), None);
        assert_eq!(sniffed(&["[Content_Types].xml"]), None);
    }
}

/// A compound file whose directory holds these streams in its root, as a list to the right.
fn compound_file(streams: &[&str], directory_sector: u32) -> Vec<u8> {
    let mut file = vec![0; 512];
    file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    file[0x1A..0x20].copy_from_slice(&[3, 0, 0xFE, 0xFF, 9, 0]);
    file[0x30..0x34].copy_from_slice(&directory_sector.to_le_bytes());
    // The allocation table is sector 0, the directory sectors 1 and 2.
    let mut table = vec![0xFF; 512];
    table[4..8].copy_from_slice(&2_u32.to_le_bytes());
    table[8..12].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    let mut directory = vec![0; 1024];
    for (index, name) in ["Root Entry"].iter().chain(streams).enumerate() {
        let entry = &mut directory[index * 128..][..128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = (name.len() * 2 + 2) as u8;
        entry[68..80].fill(0xFF);
        let next = if index < streams.len() { index as u32 + 1 } else { u32::MAX };
        let link = if index == 0 { 76 } else { 72 };
        entry[link..link + 4].copy_from_slice(&next.to_le_bytes());
    }
    [file, table, directory].concat()
}

#[test]
fn a_compound_file_is_a_word_document_by_its_root() {
    assert_eq!(whole(&compound_file(&["1Table", "WordDocument"], 1)), Some(Format::Doc));
    assert_eq!(whole(&compound_file(&["a", "b", "c", "d", "e", "WordDocument"], 1)), Some(Format::Doc));
    assert_eq!(whole(&compound_file(&["Workbook", "WordDocument"], 1)), None);
    assert_eq!(whole(&compound_file(&["PowerPoint Document"], 1)), None);
    assert_eq!(whole(&compound_file(&["1Table"], 1)), None, "the whole directory is there, and no document in it");
    assert_eq!(head(&compound_file(&["1Table"], 70_000)), Some(Format::Doc), "the directory lies beyond the head");
    let mut circle = compound_file(&["a", "b", "c", "d", "e"], 1);
    circle[512 + 8..512 + 12].copy_from_slice(&1_u32.to_le_bytes());
    circle[1024 + 128 + 72..1024 + 128 + 76].copy_from_slice(&1_u32.to_le_bytes());
    assert_eq!(whole(&circle), None);
    assert_eq!(whole(&compound_file(&[], 1)[..100]), None);
}

#[test]
fn no_prefix_and_no_flipped_byte_makes_it_panic() {
    let samples = [
        compound_file(&["1Table", "WordDocument"], 1),
        [brands(b"isom", b"isom"), iso_box(b"moov", &[0; 20])].concat(),
        [iso_box(b"wide", &[]), iso_box(b"mdat", &[1; 20]), iso_box(b"moov", &iso_box(b"mvhd", &[]))].concat(),
        ebml(b"webm"),
        [tag(20), vec![0; 20], mp3_frame(), mp3_frame()].concat(),
        [adts_frame(), adts_frame()].concat(),
        zip_entry("word/document.xml", b"data", true),
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>".to_vec(),
        b"RIFF\xFF\xFF\xFF\xFFWAVEJUNK\x04\0\0\0aaaafmt \x10\0\0\0".to_vec(),
    ];
    for sample in samples {
        for length in 0..sample.len() {
            whole(&sample[..length]);
            head(&sample[..length]);
            for value in [0, 1, 0x7F, 0xFF] {
                let mut damaged = sample.clone();
                damaged[length] = value;
                whole(&damaged);
                head(&damaged);
            }
        }
    }
}

//! Files of many kinds to upload: documents and sounds written here, films made with ffmpeg.

/// A PDF of one empty page and `size` bytes.
pub fn pdf(size: usize) -> Vec<u8> {
    let start = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
                 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%";
    filled(start, size, "\n%%EOF\n")
}

/// A drawing of `size` bytes.
pub fn svg(size: usize) -> Vec<u8> {
    let start = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><!--";
    filled(start, size, "--><circle r=\"4\"/></svg>")
}

fn filled(start: &str, size: usize, end: &str) -> Vec<u8> {
    let filling = size - start.len() - end.len();
    [start, &"x".repeat(filling), end].concat().into_bytes()
}

/// Silence: a WAV of 8000 samples a second, of `size` bytes.
pub fn wav(size: usize) -> Vec<u8> {
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
    let mut file = [b"RIFF", length(size - 8).as_slice(), b"WAVEfmt "].concat();
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1, 0, 1, 0]);
    file.extend(8000_u32.to_le_bytes());
    file.extend(8000_u32.to_le_bytes());
    // One byte for a sample, of 8 bits.
    file.extend([1, 0, 8, 0]);
    file.extend(b"data");
    file.extend(length(size - 44));
    file.resize(size, 0x80);
    file
}

/// A Word document of today with a sentence in it.
pub fn docx() -> Vec<u8> {
    const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    const DOCUMENT: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    const RELATIONS: &str = "application/vnd.openxmlformats-package.relationships+xml";
    zip(&[
        (
            "[Content_Types].xml",
            &format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"{RELATIONS}\"/>\
                 <Override PartName=\"/word/document.xml\" ContentType=\"{DOCUMENT}\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">\
                 <Relationship Id=\"r\" Type=\"{OFFICE}\" Target=\"word/document.xml\"/></Relationships>"
            ),
        ),
        (
            "word/document.xml",
            &format!(
                "<w:document xmlns:w=\"{WORD}\"><w:body><w:p><w:r><w:t>A quay is for mooring.</w:t></w:r></w:p></w:body>\
                 </w:document>"
            ),
        ),
    ])
}

/// An archive of texts that are not compressed (PKWARE APPNOTE, sections 4.3.7 to 4.3.16).
pub fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in entries {
        let length = |text: &str| u32::try_from(text.len()).unwrap().to_le_bytes();
        // What local header and directory have in common: version, flags, method, time, date.
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32(text.as_bytes()).to_le_bytes());
        common.extend(length(text));
        common.extend(length(text));
        common.extend(&length(name)[..2]);
        common.extend([0, 0]);
        let offset = u32::try_from(file.len()).unwrap();
        file.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), text.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 10], &offset.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let [size, offset] = [&directory, &file].map(|bytes| u32::try_from(bytes.len()).unwrap().to_le_bytes());
    file.extend(&directory);
    file.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &offset, &[0, 0]].concat());
    file
}

/// The checksum of ZIP and PNG (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// A Word document of 1997: a compound file (MS-CFB) of header, allocation table, directory, and the document's stream.
pub fn doc() -> Vec<u8> {
    const END: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;
    let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    header.resize(24, 0);
    // Version 3.62, little endian, sectors of 512 bytes, small ones of 64.
    header.extend([62, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    header.resize(44, 0);
    // One sector of the table; the directory is sector 1; streams of 4096 bytes and more have sectors of their own.
    for number in [1, 1, 0, 4096, END, 0, END, 0, 0_u32] {
        header.extend(number.to_le_bytes());
    }
    header.resize(512, 0xFF);
    let mut table: Vec<u8> =
        [0xFFFF_FFFD, END, 3, 4, 5, 6, 7, 8, 9, END].into_iter().flat_map(u32::to_le_bytes).collect();
    table.resize(512, 0xFF);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend([u8::try_from(name.len() * 2 + 2).unwrap(), 0, kind, 1]);
        entry.extend([FREE, FREE, child].into_iter().flat_map(u32::to_le_bytes));
        entry.resize(116, 0);
        entry.extend([start, size, 0].into_iter().flat_map(u32::to_le_bytes));
        entry
    };
    let mut directory = entry("Root Entry", 5, 1, END, 0);
    directory.extend(entry("WordDocument", 2, FREE, 2, 4096));
    directory.resize(512, 0);
    // The first bytes of the stream are those of a Word document (MS-DOC, section 2.5.1).
    let mut stream = vec![0xEC, 0xA5, 0xC1, 0];
    stream.resize(4096, 0);
    [header, table, directory, stream].concat()
}

/// A second of a test picture and a tone, made by ffmpeg once and then kept; the kind is told by the name's end.
pub fn made_by_ffmpeg(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || std::path::PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"),
        std::path::PathBuf::from,
    );
    let folder = folder.join("quayside/fixtures/uploads-320x240");
    let file = folder.join(name);
    if !file.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        // Made aside, for other tests may be making it too.
        let aside = tempfile::tempdir_in(&folder).unwrap();
        let made = aside.path().join(name);
        let tone = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1"];
        let picture = ["-f", "lavfi", "-i", "testsrc=duration=1:size=320x240:rate=10"];
        let mut ffmpeg = std::process::Command::new("ffmpeg");
        ffmpeg.args(["-hide_banner", "-loglevel", "error", "-nostdin"]).args(tone);
        if !["mp3", "wav", "ogg", "aac", "flac"].iter().any(|kind| name.ends_with(kind)) {
            ffmpeg.args(picture);
        }
        let made_well = ffmpeg.args(["-bitexact"]).arg(&made).status().expect("ffmpeg is installed").success();
        assert!(made_well, "ffmpeg could not make {name}");
        std::fs::rename(made, &file).unwrap();
    }
    std::fs::read(file).unwrap()
}

/// What a camera writes into a JPEG beside the picture: how it was held (EXIF's orientation, 1 to 8), where it was, and
/// a comment. The picture itself stays as it was.
pub fn with_exif(jpeg: &[u8], orientation: u8, place: &str) -> Vec<u8> {
    let mut tiff = exif(orientation, place);
    tiff.splice(0..0, *b"Exif\0\0");
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>{place}</x:xmpmeta>").into_bytes();
    let mut file = jpeg[..2].to_vec();
    for (marker, payload) in [(0xE1, tiff), (0xE1, xmp), (0xFE, place.as_bytes().to_vec())] {
        file.extend([0xFF, marker]);
        file.extend(u16::try_from(payload.len() + 2).unwrap().to_be_bytes());
        file.extend(payload);
    }
    file.extend(&jpeg[2..]);
    file
}

/// The same in a PNG: `eXIf` and `tEXt` before the picture's data.
pub fn png_with_exif(png: &[u8], orientation: u8, place: &str) -> Vec<u8> {
    let text = chunk(b"tEXt", format!("Comment\0{place}").as_bytes());
    // Behind signature and header.
    [&png[..33], &chunk(b"eXIf", &exif(orientation, place)), &text, &png[33..]].concat()
}

/// EXIF (CIPA DC-008): a directory with the orientation, and one with the place (`GPSProcessingMethod`).
fn exif(orientation: u8, place: &str) -> Vec<u8> {
    let mut tiff = b"MM\0\x2A\0\0\0\x08".to_vec();
    let mut directory = |entries: &[(u16, u16, u32, [u8; 4])]| {
        tiff.extend(u16::try_from(entries.len()).unwrap().to_be_bytes());
        for (tag, kind, count, value) in entries {
            tiff.extend([&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), value].concat());
        }
        tiff.extend([0; 4]);
    };
    // Two entries, then at 38 the other directory, and at 56 what is too long for an entry.
    directory(&[(0x0112, 3, 1, [0, orientation, 0, 0]), (0x8825, 4, 1, [0, 0, 0, 38])]);
    directory(&[(0x001B, 7, u32::try_from(place.len()).unwrap(), [0, 0, 0, 56])]);
    tiff.extend(place.as_bytes());
    tiff
}

/// A GIF of one pixel and `frames` frames.
pub fn gif(frames: usize) -> Vec<u8> {
    let mut file = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF".to_vec();
    // Where it lies, then its data: a clear code, the pixel, the end.
    let frame = b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    for _ in 0..frames {
        file.extend(frame);
    }
    file.push(0x3B);
    file
}

/// A PNG whose header is in order and claims `side` × `side` pixels, with `size` bytes of data that unpack to zeros.
pub fn png_bomb(side: u32, size: usize) -> Vec<u8> {
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    // DEFLATE (RFC 1951) with fixed codes: a zero, then again and again the 258 bytes that stand one byte back. In bits,
    // from the lowest of each byte: 1, 10; 00110000; and 11000101 00000 as often as there is room.
    let mut bits = vec![1, 1, 0];
    bits.extend([0, 0, 1, 1, 0, 0, 0, 0]);
    while bits.len() < size * 8 {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    let data = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit));
    let data: Vec<u8> = [0x78, 0x9C].into_iter().chain(data).collect();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &data), chunk(b"IEND", b"")].concat()
}

/// A chunk of a PNG.
fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [length.as_slice(), &named, &crc32(&named).to_be_bytes()].concat()
}

/// The file with zeros behind its end, up to `size` bytes.
pub fn padded(file: &[u8], size: usize) -> Vec<u8> {
    let mut padded = file.to_vec();
    padded.resize(size, 0);
    padded
}

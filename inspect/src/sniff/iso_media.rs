//! ISO base media files (ISO/IEC 14496-12): MP4, M4A, QuickTime, HEIC and AVIF, by their brands or, where a movie has
//! none, by its boxes.

use crate::{Format, read};

/// Brands of files that hold video as MP4 does. A brand of 3GPP is not among them: its files list an MP4 brand too
/// where they can be played as MP4.
const MP4: &[&[u8; 4]] = &[
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"isoa", b"isob", b"isoc",
    b"mp41", b"mp42", b"mp71", b"avc1", b"av01", b"M4V ", b"M4VH", b"M4VP", b"f4v ", b"F4V ", b"MSNV", b"XAVC",
    b"dash", b"msdh", b"cmfc", b"cmf2", b"cmff",
];

/// Major brands of sound alone, without protection.
const SOUND: &[&[u8; 4]] = &[b"M4A ", b"M4B "];

/// Brands of still images in HEVC (ISO/IEC 23008-12, annex B).
const HEIC: &[&[u8; 4]] = &[b"heic", b"heix"];

/// Brands of still images and sequences in AV1 (AV1 Image File Format, section 6).
const AVIF: &[&[u8; 4]] = &[b"avif", b"avis"];

/// Major brands that leave the codec of an image to the compatible ones.
const IMAGE: &[&[u8; 4]] = &[b"mif1", b"mif2", b"miaf"];

/// Major brands that MP4 brands may stand beside, and that are no video all the same.
const NO_VIDEO: &[&[u8; 4]] = &[
    b"M4P ", b"F4A ", b"F4B ", b"f4a ", b"aax ", b"aaxc", b"msf1", b"heim", b"heis", b"hevc", b"hevx", b"crx ", b"jxl ",
];

/// Boxes that a movie without a file type box may begin with.
const MOVIE: [&[u8; 4]; 8] = [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"udta", b"uuid"];

pub(super) fn starts_with_a_known_box(head: &[u8]) -> bool {
    read::array::<4>(head, 4).is_some_and(|name| &name == b"ftyp" || MOVIE.contains(&&name))
}

pub(super) fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let mut at = 0_usize;
    let mut found_movie = false;
    let mut found_data = false;
    while let Some((name, header, end)) = next_box(head, at, size) {
        match &name {
            b"ftyp" => return by_brands(head.get(at + header..usize::try_from(end?).ok()?)?),
            b"moov" if !is_movie_box(head, at + header) => return None,
            b"moov" => found_movie = true,
            b"mdat" => found_data = true,
            other if MOVIE.contains(&other) => {}
            _ => return None,
        }
        match end {
            Some(end) if end == size => return found_movie.then_some(Format::QuickTime),
            Some(end) => at = usize::try_from(end).ok()?,
            None => return None,
        }
    }
    // What comes next lies beyond the head.
    let plausible = found_movie || found_data && size > head.len() as u64;
    (plausible && (at as u64) < size && at + 16 > head.len()).then_some(Format::QuickTime)
}

/// Name, length of the header, and where the box ends: `None` where it claims to reach beyond the file.
fn next_box(head: &[u8], at: usize, size: u64) -> Option<([u8; 4], usize, Option<u64>)> {
    let length = read::u32_be(head, at)?;
    let name = read::array(head, at + 4)?;
    let (header, length) = match length {
        0 => (8, size - at as u64),
        1 => (16, read::u64_be(head, at + 8)?),
        length => (8, u64::from(length)),
    };
    let end = (at as u64).checked_add(length).filter(|&end| end <= size && length >= header as u64);
    Some((name, header, end))
}

/// Whether the first box within `moov` is one that begins a movie, where that can be seen.
fn is_movie_box(head: &[u8], at: usize) -> bool {
    read::array::<4>(head, at + 4)
        .is_none_or(|name| matches!(&name, b"mvhd" | b"cmov" | b"rmra" | b"prfl" | b"iods" | b"udta" | b"meta"))
}

/// `body` is the file type box after its header: major brand, version, compatible brands.
fn by_brands(body: &[u8]) -> Option<Format> {
    let major: [u8; 4] = read::array(body, 0)?;
    let compatible = body.get(8..)?.as_chunks::<4>().0;
    let lists = |brands: &[&[u8; 4]]| compatible.iter().any(|brand| brands.contains(&brand));
    if &major == b"qt  " {
        Some(Format::QuickTime)
    } else if SOUND.contains(&&major) {
        Some(Format::M4a)
    } else if HEIC.contains(&&major) {
        Some(Format::Heic)
    } else if AVIF.contains(&&major) {
        Some(Format::Avif)
    } else if IMAGE.contains(&&major) {
        // An image that lists both may be read as either.
        if lists(HEIC) { Some(Format::Heic) } else { lists(AVIF).then_some(Format::Avif) }
    } else if NO_VIDEO.contains(&&major) {
        None
    } else if MP4.contains(&&major) || lists(MP4) {
        Some(Format::Mp4)
    } else {
        None
    }
}

//! DOCX: Office Open XML (ECMA-376) in a ZIP (PKWARE APPNOTE, section 4.3).

#[cfg(test)]
mod tests;

use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::pieces::Pieces;
use crate::{Document, Format, Media, Unreadable, read};

/// How far from the file's end the end of the central directory is looked for, in bytes. A comment may be as long; Word
/// documents have none.
const TAIL: u64 = 64 * 1024;

/// Bytes of the central directory that are read: a thousand entries and more.
const DIRECTORY_LENGTH: u64 = 128 * 1024;

/// Bytes of the part with the document's properties that are read, compressed or not. It has some hundred.
const PROPERTIES_LENGTH: usize = 64 * 1024;

/// The part where Word, and whoever writes like it, keeps the number of pages (ECMA-376 part 1, section 15.2.12.3).
const PROPERTIES: &[u8] = b"docProps/app.xml";

const IS_ENCRYPTED: u16 = 1;

/// Reads the number of pages, which is that of the last time someone counted: a document flows anew wherever it is
/// opened.
pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let entry = central_directory(file).and_then(find);
    let mut media = Media::new(Format::Docx);
    media.document = Some(Document {
        pages: entry.as_ref().and_then(|entry| pages(&properties(file, entry)?)),
        // A document that Word has locked is a compound file; this is what other programs can do to a ZIP.
        encrypted: entry.is_some_and(|entry| entry.flags & IS_ENCRYPTED != 0),
    });
    Ok(media)
}

/// As much of the central directory as counts.
fn central_directory<'a>(file: &'a Pieces<'_>) -> Option<&'a [u8]> {
    let tail_at = file.size().saturating_sub(TAIL);
    let tail = file.get(tail_at, (file.size() - tail_at) as usize)?;
    let is_end = |&at: &usize| {
        let comment = tail.get(at..).filter(|end| end.starts_with(b"PK\x05\x06")).and_then(|end| read::u16_le(end, 20));
        comment.is_some_and(|comment| at + 22 + usize::from(comment) <= tail.len())
    };
    let end = (0..tail.len().saturating_sub(21)).rev().find(is_end)?;
    let end_at = tail_at + end as u64;
    let length = read::u32_le(tail, end + 12)?;
    let start = read::u32_le(tail, end + 16)?;
    let (length, start) = match (length, start) {
        (u32::MAX, _) | (_, u32::MAX) => zip64_directory(file, end_at)?,
        _ => (length.into(), start.into()),
    };
    // What it claims to have in front of its end, and no more.
    let length = length.min(end_at.checked_sub(start)?).min(DIRECTORY_LENGTH);
    file.get(start, length as usize)
}

/// Length and position of the central directory in a file whose old fields are too small (section 4.3.14 and 4.3.15).
fn zip64_directory(file: &Pieces<'_>, end_at: u64) -> Option<(u64, u64)> {
    let locator = file.get(end_at.checked_sub(20)?, 20).filter(|locator| locator.starts_with(b"PK\x06\x07"))?;
    let end = file.get(read::u64_le(locator, 8)?, 56).filter(|end| end.starts_with(b"PK\x06\x06"))?;
    Some((read::u64_le(end, 40)?, read::u64_le(end, 48)?))
}

struct Entry {
    flags: u16,
    method: u16,
    /// Bytes as they are stored.
    length: u64,
    /// Where its local header is.
    at: u64,
}

/// The entry of the properties.
fn find(mut directory: &[u8]) -> Option<Entry> {
    while directory.starts_with(b"PK\x01\x02") {
        let [name, extra, comment] = [28, 30, 32].map(|at| read::u16_le(directory, at).map(usize::from));
        let (name, extra, comment) = (name?, extra?, comment?);
        let (fields, rest) = directory.split_at_checked(46)?;
        let (name, rest) = rest.split_at_checked(name)?;
        let (extra, rest) = rest.split_at_checked(extra)?;
        // Names of parts do not depend on case (ECMA-376 part 2, section 6.3.5).
        if name.eq_ignore_ascii_case(PROPERTIES) {
            return entry(fields, extra);
        }
        directory = rest.get(comment..)?;
    }
    None
}

fn entry(fields: &[u8], mut extra: &[u8]) -> Option<Entry> {
    let [size, length, at] = [24, 20, 42].map(|at| read::u32_le(fields, at));
    let mut numbers = [u64::from(size?), u64::from(length?), u64::from(at?)];
    // Of numbers that are too large, the real ones are in field 1, in this order (section 4.5.3).
    while let Some((id, field_length)) = read::u16_le(extra, 0).zip(read::u16_le(extra, 2)) {
        let end = 4 + usize::from(field_length);
        let Some(mut field) = extra.get(4..end).filter(|_| id == 1) else {
            extra = extra.get(end..).unwrap_or_default();
            continue;
        };
        for number in numbers.iter_mut().filter(|number| **number == u64::from(u32::MAX)) {
            *number = read::u64_le(field, 0)?;
            field = field.get(8..)?;
        }
        break;
    }
    let [_, length, at] = numbers;
    Some(Entry { flags: read::u16_le(fields, 8)?, method: read::u16_le(fields, 10)?, length, at })
}

/// The document's properties, in XML.
fn properties(file: &Pieces<'_>, entry: &Entry) -> Option<Vec<u8>> {
    let length = usize::try_from(entry.length).ok().filter(|&length| length <= PROPERTIES_LENGTH)?;
    if entry.flags & IS_ENCRYPTED != 0 {
        return None;
    }
    // The local header has a name and fields of its own, of a length that is not known before.
    let header_length = 30 + PROPERTIES.len() as u64;
    file.want(entry.at..entry.at.checked_add(header_length + 64)?.checked_add(length as u64)?);
    let header = file.get(entry.at, 30).filter(|header| header.starts_with(b"PK\x03\x04"))?;
    let before = 30 + u64::from(read::u16_le(header, 26)?) + u64::from(read::u16_le(header, 28)?);
    let data = file.get(entry.at.checked_add(before)?, length)?;
    match entry.method {
        0 => Some(data.to_vec()),
        8 => decompress_to_vec_with_limit(data, PROPERTIES_LENGTH).ok(),
        _ => None,
    }
}

/// The text of the element `Pages`, with whatever prefix.
fn pages(xml: &[u8]) -> Option<u32> {
    let xml = str::from_utf8(xml).ok()?;
    xml.split('<').find_map(|tag| {
        let (name, text) = tag.split_once('>')?;
        let name = name.split_ascii_whitespace().next()?;
        let name = name.split_once(':').map_or(name, |(_, name)| name);
        (name == "Pages").then(|| text.trim().parse().ok())?.filter(|&pages| pages > 0)
    })
}

//! ZIP (PKWARE APPNOTE, section 4.3.7): Word documents, by the names of the first entries.

use crate::{Format, read};

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const SIZES_FOLLOW_THE_DATA: u16 = 1 << 3;

/// A package of Office Open XML (ECMA-376 part 2) whose parts are those of a Word document. Spreadsheets,
/// presentations, documents with macros, archives and programs are none.
pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    let mut at = 0;
    let mut entries = 0_u32;
    let mut found_word = false;
    while head.get(at..)?.starts_with(LOCAL_HEADER) {
        let Some(entry) = entry(head, at) else { break };
        let is_package = entry.name == b"[Content_Types].xml"
            || [b"_rels/".as_slice(), b"docProps/", b"customXml/", b"word/"]
                .iter()
                .any(|start| entry.name.starts_with(start));
        let is_other = [b"xl/".as_slice(), b"ppt/", b"META-INF/", b"mimetype", b"AndroidManifest", b"word/vbaProject"]
            .iter()
            .any(|start| entry.name.starts_with(start));
        if is_other || entries == 0 && !is_package {
            return None;
        }
        found_word |= entry.name.starts_with(b"word/");
        entries += 1;
        match entry.next(head) {
            Some(next) if next < head.len() => at = next,
            _ => break,
        }
    }
    found_word.then_some(Format::Docx)
}

struct Entry<'a> {
    name: &'a [u8],
    data: usize,
    /// `None` where the length is written behind the data.
    length: Option<usize>,
}

fn entry(head: &[u8], at: usize) -> Option<Entry<'_>> {
    let flags = read::u16_le(head, at + 6)?;
    let length = read::u32_le(head, at + 18)? as usize;
    let name_length = usize::from(read::u16_le(head, at + 26)?);
    let extra_length = usize::from(read::u16_le(head, at + 28)?);
    let name = head.get(at + 30..at + 30 + name_length)?;
    let data = at + 30 + name_length + extra_length;
    Some(Entry { name, data, length: (flags & SIZES_FOLLOW_THE_DATA == 0).then_some(length) })
}

impl Entry<'_> {
    /// Where the next entry begins, where that can be told.
    fn next(&self, head: &[u8]) -> Option<usize> {
        match self.length {
            Some(length) => self.data.checked_add(length),
            None => {
                let rest = head.get(self.data..)?;
                rest.windows(LOCAL_HEADER.len()).position(|bytes| bytes == LOCAL_HEADER).map(|found| self.data + found)
            }
        }
    }
}

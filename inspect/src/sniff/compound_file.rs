//! Compound File Binary (MS-CFB): Word 97 to 2003 documents, by the streams in the root of the directory.

use crate::{Format, read};

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const NO_STREAM: u32 = 0xFFFF_FFFF;

/// Names in the root directory that belong to another application.
const OTHERS: [&str; 7] = [
    "Workbook",
    "Book",
    "PowerPoint Document",
    "VisioDocument",
    "Quill",
    "__properties_version1.0",
    "EncryptedPackage",
];

/// A Word document, where the directory shows its stream. Writers may put the directory at the end of the file; one
/// that lies beyond the head contradicts nothing, and the signature is believed.
pub(super) fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let directory = Directory::read(head)?;
    let mut unseen = directory.entries.is_empty() && !directory.complete;
    // The children of the root are a binary tree; `entries` is bounded by the head, and so is the walk.
    let mut waiting: Vec<u32> = directory.entries.first().map(|root| root.child).into_iter().collect();
    let mut steps = 0;
    while let Some(id) = waiting.pop().filter(|_| steps <= 2 * directory.entries.len()) {
        steps += 1;
        if id == NO_STREAM {
            continue;
        }
        match directory.entries.get(id as usize) {
            Some(entry) if entry.name == "WordDocument" => return Some(Format::Doc),
            Some(entry) if OTHERS.contains(&entry.name.as_str()) => return None,
            Some(entry) => waiting.extend([entry.left, entry.right]),
            None => unseen |= !directory.complete,
        }
    }
    (unseen && size > head.len() as u64).then_some(Format::Doc)
}

struct Entry {
    name: String,
    left: u32,
    right: u32,
    child: u32,
}

/// The part of the directory that lies within the head.
struct Directory {
    entries: Vec<Entry>,
    complete: bool,
}

impl Directory {
    fn read(head: &[u8]) -> Option<Self> {
        let shift = read::u16_le(head, 0x1E)?;
        let version = read::u16_le(head, 0x1A)?;
        if read::u16_le(head, 0x1C)? != 0xFFFE || !matches!((version, shift), (3, 9) | (4, 12)) {
            return None;
        }
        let sector_size = 1_usize << shift;
        let sector = |number: u32| {
            let start = (number as usize).checked_add(1)?.checked_mul(sector_size)?;
            head.get(start..start.checked_add(sector_size)?)
        };
        let mut number = read::u32_le(head, 0x30)?;
        let mut entries = Vec::new();
        // A chain that runs in a circle ends here: it cannot have more sectors than the head.
        for _ in 0..=head.len() / sector_size {
            if number == END_OF_CHAIN {
                return Some(Self { entries, complete: true });
            }
            let Some(bytes) = sector(number) else { break };
            entries.extend(bytes.chunks_exact(128).filter_map(entry));
            // The first 109 sectors of the allocation table are named in the header.
            let per_sector = sector_size / 4;
            let table = number as usize / per_sector;
            let next = (table < 109)
                .then(|| read::u32_le(head, 0x4C + table * 4))
                .flatten()
                .and_then(sector)
                .and_then(|table| read::u32_le(table, number as usize % per_sector * 4));
            let Some(next) = next else { break };
            number = next;
        }
        Some(Self { entries, complete: false })
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    // The length counts bytes, and a zero at the end.
    let length = usize::from(read::u16_le(bytes, 64)?).clamp(2, 64) / 2 - 1;
    let units = bytes.as_chunks::<2>().0.iter().take(length).map(|&unit| u16::from_le_bytes(unit));
    Some(Entry {
        name: char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(),
        left: read::u32_le(bytes, 68)?,
        right: read::u32_le(bytes, 72)?,
        child: read::u32_le(bytes, 76)?,
    })
}

//! DOC: Word 97 to 2003 (MS-DOC) in a compound file (MS-CFB).

#[cfg(test)]
mod tests;

use crate::pieces::Pieces;
use crate::{Document, Format, Media, Unreadable, read};

/// Above this, sector numbers mean something else: the end of a chain, or a sector that is free.
const MAX_SECTOR: u32 = 0xFFFF_FFFA;

/// In place of an entry's number, for none.
const NO_STREAM: u32 = 0xFFFF_FFFF;

/// Bytes of a stream that are read at most. The properties have some hundred, and rarely a small picture behind them.
const STREAM_LENGTH: u64 = 64 * 1024;

/// Sectors of the directory that are read: at least a thousand entries. A Word document has a dozen.
const DIRECTORY_SECTORS: usize = 256;

/// Sectors of the stream that holds the small streams, and of its table, that are read at most.
const MINI_SECTORS: usize = 1024;

/// Sectors of the list of the allocation table's sectors, beyond the 109 of the header: each is for 8 MB at least.
const TABLE_LIST_SECTORS: usize = 32;

/// Length of a sector of small streams.
const MINI_SECTOR: u64 = 64;

/// Length of an entry of the directory.
const ENTRY_LENGTH: usize = 128;

/// Reads the number of pages, which is that of the last time it was saved, and whether it is locked.
pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let mut media = Media::new(Format::Doc);
    let mut document = Document { pages: None, encrypted: false };
    if let Some(compound) = CompoundFile::open(file) {
        let root = compound.root();
        document.encrypted =
            root.encrypted || root.word.is_some_and(|word| is_encrypted(&compound, word) == Some(true));
        document.pages = root.summary.and_then(|summary| pages(&compound.stream(summary, STREAM_LENGTH)?));
    }
    media.document = Some(document);
    Ok(media)
}

/// The flag `fEncrypted` in the base of the file information block (MS-DOC, section 2.5.2).
fn is_encrypted(compound: &CompoundFile<'_>, word: Stream) -> Option<bool> {
    let base = compound.stream(word, 32)?;
    let is_word = read::u16_le(&base, 0)? == 0xA5EC;
    Some(is_word && read::u16_le(&base, 10)? & 0x0100 != 0)
}

/// The number of pages among the properties of the summary (MS-OLEPS, sections 2.20 and 2.21, and 3.1.4).
fn pages(summary: &[u8]) -> Option<u32> {
    const SUMMARY: [u8; 16] =
        [0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9];
    const PAGE_COUNT: u32 = 0x0E;
    const I4: u16 = 3;
    if read::u16_le(summary, 0)? != 0xFFFE || read::array(summary, 28)? != SUMMARY {
        return None;
    }
    let set = summary.get(read::u32_le(summary, 44)? as usize..)?;
    // Length of the set, count of its properties, then identifier and position of each.
    let count = read::u32_le(set, 4)? as usize;
    let list = set.get(8..)?.as_chunks::<8>().0.iter().take(count);
    let at =
        list.filter(|entry| read::u32_le(*entry, 0) == Some(PAGE_COUNT)).find_map(|entry| read::u32_le(entry, 4))?;
    let value = set.get(at as usize..)?;
    let pages = read::u32_le(value, 4).filter(|_| read::u16_le(value, 0) == Some(I4))?;
    // What is never counted is zero.
    (1..=i32::MAX as u32).contains(&pages).then_some(pages)
}

/// What a stream's entry in the directory says.
#[derive(Clone, Copy)]
struct Stream {
    start: u32,
    length: u64,
}

/// What of the root storage counts.
#[derive(Default)]
struct Root {
    word: Option<Stream>,
    summary: Option<Stream>,
    encrypted: bool,
}

/// A compound file by its header. Chains are followed as far as their sectors are needed, and each to a limit: one that
/// runs in a circle comes to an end there.
struct CompoundFile<'a> {
    file: &'a Pieces<'a>,
    header: &'a [u8],
    sector_shift: u32,
    /// Positions of the directory's sectors.
    directory: Vec<u64>,
}

impl<'a> CompoundFile<'a> {
    fn open(file: &'a Pieces<'_>) -> Option<Self> {
        let header = file.get(0, 512)?;
        let (version, shift) = (read::u16_le(header, 0x1A)?, read::u16_le(header, 0x1E)?);
        let mini_shift = read::u16_le(header, 0x20)?;
        if !matches!((version, shift), (3, 9) | (4, 12)) || 1 << mini_shift.min(15) != MINI_SECTOR {
            return None;
        }
        let mut compound = Self { file, header, sector_shift: shift.into(), directory: Vec::new() };
        compound.directory = compound.chain(read::u32_le(header, 0x30)?, DIRECTORY_SECTORS);
        Some(compound)
    }

    fn sector_length(&self) -> usize {
        1 << self.sector_shift
    }

    /// Where a sector is. The header takes the place of one.
    fn position(&self, sector: u32) -> Option<u64> {
        (sector <= MAX_SECTOR).then(|| (u64::from(sector) + 1) << self.sector_shift).filter(|&at| at < self.file.size())
    }

    /// The number of the sector that has this part of the allocation table.
    fn table_sector(&self, part: usize) -> Option<u32> {
        if part < 109 {
            return read::u32_le(self.header, 0x4C + part * 4);
        }
        // The last number in a sector of the list is that of the next (MS-CFB, section 2.5).
        let per_sector = self.sector_length() / 4 - 1;
        let (hops, index) = ((part - 109) / per_sector, (part - 109) % per_sector);
        let mut sector = read::u32_le(self.header, 0x44)?;
        for _ in 0..hops.min(TABLE_LIST_SECTORS) {
            sector = self.file.u32_le(self.position(sector)? + per_sector as u64 * 4)?;
        }
        let at = self.position(sector).filter(|_| hops < TABLE_LIST_SECTORS)?;
        self.file.u32_le(at + index as u64 * 4)
    }

    /// What follows a sector in its chain.
    fn next(&self, sector: u32) -> Option<u32> {
        let per_sector = self.sector_length() / 4;
        let sector = sector as usize;
        let table = self.position(self.table_sector(sector / per_sector)?)?;
        self.file.u32_le(table + (sector % per_sector) as u64 * 4)
    }

    /// The positions of a chain's sectors, at most so many of them; fewer where the table is missing or damaged.
    fn chain(&self, start: u32, most: usize) -> Vec<u64> {
        let mut positions = Vec::new();
        let mut sector = Some(start);
        while let Some(found) = sector.filter(|_| positions.len() < most) {
            let Some(position) = self.position(found) else { break };
            positions.push(position);
            // While there is no need to know what follows, the table is not asked.
            sector = if positions.len() < most { self.next(found) } else { None };
        }
        positions
    }

    /// An entry of the directory.
    fn entry(&self, id: u32) -> Option<&'a [u8]> {
        let per_sector = self.sector_length() / ENTRY_LENGTH;
        let id = id as usize;
        let sector = self.directory.get(id / per_sector)?;
        self.file.get(sector + (id % per_sector * ENTRY_LENGTH) as u64, ENTRY_LENGTH)
    }

    /// Finds the streams that count in the root: documents that are embedded have streams of the same names.
    fn root(&self) -> Root {
        // Mostly all of it lies together; it is better asked for at once.
        for &sector in &self.directory {
            self.file.want(sector..sector.saturating_add(self.sector_length() as u64));
        }
        let mut root = Root::default();
        let children = self.entry(0).and_then(|entry| read::u32_le(entry, 76));
        // A binary tree; when as many entries were seen as there can be, it goes in circles.
        let mut waiting: Vec<u32> = children.into_iter().collect();
        for _ in 0..self.directory.len() * self.sector_length() / ENTRY_LENGTH {
            let Some(id) = waiting.pop() else { break };
            let Some(entry) = self.entry(id) else { continue };
            let stream = || Some(Stream { start: read::u32_le(entry, 116)?, length: self.length(entry)? });
            match name(entry).as_deref() {
                Some("WordDocument") => root.word = stream(),
                Some("\x05SummaryInformation") => root.summary = stream(),
                Some("EncryptedPackage") => root.encrypted = true,
                _ => {}
            }
            waiting.extend([68, 72].iter().filter_map(|&at| read::u32_le(entry, at).filter(|&id| id != NO_STREAM)));
        }
        root
    }

    /// A stream's length. Only in version 4 it has more than 32 bits (MS-CFB, section 2.6.1).
    fn length(&self, entry: &[u8]) -> Option<u64> {
        if self.sector_shift == 9 { read::u32_le(entry, 120).map(u64::from) } else { read::u64_le(entry, 120) }
    }

    /// The start of a stream, at most so long.
    fn stream(&self, stream: Stream, most: u64) -> Option<Vec<u8>> {
        let length = stream.length.min(most);
        let cutoff = read::u32_le(self.header, 0x38)?;
        let is_small = stream.length < cutoff.into();
        let (positions, sector_length) = if is_small {
            (self.mini_chain(stream.start, length.div_ceil(MINI_SECTOR) as usize)?, MINI_SECTOR)
        } else {
            let sectors = length.div_ceil(self.sector_length() as u64) as usize;
            (self.chain(stream.start, sectors), self.sector_length() as u64)
        };
        // Whatever its chain says, most often a stream lies in one piece; and all that is missing is noted before it is
        // given up.
        if let Some(&first) = positions.first() {
            self.file.want(first..first.saturating_add(length.min(STREAM_LENGTH)));
        }
        let parts = positions.iter().scan(length, |left, &position| {
            let part = sector_length.min(*left);
            *left -= part;
            Some(self.file.get(position, part as usize))
        });
        let parts: Vec<Option<&[u8]>> = parts.collect();
        let stream = parts.into_iter().collect::<Option<Vec<_>>>()?.concat();
        (stream.len() as u64 == length).then_some(stream)
    }

    /// As [`Self::chain`], of a small stream: its sectors are those of a stream that the root has.
    fn mini_chain(&self, start: u32, most: usize) -> Option<Vec<u64>> {
        let per_sector = self.sector_length() / 4;
        let table = self.chain(read::u32_le(self.header, 0x3C)?, MINI_SECTORS);
        let holder = self.chain(self.entry(0).and_then(|root| read::u32_le(root, 116))?, MINI_SECTORS);
        let mut positions = Vec::new();
        let mut sector = start as usize;
        while positions.len() < most {
            let at = (sector as u64).checked_mul(MINI_SECTOR)?;
            let (part, offset) = ((at >> self.sector_shift) as usize, at & (self.sector_length() as u64 - 1));
            let Some(position) = holder.get(part) else { break };
            positions.push(position + offset);
            let Some(table) = table.get(sector / per_sector) else { break };
            let Some(next) = self.file.u32_le(table + (sector % per_sector) as u64 * 4) else { break };
            sector = next as usize;
        }
        Some(positions)
    }
}

/// An entry's name in UTF-16, whose length counts bytes and a zero at the end.
fn name(entry: &[u8]) -> Option<String> {
    let length = usize::from(read::u16_le(entry, 64)?).clamp(2, 64) / 2 - 1;
    let units = entry.as_chunks::<2>().0.iter().take(length).map(|&unit| u16::from_le_bytes(unit));
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

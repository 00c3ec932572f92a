//! Pages of Ogg (RFC 3533 section 6).

use crate::pieces::Pieces;
use crate::read;

/// How many bytes a page has before the lengths of its segments.
pub(super) const PAGE_HEADER: usize = 27;

/// A page without its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Which stream it is of.
    pub(super) serial: u32,
    /// Whether a stream begins with it.
    pub(super) begins: bool,
    /// What it says about the time at its end. No packet ends on a page that says nothing.
    pub(super) granule: Option<u64>,
    /// How many packets end on it.
    pub(super) packets: u64,
    /// Where its contents begin.
    pub(super) body: u64,
    /// Where it ends.
    pub(super) end: u64,
}

/// The page at `at`, as far as it was fetched; nothing is noted.
pub(super) fn page(file: &Pieces<'_>, at: u64) -> Option<Page> {
    let header = file.up_to(at, PAGE_HEADER + 255);
    let [b'O', b'g', b'g', b'S', 0, flags] = read::array::<6>(header, 0)? else { return None };
    let segments = usize::from(*header.get(26)?);
    let lacing = header.get(PAGE_HEADER..PAGE_HEADER + segments)?;
    let body = at.checked_add((PAGE_HEADER + segments) as u64)?;
    let length: u64 = lacing.iter().map(|&length| u64::from(length)).sum();
    Some(Page {
        serial: read::u32_le(header, 14)?,
        begins: flags & 0x02 != 0,
        // −1 is that of a page on which no packet ends; other negative ones are errors.
        granule: read::array(header, 6).map(i64::from_le_bytes).and_then(|granule| u64::try_from(granule).ok()),
        // A packet ends with a segment that is not full.
        packets: lacing.iter().filter(|&&length| length < 255).count() as u64,
        body,
        end: body.checked_add(length).filter(|&end| end <= file.size())?,
    })
}

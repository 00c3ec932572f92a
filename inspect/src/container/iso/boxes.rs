//! Boxes (ISO/IEC 14496-12, section 4.2; "atoms" in QuickTime): a size, a name, and a body that may hold boxes.

use crate::pieces::Pieces;
use crate::read;

/// How many boxes are looked at in one other box, or at the top of a file.
const MAX_SIBLINGS: u32 = 2000;

/// The version and the flags that a full box begins with, in bytes.
pub(super) const FULL: u64 = 4;

/// Where a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IsoBox {
    pub(super) name: [u8; 4],
    pub(super) start: u64,
    /// Where its header ends.
    pub(super) body: u64,
    pub(super) end: u64,
}

impl IsoBox {
    /// How long the body is, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.end.saturating_sub(self.body)
    }

    /// The body, where it is no longer than `most` bytes; of a longer one, its start.
    pub(super) fn bytes<'f>(&self, file: &'f Pieces<'_>, most: usize) -> Option<&'f [u8]> {
        file.get(self.body, usize::try_from(self.length()).unwrap_or(most).min(most))
    }

    /// The boxes in it.
    pub(super) fn children<'f>(&self, file: &'f Pieces<'f>) -> Boxes<'f> {
        Boxes::new(file, self.body, self.end)
    }

    /// The boxes in it, behind what it begins with.
    pub(super) fn children_behind<'f>(&self, file: &'f Pieces<'f>, length: u64) -> Boxes<'f> {
        Boxes::new(file, self.body.saturating_add(length), self.end)
    }

    /// The first box of that name in it.
    pub(super) fn child(&self, file: &Pieces<'_>, name: &[u8; 4]) -> Option<IsoBox> {
        self.children(file).find(|child| &child.name == name)
    }
}

/// The boxes between two positions, in order. Their contents are stepped over. It ends where a header is missing, or
/// says what cannot be.
#[derive(Clone)]
pub(super) struct Boxes<'f> {
    file: &'f Pieces<'f>,
    at: u64,
    end: u64,
    left: u32,
}

impl<'f> Boxes<'f> {
    pub(super) fn new(file: &'f Pieces<'f>, at: u64, end: u64) -> Self {
        Self { file, at, end: end.min(file.size()), left: MAX_SIBLINGS }
    }

    /// Where the next box begins.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Whether the header of the next box was not fetched.
    pub(super) fn is_stuck(&self) -> bool {
        self.left > 0 && self.at.saturating_add(8) <= self.end && self.file.up_to(self.at, 8).len() < 8
    }
}

impl Iterator for Boxes<'_> {
    type Item = IsoBox;

    fn next(&mut self) -> Option<IsoBox> {
        self.left = self.left.checked_sub(1)?;
        // The four zeros that end a list of QuickTime are no box.
        self.at.checked_add(8).filter(|&end| end <= self.end)?;
        let header: [u8; 8] = self.file.array(self.at)?;
        let name = read::array(&header, 4)?;
        let (header, length) = match read::u32_be(&header, 0)? {
            0 => (8, self.end - self.at),
            1 => (16, self.file.u64_be(self.at + 8)?),
            length => (8, u64::from(length)),
        };
        // What claims to be longer than what it is in ends there: such files play all the same.
        let end = self.at.saturating_add(length).min(self.end);
        let body = self.at.checked_add(header).filter(|&body| body <= end)?;
        let found = IsoBox { name, start: self.at, body, end };
        self.at = end;
        Some(found)
    }
}

/// Looks for boxes where their headers' positions are not known: the first of `wanted` in `window` from which one box
/// follows another, all of names that `may_follow` knows, exactly to the window's end, or into data that was cut off there. `is_one` looks at what follows
/// the header. The answer is a position in the window.
pub(super) fn resynchronise(
    window: &[u8],
    wanted: &[&[u8; 4]],
    is_one: impl Fn(&[u8; 4], &[u8]) -> bool,
    may_follow: &[&[u8; 4]],
) -> Option<usize> {
    const MAX_STEPS: usize = 256;
    (0..window.len().saturating_sub(8)).find(|&start| {
        let Some(name) = read::array::<4>(window, start + 4) else { return false };
        if !wanted.contains(&&name) || !is_one(&name, window.get(start + 8..).unwrap_or_default()) {
            return false;
        }
        let mut at = start;
        for _ in 0..MAX_STEPS {
            let header = read::u32_be(window, at).zip(read::array::<4>(window, at.saturating_add(4)));
            let Some((length, name)) = header else { return false };
            let length = match length {
                0 => return false,
                1 => read::u64_be(window, at + 8).unwrap_or_default(),
                length => u64::from(length),
            };
            let next = usize::try_from(length).ok().and_then(|length| at.checked_add(length));
            match next.filter(|_| length >= 8 && may_follow.contains(&&name)) {
                Some(next) if next == window.len() || next > window.len() && &name == b"mdat" => return true,
                Some(next) => at = next,
                None => return false,
            }
        }
        false
    })
}

//! The pictures of an animation as a WebP file (RFC 9649, section 2.7.1).
//!
//! We do not use libwebp's encoder for animations. The crate `webp` wraps it such that all pictures are in memory twice
//! until the last one is added, and the last one's duration cannot be set.

use crate::encode::webp;
use crate::error::Error;
use crate::pixels::Pixels;
use crate::riff::{self, Chunks};
use crate::variant::Variant;

/// Quality of libwebp's lossy compression, from 0 to 100. Moving pictures need less than still ones.
const QUALITY: f32 = 70.0;

/// Flags of the header, and of a frame.
const ANIMATION: u8 = 1 << 1;
const ALPHA: u8 = 1 << 4;
const REPLACES: u8 = 1 << 1;

/// Pictures of one size. Of each only the rectangle that differs from the previous picture is kept, compressed.
pub(super) struct Strip {
    size: (u32, u32),
    /// How often it is played; 0 means for ever.
    pub(super) plays: u16,
    shown: Option<Pixels>,
    pictures: Vec<Picture>,
    has_alpha: bool,
}

struct Picture {
    /// Left and top, halved; width and height.
    rectangle: [u32; 4],
    /// In milliseconds.
    delay: u32,
    chunks: Vec<u8>,
}

impl Strip {
    pub(super) fn new(size: (u32, u32)) -> Self {
        Self { size, plays: 0, shown: None, pictures: Vec::new(), has_alpha: false }
    }

    pub(super) fn pictures(&self) -> usize {
        self.pictures.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pictures.is_empty()
    }

    /// Shows the last picture for longer.
    pub(super) fn prolong(&mut self, delay: u32) {
        if let Some(last) = self.pictures.last_mut() {
            last.delay = last.delay.saturating_add(delay);
        }
    }

    /// Adds a picture in RGB or RGBA.
    pub(super) fn push(&mut self, picture: Pixels, delay: u32) -> Result<(), Error> {
        let changed = match &self.shown {
            None => Some([0, 0, picture.width, picture.height]),
            Some(shown) => difference(shown, &picture),
        };
        let Some([left, top, width, height]) = changed else {
            self.prolong(delay);
            return Ok(());
        };
        let file = webp(&picture.crop([left, top, width, height]), QUALITY)?;
        let mut chunks = Vec::with_capacity(file.len());
        for (name, data) in Chunks::of_file(&file) {
            if matches!(&name, b"ALPH" | b"VP8 " | b"VP8L") {
                self.has_alpha |= &name != b"VP8 ";
                riff::push(&mut chunks, name, data);
            }
        }
        self.pictures.push(Picture { rectangle: [left / 2, top / 2, width, height], delay, chunks });
        self.shown = Some(picture);
        Ok(())
    }

    /// The variant `animation`; `None` for fewer than two pictures.
    pub(super) fn finish(self) -> Option<Variant> {
        if self.pictures.len() < 2 {
            return None;
        }
        let (width, height) = self.size;
        let flags = if self.has_alpha { ANIMATION | ALPHA } else { ANIMATION };
        let mut chunks = Vec::new();
        let header = [&[flags, 0, 0, 0][..], &riff::u24(width - 1), &riff::u24(height - 1)].concat();
        riff::push(&mut chunks, *b"VP8X", &header);
        // The background is transparent.
        riff::push(&mut chunks, *b"ANIM", &[&[0; 4][..], &self.plays.to_le_bytes()].concat());
        for Picture { rectangle: [x, y, width, height], delay, chunks: picture } in self.pictures {
            let header = [x, y, width - 1, height - 1, delay].map(riff::u24).concat();
            riff::push(&mut chunks, *b"ANMF", &[header.as_slice(), &[REPLACES], &picture].concat());
        }
        Some(Variant { name: "animation", width, height, bytes: riff::file(&chunks) })
    }
}

/// The rectangle outside of which two pictures of the same size and layout are equal: left, top, width, height. Left
/// and top are even, as the format requires. `None` if the pictures are equal.
fn difference(a: &Pixels, b: &Pixels) -> Option<[u32; 4]> {
    let samples = a.layout.samples();
    let stride = a.width as usize * samples;
    let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
    for (y, (a, b)) in a.bytes.chunks_exact(stride).zip(b.bytes.chunks_exact(stride)).enumerate() {
        if a == b {
            continue;
        }
        let first = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(0);
        let last = a.iter().zip(b).rposition(|(a, b)| a != b).unwrap_or(first);
        (left, right) = (left.min(first / samples), right.max(last / samples));
        (top, bottom) = (top.min(y), y);
    }
    let (left, top) = (left & !1, top & !1);
    (left <= right).then(|| [left, top, right + 1 - left, bottom + 1 - top].map(|length| length as u32))
}

//! The frames of a WebP (RFC 9649, section 2.7.1).
//!
//! Each frame is decoded as a file of its own and drawn by us. libwebp's decoder for animations, as the crate `webp`
//! wraps it, keeps all pictures in memory.

use webp::PixelLayout;

use super::canvas::{Disposal, Frame};
use super::delay;
use crate::colour::Profile;
use crate::decode::StoredFrame;
use crate::riff::Chunks;

pub(super) struct Frames<'a> {
    chunks: Chunks<'a>,
    pub(super) profile: Option<Profile>,
    /// How often it is played; 0 means for ever.
    pub(super) plays: u16,
}

impl<'a> Frames<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut chunks = Chunks::of_file(bytes);
        let mut profile = None;
        loop {
            match chunks.next()? {
                (name, data) if &name == b"ICCP" => profile = Profile::parse(data),
                // The first four bytes are the background colour, which no browser shows.
                (name, &[_, _, _, _, low, high, ..]) if &name == b"ANIM" => {
                    return Some(Self { chunks, profile, plays: u16::from_le_bytes([low, high]) });
                }
                _ => {}
            }
        }
    }

    /// The next frame; `None` at the end or if it is damaged.
    pub(super) fn next(&mut self) -> Option<Frame> {
        let (_, data) = self.chunks.find(|(name, _)| name == b"ANMF")?;
        let stored = StoredFrame::parse(data)?;
        let picture = stored.decode().ok()?;
        let pixels = match picture.layout() {
            PixelLayout::Rgba => picture.to_vec(),
            PixelLayout::Rgb => picture.as_chunks().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect(),
        };
        let StoredFrame { left, top, width, height, .. } = stored;
        let disposal = if stored.clears { Disposal::Clear } else { Disposal::Keep };
        Some(Frame { left, top, width, height, pixels, over: !stored.replaces, disposal, delay: delay(stored.delay) })
    }
}

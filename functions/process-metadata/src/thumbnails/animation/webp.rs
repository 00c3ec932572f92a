//! The frames of a WebP (RFC 9649, section 2.7.1).
//!
//! Each frame is decoded as a file of its own, and drawn here: the decoder's way to draw frames on each other
//! takes pixels of four samples for such of three where an opaque frame follows one that is to be cleared.

use std::io::Cursor;

use super::super::colour::Profile;
use super::super::riff::{self, Chunks};
use super::canvas::{Disposal, Frame};
use super::delay;

pub(super) struct Frames<'a> {
    chunks: Chunks<'a>,
    pub(super) profile: Option<Profile>,
    /// How often it is played; 0 is for ever.
    pub(super) plays: u16,
}

impl<'a> Frames<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut chunks = Chunks::of_file(bytes);
        let mut profile = None;
        loop {
            match chunks.next()? {
                (name, data) if &name == b"ICCP" => profile = Profile::parse(data),
                // The colour of the background comes first; no browser shows it.
                (name, &[_, _, _, _, low, high, ..]) if &name == b"ANIM" => {
                    return Some(Self { chunks, profile, plays: u16::from_le_bytes([low, high]) });
                }
                _ => {}
            }
        }
    }

    /// The next frame; `None` at the end, or where it is damaged.
    pub(super) fn next(&mut self) -> Option<Frame> {
        let (_, data) = self.chunks.find(|(name, _)| name == b"ANMF")?;
        let (header, picture) = data.split_first_chunk::<16>()?;
        let [x, y, width, height, time] =
            [0, 3, 6, 9, 12].map(|at| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], 0]));
        let (width, height) = (width + 1, height + 1);
        let pixels = decode(picture, width, height)?;
        // Flags of the last byte.
        let (keeps_nothing, replaces) = (header[15] & 1 != 0, header[15] & 2 != 0);
        let disposal = if keeps_nothing { Disposal::Clear } else { Disposal::Keep };
        Some(Frame { left: x * 2, top: y * 2, width, height, pixels, over: !replaces, disposal, delay: delay(time) })
    }
}

/// A frame's chunks in RGBA.
fn decode(chunks: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut file = Vec::with_capacity(chunks.len() + 30);
    if chunks.starts_with(b"ALPH") {
        const ALPHA: u8 = 1 << 4;
        let header = [&[ALPHA, 0, 0, 0][..], &riff::u24(width - 1), &riff::u24(height - 1)].concat();
        riff::push(&mut file, *b"VP8X", &header);
    }
    file.extend_from_slice(chunks);
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(riff::file(&file))).ok()?;
    drop(file);
    if decoder.dimensions() != (width, height) {
        return None;
    }
    let mut pixels = vec![0; decoder.output_buffer_size()?];
    decoder.read_image(&mut pixels).ok()?;
    if decoder.has_alpha() {
        return Some(pixels);
    }
    Some(pixels.as_chunks().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect())
}

//! WebP (RFC 9649), by libwebp, which takes less time and memory than decoders in Rust.

mod groups;

use quayside_inspect::image::Image;
use webp::{BitstreamFeatures, Decoder, PixelLayout, WebPImage};

use super::{Decoded, SHRUNK_SIDE};
use crate::colour::Profile;
use crate::error::{Error, damaged};
use crate::pixels::{Layout, Pixels, Shrink};
use crate::riff::{self, Chunks};

/// Flags of the `VP8X` chunk.
const ANIMATION: u8 = 1 << 1;
const ALPHA: u8 = 1 << 4;

/// The bits of an `ALPH` chunk's header that tell its compression, and their value for lossless.
const ALPHA_COMPRESSION: u8 = 3;
const ALPHA_LOSSLESS: u8 = 1;

/// The most groups of prefix codes in a lossless picture. libwebp writes at most 2600, and needs up to 20 KB to read
/// one.
const MAX_GROUPS: u32 = 4096;

/// Decodes the picture, or an animation's first frame on its canvas.
pub(super) fn decode(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let chunks = Chunks::of_file(bytes);
    let is_animation =
        matches!(chunks.clone().next(), Some((name, [flags, ..])) if &name == b"VP8X" && flags & ANIMATION != 0);
    let chunk = |wanted: &[u8; 4]| chunks.clone().find(|(name, _)| name == wanted).map(|(_, data)| data);
    let pixels = if is_animation {
        let frame = chunk(b"ANMF").and_then(StoredFrame::parse).ok_or_else(|| damaged("it has no frame"))?;
        shrunk(&frame.decode()?, (frame.left, frame.top), image.stored_size())
    } else {
        shrunk(&picture(chunks.clone(), image.stored_size())?, (0, 0), image.stored_size())
    };
    Ok(Decoded { pixels, profile: chunk(b"ICCP").and_then(Profile::parse) })
}

/// Shrinks a picture, drawn at `left` and `top` on an otherwise transparent canvas of `width` × `height`.
fn shrunk(picture: &WebPImage, (left, top): (u32, u32), (width, height): (u32, u32)) -> Pixels {
    let layout = if picture.layout() == PixelLayout::Rgba { Layout::Rgba } else { Layout::Rgb };
    let mut lines = picture.chunks_exact(picture.width() as usize * layout.samples());
    if (picture.width(), picture.height()) == (width, height) {
        let mut shrink = Shrink::new(width, height, layout, SHRUNK_SIDE);
        lines.for_each(|line| shrink.push(line));
        return shrink.finish();
    }
    let mut shrink = Shrink::new(width, height, Layout::Rgba, SHRUNK_SIDE);
    let mut row = vec![[0; 4]; width as usize];
    for y in 0..height {
        row.fill([0; 4]);
        if let Some(line) = (y >= top).then(|| lines.next()).flatten() {
            for (pixel, colour) in row.iter_mut().skip(left as usize).zip(line.chunks_exact(layout.samples())) {
                *pixel = [0, 0, 0, 255];
                pixel.iter_mut().zip(colour).for_each(|(sample, &value)| *sample = value);
            }
        }
        shrink.push(row.as_flattened());
    }
    shrink.finish()
}

/// A frame of an animation as it is stored (section 2.7.1.1), without the frames before it.
pub(crate) struct StoredFrame<'a> {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// In milliseconds.
    pub(crate) delay: u32,
    /// Whether its rectangle is cleared after it was shown.
    pub(crate) clears: bool,
    /// Whether it replaces what is there, rather than being blended over it.
    pub(crate) replaces: bool,
    chunks: Chunks<'a>,
}

impl<'a> StoredFrame<'a> {
    /// Reads the data of an `ANMF` chunk.
    pub(crate) fn parse(data: &'a [u8]) -> Option<Self> {
        let (header, chunks) = data.split_first_chunk::<16>()?;
        let (&[x, y, width, height, delay], &[flags]) = header.as_chunks::<3>() else { return None };
        let [x, y, width, height, delay] =
            [x, y, width, height, delay].map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
        let (clears, replaces) = (flags & 1 != 0, flags & 2 != 0);
        let (left, top, width, height, chunks) = (x * 2, y * 2, width + 1, height + 1, Chunks(chunks));
        Some(Self { left, top, width, height, delay, clears, replaces, chunks })
    }

    pub(crate) fn decode(&self) -> Result<WebPImage, Error> {
        picture(self.chunks.clone(), (self.width, self.height))
    }
}

/// Decodes the picture in these chunks, which must have this size. libwebp gets only the chunks of the picture itself.
/// So a header may announce metadata that is missing.
fn picture(chunks: Chunks<'_>, size: (u32, u32)) -> Result<WebPImage, Error> {
    let mut alpha = None;
    for (name, data) in chunks {
        match &name {
            b"ALPH" => alpha = Some(data),
            b"VP8L" => {
                check_groups(data.get(5..).unwrap_or_default(), size)?;
                return decoded(&[(name, data)], size);
            }
            b"VP8 " => {
                let Some(alpha) = alpha else { return decoded(&[(name, data)], size) };
                if let [header, stream @ ..] = alpha
                    && header & ALPHA_COMPRESSION == ALPHA_LOSSLESS
                {
                    check_groups(stream, size)?;
                }
                let header = [&[ALPHA, 0, 0, 0][..], &riff::u24(size.0 - 1), &riff::u24(size.1 - 1)].concat();
                return decoded(&[(*b"VP8X", &header), (*b"ALPH", alpha), (name, data)], size);
            }
            _ => {}
        }
    }
    Err(damaged("it has no picture data"))
}

/// Refuses a lossless bitstream for which libwebp would need too much memory. `stream` starts after its header.
fn check_groups(stream: &[u8], size: (u32, u32)) -> Result<(), Error> {
    match groups::groups(stream, size) {
        Some(..=MAX_GROUPS) => Ok(()),
        Some(_) => Err(damaged("it has more prefix codes than any encoder writes")),
        None => Err(damaged("its picture data is damaged")),
    }
}

fn decoded(chunks: &[([u8; 4], &[u8])], size: (u32, u32)) -> Result<WebPImage, Error> {
    let mut body = Vec::new();
    chunks.iter().for_each(|(name, data)| riff::push(&mut body, *name, data));
    let file = riff::file(&body);
    drop(body);
    let features = BitstreamFeatures::new(&file).filter(|features| (features.width(), features.height()) == size);
    features.ok_or_else(|| damaged("its headers contradict each other"))?;
    Decoder::new(&file).decode().ok_or_else(|| damaged("its picture data is damaged"))
}

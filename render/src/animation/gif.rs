//! The frames of a GIF.

use gif::{ColorOutput, DecodeOptions, Decoder, DisposalMethod, Repeat};

use super::canvas::{Disposal, Frame};
use super::{MAX_CANVAS, delay};

pub(super) struct Frames<'a> {
    decoder: Decoder<&'a [u8]>,
}

impl<'a> Frames<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        Some(Self { decoder: options.read_info(bytes).ok()? })
    }

    /// How often it is played, from what was read so far; 0 means for ever. All browsers take the number in the file as
    /// the number of repetitions.
    pub(super) fn plays(&self) -> u16 {
        match self.decoder.repeat() {
            Repeat::Infinite => 0,
            Repeat::Finite(repetitions) => repetitions.saturating_add(1),
        }
    }

    /// The next frame; `None` at the end or if it is damaged.
    pub(super) fn next(&mut self) -> Option<Frame> {
        let frame = self.decoder.next_frame_info().ok()??;
        let (width, height) = (u32::from(frame.width), u32::from(frame.height));
        if u64::from(width) * u64::from(height) > MAX_CANVAS {
            return None;
        }
        let (left, top, transparent) = (frame.left.into(), frame.top.into(), frame.transparent);
        let disposal = match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear,
            DisposalMethod::Previous => Disposal::Restore,
        };
        // Stored in hundredths of a second.
        let delay = delay(u32::from(frame.delay) * 10);
        let mut indices = vec![0; self.decoder.buffer_size()];
        self.decoder.read_into_buffer(&mut indices).ok()?;
        let palette = self.decoder.palette().ok()?.as_chunks::<3>().0;
        let mut colours = [[0; 4]; 256];
        for (index, (colour, &[r, g, b])) in colours.iter_mut().zip(palette).enumerate() {
            if transparent.map(usize::from) != Some(index) {
                *colour = [r, g, b, 255];
            }
        }
        #[expect(clippy::indexing_slicing, reason = "a byte is below 256, and the loop is hot")]
        let pixels = indices.iter().flat_map(|&index| colours[usize::from(index)]).collect();
        Some(Frame { left, top, width, height, pixels, over: true, disposal, delay })
    }
}

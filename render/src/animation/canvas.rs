//! The canvas that an animation's frames are drawn on.

use crate::pixels::{Layout, Pixels};

/// What happens to a frame's rectangle before the next frame is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disposal {
    Keep,
    /// Becomes transparent. Browsers ignore the background colour that a file may name.
    Clear,
    /// Shows again what was there before the frame.
    Restore,
}

/// A frame in RGBA, not premultiplied. It may extend beyond the canvas.
pub(super) struct Frame {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
    /// Whether it is blended over what is there. Otherwise it replaces it.
    pub(super) over: bool,
    pub(super) disposal: Disposal,
    /// In milliseconds.
    pub(super) delay: u32,
}

/// Starts transparent.
pub(super) struct Canvas {
    pixels: Pixels,
    /// What was in the last frame's rectangle before it, if that frame is [`Disposal::Restore`].
    saved: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let bytes = vec![0; width as usize * height as usize * 4];
        Self { pixels: Pixels { width, height, layout: Layout::Rgba, bytes }, saved: Vec::new() }
    }

    pub(super) fn pixels(&self) -> &Pixels {
        &self.pixels
    }

    pub(super) fn draw(&mut self, frame: &Frame) {
        if frame.disposal == Disposal::Restore {
            self.saved.clear();
            let mut saved = std::mem::take(&mut self.saved);
            self.rows(frame).for_each(|row| saved.extend_from_slice(row));
            self.saved = saved;
        }
        let lines = frame.pixels.chunks_exact(frame.width.max(1) as usize * 4);
        for (row, line) in self.rows(frame).zip(lines) {
            if frame.over {
                let pixels = row.as_chunks_mut().0.iter_mut().zip(line.as_chunks().0);
                pixels.for_each(|(below, above)| *below = over(*above, *below));
            } else if let Some(line) = line.get(..row.len()) {
                row.copy_from_slice(line);
            }
        }
    }

    pub(super) fn dispose(&mut self, frame: &Frame) {
        match frame.disposal {
            Disposal::Keep => {}
            Disposal::Clear => self.rows(frame).for_each(|row| row.fill(0)),
            Disposal::Restore => {
                let saved = std::mem::take(&mut self.saved);
                let mut rest = saved.as_slice();
                for row in self.rows(frame) {
                    let (before, after) = rest.split_at(row.len());
                    row.copy_from_slice(before);
                    rest = after;
                }
                self.saved = saved;
            }
        }
    }

    /// The rows of the part of a frame's rectangle that lies on the canvas.
    fn rows(&mut self, frame: &Frame) -> impl Iterator<Item = &mut [u8]> {
        let (left, top) = (frame.left.min(self.pixels.width), frame.top.min(self.pixels.height));
        let width = frame.width.min(self.pixels.width - left) as usize;
        let height = frame.height.min(self.pixels.height - top) as usize;
        let columns = left as usize * 4..(left as usize + width) * 4;
        let rows = self.pixels.bytes.chunks_exact_mut(self.pixels.width as usize * 4);
        // A frame beside the canvas has no rows, rather than empty ones.
        let height = if width == 0 { 0 } else { height };
        rows.skip(top as usize).take(height).filter_map(move |row| row.get_mut(columns.clone()))
    }
}

/// Blends one pixel over another (RFC 9649, section 2.7.1.1).
fn over(above: [u8; 4], below: [u8; 4]) -> [u8; 4] {
    let ([r, g, b, alpha], [r_below, g_below, b_below, alpha_below]) = (above, below);
    match alpha {
        255 => above,
        0 => below,
        _ => {
            // Both are scaled by 255.
            let (above_weight, below_weight) =
                (u32::from(alpha) * 255, u32::from(alpha_below) * (255 - u32::from(alpha)));
            let sum = above_weight + below_weight;
            let mix = |above, below| {
                ((u32::from(above) * above_weight + u32::from(below) * below_weight + sum / 2) / sum) as u8
            };
            [mix(r, r_below), mix(g, g_below), mix(b, b_below), ((sum + 127) / 255) as u8]
        }
    }
}

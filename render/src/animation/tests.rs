#![expect(clippy::unwrap_used, reason = "a test may fail")]

use quayside_inspect::image::{Limits, inspect};

use super::canvas::Disposal;
use super::*;

#[test]
fn an_endless_animation_is_cut_off() {
    let file = {
        let mut file = Vec::new();
        let frame = ::gif::Frame { width: 256, height: 256, buffer: vec![0; 1 << 16].into(), ..Default::default() };
        ::gif::Encoder::new(&mut file, 256, 256, &[1, 2, 3]).unwrap().write_frame(&frame).unwrap();
        file
    };
    let image = inspect(&file, RasterFormat::Gif, &Limits { max_pixels: 1 << 16, max_frames: 1 }).unwrap();
    // The length of a frame's sides, its delay, whether all frames are equal, and the most frames that may be read.
    // Scaling the canvas down counts as 2^16 pixels of work, and so does reading the largest of these frames.
    for (side, delay, same, most) in
        [(1, 11, true, 800), (1, 100, true, 144), (256, 100, false, 77), (64, 70, false, 143)]
    {
        let mut count = 0;
        let strip = compose(&image, None, 10_000_000, MIN_DELAY, || {
            count += 1;
            let pixels = vec![if same { 7 } else { count as u8 }; side as usize * side as usize * 4];
            let (left, top, over, disposal) = (0, 0, false, Disposal::Keep);
            Some(Frame { left, top, width: side, height: side, pixels, over, disposal, delay })
        });
        assert!(count <= most, "{count} frames of {side} × {side}");
        assert!(strip.pictures() <= MAX_PICTURES, "{} pictures", strip.pictures());
    }
}

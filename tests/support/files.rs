//! Files to upload, made here.

/// A PNG of `width` × `height` pixels in a colour gradient.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    encoded(&pixels, image::ImageFormat::Png)
}

/// A JPEG of `width` × `height` pixels in a colour gradient.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    encoded(&pixels, image::ImageFormat::Jpeg)
}

fn encoded(pixels: &image::RgbImage, format: image::ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// `size` bytes that begin as an MP4 does and go on with noise: sound enough for what sniffs, as long as is needed. No
/// two stretches of a mebibyte are alike.
pub fn mp4(size: usize) -> Vec<u8> {
    let mut file = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
    let data = u32::try_from(size - file.len()).unwrap();
    file.extend_from_slice(&data.to_be_bytes());
    file.extend_from_slice(b"mdat");
    // A linear congruential generator (Numerical Recipes' constants).
    let mut state = 1_u32;
    let mut noise = Vec::with_capacity(1 << 20);
    while noise.len() < 1 << 20 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.push((state >> 24) as u8);
    }
    let mut stretch = 0_u64;
    while file.len() < size {
        noise[..8].copy_from_slice(&stretch.to_be_bytes());
        file.extend_from_slice(&noise[..noise.len().min(size - file.len())]);
        stretch += 1;
    }
    file
}

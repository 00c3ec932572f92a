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

/// An MP4 of `size` bytes, at least 700: the headers of a film of ten seconds, 640 × 360 pixels, at 25 frames a second,
/// and noise for its frames. No two stretches of a mebibyte are alike.
pub fn mp4(size: usize) -> Vec<u8> {
    let mut file = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
    file.extend(movie());
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

/// The `moov` box of [`mp4`].
fn movie() -> Vec<u8> {
    let number = |value: u32| value.to_be_bytes().to_vec();
    let numbers = |values: &[u32]| values.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<_>>();
    let matrix = numbers(&[1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]);
    let (width, height, units, frames) = (640_u16, 360_u16, 12_800_u32, 250_u32);
    let duration = units * 10;

    let mvhd = [numbers(&[0, 0, 0, units, duration, 1 << 16]), vec![0; 12], matrix.clone(), vec![0; 24], number(2)];
    let sides = numbers(&[u32::from(width) << 16, u32::from(height) << 16]);
    let tkhd = [numbers(&[3, 0, 0, 1, 0, duration]), vec![0; 16], matrix, sides];
    let mdhd = numbers(&[0, 0, 0, units, duration, 0x55C4 << 16]);
    let hdlr = [numbers(&[0, 0]), b"vide".to_vec(), vec![0; 13]].concat();
    let avcc = boxed(b"avcC", &[&[1, 0x42, 0xC0, 0x1E, 0xFF, 0xE0, 0]]);
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let sample = boxed(b"avc1", &[&[0; 6], &[0, 1], &[0; 16], &sides, &[0; 50], &avcc]);
    let stbl = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&numbers(&[0, 1]), &sample]),
            &boxed(b"stts", &[&numbers(&[0, 1, frames, units / 25])]),
            &boxed(b"stsc", &[&numbers(&[0, 0])]),
            &boxed(b"stsz", &[&numbers(&[0, 1, frames])]),
            &boxed(b"stco", &[&numbers(&[0, 0])]),
        ],
    );
    let minf = boxed(b"minf", &[&boxed(b"vmhd", &[&[0, 0, 0, 1], &[0; 8]]), &stbl]);
    let mdia = boxed(b"mdia", &[&boxed(b"mdhd", &[&mdhd]), &boxed(b"hdlr", &[&hdlr]), &minf]);
    let trak = boxed(b"trak", &[&boxed(b"tkhd", &[&tkhd.concat()]), &mdia]);
    boxed(b"moov", &[&boxed(b"mvhd", &[&mvhd.concat()]), &trak])
}

fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = u32::try_from(contents.len() + 8).unwrap();
    [length.to_be_bytes().as_slice(), name, &contents].concat()
}

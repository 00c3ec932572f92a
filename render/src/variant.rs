//! What is derived from an image, and how large it is.

/// Longer side of the variant `thumbnail`, in pixels.
pub const THUMBNAIL_SIDE: u32 = 320;

/// Longer side of the variant `preview`, in pixels.
pub const PREVIEW_SIDE: u32 = 1280;

/// A smaller version of an image, as a WebP file: upright, in sRGB, and without the image's metadata.
#[derive(Clone, Debug)]
pub struct Variant {
    /// `thumbnail`, `preview` or `animation`.
    pub name: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The WebP file.
    pub bytes: Vec<u8>,
}

/// The size with the same proportions whose longer side is at most `side`. It is never larger than the given size, and
/// both sides have at least one pixel.
pub(crate) fn fit((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let scale = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    (scale(width), scale(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_keeps_its_proportions_and_at_least_one_pixel() {
        assert_eq!(fit((1600, 1200), 320), (320, 240));
        assert_eq!(fit((100, 4000), 320), (8, 320));
        assert_eq!(fit((65_000, 1), 320), (320, 1));
        assert_eq!(fit((200, 100), 320), (200, 100));
    }
}

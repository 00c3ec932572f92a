//! Converts colours to sRGB from the colour space that an image declares.

mod deep;
mod png;

pub(crate) use deep::Deep;
use moxcms::{ColorProfile, DataColorSpace, TransformOptions};

use crate::pixels::{Layout, Pixels};

/// The colour space of an image: its ICC profile (ICC.1:2022), or an equivalent made from other declarations.
pub(crate) struct Profile(ColorProfile);

impl Profile {
    /// `None` for a profile that cannot be read. The colours are then taken for sRGB, as browsers do.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        ColorProfile::new_from_slice(bytes).ok().map(Self)
    }

    /// The library's names for the layouts before and after the conversion to sRGB, and our name for the latter. `None`
    /// if the profile is not for pictures of this layout.
    fn layouts(&self, layout: Layout) -> Option<(moxcms::Layout, moxcms::Layout, Layout)> {
        Some(match (self.0.color_space, layout) {
            (DataColorSpace::Gray, Layout::Gray) => (moxcms::Layout::Gray, moxcms::Layout::Rgb, Layout::Rgb),
            (DataColorSpace::Gray, Layout::GrayAlpha) => {
                (moxcms::Layout::GrayAlpha, moxcms::Layout::Rgba, Layout::Rgba)
            }
            (DataColorSpace::Rgb, Layout::Rgb) => (moxcms::Layout::Rgb, moxcms::Layout::Rgb, Layout::Rgb),
            (DataColorSpace::Rgb, Layout::Rgba) => (moxcms::Layout::Rgba, moxcms::Layout::Rgba, Layout::Rgba),
            // The library names CMYK like any other four samples.
            (DataColorSpace::Cmyk, Layout::Cmyk) => (moxcms::Layout::Rgba, moxcms::Layout::Rgb, Layout::Rgb),
            _ => return None,
        })
    }

    /// The picture in sRGB, as RGB or RGBA; `None` if the profile is not for pictures of this layout.
    fn convert(&self, pixels: &Pixels) -> Option<Pixels> {
        let (source, target, layout) = self.layouts(pixels.layout)?;
        let srgb = ColorProfile::new_srgb();
        let transform = self.0.create_transform_8bit(source, &srgb, target, TransformOptions::default()).ok()?;
        let mut bytes = vec![0; pixels.width as usize * pixels.height as usize * layout.samples()];
        if pixels.layout == Layout::Cmyk {
            let ink: Vec<u8> = pixels.bytes.iter().map(|sample| 255 - sample).collect();
            transform.transform(&ink, &mut bytes).ok()?;
        } else {
            transform.transform(&pixels.bytes, &mut bytes).ok()?;
        }
        Some(Pixels { layout, bytes, ..*pixels })
    }
}

/// The picture in sRGB, as RGB or RGBA.
pub(crate) fn to_srgb(pixels: Pixels, profile: Option<&Profile>) -> Pixels {
    let convert = |pixels: &Pixels| profile.and_then(|profile| profile.convert(pixels));
    if let Some(converted) = convert(&pixels) {
        return converted;
    }
    // A grey picture may have a profile for RGB.
    let pixels = to_rgb(pixels);
    convert(&pixels).unwrap_or(pixels)
}

/// The picture as RGB or RGBA, without a profile.
fn to_rgb(pixels: Pixels) -> Pixels {
    let (layout, bytes) = match pixels.layout {
        Layout::Rgb | Layout::Rgba => return pixels,
        Layout::Gray => (Layout::Rgb, pixels.bytes.iter().flat_map(|&grey| [grey; 3]).collect()),
        Layout::GrayAlpha => {
            let pairs = pixels.bytes.as_chunks::<2>().0;
            (Layout::Rgba, pairs.iter().flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]).collect())
        }
        Layout::Cmyk => {
            let mix = |colour: u8, black: u8| ((u32::from(colour) * u32::from(black) + 127) / 255) as u8;
            let inks = pixels.bytes.as_chunks::<4>().0;
            (Layout::Rgb, inks.iter().flat_map(|&[c, m, y, k]| [mix(c, k), mix(m, k), mix(y, k)]).collect())
        }
    };
    Pixels { layout, bytes, ..pixels }
}

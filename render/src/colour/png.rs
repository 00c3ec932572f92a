//! The colour space of a PNG, which has four ways to declare it (W3C PNG, third edition, section 4.3).

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, MatrixCoefficients, ToneReprCurve,
    TransferCharacteristics, XyY,
};
use png::{CodingIndependentCodePoints, Info, ScaledFloat, SourceChromaticities};

use super::Profile;

/// The `gAMA` of sRGB (section 11.3.2.5) and what writers round it to, in hundred-thousandths. sRGB's own curve is
/// meant then, which is close to that power.
const SRGB_GAMMA: std::ops::RangeInclusive<u32> = 45_000..=46_000;

/// Plausible values of `gAMA`, in hundred-thousandths.
const MEANT_GAMMA: std::ops::RangeInclusive<u32> = 10_000..=1_000_000;

/// White in a picture of high dynamic range (ITU-R BT.2408, section 2.1), as a share of the brightest light: 203 of
/// PQ's 10,000 cd/m², and HLG's light for a signal of 0.75.
const PQ_WHITE: f64 = 203.0 / 10_000.0;
const HLG_WHITE: f64 = 0.264_962_56;

/// Entries of a curve that is not a power.
const CURVE_LENGTH: u32 = 4096;

impl Profile {
    /// Takes the first of `cICP`, an ICC profile, `sRGB`, and `gAMA` with `cHRM`. A declaration that cannot be read
    /// counts as missing. `None` means sRGB.
    pub(crate) fn of_png(info: &Info<'_>) -> Option<Self> {
        info.coding_independent_code_points
            .and_then(coded)
            .or_else(|| info.icc_profile.as_deref().and_then(Self::parse))
            .or_else(|| if info.srgb.is_some() { None } else { measured(info) })
    }
}

/// The profile for a `cICP` chunk (ITU-T H.273). What is brighter than white becomes white, as on a screen of standard
/// range.
fn coded(points: CodingIndependentCodePoints) -> Option<Profile> {
    // The narrow range, 16 to 235, is for video only.
    let (0, true) = (points.matrix_coefficients, points.is_video_full_range_image) else { return None };
    let transfer = TransferCharacteristics::try_from(points.transfer_function).ok()?;
    let (color_primaries, is_bright) = (
        CicpColorPrimaries::try_from(points.color_primaries).ok()?,
        matches!(transfer, TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg),
    );
    let mut profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        // The curves for high dynamic range are set below.
        transfer_characteristics: if is_bright { TransferCharacteristics::Srgb } else { transfer },
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    profile.cicp = None;
    if is_bright {
        let light = if transfer == TransferCharacteristics::Hlg { hlg } else { pq };
        set_curve(&mut profile, curve(light));
    }
    // For reserved numbers the library sets no primaries or curves.
    profile.is_matrix_shaper().then_some(Profile(profile))
}

/// The profile for `gAMA` and `cHRM`. A missing one is taken from sRGB.
fn measured(info: &Info<'_>) -> Option<Profile> {
    let primaries = info.chrm_chunk.and_then(primaries);
    let gamma = info.gama_chunk.map(ScaledFloat::into_scaled).filter(|gamma| MEANT_GAMMA.contains(gamma));
    let gamma = gamma.filter(|gamma| primaries.is_some() || !SRGB_GAMMA.contains(gamma));
    if gamma.is_none() && primaries.is_none() {
        return None;
    }
    let power = gamma.map(|gamma| ToneReprCurve::Parametric(vec![100_000.0 / gamma as f32]));
    if matches!(info.color_type, png::ColorType::Grayscale | png::ColorType::GrayscaleAlpha) {
        let mut profile = ColorProfile::new_gray_with_gamma(1.0);
        profile.gray_trc = Some(power?);
        return Some(Profile(profile));
    }
    let mut profile = ColorProfile::new_srgb();
    profile.cicp = None;
    if let Some((white, primaries)) = primaries {
        profile.update_rgb_colorimetry(white, primaries);
    }
    if let Some(power) = power {
        set_curve(&mut profile, power);
    }
    Some(Profile(profile))
}

/// White point and primaries; `None` if they are sRGB's, or do not form a triangle around white.
fn primaries(found: SourceChromaticities) -> Option<(XyY, ColorPrimaries)> {
    let all = [found.white, found.red, found.green, found.blue];
    let [white, red, green, blue] = all.map(|(x, y)| Chromaticity::new(x.into_value(), y.into_value()));
    let srgb = [(0.3127, 0.329), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06)];
    let is_near = |(c, (x, y)): (&Chromaticity, (f32, f32))| (c.x - x).abs() < 0.002 && (c.y - y).abs() < 0.002;
    if [white, red, green, blue].iter().zip(srgb).all(is_near) {
        return None;
    }
    let is_colour = |c: &Chromaticity| (0.0..=1.0).contains(&c.x) && (0.0..=1.0).contains(&c.y);
    // Twice a triangle's area.
    let area = |a: Chromaticity, b: Chromaticity, c: Chromaticity| {
        ((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)).abs()
    };
    // White has to lie within the triangle of the others, and not on its edge.
    let whole = area(red, green, blue);
    let parts = [area(white, red, green), area(white, green, blue), area(white, blue, red)];
    let is_within = (parts.iter().sum::<f32>() - whole).abs() < 0.001 * whole && parts.iter().all(|part| *part > 0.001);
    let is_meant = [white, red, green, blue].iter().all(is_colour) && white.y > 0.01 && is_within;
    is_meant.then(|| (white.to_xyyb(), ColorPrimaries { red, green, blue }))
}

fn set_curve(profile: &mut ColorProfile, curve: ToneReprCurve) {
    profile.green_trc = Some(curve.clone());
    profile.blue_trc = Some(curve.clone());
    profile.red_trc = Some(curve);
}

/// The curve of a function from signal to light, both between 0 and 1.
fn curve(light: impl Fn(f64) -> f64) -> ToneReprCurve {
    let last = f64::from(CURVE_LENGTH - 1);
    let entry = |at: u32| (light(f64::from(at) / last).clamp(0.0, 1.0) * 65_535.0).round() as u16;
    ToneReprCurve::Lut((0..CURVE_LENGTH).map(entry).collect())
}

/// ITU-R BT.2100, table 4.
fn pq(signal: f64) -> f64 {
    let (m1, m2, c1, c2, c3) = (0.159_301_757_812_5, 78.843_75, 0.835_937_5, 18.851_562_5, 18.687_5);
    let power = signal.powf(1.0 / m2);
    let light = ((power - c1).max(0.0) / (c2 - c3 * power)).powf(1.0 / m1);
    light / PQ_WHITE
}

/// ITU-R BT.2100, table 5: the light of the scene, without the gain for bright screens.
fn hlg(signal: f64) -> f64 {
    let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
    let light = if signal <= 0.5 { signal * signal / 3.0 } else { (((signal - c) / a).exp() + b) / 12.0 };
    light / HLG_WHITE
}

//! Rows of 16 bits per sample.

use std::sync::Arc;

use moxcms::{ColorProfile, Transform16BitExecutor, TransformOptions};

use super::Profile;
use crate::pixels::Layout;

/// Converts rows of 16 bits per sample to 8 bits, and to sRGB first if a profile is for them. Pictures of 16 bits often
/// store linear light, whose dark shades would be lost if they were cut to 8 bits before the conversion.
pub(crate) struct Deep {
    transform: Option<Arc<Transform16BitExecutor>>,
    /// Before and after the conversion.
    layouts: (Layout, Layout),
    deep: Vec<u16>,
    converted: Vec<u16>,
    row: Vec<u8>,
}

impl Deep {
    /// For rows of this layout.
    pub(crate) fn new(layout: Layout, profile: Option<&Profile>) -> Self {
        let converting = profile.and_then(|profile| {
            let (source, target, converted) = profile.layouts(layout)?;
            let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
            Some((profile.0.create_transform_16bit(source, &srgb, target, options).ok()?, converted))
        });
        let (transform, after) = converting.map_or((None, layout), |(transform, after)| (Some(transform), after));
        Self { transform, layouts: (layout, after), deep: Vec::new(), converted: Vec::new(), row: Vec::new() }
    }

    /// The layout of the converted rows.
    pub(crate) fn layout(&self) -> Layout {
        self.layouts.1
    }

    /// Whether the converted rows are in sRGB.
    pub(crate) fn converts(&self) -> bool {
        self.transform.is_some()
    }

    /// Converts a row of big-endian samples.
    pub(crate) fn row(&mut self, bytes: &[u8]) -> &[u8] {
        self.deep.clear();
        self.deep.extend(bytes.as_chunks::<2>().0.iter().map(|&sample| u16::from_be_bytes(sample)));
        let mut samples = &self.deep;
        if let Some(transform) = &self.transform {
            let (before, after) = self.layouts;
            self.converted.clear();
            self.converted.resize(self.deep.len() / before.samples() * after.samples(), 0);
            // Fails only if the lengths of the rows do not match.
            let converted = transform.transform(&self.deep, &mut self.converted);
            assert!(converted.is_ok(), "a row fits its conversion");
            samples = &self.converted;
        }
        self.row.clear();
        self.row.extend(samples.iter().map(|&sample| ((u32::from(sample) * 255 + 32_767) / 65_535) as u8));
        &self.row
    }
}

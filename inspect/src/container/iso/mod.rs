//! ISO base media files (ISO/IEC 14496-12) and QuickTime movies: MP4, M4A, MOV, whole or in fragments, and the still
//! images that are built of the same boxes, HEIC and AVIF (ISO/IEC 23008-12).

mod audio;
mod boxes;
mod capture;
mod descriptors;
mod fragments;
mod metadata;
mod movie;
mod still;
#[cfg(test)]
mod tests;
mod track;
mod video;

pub(super) use movie::read;
pub(super) use still::read as read_still;

use std::time::Duration;

/// What a sample entry's codec is called.
#[derive(Debug, Default)]
struct Codec {
    name: String,
    rfc6381: Option<String>,
}

impl Codec {
    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), rfc6381: None }
    }

    /// By the container's own identifier, as far as it can be shown.
    fn unknown(name: [u8; 4]) -> Self {
        let shown: String =
            name.iter().map(|&byte| if byte.is_ascii_graphic() { char::from(byte) } else { ' ' }).collect();
        Self::named(shown.trim())
    }
}

/// So many units of a time scale, which is units per second. `None` where there is no such time.
fn time(units: u64, timescale: u32) -> Option<Duration> {
    let timescale = u64::from(timescale);
    let seconds = units.checked_div(timescale)?;
    // The remainder is below 2^32, and so is the result below 10^9.
    let nanoseconds = (units % timescale) * 1_000_000_000 / timescale;
    Some(Duration::new(seconds, u32::try_from(nanoseconds).ok()?))
}

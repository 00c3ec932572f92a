//! The frame rate of a track that does not say it, by the times of its first blocks.

use super::blocks::{self, Block, Known};
use super::top::Top;
use super::{ebml, top};
use crate::pieces::Pieces;

/// How many frames are looked at.
const FRAMES: usize = 600;

/// How many frames later in the file one may be that is shown earlier. So many of the last ones tell nothing, because
/// some between them may not be at hand.
const REORDERED: usize = 4;

/// How much is fetched where too little is at hand, in bytes: so little that the budget is enough for the duration too.
const MORE: u64 = 32 * 1024;

/// Rates that cameras and programs write.
const COMMON: [f64; 14] = [
    10.0,
    12.0,
    15.0,
    24_000.0 / 1001.0,
    24.0,
    25.0,
    30_000.0 / 1001.0,
    30.0,
    48.0,
    50.0,
    60_000.0 / 1001.0,
    60.0,
    120_000.0 / 1001.0,
    120.0,
];

/// Frames per second of the track of this number. A tick has `scale` nanoseconds.
pub(super) fn measure(file: &Pieces<'_>, top: &Top, number: u64, scale: u64) -> Option<f64> {
    let Some(cluster) = top.cluster else {
        file.want(top.walked_to..top.walked_to.saturating_add(MORE));
        return None;
    };
    let mut times = Vec::new();
    let mut cluster = Some(cluster);
    while let Some(current) = cluster {
        let Some(start) = blocks::timestamp(file, current) else { break };
        let mut children = Known::new(file, current);
        for element in children.by_ref() {
            if let Some(block) = Block::read(file, element).filter(|block| block.track == number) {
                times.push(i128::from(start) + i128::from(block.time));
            }
            if times.len() >= FRAMES {
                break;
            }
        }
        let next = ebml::known_element(file, children.at, top.segment.end);
        cluster = next.filter(|next| next.id == top::CLUSTER && times.len() < FRAMES);
        if cluster.is_none() && times.len() < 3 * REORDERED {
            file.want(children.at..children.at.saturating_add(MORE).min(top.segment.end));
        }
    }
    times.sort_unstable();
    times.truncate(times.len().saturating_sub(REORDERED).max(2));
    let ticks = times.last()? - times.first()?;
    if ticks <= 0 {
        return None;
    }
    let intervals = times.len() - 1;
    let rate = intervals as f64 * 1e9 / (ticks as f64 * scale as f64);
    // Both ends are rounded to whole ticks.
    Some(nearest_common(rate, 1.0 / ticks as f64)).filter(|rate| rate.is_finite() && *rate < 1000.0)
}

/// The common rate that is next to this one, if it is not further off than the measurement may be.
fn nearest_common(rate: f64, error: f64) -> f64 {
    let off = |common: f64| (common / rate - 1.0).abs();
    let nearest = COMMON.into_iter().min_by(|&one, &other| off(one).total_cmp(&off(other)));
    nearest.filter(|&common| off(common) <= error.min(0.01)).unwrap_or(rate)
}

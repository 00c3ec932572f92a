//! The comparison as a document.

use std::fmt::Display;
use std::process::Command;

use quayside_inspect::Transfer;

use crate::Row;
use crate::facts::{CodecString, Facts, Sound};
use crate::files::Correction;

const BEFORE: &str = include_str!("before.md");
const AFTER: &str = include_str!("after.md");

const HEAD: &str = "| file | what it is | size | codecs | picture | frames/s | sound | plays, s | ffprobe | kbit/s | waves | requests | KiB |\n\
     | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";

pub(crate) fn document(rows: &[Row]) -> String {
    let mut groups: Vec<&str> = rows.iter().map(|row| row.recipe.group).collect();
    groups.dedup();
    let tables = groups.iter().map(|group| {
        let rows = rows.iter().filter(|row| row.recipe.group == *group).map(line);
        format!("### {group}\n\n{HEAD}{}", rows.collect::<String>())
    });
    let tables: Vec<String> = tables.collect();
    format!(
        "{BEFORE}\n## At a glance\n\n{}\n## Where other things are expected than ffprobe says\n\n{}\n## The files\n\n{}\n{AFTER}",
        glance(rows),
        differences(rows),
        tables.join("\n")
    )
}

fn glance(rows: &[Row]) -> String {
    let by_headers = || rows.iter().filter(|row| !row.recipe.is_counted).map(|row| row.cost);
    let counted: String = rows
        .iter()
        .filter(|row| row.recipe.is_counted)
        .map(|row| {
            let share = row.cost.bytes as f64 * 100.0 / row.size as f64;
            let [of, read] = [row.size, row.cost.bytes].map(size);
            format!("| `{}` | {} | {of} | {read} | {share:.0} % |\n", row.recipe.name, row.recipe.what)
        })
        .collect();
    let version = Command::new("ffprobe").arg("-version").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let version = version.split(' ').nth(2).unwrap().split('-').next().unwrap().to_owned();
    format!(
        "{} files, compared with ffprobe {version}. Of {} of them no more was read than {} KiB, in {} requests and {} waves\n\
         at most; together {}.\n\n\
         The frames of the others are counted, since no header tells their duration; how much of them was read:\n\n\
         | file | what it is | size | read | |\n| --- | --- | --- | --- | --- |\n{counted}",
        rows.len(),
        by_headers().count(),
        by_headers().map(|cost| cost.bytes.div_ceil(1024)).max().unwrap(),
        by_headers().map(|cost| cost.requests).max().unwrap(),
        by_headers().map(|cost| cost.waves).max().unwrap(),
        size(by_headers().map(|cost| cost.bytes).sum()),
    )
}

/// Grouped by their reasons.
fn differences(rows: &[Row]) -> String {
    let mut reasons: Vec<&str> = rows.iter().map(|row| row.recipe.why).filter(|why| !why.is_empty()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let item = |why: &str| {
        let names = rows.iter().filter(|row| row.recipe.why == why).map(|row| format!("`{}`", row.recipe.name));
        format!("- {}: {why}.\n", names.collect::<Vec<_>>().join(", "))
    };
    reasons.into_iter().map(item).collect()
}

fn line(row: &Row) -> String {
    let Row { recipe, told, probed, cost, .. } = row;
    let duration = |facts: &Facts| facts.duration.map_or("—".to_owned(), |seconds| format!("{seconds:.3}"));
    let about = recipe.corrections.iter().any(|correction| matches!(correction, Correction::About(..)));
    let waves = if recipe.is_counted { "counted".to_owned() } else { cost.waves.to_string() };
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} | {}{} | {} | {} | {waves} | {} | {} |\n",
        recipe.name,
        recipe.what,
        size(row.size),
        codecs(told),
        both(picture(told), picture(probed)),
        both(frame_rate(told), frame_rate(probed)),
        both(sounds(told), sounds(probed)),
        if about { "≈ " } else { "" },
        duration(told),
        duration(probed),
        bit_rates(told, probed),
        cost.requests,
        cost.bytes.div_ceil(1024),
    )
}

/// Ours, and ffprobe's where it is another.
fn both(told: String, probed: String) -> String {
    if told == probed { told } else { format!("{told} (ffprobe: {probed})") }
}

fn codecs(facts: &Facts) -> String {
    let video = facts.video.iter().map(|video| (&video.codec, &video.string));
    let all = video.chain(facts.audio.iter().map(|audio| (&audio.codec, &audio.string)));
    let shown = all.map(|(codec, string)| match string {
        CodecString::Like(string) if string != codec => format!("{codec} `{string}`"),
        _ => codec.clone(),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn picture(facts: &Facts) -> String {
    let Some(video) = &facts.video else { return String::new() };
    let rotation = if video.rotation == 0 { String::new() } else { format!(", {}°", video.rotation) };
    let transfer = match video.transfer {
        Transfer::Sdr => "",
        Transfer::Hdr10 => ", HDR10",
        Transfer::Hlg => ", HLG",
    };
    format!("{}×{}{rotation}{transfer}", video.width, video.height)
}

fn frame_rate(facts: &Facts) -> String {
    let rate = facts.video.as_ref().and_then(|video| video.frame_rate);
    rate.map(|rate| ((rate * 1000.0).round() / 1000.0).to_string()).unwrap_or_default()
}

fn sounds(facts: &Facts) -> String {
    fn number(number: Option<impl Display>) -> String {
        number.map_or("?".to_owned(), |number| number.to_string())
    }
    let sound = |audio: &Sound| {
        let language = audio.language.as_ref().map(|language| format!(" {language}")).unwrap_or_default();
        format!("{} × {} Hz{language}", number(audio.channels), number(audio.sample_rate))
    };
    facts.audio.iter().map(sound).collect::<Vec<_>>().join(", ")
}

fn bit_rates(told: &Facts, probed: &Facts) -> String {
    let shown = |facts: &Facts| facts.bit_rate.map_or("—".to_owned(), |rate| format!("{:.1}", rate / 1000.0));
    match (told.bit_rate, probed.bit_rate) {
        (Some(one), Some(other)) if (one / other - 1.0).abs() < 0.02 => shown(told),
        _ => both(shown(told), shown(probed)),
    }
}

fn size(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    match bytes {
        0x4000_0000.. => format!("{:.2} GiB", kib / 1024.0 / 1024.0),
        0x10_0000.. => format!("{:.1} MiB", kib / 1024.0),
        _ => format!("{kib:.1} KiB"),
    }
}

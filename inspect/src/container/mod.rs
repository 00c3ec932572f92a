//! One reader per container: functions over [`Pieces`] that tell what the headers say.

mod adts;
mod avi;
mod doc;
mod docx;
mod flac;
mod iso;
mod matroska;
mod mpeg_audio;
mod ogg;
mod pdf;
mod svg;
mod tags;
mod wav;

use std::time::Duration;

use crate::pieces::Pieces;
use crate::scan::{MAX_SCAN, Uncounted};
use crate::{Format, Media, Unreadable};

/// What plays for more than a hundred years was not recorded: the header that says it is damaged.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// Reads a file of this format as far as its pieces go. What is missing is noted in them; then the result is of no use
/// unless nothing more can be fetched.
pub(crate) fn read(file: &Pieces<'_>, format: Format) -> Result<Media, Unreadable> {
    let mut media = match format {
        Format::Pdf => pdf::read(file)?,
        Format::Svg => svg::read(file)?,
        Format::Doc => doc::read(file)?,
        Format::Docx => docx::read(file)?,
        Format::Mp3 => mpeg_audio::read(file)?,
        Format::Aac => adts::read(file)?,
        Format::Flac => flac::read(file)?,
        Format::Wav => wav::read(file)?,
        Format::Ogg => ogg::read(file)?,
        Format::Mp4 | Format::M4a | Format::QuickTime => iso::read(file, format)?,
        Format::Heic | Format::Avif => iso::read_still(file, format)?,
        Format::Avi => avi::read(file)?,
        Format::WebM | Format::Matroska => matroska::read(file, format)?,
        _ => Media::new(format),
    };
    media.duration = media.duration.filter(|&duration| duration <= LONGEST);
    if let Some(duration) = media.duration {
        media.set_duration(duration, file.size());
    }
    Ok(media)
}

/// The audio of a file whose reader could not tell its duration, where counting its frames does.
pub(crate) fn uncounted(file: &Pieces<'_>, media: &Media) -> Option<Uncounted> {
    let counts = matches!(media.format, Format::Mp3 | Format::Aac) && media.duration.is_none();
    let stream = counts.then(|| mpeg_audio::Stream::find(file, media.format).ok()).flatten()?;
    (stream.length() <= MAX_SCAN).then_some(Uncounted { format: media.format, range: stream.audio })
}

//! WAVE (Microsoft Multimedia Programming Interface 1.0; `mmreg.h`), RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088).

use std::time::Duration;

use crate::media::{self, Audio};
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable, codec, cut_off, read};

#[cfg(test)]
mod tests;

/// More chunks than that before the audio are taken for an attempt to keep us busy.
const MAX_CHUNKS: u32 = 1000;

/// What a length of 32 bits says where the real one is in `ds64`, or was not known when it was written.
const UNKNOWN: u32 = u32::MAX;

const PCM: u16 = 1;
const ADPCM_MS: u16 = 2;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const ADPCM_IMA: u16 = 0x11;
const MP3: u16 = 0x55;
const EXTENSIBLE: u16 = 0xFFFE;

/// What is known of the file when its audio begins.
#[derive(Debug, Default)]
struct Chunks {
    form: Option<Form>,
    /// Of RF64, the length of `data` in bytes.
    long_data: Option<u64>,
    /// Samples per channel, of audio that is compressed.
    samples: Option<u32>,
    /// The length of `data` in bytes.
    data: Option<u64>,
}

/// The chunk `fmt `.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Form {
    tag: u16,
    channels: u16,
    sample_rate: u32,
    byte_rate: u32,
    /// Bytes of a block: in PCM, of one sample for every channel.
    block: u16,
    /// Bits that a sample takes, where each takes the same.
    bits: u16,
}

pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let chunks = chunks(file)?;
    let form = chunks.form.ok_or(Unreadable("it does not say how its audio is coded"))?;
    let mut media = Media::new(Format::Wav);
    media.audio.push(Audio {
        codec: codec::by_wave_tag(form.tag, form.bits),
        rfc6381: None,
        channels: Some(form.channels).filter(|&channels| channels > 0),
        sample_rate: Some(form.sample_rate).filter(|&rate| rate > 0),
        language: None,
    });
    media.duration = chunks.data.and_then(|data| form.duration(data, chunks.samples));
    Ok(media)
}

/// Goes through the chunks until the audio; what follows it does not matter.
fn chunks(file: &Pieces<'_>) -> Result<Chunks, Unreadable> {
    let Some((b"RIFF" | b"RF64" | b"BW64", b"WAVE")) = file.get(0, 12).and_then(|bytes| {
        let (id, rest) = bytes.split_first_chunk()?;
        Some((id, rest.last_chunk()?))
    }) else {
        return Err(Unreadable("it does not start as a WAVE file"));
    };
    let mut chunks = Chunks::default();
    let mut at = 12_u64;
    for _ in 0..MAX_CHUNKS {
        let Some((id, length)) = file.array::<4>(at).zip(file.u32_le(at.saturating_add(4))) else { break };
        let body = at.saturating_add(8);
        match &id {
            // The file's length, the length of `data`, the number of samples.
            b"ds64" => chunks.long_data = file.array(body.saturating_add(8)).map(u64::from_le_bytes),
            b"fmt " => chunks.form = Some(form(file, body, length).ok_or_else(cut_off)?),
            b"fact" => chunks.samples = file.u32_le(body),
            b"data" => {
                let left = file.size().saturating_sub(body);
                let length = match (length, chunks.long_data) {
                    (UNKNOWN, Some(length)) => length,
                    (UNKNOWN, None) => 0,
                    (length, _) => length.into(),
                };
                // Written before its length was known: it is all the rest.
                chunks.data = Some(if length == 0 { left } else { length.min(left) });
                break;
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        at = body.saturating_add(u64::from(length) + u64::from(length & 1));
    }
    Ok(chunks)
}

fn form(file: &Pieces<'_>, at: u64, length: u32) -> Option<Form> {
    // Of the sub-format, a GUID, the first two bytes are a format; then it ends on these.
    const SUB_FORMAT: &[u8] = b"\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";
    let [tag_0, tag_1, channels_0, channels_1, rest @ ..] = file.array::<14>(at)?;
    let mut form = Form {
        tag: u16::from_le_bytes([tag_0, tag_1]),
        channels: u16::from_le_bytes([channels_0, channels_1]),
        sample_rate: read::u32_le(&rest, 0)?,
        byte_rate: read::u32_le(&rest, 4)?,
        block: read::u16_le(&rest, 8)?,
        bits: 8,
    };
    if length >= 16 {
        form.bits = file.array(at.saturating_add(14)).map(u16::from_le_bytes)?;
    }
    if form.tag == EXTENSIBLE && length >= 40 {
        let sub_format = file.get(at.saturating_add(24), 16)?;
        if sub_format.ends_with(SUB_FORMAT) {
            form.tag = read::u16_le(sub_format, 0)?;
        }
    }
    Some(form)
}

impl Form {
    /// Bytes that a sample takes.
    fn sample_bytes(&self) -> u64 {
        u64::from(self.bits).div_ceil(8)
    }

    /// How long so many bytes play. `samples` is what `fact` says.
    fn duration(&self, data: u64, samples: Option<u32>) -> Option<Duration> {
        let samples = samples.map(u64::from).filter(|&samples| samples > 0);
        let (channels, block) = (u64::from(self.channels), u64::from(self.block));
        let count = match self.tag {
            PCM | FLOAT => data.checked_div(self.sample_bytes() * channels),
            A_LAW | MU_LAW => data.checked_div(channels),
            // Two samples to a byte, but for what stands before them in every block and channel. The last block is
            // padded, so `fact` can tell less; it cannot tell more.
            ADPCM_MS => blocks(data, block, channels, 7, 2),
            ADPCM_IMA => blocks(data, block, channels, 4, 1),
            // The lowest bitrate is 8 kbit/s.
            MP3 => samples.filter(|&samples| samples * 1000 <= data.saturating_mul(self.sample_rate.into())),
            _ => None,
        };
        let count = match (self.tag, samples) {
            (ADPCM_MS | ADPCM_IMA, Some(samples)) => count.map(|count| count.min(samples)),
            _ => count,
        };
        match count {
            Some(count) => media::duration(count, self.sample_rate.into()),
            None => media::duration(data, self.byte_rate.into()),
        }
    }
}

/// The samples per channel of ADPCM, each of whose blocks begins with a header per channel that holds `first` samples.
fn blocks(data: u64, block: u64, channels: u64, header: u64, first: u64) -> Option<u64> {
    let in_block = |bytes: u64| match bytes.checked_sub(header * channels) {
        Some(rest) => Some((rest * 2).checked_div(channels)? + first),
        None => Some(0),
    };
    data.checked_div(block)?.saturating_mul(in_block(block)?).checked_add(in_block(data % block)?)
}

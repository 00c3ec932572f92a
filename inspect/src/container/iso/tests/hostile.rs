//! Files that are made to break their readers.

use super::*;

/// Files that hold every box that is read.
fn samples() -> Vec<Vec<u8>> {
    let edits = iso_box(b"edts", &full(b"elst", &words(&[1, 500, 0, 0x1_0000])));
    let sizes = full(b"stsz", &words(&[0, 500]));
    let chunks = full(b"stco", &words(&[1, 16]));
    let track = Track { beside: edits, tables: [Track::video().tables, sizes, chunks].concat(), ..Track::video() };
    let user_data = iso_box(b"udta", &iso_box(b"\xA9xyz", b"\0\x12\0\0+48.8577+002.2950/"));
    let sidx = full(b"sidx", &words(&[1, 25, 0, 0, 1, 400, 150, 0]));
    let sides = full(b"ispe", &words(&[64, 48]));
    let mfra = iso_box(b"mfra", &[full(b"tfra", &words(&[1, 0, 1, 50, 40, 0])), full(b"mfro", &words(&[60]))].concat());
    vec![
        movie(&[mvhd(0, 2), track.write(), Track::audio().write(), user_data]),
        [fragmented(&full(b"mehd", &words(&[0]))), sidx, fragment(0, 50), fragment(50, 50), mfra].concat(),
        still(&[sides, iso_box(b"irot", &[1])], ALPHA),
    ]
}

fn read_as_everything(file: &[u8]) {
    let pieces = Pieces::whole(file);
    for format in [Format::Mp4, Format::M4a, Format::QuickTime] {
        drop(read(&pieces, format));
    }
    drop(read_still(&pieces, Format::Avif));
    assert!(!pieces.is_exhausted());
}

#[test]
fn no_length_and_no_flipped_byte_makes_it_panic() {
    let mut seed = 1_u32;
    for sample in samples() {
        for length in 0..sample.len() {
            read_as_everything(&sample[..length]);
            for value in [0, 1, 0x7F, 0x80, 0xFF] {
                let mut damaged = sample.clone();
                damaged[length] = value;
                read_as_everything(&damaged);
            }
        }
        for _ in 0..2000 {
            let mut damaged = sample.clone();
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = seed as usize / 256 % damaged.len();
                damaged[at] = seed as u8;
            }
            read_as_everything(&damaged);
        }
    }
}

#[test]
fn every_number_may_be_as_large_as_it_can() {
    for sample in samples() {
        for at in 0..sample.len().saturating_sub(16) {
            let before = &sample[..at];
            for number in [0, 1, 7, 0x8000_0000, u32::MAX] {
                read_as_everything(&[before, &words(&[number]), &sample[at + 4..]].concat());
            }
            // A size of 64 bits, where this happens to be the header of a box.
            for length in [0, 1, 7, 1 << 63, u64::MAX] {
                let header = [&words(&[1]), &sample[at + 4..at + 8], &u64::to_be_bytes(length)].concat();
                read_as_everything(&[before, &header, &sample[at + 8..]].concat());
            }
        }
    }
}

#[test]
fn a_box_that_claims_more_than_the_file_has_is_read_to_the_end() {
    let mut file = movie(&[mvhd(9000, 1), Track::video().write()]);
    let moov = 20;
    assert_eq!(&file[moov + 4..moov + 8], b"moov");
    for length in [0, u32::MAX] {
        file[moov..moov + 4].copy_from_slice(&length.to_be_bytes());
        let media = told(&file).unwrap();
        assert_eq!((seconds(&media), media.video.unwrap().width), (Some(10.0), 320));
    }
}

#[test]
fn boxes_in_boxes_without_end_are_not_followed() {
    for name in [b"moov", b"trak", b"mdia", b"udta", b"meta", b"moof", b"mfra"] {
        let length = 80_000_u32;
        let nested: Vec<u8> =
            (0..10_000).flat_map(|depth| [(length - depth * 8).to_be_bytes(), *name].concat()).collect();
        read_as_everything(&nested);
        read_as_everything(&movie(&[mvhd(0, 1), nested]));
    }
}

#[test]
fn boxes_that_are_empty_without_end_are_not_followed() {
    for name in [b"free", b"trak", b"moof", b"mdat"] {
        let many = iso_box(name, &[]).repeat(100_000);
        read_as_everything(&many);
        read_as_everything(&movie(&[mvhd(0, 1), many.clone()]));
        read_as_everything(&[fragmented(&[]), many].concat());
    }
}

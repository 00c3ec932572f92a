//! What ffmpeg does not make: changes to the bytes of files that it has made.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use crate::files::Change;

/// Writes `from`, changed, to `to`.
pub(crate) fn change(from: &Path, to: &Path, change: Change) {
    let mut file = fs::read(from).unwrap();
    match change {
        Change::TurnTrack(degrees) => set_matrix(&mut file, b"tkhd", 40, turned(degrees)),
        Change::TurnMovie(degrees) => set_matrix(&mut file, b"mvhd", 36, turned(degrees)),
        Change::MirrorTrack => set_matrix(&mut file, b"tkhd", 40, [-1, 0, 0, 1]),
        Change::GrowData(length) => return grow_data(&mut file, length, to),
        Change::PushData(length) => return push_data(&file, length, to),
        Change::ForgetBrands => {
            assert_eq!(&file[4..8], b"ftyp");
            file[4..8].copy_from_slice(b"free");
        }
        Change::ForgetDuration => {
            // The element is 2 bytes of id, 1 of length, and a number of 8; `Void` has 1 byte of id.
            let at = find(&file, b"\x44\x89\x88");
            file[at..at + 2].copy_from_slice(&[0xEC, 0x89]);
        }
        Change::InsteadOfColour(elements) => {
            let at = find(&file, b"\x55\xB0");
            let length = 3 + usize::from(file[at + 2] & 0x7F);
            // `Void` takes up the rest.
            let rest = (length - elements.len()).checked_sub(2).unwrap();
            let void = [0xEC, 0x80 | rest as u8];
            let new = [elements, &void, &vec![0; rest]].concat();
            file[at..at + length].copy_from_slice(&new);
        }
        Change::Cut(length) => file.truncate(file.len() - length),
        Change::Tag(length) => _ = file.splice(0..0, tag(length)),
        Change::TagBehind => file.extend([b"TAG".as_slice(), &[0; 125]].concat()),
        Change::GrowWave(length) => return grow_wave(&mut file, length, to),
    }
    fs::write(to, file).unwrap();
}

fn find(file: &[u8], bytes: &[u8]) -> usize {
    file.windows(bytes.len()).position(|window| window == bytes).unwrap()
}

/// a, b, c and d of ISO/IEC 14496-12, section 8.3.2.
fn turned(degrees: u16) -> [i32; 4] {
    match degrees {
        90 => [0, 1, -1, 0],
        180 => [-1, 0, 0, -1],
        270 => [0, -1, 1, 0],
        _ => panic!("no such turn"),
    }
}

/// In the first box of this name, of version 0, whose matrix is so far behind its name.
fn set_matrix(file: &mut [u8], name: &[u8; 4], at: usize, [a, b, c, d]: [i32; 4]) {
    let at = find(file, name) + 4 + at;
    for (index, number) in [a, b, 0, c, d].into_iter().enumerate() {
        let fixed = number << 16;
        file[at + 4 * index..at + 4 * index + 4].copy_from_slice(&fixed.to_be_bytes());
    }
}

/// The whole box of this name on the top level, or in the range of another.
fn find_box(file: &[u8], within: Range<usize>, name: &[u8; 4]) -> Range<usize> {
    let mut at = within.start;
    while at < within.end {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        if &file[at + 4..at + 8] == name {
            return at..at + length;
        }
        at += length;
    }
    panic!("there is no {}", name.escape_ascii());
}

/// The parts, one behind the other, with as many zeros between them.
fn write_apart(first: &[u8], zeros: u64, second: &[u8], to: &Path) {
    let mut file = File::create(to).unwrap();
    file.write_all(first).unwrap();
    file.seek(SeekFrom::Current(zeros as i64)).unwrap();
    file.write_all(second).unwrap();
    file.set_len((first.len() + second.len()) as u64 + zeros).unwrap();
}

fn grow_data(file: &mut [u8], length: u64, to: &Path) {
    let mdat = find_box(file, 0..file.len(), b"mdat");
    // ffmpeg leaves an empty box before it, for the longer header.
    let start = mdat.start - 8;
    assert_eq!(&file[start..mdat.start], b"\0\0\0\x08free");
    let whole = (mdat.end - start) as u64 + length;
    file[start..start + 8].copy_from_slice(b"\0\0\0\x01mdat");
    file[start + 8..start + 16].copy_from_slice(&whole.to_be_bytes());
    write_apart(&file[..mdat.end], length, &file[mdat.end..], to);
}

fn push_data(file: &[u8], length: u64, to: &Path) {
    let mdat = find_box(file, 0..file.len(), b"mdat");
    let moov = find_box(file, 0..file.len(), b"moov");
    assert!(moov.start > mdat.start);
    let pushed = length + 16;
    let first = [&file[..mdat.start], b"\0\0\0\x01free", &pushed.to_be_bytes()].concat();
    let second = [&file[mdat.start..moov.start], &long_offsets(&file[moov], pushed)].concat();
    write_apart(&first, length, &second, to);
}

/// A box with its offsets into the file as 64 bits (`co64`), so many bytes further on.
fn long_offsets(whole: &[u8], further: u64) -> Vec<u8> {
    let name: &[u8; 4] = whole[4..8].try_into().unwrap();
    let (name, body) = match name {
        b"stco" => {
            let (offsets, _) = whole[16..].as_chunks::<4>();
            let offsets = offsets.iter().flat_map(|&at| (u64::from(u32::from_be_bytes(at)) + further).to_be_bytes());
            (b"co64", whole[8..16].iter().copied().chain(offsets).collect())
        }
        b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => {
            let (mut body, mut rest) = (Vec::new(), &whole[8..]);
            while !rest.is_empty() {
                let (child, others) = rest.split_at(u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize);
                body.extend(long_offsets(child, further));
                rest = others;
            }
            (name, body)
        }
        _ => return whole.to_vec(),
    };
    [(body.len() as u32 + 8).to_be_bytes().as_slice(), name, &body].concat()
}

/// ID3v2.4 with padding alone.
fn tag(length: u32) -> Vec<u8> {
    let size = [21, 14, 7, 0].map(|shift| (length >> shift & 0x7F) as u8);
    [b"ID3\x04\0\0".as_slice(), &size, &vec![0; length as usize]].concat()
}

/// The lengths of an RF64 are in `ds64`: of all, of the samples, and their number.
fn grow_wave(file: &mut [u8], length: u64, to: &Path) {
    let at = find(file, b"ds64") + 8;
    let block = u16::from_le_bytes(file[find(file, b"fmt ") + 20..][..2].try_into().unwrap());
    for (index, more) in [length, length, length / u64::from(block)].into_iter().enumerate() {
        let number = &mut file[at + 8 * index..at + 8 * index + 8];
        let grown = u64::from_le_bytes((*number).try_into().unwrap()) + more;
        number.copy_from_slice(&grown.to_le_bytes());
    }
    write_apart(file, length, &[], to);
}

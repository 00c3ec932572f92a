use super::*;

const END: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;

// The sectors of the file below.
const TABLE: usize = 0;
const DIRECTORY: usize = 1;
const MINI_TABLE: usize = 2;
const HOLDER: usize = 3;
const WORD: usize = 4;

fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

fn sector(number: usize) -> usize {
    (number + 1) * 512
}

fn link(file: &mut [u8], table: usize, index: usize, next: u32) {
    put(file, sector(table) + index * 4, &next.to_le_bytes());
}

fn set_entry(file: &mut [u8], id: usize, name: &str, left_right_child: [u32; 3], start: usize, length: u32) {
    let at = sector(DIRECTORY) + id * ENTRY_LENGTH;
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    put(file, at, &units);
    put(file, at + 64, &(units.len() as u16 + 2).to_le_bytes());
    for (index, id) in left_right_child.iter().enumerate() {
        put(file, at + 68 + index * 4, &id.to_le_bytes());
    }
    put(file, at + 116, &(start as u32).to_le_bytes());
    put(file, at + 120, &length.to_le_bytes());
}

/// A set of properties with two of them: `Template`, and the number of pages.
fn summary(pages: i32) -> Vec<u8> {
    let mut set = b"\xFE\xFF\0\0\x0A\0\x02\0".to_vec();
    set.resize(24, 0);
    set.extend([1, 0, 0, 0]);
    set.extend([0xE0, 0x85, 0x9F, 0xF2, 0xF9, 0x4F, 0x68, 0x10, 0xAB, 0x91, 0x08, 0x00, 0x2B, 0x27, 0xB3, 0xD9]);
    for number in [48_u32, 52, 2, 7, 24, 14, 44] {
        set.extend(number.to_le_bytes());
    }
    set.extend(*b"\x1E\0\0\0\x0C\0\0\0Normal.dotm\0");
    set.extend(*b"\x03\0\0\0");
    set.extend(pages.to_le_bytes());
    set
}

/// A document whose summary is a small stream in sectors that are not in order.
fn word(pages: i32, flags: u16) -> Vec<u8> {
    let mut file = vec![0; sector(12)];
    put(&mut file, 0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    put(&mut file, 0x18, &[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    for (at, value) in [
        (0x2C, 1),
        (0x30, DIRECTORY as u32),
        (0x38, 4096),
        (0x3C, MINI_TABLE as u32),
        (0x40, 1),
        (0x44, END),
        (0x4C, TABLE as u32),
    ] {
        put(&mut file, at, &value.to_le_bytes());
    }
    file[0x50..512].fill(0xFF);
    file[sector(TABLE)..sector(TABLE) + 512].fill(0xFF);
    for (index, next) in [0xFFFF_FFFD, END, END, END, 5, 6, 7, 8, 9, 10, 11, END].into_iter().enumerate() {
        link(&mut file, TABLE, index, next);
    }
    for (index, next) in [END, FREE, 0, FREE].into_iter().enumerate() {
        link(&mut file, MINI_TABLE, index, next);
    }
    let summary = summary(pages);
    assert!((65..=128).contains(&summary.len()));
    put(&mut file, sector(HOLDER) + 128, &summary[..64]);
    put(&mut file, sector(HOLDER), &summary[64..]);
    set_entry(&mut file, 0, "Root Entry", [FREE, FREE, 2], HOLDER, 512);
    set_entry(&mut file, 1, "WordDocument", [FREE; 3], WORD, 4096);
    set_entry(&mut file, 2, "1Table", [3, 1, FREE], WORD, 4096);
    set_entry(&mut file, 3, "\x05SummaryInformation", [FREE; 3], 2, summary.len() as u32);
    put(&mut file, sector(WORD), &[0xEC, 0xA5, 0xC1, 0]);
    put(&mut file, sector(WORD) + 10, &flags.to_le_bytes());
    file
}

fn document(file: &[u8]) -> Document {
    let media = read(&Pieces::whole(file)).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(media.format, Format::Doc);
    media.document.unwrap_or_else(|| panic!("it is a document"))
}

#[test]
fn pages_and_lock_are_told() {
    assert_eq!(document(&word(17, 0x1200)), Document { pages: Some(17), encrypted: false });
    assert_eq!(document(&word(17, 0x1300)), Document { pages: Some(17), encrypted: true });
    for pages in [0, -1, i32::MIN] {
        assert_eq!(document(&word(pages, 0)).pages, None);
    }
}

#[test]
fn a_summary_of_full_sectors_is_read_too() {
    let mut file = word(1, 0);
    set_entry(&mut file, 3, "\x05SummaryInformation", [FREE; 3], 12, 4096);
    put(&mut file, sector(WORD), &[0; 4]);
    for number in [12, 14, 13, 15, 16, 17, 18, 19] {
        file.resize(file.len().max(sector(number + 1)), 0);
    }
    for (index, next) in [(12, 14), (14, 13), (13, 15), (15, 16), (16, 17), (17, 18), (18, 19), (19, END)] {
        link(&mut file, TABLE, index, next);
    }
    put(&mut file, sector(12), &summary(99));
    // The position of its properties leads into the second sector, which is the 14th of the file.
    put(&mut file, sector(12) + 44, &512_u32.to_le_bytes());
    put(&mut file, sector(14), &summary(98)[48..]);
    assert_eq!(document(&file), Document { pages: Some(98), encrypted: false });
}

#[test]
fn documents_within_the_document_do_not_count() {
    let mut file = word(17, 0);
    set_entry(&mut file, 2, "ObjectPool", [FREE, 1, 3], WORD, 0);
    assert_eq!(document(&file).pages, None, "the summary is in a storage now");
}

#[test]
fn a_package_that_is_encrypted_is_told() {
    let mut file = word(17, 0);
    set_entry(&mut file, 2, "EncryptedPackage", [FREE; 3], WORD, 4096);
    assert_eq!(document(&file), Document { pages: None, encrypted: true });
}

#[test]
fn circles_come_to_an_end() {
    let mut file = word(17, 0x0100);
    link(&mut file, TABLE, DIRECTORY, DIRECTORY as u32);
    assert_eq!(document(&file), Document { pages: Some(17), encrypted: true }, "the directory");
    link(&mut file, TABLE, HOLDER, HOLDER as u32);
    link(&mut file, TABLE, MINI_TABLE, MINI_TABLE as u32);
    link(&mut file, MINI_TABLE, 0, 2);
    assert_eq!(document(&file), Document { pages: Some(17), encrypted: true }, "all chains");
    set_entry(&mut file, 3, "\x05SummaryInformation", [2, 0, 3], 2, u32::MAX);
    assert_eq!(document(&file).pages, None, "the tree");
    set_entry(&mut file, 1, "WordDocument", [1, 1, 1], WORD, u32::MAX);
    assert_eq!(document(&file), Document { pages: None, encrypted: true });
    // The list of the table's sectors is its own next.
    let mut file = word(17, 0);
    put(&mut file, 0x44, &7_u32.to_le_bytes());
    put(&mut file, 0x30, &0x7FFF_FFFF_u32.to_le_bytes());
    file[sector(7)..sector(8)].fill(7);
    assert_eq!(document(&file), Document { pages: None, encrypted: false });
}

#[test]
fn headers_that_no_writer_means_tell_nothing() {
    for (at, value) in [(0x1E, 31), (0x1E, 0), (0x1E, 12), (0x1A, 4), (0x20, 31), (0x20, 0xFFFF), (0x30, 0xFFFF)] {
        let mut file = word(17, 0x0100);
        put(&mut file, at, &(value as u16).to_le_bytes());
        assert_eq!(document(&file), Document { pages: None, encrypted: false }, "{at} {value}");
    }
}

#[test]
fn properties_that_lead_outside_tell_nothing() {
    let good = summary(17);
    assert_eq!(pages(&good), Some(17));
    for (at, value) in [(44, u32::MAX), (44, 100), (52, 1), (68, u32::MAX), (68, 55), (28, 0), (0, 0)] {
        let mut bad = good.clone();
        put(&mut bad, at, &value.to_le_bytes());
        assert_eq!(pages(&bad), None, "{at} {value}");
    }
    let mut many = good.clone();
    put(&mut many, 52, &u32::MAX.to_le_bytes());
    assert_eq!(pages(&many), Some(17), "it has as many as it has");
    for length in 0..good.len() {
        assert_eq!(pages(&good[..length]), None);
    }
}

#[test]
fn what_is_missing_is_asked_for() {
    let mut whole = word(17, 0x0100);
    whole.resize(1_000_000, 0);
    let mut file = Pieces::new(whole.len() as u64);
    let mut waves = 0;
    loop {
        let media = read(&file);
        let missing = file.take_missing(0);
        if missing.is_empty() {
            let expected = Document { pages: Some(17), encrypted: true };
            assert_eq!(media.map(|media| media.document), Ok(Some(expected)));
            break;
        }
        for range in missing {
            file.add(range.start, whole[range.start as usize..range.end as usize].to_vec());
        }
        waves += 1;
    }
    assert!(waves <= 5, "{waves}");
}

#[test]
fn nothing_makes_it_panic() {
    let good = word(17, 0);
    for length in 0..good.len() {
        document(&good[..length]);
    }
    for at in 0..sector(WORD) {
        for value in [0, 1, 0x7F, 0xFE, 0xFF] {
            let mut damaged = good.clone();
            damaged[at] = value;
            document(&damaged);
        }
    }
}

use miniz_oxide::deflate::compress_to_vec;

use super::*;

const XML: &[u8] =
    b"<?xml version='1.0'?><Properties xmlns='urn:x'><Template/><Pages>12</Pages><Words>9</Words></Properties>";

/// A ZIP with one entry of these fields behind another, and the position of its central directory.
fn zip(name: &str, method: u16, flags: u16, data: &[u8]) -> (Vec<u8>, usize) {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (name, method, flags, data) in
        [("[Content_Types].xml", 0, 0, b"<Types/>".as_slice()), (name, method, flags, data)]
    {
        let at = file.len() as u32;
        let lengths = [(data.len() as u32).to_le_bytes(), 9_u32.to_le_bytes()].concat();
        let start = [&20_u16.to_le_bytes(), &flags.to_le_bytes(), &method.to_le_bytes(), [0_u8; 8].as_slice()].concat();
        let name_length = (name.len() as u16).to_le_bytes();
        // The local header has a field that the directory does not have.
        file.extend(
            [b"PK\x03\x04", start.as_slice(), &lengths, &name_length, &[4, 0], name.as_bytes(), &[9, 9, 0, 0]].concat(),
        );
        file.extend(data);
        directory.extend([b"PK\x01\x02\x14\0", start.as_slice(), &lengths, &name_length, &[0; 12]].concat());
        directory.extend([&at.to_le_bytes(), name.as_bytes()].concat());
    }
    let start = file.len();
    let (length, at) = ((directory.len() as u32).to_le_bytes(), (start as u32).to_le_bytes());
    file.extend(directory);
    file.extend([b"PK\x05\x06\0\0\0\0\x02\0\x02\0".as_slice(), &length, &at, &[0, 0]].concat());
    (file, start)
}

fn document(file: &[u8]) -> Option<Document> {
    let media = read(&Pieces::whole(file)).ok()?;
    assert_eq!(media.format, Format::Docx);
    media.document
}

fn pages_of(file: &[u8]) -> Option<u32> {
    document(file)?.pages
}

fn word(data: &[u8], method: u16) -> Vec<u8> {
    zip("docProps/app.xml", method, 0, data).0
}

#[test]
fn pages_are_what_the_properties_say() {
    assert_eq!(document(&word(XML, 0)), Some(Document { pages: Some(12), encrypted: false }));
    assert_eq!(pages_of(&word(&compress_to_vec(XML, 6), 8)), Some(12));
    assert_eq!(pages_of(&word(b"<ap:Properties><ap:Pages xml:space='x'> 3 </ap:Pages>", 0)), Some(3));
    assert_eq!(pages_of(&zip("docprops/APP.xml", 0, 0, XML).0), Some(12));
    let mut with_comment = word(XML, 0);
    let end = with_comment.len();
    with_comment[end - 2..].copy_from_slice(&[5, 0]);
    with_comment.extend(b"PK\x05\x06!");
    assert_eq!(pages_of(&with_comment), Some(12));
}

#[test]
fn what_says_nothing_has_no_pages() {
    for xml in [
        "",
        "<Properties/>",
        "<Pages/>",
        "<Pages></Pages>",
        "<Pages>-1</Pages>",
        "<Pages>0</Pages>",
        "<Pages>99999999999</Pages>",
        "<HiddenPages>4</HiddenPages>",
        "<Pages",
        "</Pages>4",
    ] {
        assert_eq!(document(&word(xml.as_bytes(), 0)), Some(Document { pages: None, encrypted: false }), "{xml}");
    }
    assert_eq!(pages_of(&zip("word/app.xml", 0, 0, XML).0), None);
    assert_eq!(pages_of(&word(XML, 9)), None, "a method that Word does not read either");
    let locked = zip("docProps/app.xml", 0, IS_ENCRYPTED, XML).0;
    assert_eq!(document(&locked), Some(Document { pages: None, encrypted: true }));
}

#[test]
fn a_bomb_is_not_inflated() {
    let bomb = compress_to_vec(&[XML, &vec![b' '; 50_000_000]].concat(), 9);
    assert!(bomb.len() < PROPERTIES_LENGTH, "{}", bomb.len());
    assert_eq!(pages_of(&word(&bomb, 8)), None);
    let room = PROPERTIES_LENGTH - XML.len();
    let largest = compress_to_vec(&[XML, &vec![b' '; room]].concat(), 9);
    assert_eq!(pages_of(&word(&largest, 8)), Some(12));
}

#[test]
fn a_directory_that_lies_tells_nothing() {
    let (good, start) = zip("docProps/app.xml", 0, 0, XML);
    let end = good.len() - 22;
    let change = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        pages_of(&file)
    };
    assert_eq!(change(end + 8, &[0xFF; 4]), Some(12), "it claims 65,535 entries, and has what it has");
    assert_eq!(change(end + 12, &[0xFE, 0xFF, 0xFF, 0xFF]), Some(12), "its length ends where its end begins");
    assert_eq!(change(end + 12, &[0; 4]), None);
    assert_eq!(change(end + 16, &[0xFE, 0xFF, 0xFF, 0xFF]), None);
    assert_eq!(change(end + 16, &(end as u32 + 1).to_le_bytes()), None);
    assert_eq!(change(end + 16, &[0xFF; 4]), None, "the large numbers are missing");
    assert_eq!(change(end + 20, &[1, 0]), None, "a comment that is not there");
    let second = start + 46 + "[Content_Types].xml".len();
    for (at, length) in [(20, 4), (28, 2), (42, 4)] {
        assert_eq!(change(second + at, &vec![0xFF; length]), None, "{at}");
        assert_eq!(change(second + at, &vec![0xFE; length]), None, "{at}");
    }
}

#[test]
fn large_numbers_are_read_where_zip64_has_them() {
    let (mut file, start) = zip("docProps/app.xml", 0, 0, XML);
    let end = file.split_off(file.len() - 22);
    let second = start + 46 + "[Content_Types].xml".len();
    let at = file[second + 42..second + 46].to_vec();
    file[second + 20..second + 28].fill(0xFF);
    file[second + 42..second + 46].fill(0xFF);
    file[second + 30..second + 32].copy_from_slice(&[34, 0]);
    let length = (XML.len() as u64).to_le_bytes();
    file.extend([[9, 9, 2, 0, 7, 7, 1, 0, 24, 0].as_slice(), &[9; 8], &length, &at, &[0; 4]].concat());
    let large_end = file.len();
    let directory_length = (large_end - start) as u64;
    file.extend(
        [b"PK\x06\x06".as_slice(), &[0; 36], &directory_length.to_le_bytes(), &(start as u64).to_le_bytes()].concat(),
    );
    file.extend([b"PK\x06\x07\0\0\0\0".as_slice(), &(large_end as u64).to_le_bytes(), &[1, 0, 0, 0]].concat());
    let locator = file.len() - 20;
    file.extend(&end[..12]);
    file.extend([0xFF; 8]);
    file.extend([0, 0]);
    assert_eq!(pages_of(&file), Some(12));
    for at in [locator + 8, large_end + 48, large_end - 8] {
        for value in [u64::MAX, u64::MAX / 2, locator as u64, 1] {
            let mut lying = file.clone();
            lying[at..at + 8].copy_from_slice(&value.to_le_bytes());
            assert_eq!(pages_of(&lying), None, "{at} {value}");
        }
    }
}

#[test]
fn what_is_missing_is_asked_for() {
    let small = word(XML, 0);
    let mut file = Pieces::new(small.len() as u64);
    assert_eq!(read(&file).map(|media| media.document.map(|document| document.pages)), Ok(Some(None)));
    let mut asked = Vec::new();
    for _ in 0..3 {
        for range in file.take_missing(0) {
            asked.push(range.clone());
            let bytes = small[range.start as usize..range.end as usize].to_vec();
            file.add(range.start, bytes);
        }
        let _ = read(&file);
    }
    assert_eq!((asked.len(), asked.first()), (1, Some(&(0..small.len() as u64))));
}

#[test]
fn nothing_makes_it_panic() {
    let good = word(&compress_to_vec(XML, 6), 8);
    for length in 0..good.len() {
        document(&good[..length]);
        document(&good[length..]);
    }
    for at in 0..good.len() {
        for value in [0, 1, 0x7F, 0xFE, 0xFF] {
            let mut damaged = good.clone();
            damaged[at] = value;
            document(&damaged);
        }
    }
}

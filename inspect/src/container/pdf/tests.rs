#![expect(clippy::unwrap_used, reason = "a test may fail")]

use miniz_oxide::deflate::compress_to_vec_zlib;
use std::fmt::Write;

use super::*;

/// Objects, as they are to be written. Streams are given by [`stream`].
type Objects = Vec<(u32, Vec<u8>)>;

fn object(number: u32, text: &str) -> (u32, Vec<u8>) {
    (number, text.as_bytes().to_vec())
}

fn stream(number: u32, entries: &str, data: &[u8]) -> (u32, Vec<u8>) {
    let start = format!("<</Length {} {entries}>>\nstream\r\n", data.len());
    (number, [start.as_bytes(), data, b"\nendstream"].concat())
}

/// A catalog, a page tree that says this, and a page.
fn tree(says: &str) -> Objects {
    vec![
        object(1, "<</Type/Catalog /Pages 2 0 R>>"),
        object(2, &format!("<< /Type /Pages {says} >>")),
        object(3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
    ]
}

/// Appends objects, and gives their positions.
fn append(file: &mut Vec<u8>, objects: &Objects) -> Vec<(u32, usize)> {
    let mut places = Vec::new();
    for (number, text) in objects {
        places.push((*number, file.len()));
        file.extend([format!("{number} 0 obj ").as_bytes(), text, b"\nendobj\n"].concat());
    }
    places
}

/// Appends a table with one part for each object, a trailer that says this, and the position of the table.
fn append_table(file: &mut Vec<u8>, places: &[(u32, usize)], trailer: &str) -> usize {
    let at = file.len();
    let mut table = "xref\n".to_owned();
    for (number, at) in places {
        write!(table, "{number} 1\n{at:010} 00000 n \n").unwrap();
    }
    write!(table, "trailer\n<<{trailer}>>\nstartxref\n{at}\n%%EOF\n").unwrap();
    file.extend(table.as_bytes());
    at
}

const HEAD: &[u8] = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";

fn with_table(objects: &Objects, trailer: &str) -> Vec<u8> {
    let mut file = HEAD.to_vec();
    let places = append(&mut file, objects);
    append_table(&mut file, &places, trailer);
    file
}

/// Entries of a cross-reference stream: type in one byte, the two fields in four and one.
fn entries(entries: &[(u8, usize)]) -> Vec<u8> {
    entries.iter().flat_map(|&(kind, at)| [[kind].as_slice(), &(at as u32).to_be_bytes(), &[0]].concat()).collect()
}

/// Bytes in rows, each less what is above, as writers compress their tables.
fn predicted(data: &[u8], row: usize) -> Vec<u8> {
    let above = [vec![0; row], data.to_vec()].concat();
    let rows = data.chunks(row).zip(above.chunks(row));
    rows.flat_map(|(line, above)| {
        [vec![2], line.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(*above)).collect()].concat()
    })
    .collect()
}

/// A file whose catalog and page tree are in object stream 4, and whose table is stream 5.
fn with_streams(says: &str, trailer: &str) -> Vec<u8> {
    let inside = format!("1 0 2 31 <</Type/Catalog/Pages 2 0 R>>  <</Type/Pages {says}>> ");
    let first = inside.find('<').unwrap();
    let inside = compress_to_vec_zlib(inside.as_bytes(), 6);
    let mut file = HEAD.to_vec();
    let objects = vec![
        object(3, "<</Type/Page/Parent 2 0 R>>"),
        stream(4, &format!("/Type/ObjStm/N 2/First {first}/Filter/FlateDecode"), &inside),
    ];
    let places = append(&mut file, &objects);
    let at = file.len();
    let table = entries(&[(0, 0), (2, 4), (2, 4), (1, places[0].1), (1, places[1].1), (1, at)]);
    let table = compress_to_vec_zlib(&predicted(&table, 6), 6);
    let says = format!(
        "/Type/XRef/W[1 4 1]/Size 6/Root 1 0 R/Filter[/FlateDecode]/DecodeParms[<</Predictor 12/Columns 6>>]{trailer}"
    );
    append(&mut file, &vec![stream(5, &says, &table)]);
    file.extend(format!("startxref\n{at}\n%%EOF").as_bytes());
    file
}

fn document(file: &[u8]) -> Document {
    let pieces = Pieces::whole(file);
    let media = read(&pieces).unwrap();
    assert_eq!(media.format, Format::Pdf);
    assert!(!pieces.is_exhausted());
    media.document.unwrap()
}

fn pages(file: &[u8]) -> Option<u32> {
    document(file).pages
}

const ROOT: &str = "/Size 9/Root 1 0 R";

#[test]
fn pages_are_counted_by_the_root_of_their_tree() {
    assert_eq!(
        document(&with_table(&tree("/Kids [3 0 R] /Count 1"), ROOT)),
        Document { pages: Some(1), encrypted: false }
    );
    assert_eq!(pages(&with_streams("/Kids[3 0 R]/Count 9", "")), Some(9));
    let apart = [tree("/Count 4 0 R"), vec![object(4, "7")]].concat();
    assert_eq!(pages(&with_table(&apart, ROOT)), Some(7), "the count is an object of its own");
    let nested = tree("/A <</Count 3>> /B (\\) /Count 4) /C <2F43> % /Count 5\n /D [/Count 6] /E#20 /F /Count 8");
    assert_eq!(pages(&with_table(&nested, ROOT)), Some(8));
}

#[test]
fn encryption_is_told() {
    let encrypted = Document { pages: Some(1), encrypted: true };
    assert_eq!(document(&with_table(&tree("/Count 1"), "/Root 1 0 R/Encrypt 9 0 R")), encrypted);
    assert_eq!(document(&with_table(&tree("/Count 1"), "/Root 1 0 R/Encrypt <</V 1>>")), encrypted);
    let locked = with_streams("/Count 1", "/Encrypt 9 0 R");
    assert_eq!(document(&locked), Document { pages: None, encrypted: true }, "its streams cannot be read");
}

#[test]
fn the_newest_update_wins() {
    let mut file = HEAD.to_vec();
    let places = append(&mut file, &tree("/Count 1"));
    let first = append_table(&mut file, &places, ROOT);
    let places = append(&mut file, &vec![object(2, "<</Type/Pages/Count 2>>")]);
    let second = append_table(&mut file, &places, &format!("{ROOT}/Prev {first}"));
    assert_eq!(pages(&file), Some(2));
    append_table(&mut file, &[], &format!("/Prev {second}"));
    assert_eq!(pages(&file), Some(2), "the newest table changes nothing");
}

#[test]
fn a_table_is_supplemented_by_its_stream() {
    let mut file = HEAD.to_vec();
    let places = append(&mut file, &tree("/Count 5"));
    let at = file.len();
    let data = entries(&[(1, places[0].1), (1, places[1].1)]);
    append(&mut file, &vec![stream(8, "/Type/XRef/W[1 4 1]/Index[1 2]/Size 9", &data)]);
    append_table(&mut file, &[], &format!("{ROOT}/XRefStm {at}"));
    assert_eq!(pages(&file), Some(5));
}

#[test]
fn a_linearized_file_says_it_at_its_start() {
    let linearized = |length: usize| {
        let dictionary = object(7, &format!("<</Linearized 1/L {length:5}/N 3>>"));
        with_table(&[vec![dictionary], tree("/Count 4")].concat(), ROOT)
    };
    let length = linearized(0).len();
    assert_eq!(pages(&linearized(length)), Some(3));
    assert_eq!(pages(&linearized(length - 1)), Some(4), "something was added");
}

#[test]
fn a_count_that_cannot_be_is_counted_by_hand() {
    for count in ["", "/Count -5", "/Count 2147483648", "/Count 4294967297", "/Count 0", "/Count 1.5", "/Count null"] {
        assert_eq!(pages(&with_table(&tree(&format!("{count}/Kids [3 0 R]")), ROOT)), Some(1), "{count}");
    }
    let digits = "9".repeat(1000);
    assert_eq!(pages(&with_table(&tree(&format!("/Count {digits} /Kids [3 0 R]")), ROOT)), Some(1));
    let deep =
        [tree("/Kids 9 0 R"), vec![object(9, "[3 0 R 4 0 R]"), object(4, "<</Kids[5 0 R]>>"), object(5, "<<>>")]];
    assert_eq!(pages(&with_table(&deep.concat(), ROOT)), Some(2));
    assert_eq!(pages(&with_table(&tree("/Kids []"), ROOT)), Some(0));
}

#[test]
fn trees_that_loop_or_are_deep_or_wide_are_not_counted() {
    assert_eq!(pages(&with_table(&tree("/Kids [2 0 R]"), ROOT)), None);
    assert_eq!(pages(&with_table(&tree("/Kids [3 0 R 3 0 R]"), ROOT)), None);
    let looping = [tree("/Kids [4 0 R]"), vec![object(4, "<</Kids[5 0 R]>>"), object(5, "<</Kids[4 0 R]>>")]].concat();
    assert_eq!(pages(&with_table(&looping, ROOT)), None);
    let deep = (10..100).map(|number| object(number, &format!("<</Kids[{} 0 R]>>", number + 1)));
    assert_eq!(pages(&with_table(&[tree("/Kids [10 0 R]"), deep.collect()].concat(), ROOT)), None);
    let wide: String = (10..10_000).map(|number| format!("{number} 0 R ")).collect();
    assert_eq!(pages(&with_table(&tree(&format!("/Kids [{wide}]")), ROOT)), None);
    assert_eq!(pages(&with_table(&tree("/Count 2 0 R"), ROOT)), None);
}

#[test]
fn chains_of_tables_end() {
    let mut file = HEAD.to_vec();
    let places = append(&mut file, &tree("/Count 1"));
    let mut at = append_table(&mut file, &places, ROOT);
    for _ in 0..10 {
        at = append_table(&mut file, &[], &format!("/Prev {at}"));
    }
    assert_eq!(pages(&file), Some(1));
    for _ in 0..20 {
        at = append_table(&mut file, &[], &format!("/Root 8 0 R/Prev {at}"));
    }
    assert_eq!(pages(&file), Some(1), "found by looking");
    // Two tables that follow each other, and one that follows itself.
    let mut file = HEAD.to_vec();
    let at = append_table(&mut file, &[], "/Root 8 0 R/Prev 00000");
    let second = append_table(&mut file, &[], &format!("/Root 8 0 R/Prev {at}/XRefStm {at}"));
    let digits = file.windows(5).position(|bytes| bytes == b"00000").unwrap();
    for target in [at, second] {
        file[digits..digits + 5].copy_from_slice(format!("{target:05}").as_bytes());
        assert_eq!(pages(&file), None);
    }
}

#[test]
fn a_file_without_a_table_is_looked_through() {
    let mut file = with_table(&tree("/Count 1"), ROOT);
    let start = file.len() - "startxref\n".len() - "999\n%%EOF\n".len();
    assert!(file[start..].starts_with(b"startxref"));
    for text in
        ["startxref\n99999999999", "startxref\n-1", "startxref\n0", "startxref", "", "startxref 1e9", "startxref\n20"]
    {
        file.truncate(start);
        file.extend(text.as_bytes());
        assert_eq!(pages(&file), Some(1), "{text}");
    }
    file.truncate(start);
    file.extend(format!("startxref\n{start}").as_bytes());
    assert_eq!(pages(&file), Some(1), "to itself");
    let trees =
        "2 0 obj<</Type/Pages/Count 3>> 3 0 obj<</Type /Pages/Parent 2 0 R/Count 9>> 4 0 obj<</Type/Pages/Count 4>>";
    let alone = [HEAD, trees.as_bytes(), &[b' '; 100]].concat();
    assert_eq!(document(&alone), Document { pages: Some(4), encrypted: false });
    let table = [&alone, b"5 0 obj<</Type/XRef/Encrypt 6 0 R>>".as_slice()].concat();
    assert_eq!(document(&table), Document { pages: Some(4), encrypted: true });
}

#[test]
fn tables_that_lie_are_found_out() {
    let good = with_table(&tree("/Count 1"), ROOT);
    let first = good.windows(7).position(|bytes| bytes == b"00000 n").unwrap() - 11;
    for position in ["0000000000", "9999999999", "0000000001", "-000000009", "xxxxxxxxxx"] {
        let mut file = good.clone();
        file[first..first + 10].copy_from_slice(position.as_bytes());
        assert_eq!(pages(&file), Some(1), "{position}");
    }
    for line in ["0 4294967295", "4294967295 1", "1 99999999999", "-1 1", "0 1 1"] {
        let file = [HEAD, format!("xref\n{line}\ntrailer<</Root 1 0 R>>startxref 15").as_bytes()].concat();
        assert_eq!(pages(&file), None, "{line}");
    }
}

/// A file whose table is a stream that says this.
fn with_stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut file = HEAD.to_vec();
    append(&mut file, &vec![stream(5, &format!("/Type/XRef/Root 1 0 R {entries}"), data)]);
    file.extend(format!("startxref\n{}\n%%EOF", HEAD.len()).as_bytes());
    file
}

#[test]
fn streams_that_lie_tell_nothing() {
    let bomb = compress_to_vec_zlib(&vec![0; 100_000_000], 9);
    assert_eq!(pages(&with_stream("/W[1 4 1]/Size 9/Filter/FlateDecode", &bomb)), None);
    let predicted = "/W[1 4 1]/Size 9/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns";
    let small = compress_to_vec_zlib(&[2; 100], 9);
    for columns in ["0>>", "-1>>", "9223372036854775807>>", "6/Colors 9223372036854775807>>", "6/BitsPerComponent 0>>"]
    {
        assert_eq!(pages(&with_stream(&format!("{predicted} {columns}"), &small)), None, "{columns}");
    }
    for widths in ["0 0 0", "1 4", "9 9 9", "-1 4 1", "8 8 8", "1 9223372036854775807 1", "1 4 1 /Index [0 4294967295]"]
    {
        let entries = format!("/W[{widths}]/Size 4294967295");
        assert_eq!(pages(&with_stream(&entries, &[1; 100])), None, "{widths}");
        assert_eq!(pages(&with_stream(&entries, &[2; 100])), None, "{widths}");
    }
    for length in ["-1", "99999999", "9223372036854775807", "5 0 R", "1 0 R", "null"] {
        let text = with_stream("/W[1 4 1]/Size 9", &[1; 60]);
        let text = String::from_utf8_lossy(&text).replace("/Length 60", &format!("/Length {length}"));
        assert_eq!(pages(text.as_bytes()), None, "{length}");
    }
}

#[test]
fn an_object_stream_is_not_in_a_stream() {
    let inside = "1 0 4 40 <</Type/Catalog/Pages 2 0 R>>";
    for place in [(2, 4), (2, 5), (2, 1), (1, 0)] {
        let mut file = HEAD.to_vec();
        append(&mut file, &vec![stream(4, "/Type/ObjStm/N 2/First 9", inside.as_bytes())]);
        let at = file.len();
        let table = entries(&[(0, 0), (2, 4), (2, 4), (2, 4), place, (2, 5)]);
        append(&mut file, &vec![stream(5, "/Type/XRef/W[1 4 1]/Size 6/Root 1 0 R", &table)]);
        file.extend(format!("startxref\n{at}\n%%EOF").as_bytes());
        assert_eq!(pages(&file), None, "{place:?}");
    }
}

#[test]
fn ten_thousand_levels_cost_no_stack() {
    for (open, close) in [("<</A", ">>"), ("[", "]"), ("(", ")"), ("<<", ">>"), ("<</A[", "]>>")] {
        for times in [10_000, 0] {
            let nested = format!("/A {}{} /Count 1", open.repeat(10_000), close.repeat(times));
            let found = pages(&with_table(&tree(&nested), ROOT));
            assert_eq!(found, (times > 0).then_some(1), "{open}");
            let kids = format!("/Kids {}{}", open.repeat(10_000), close.repeat(times));
            pages(&with_table(&tree(&kids), ROOT));
            pages(&with_table(&tree("/Count 1"), &format!("{ROOT} {nested}")));
        }
    }
}

#[test]
fn objects_that_never_end_tell_nothing() {
    for unit in ["1 0 obj<<(", "1 0 obj<</Kids[", "obj<</A<<", "1 1 1 ", "/Type/Pages", "trailer<<", "startxref 0 "] {
        let file = [HEAD, unit.repeat(128 * 1024 / unit.len()).as_bytes()].concat();
        assert_eq!(pages(&file), None, "{unit}");
        let table = "xref\n0 1\ntrailer<</Root 1 0 R>>startxref\n15\n";
        assert_eq!(pages(&[HEAD, table.as_bytes(), &file, table.as_bytes()].concat()), None, "{unit}");
    }
}

/// Reads a file of which at first only the ends are there, and tells how often there was more to fetch.
fn waves(whole: &[u8]) -> (Option<u32>, u32) {
    let size = whole.len() as u64;
    let mut file = Pieces::new(size);
    file.want(0..reader::ENDS);
    file.want(size.saturating_sub(reader::ENDS)..size);
    for wave in 0..9 {
        let missing = file.take_missing(8192);
        if missing.is_empty() {
            return (read(&file).unwrap().document.unwrap().pages, wave);
        }
        for range in missing {
            let end = range.end.max(range.start + 16 * 1024).min(file.unknown_from(range.start, 1 << 20));
            file.add(range.start, whole[range.start as usize..end as usize].to_vec());
        }
        let _ = read(&file);
    }
    panic!("it wants more and more");
}

/// A file with many objects, a table in one part, and the catalog and the page tree somewhere among them.
fn large(count: u32, catalog: u32, pages: u32) -> Vec<u8> {
    let mut file = HEAD.to_vec();
    let objects = (1..count).map(|number| match number {
        _ if number == catalog => object(number, &format!("<</Type/Catalog/Pages {pages} 0 R>>")),
        _ if number == pages => object(number, "<</Type/Pages/Count 500>>"),
        _ => object(number, &format!("<</A ({})>>", "x".repeat(100))),
    });
    let places = append(&mut file, &objects.collect());
    let at = file.len();
    file.extend(format!("xref\n0 {count}\n0000000000 65535 f \n").as_bytes());
    for (_, at) in places {
        file.extend(format!("{at:010} 00000 n \n").as_bytes());
    }
    file.extend(format!("trailer\n<</Size {count}/Root {catalog} 0 R>>\nstartxref\n{at}\n%%EOF\n").as_bytes());
    file
}

#[test]
fn of_a_large_file_three_waves_are_enough() {
    for count in [2000, 20_000] {
        for (catalog, pages) in [(1, 2), (2, 1), (count - 1, count - 2), (1000, 1001)] {
            let (found, waves) = waves(&large(count, catalog, pages));
            assert_eq!(found, Some(500), "{count} {catalog}");
            assert!(waves <= 3, "{count} {catalog}: {waves}");
        }
        assert_eq!(waves(&large(count, 900, 1400)).0, Some(500), "with as many waves as it takes");
    }
    let filled = |bytes: &[u8]| [HEAD, &vec![b' '; 1_000_000], bytes].concat();
    assert_eq!(waves(&filled(b"2 0 obj<</Type/Pages/Count 7>>endobj")), (Some(7), 1));
}

#[test]
fn nothing_makes_it_panic() {
    for good in [with_table(&tree("/Kids [3 0 R] /Count 1"), ROOT), with_streams("/Kids[3 0 R]", "")] {
        assert_eq!(pages(&good), Some(1));
        for length in 0..good.len() {
            document(&good[..length]);
            document(&good[length..]);
        }
        for at in 0..good.len() {
            for value in [0, b'0', b'9', b'<', b'(', b' ', b'-', 0x80, 0xFF] {
                let mut damaged = good.clone();
                damaged[at] = value;
                document(&damaged);
            }
        }
    }
}

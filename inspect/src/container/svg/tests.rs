use super::*;

fn sides(file: &str) -> Option<(u32, u32)> {
    let media = read(&Pieces::whole(file.as_bytes())).ok()?;
    assert_eq!(media.format, Format::Svg);
    let picture = media.picture?;
    assert_eq!(picture.has_alpha, Some(true));
    Some((picture.width, picture.height))
}

fn root(attributes: &str) -> Option<(u32, u32)> {
    sides(&format!("<svg xmlns='http://www.w3.org/2000/svg' {attributes}>"))
}

#[test]
fn lengths_become_pixels() {
    for (width, pixels) in [
        ("640", 640),
        ("640px", 640),
        (" 640PX ", 640),
        ("+1e2", 100),
        ("1.5E+2px", 150),
        (".5", 1),
        ("0", 1),
        ("99.2", 100),
        ("7.", 7),
        ("72pt", 96),
        ("2pc", 32),
        ("1in", 96),
        ("2.54cm", 96),
        ("25.4mm", 96),
        ("210mm", 794),
        ("101.6Q", 96),
    ] {
        assert_eq!(root(&format!("width='{width}' height = \"10\"")), Some((pixels, 10)), "{width}");
    }
}

#[test]
fn what_is_not_told_follows_from_the_view_box() {
    assert_eq!(root("viewBox='0 0 300 150'"), Some((300, 150)));
    assert_eq!(root("viewBox=' -10,-10 , 300.5\n150 '"), Some((301, 150)));
    assert_eq!(root("width='100%' height='100%' viewBox='0 0 300 150'"), Some((300, 150)));
    assert_eq!(root("width='100' viewBox='0 0 300 150'"), Some((100, 50)));
    assert_eq!(root("height='100' viewBox='0 0 300 150'"), Some((200, 100)));
    assert_eq!(root("width='20em' height='100' viewBox='0 0 300 150'"), Some((200, 100)));
    assert_eq!(root("width='5' height='6' viewBox='0 0 300 150'"), Some((5, 6)));
}

#[test]
fn sides_that_are_not_told_or_absurd_are_none() {
    for attributes in [
        "",
        "width='10'",
        "width='100%' height='10'",
        "width='-5' height='10'",
        "width='1e400' height='10'",
        "width='1e300' height='10'",
        "width='NaN' height='10'",
        "width='inf' height='10'",
        "width='infinity' height='10'",
        "width='' height='10'",
        "width='1e' height='10'",
        "width='10 px' height='10'",
        "width='&w;' height='10'",
        "width=10 height=10",
        "width='10' height='10",
        "viewBox='0 0 0 10'",
        "viewBox='0 0 10 -10'",
        "viewBox='0 0 10'",
        "viewBox='0 0 10 10 10'",
        "viewBox='0 0 1e400 10'",
        "viewBox='0 0 10px 10'",
        "width='4294967295' viewBox='0 0 1e-300 1e300'",
        "WIDTH='10' HEIGHT='10'",
        "data-width='10' data-height='10'",
        "><g width='10' height='10'/",
        "/><svg width='10' height='10'",
    ] {
        assert_eq!(root(attributes), None, "{attributes}");
    }
    assert_eq!(sides("<html><svg width='1' height='1'>"), None);
}

#[test]
fn entities_are_never_expanded() {
    let mut bomb = "<!DOCTYPE svg [<!ENTITY a0 'ha'>".to_owned();
    for level in 1..200 {
        bomb += &format!("<!ENTITY a{level} '{}'>", format!("&a{};", level - 1).repeat(10));
    }
    assert_eq!(sides(&format!("{bomb}]><svg width='8' height='&a199;' viewBox='0 0 2 1'>&a199;</svg>")), Some((8, 4)));
}

#[test]
fn ten_thousand_attributes_are_as_many_as_fit() {
    let many: String = (0..10_000).map(|number| format!("a{number}='' ")).collect();
    let early = format!("<svg width='8' height='4' {many}>");
    assert!(early.len() > SNIFF_BYTES);
    assert_eq!(sides(&early), Some((8, 4)));
    assert_eq!(sides(&format!("<svg {many} width='8' height='4'>")), None, "beyond what counts");
}

#[test]
fn nothing_makes_it_panic() {
    let good = "<?xml version='1.0'?><!-- - --><svg width='1.5e1mm' height=\"2em\" viewBox='0,0 3 4'/>";
    for length in 0..good.len() {
        sides(&good[..length]);
    }
    for at in 0..good.len() {
        for value in [0, b'<', b'\'', b'e', b'-', b'.', 0xFF] {
            let mut damaged = good.as_bytes().to_vec();
            damaged[at] = value;
            assert!(read(&Pieces::whole(&damaged)).is_ok());
        }
    }
}

//! SVG: XML (W3C XML 1.0, section 2.8) whose root element is `svg`.

use crate::Format;

pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    root(head).map(|_| Format::Svg)
}

/// What follows `<svg` of the root element. The prolog is read as XML reads it, so that a page which only mentions
/// `<svg` is no drawing; what it declares is passed over, and nothing of it is ever expanded.
pub(crate) fn root(head: &[u8]) -> Option<&[u8]> {
    let mut rest = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    loop {
        rest = rest.trim_ascii_start();
        if let Some(inner) = rest.strip_prefix(b"<?") {
            rest = after(inner, b"?>")?;
        } else if let Some(inner) = rest.strip_prefix(b"<!--") {
            rest = after(inner, b"-->")?;
        } else if let Some(inner) = rest.strip_prefix(b"<!DOCTYPE") {
            let name = inner.trim_ascii_start();
            if name.len() == inner.len() || after_svg_name(name).is_none() {
                return None;
            }
            rest = after_doctype(name)?;
        } else {
            return rest.strip_prefix(b"<").and_then(after_svg_name);
        }
    }
}

/// What follows the name `svg`; `None` if another name starts here.
fn after_svg_name(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"svg")?;
    matches!(rest, [b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/' | b'[', ..]).then_some(rest)
}

fn after<'a>(bytes: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(end.len()).position(|window| window == end)?;
    bytes.get(at + end.len()..)
}

/// What follows a document type declaration, which may hold quoted text and, in brackets, declarations and comments.
fn after_doctype(mut bytes: &[u8]) -> Option<&[u8]> {
    let mut in_subset = false;
    loop {
        if let Some(comment) = bytes.strip_prefix(b"<!--") {
            bytes = after(comment, b"-->")?;
            continue;
        }
        let (&first, rest) = bytes.split_first()?;
        bytes = match first {
            b'"' | b'\'' => after(rest, &[first])?,
            b'>' if !in_subset => return Some(rest),
            b'[' | b']' => {
                in_subset = first == b'[';
                rest
            }
            _ => rest,
        };
    }
}

//! PDF (ISO 32000-2): the number of pages, from the end of the file.

mod lexer;
mod reader;
mod stream;
#[cfg(test)]
mod tests;
mod xref;

use std::collections::HashSet;

use crate::pieces::Pieces;
use crate::{Document, Format, Media, Unreadable};
use lexer::{Dictionary, Lexer, Token, Value};
use reader::Reader;

/// Bytes that a page takes at least, however well it is compressed.
const PAGE_LENGTH: u64 = 20;

/// Nodes of the page tree that are visited, and how deep it may be, where its root does not say how many pages it has.
const MAX_NODES: usize = 500;
const MAX_DEPTH: u32 = 32;

/// Reads the number of pages, and whether the file is encrypted. With an empty password it is too, though nobody is asked
/// for it.
pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let mut reader = Reader::open(file);
    let mut pages = linearized(file).or_else(|| counted(&mut reader));
    let mut encrypted = reader.is_encrypted();
    if pages.is_none() && !reader.is_waiting() {
        let (found, is_encrypted) = scan(&mut reader);
        pages = found;
        encrypted |= is_encrypted;
    }
    let mut media = Media::new(Format::Pdf);
    media.document = Some(Document { pages, encrypted });
    Ok(media)
}

/// A number of pages that the file may have.
fn plausible(count: i64, size: u64) -> Option<u32> {
    u32::try_from(count).ok().filter(|&count| count > 0 && u64::from(count) <= size / PAGE_LENGTH)
}

/// From the first object of a file that is made to be shown while it arrives (annex F), if nothing was added to it.
fn linearized(file: &Pieces<'_>) -> Option<u32> {
    let mut head = Lexer::new(file.up_to(0, 1024), true);
    let header = (head.token()?, head.token()?, head.token()?);
    let (Token::Integer(_), Token::Integer(_), Token::Keyword(b"obj")) = header else { return None };
    let dictionary = head.dictionary()?;
    dictionary.get(b"Linearized")?;
    let is_unchanged = u64::try_from(dictionary.integer(b"L")?) == Ok(file.size());
    plausible(dictionary.integer(b"N")?, file.size()).filter(|_| is_unchanged)
}

/// From the root of the page tree (section 7.7.3), which the catalog names.
fn counted(reader: &mut Reader<'_>) -> Option<u32> {
    let root = reader.root()?;
    reader.want_around(root);
    let tree = reader.object(root)?.dictionary()?.reference(b"Pages")?;
    let node = reader.object(tree)?;
    let count = match node.dictionary()?.get(b"Count") {
        Some(Value::Integer(count)) => Some(count),
        Some(Value::Reference(number)) => integer(reader, number),
        _ => None,
    };
    count.and_then(|count| plausible(count, reader.size())).or_else(|| walk(reader, tree))
}

fn integer(reader: &mut Reader<'_>, number: u32) -> Option<i64> {
    match reader.object(number)?.value()? {
        Value::Integer(integer) => Some(integer),
        _ => None,
    }
}

/// Counts the leaves of a page tree. A tree that is large, or none, is not counted.
fn walk(reader: &mut Reader<'_>, tree: u32) -> Option<u32> {
    let mut waiting = vec![(tree, 0)];
    let mut seen = HashSet::new();
    let mut pages = 0;
    while let Some((number, depth)) = waiting.pop() {
        if !seen.insert(number) || depth > MAX_DEPTH || seen.len() + waiting.len() > MAX_NODES {
            return None;
        }
        let node = reader.object(number)?;
        let list;
        let dictionary = node.dictionary()?;
        let mut kids = match dictionary.get(b"Kids") {
            Some(Value::Array(kids)) => kids,
            Some(Value::Reference(number)) => {
                list = reader.object(number)?;
                let Value::Array(kids) = list.value()? else { return None };
                kids
            }
            Some(_) => return None,
            None if dictionary.is_name(b"Type", b"Pages") => return None,
            None => {
                pages += 1;
                continue;
            }
        };
        while let Some(Value::Reference(kid)) = kids.value().filter(|_| waiting.len() <= MAX_NODES) {
            waiting.push((kid, depth + 1));
        }
    }
    Some(pages)
}

/// In a file whose tables are damaged: the largest root of a page tree at either end, and whether a table or a trailer
/// there tells of encryption.
fn scan(reader: &mut Reader<'_>) -> (Option<u32>, bool) {
    const OBJECT: &[u8] = b"obj";
    let mut pages = None;
    let mut is_encrypted = false;
    for bytes in reader.ends() {
        let mut rest = bytes;
        while let Some(found) = rest.windows(OBJECT.len()).position(|window| window == OBJECT) {
            let after = rest.get(found + OBJECT.len()..).unwrap_or_default();
            let mut lexer = Lexer::new(after, true);
            let value = lexer.value();
            if reader.charge(found + lexer.at()).is_none() {
                return (pages, is_encrypted);
            }
            rest = after;
            if let Some(Value::Dictionary(dictionary)) = value {
                pages = pages.max(root_of_pages(&dictionary, reader.size()));
                is_encrypted |= dictionary.is_name(b"Type", b"XRef") && dictionary.get(b"Encrypt").is_some();
                rest = after.get(lexer.at()..).unwrap_or_default();
            }
        }
    }
    (pages, is_encrypted)
}

fn root_of_pages(dictionary: &Dictionary<'_>, size: u64) -> Option<u32> {
    if !dictionary.is_name(b"Type", b"Pages") || dictionary.get(b"Parent").is_some() {
        return None;
    }
    plausible(dictionary.integer(b"Count")?, size)
}

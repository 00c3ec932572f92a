//! Cross-reference tables (ISO 32000-2, section 7.5.4) and streams (section 7.5.8): where objects are.

use super::lexer::{Dictionary, Lexer, Token, Value};
use super::reader::Reader;

/// Parts of one table that are read. Every incremental update may add some.
const MAX_SUBSECTIONS: usize = 1024;

/// Length of an entry of a table.
const ENTRY_LENGTH: u64 = 20;

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At this position in the file.
    At(u64),
    /// In the object stream of this number.
    Inside(u32),
}

/// What a trailer says, whether it stands behind a table or is the dictionary of a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trailer {
    pub(super) root: Option<u32>,
    pub(super) is_encrypted: bool,
    /// Where the table is that this one supplements.
    pub(super) previous: Option<u64>,
    /// Where the stream is that supplements this table, for readers that know streams (section 7.5.8.4).
    pub(super) hybrid: Option<u64>,
}

impl Trailer {
    pub(super) fn new(dictionary: &Dictionary<'_>) -> Self {
        let position = |key| u64::try_from(dictionary.integer(key)?).ok();
        Self {
            root: dictionary.reference(b"Root"),
            is_encrypted: matches!(dictionary.get(b"Encrypt"), Some(Value::Reference(_) | Value::Dictionary(_))),
            previous: position(b"Prev"),
            hybrid: position(b"XRefStm"),
        }
    }
}

/// One table or stream.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) trailer: Trailer,
    entries: Entries,
}

#[derive(Debug)]
enum Entries {
    /// The entries stay in the file, where their positions can be computed: a table may be as long as a book.
    Table(Vec<Subsection>),
    Stream {
        ranges: Vec<(u32, u32)>,
        widths: [usize; 3],
        data: Vec<u8>,
    },
}

/// Entries of the objects from `first`, at a position in the file.
#[derive(Debug)]
struct Subsection {
    first: u32,
    count: u32,
    at: u64,
}

impl Section {
    /// The section at a position: a table, or else a stream. `None` where there is neither, and where it is missing.
    pub(super) fn read(reader: &mut Reader<'_>, at: u64) -> Option<Self> {
        // A stream reaches to the end of the file; of a table it is not known how much is needed.
        let length = Some(reader.size().checked_sub(at)?).filter(|&length| length <= 128 * 1024).unwrap_or(16 * 1024);
        let Some(start) = reader.start_of(at, 16, length) else { return Self::guess(reader, at) };
        let mut lexer = Lexer::new(start, false);
        if lexer.token() == Some(Token::Keyword(b"xref")) {
            let after = at + lexer.at() as u64;
            return Self::table(reader, after).or_else(|| Self::guess(reader, at));
        }
        Self::stream(reader, at, length)
    }

    fn table(reader: &mut Reader<'_>, mut at: u64) -> Option<Self> {
        let mut subsections = Vec::new();
        for _ in 0..MAX_SUBSECTIONS {
            let mut line = Lexer::new(reader.start_of(at, 64, 64)?, false);
            match (line.token()?, line.at()) {
                (Token::Integer(first), _) => {
                    let Token::Integer(count) = line.token()? else { return None };
                    line.pass_space();
                    let (first, count) = (u32::try_from(first).ok()?, u32::try_from(count).ok()?);
                    at += line.at() as u64;
                    subsections.push(Subsection { first, count, at });
                    at = at.checked_add(u64::from(count) * ENTRY_LENGTH)?;
                }
                (Token::Keyword(b"trailer"), length) => {
                    let trailer = Trailer::new(&reader.dictionary_at(at + length as u64)?);
                    return Some(Self { trailer, entries: Entries::Table(subsections) });
                }
                _ => return None,
            }
        }
        None
    }

    /// The table at a position whose trailer is at hand and its start is not: the entries end where the trailer begins.
    /// That saves a wave in a file whose table is long; whatever is found by it has to have the right number.
    fn guess(reader: &mut Reader<'_>, at: u64) -> Option<Self> {
        let trailer_at = reader.last_in_tail(b"trailer").filter(|&trailer_at| trailer_at > at)?;
        let dictionary = reader.dictionary_at(trailer_at + b"trailer".len() as u64)?;
        let count = u32::try_from(dictionary.integer(b"Size")?).ok()?;
        let start = trailer_at.checked_sub(u64::from(count) * ENTRY_LENGTH)?;
        // In between there is `xref`, and a line with two numbers.
        start.checked_sub(at).filter(|between| (8..40).contains(between))?;
        let entries = Entries::Table(vec![Subsection { first: 0, count, at: start }]);
        Some(Self { trailer: Trailer::new(&dictionary), entries })
    }

    fn stream(reader: &mut Reader<'_>, at: u64, length: u64) -> Option<Self> {
        let (dictionary, data) = reader.stream_at(at, None, length, b"XRef")?;
        let Some(Value::Array(mut array)) = dictionary.get(b"W") else { return None };
        let mut widths = [0; 3];
        for width in &mut widths {
            let Some(Value::Integer(found @ 0..=8)) = array.value() else { return None };
            *width = found as usize;
        }
        let mut ranges = Vec::new();
        match dictionary.get(b"Index") {
            Some(Value::Array(mut array)) => {
                while let (Some(Value::Integer(first)), Some(Value::Integer(count))) = (array.value(), array.value()) {
                    ranges.push((u32::try_from(first).ok()?, u32::try_from(count).ok()?));
                    if ranges.len() > MAX_SUBSECTIONS {
                        return None;
                    }
                }
            }
            _ => ranges.push((0, u32::try_from(dictionary.integer(b"Size")?).ok()?)),
        }
        Some(Self { trailer: Trailer::new(&dictionary), entries: Entries::Stream { ranges, widths, data } })
    }

    /// Where it says that an object is. An object that is deleted is as one that it does not know.
    pub(super) fn find(&self, reader: &mut Reader<'_>, number: u32) -> Option<Place> {
        match &self.entries {
            Entries::Table(subsections) => {
                let (at, index) = subsections.iter().find_map(|part| {
                    let index = number.checked_sub(part.first).filter(|&index| index < part.count)?;
                    Some((part.at, index))
                })?;
                let at = at.checked_add(u64::from(index) * ENTRY_LENGTH)?;
                let mut entry = Lexer::new(reader.start_of(at, ENTRY_LENGTH as usize, ENTRY_LENGTH)?, false);
                match (entry.token()?, entry.token()?, entry.token()?) {
                    (Token::Integer(at), Token::Integer(_), Token::Keyword(b"n")) => {
                        Some(Place::At(u64::try_from(at).ok().filter(|&at| at > 0)?))
                    }
                    _ => None,
                }
            }
            Entries::Stream { ranges, widths, data } => {
                let mut before = 0_u64;
                let index = ranges.iter().find_map(|&(first, count)| {
                    let index = number.checked_sub(first).filter(|&index| index < count);
                    let found = index.map(|index| before + u64::from(index));
                    before += u64::from(count);
                    found
                })?;
                let start = usize::try_from(index).ok()?.checked_mul(widths.iter().sum())?;
                place(widths, data.get(start..)?)
            }
        }
    }

    /// The first position after `at` at which a stream of references says that there is an object.
    pub(super) fn next_object(&self, at: u64) -> Option<u64> {
        let Entries::Stream { widths, data, .. } = &self.entries else { return None };
        let length: usize = widths.iter().sum();
        let places = data.chunks_exact(length.max(1)).filter_map(|entry| place(widths, entry));
        let positions = places.filter_map(|place| if let Place::At(found) = place { Some(found) } else { None });
        positions.filter(|&found| found > at).min()
    }
}

/// The entry of a stream at the start of `bytes`.
fn place(widths: &[usize; 3], bytes: &[u8]) -> Option<Place> {
    let mut rest = bytes;
    let mut fields = [0_u64; 3];
    for (field, &width) in fields.iter_mut().zip(widths) {
        let (digits, after) = rest.split_at_checked(width)?;
        *field = digits.iter().fold(0, |number, &digit| number << 8 | u64::from(digit));
        rest = after;
    }
    let [kind, field, _] = fields;
    // Where the type is left out, it is 1.
    match if widths[0] == 0 { 1 } else { kind } {
        1 => Some(Place::At(field)),
        2 => u32::try_from(field).ok().map(Place::Inside),
        _ => None,
    }
}

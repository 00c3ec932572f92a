//! Objects of a PDF by their numbers (ISO 32000-2, section 7.3.10 and 7.5).

use super::lexer::{Dictionary, Lexer, Token, Value};
use super::stream;
use super::xref::{Place, Section, Trailer};
use crate::pieces::Pieces;

/// Bytes at each end of the file that are looked through for what is not where it should be.
pub(super) const ENDS: u64 = 64 * 1024;

/// Bytes of one object that are read at most. Long are only lists of pages.
const MAX_OBJECT: u64 = 128 * 1024;

/// Bytes that are asked for where an object begins.
const OBJECT_AHEAD: u64 = 4 * 1024;

/// Bytes of a stream, as it is stored, that are read at most.
const MAX_STREAM: u64 = 256 * 1024;

/// Bytes to which one stream may be inflated, and all of them together.
const MAX_INFLATED: usize = 1024 * 1024;
const MAX_INFLATED_IN_ALL: usize = 4 * MAX_INFLATED;

/// Tables that supplement each other, one for every time the file was changed.
const MAX_SECTIONS: usize = 16;

/// Bytes that are looked at in all, those that are looked at twice counted twice. A file in which every object is as
/// long as may be would be slow otherwise.
const MAX_WORK: u64 = 16 * 1024 * 1024;

/// An object, of which it is not known yet what it is.
#[derive(Debug)]
pub(super) enum Object<'a> {
    InFile(Lexer<'a>),
    InStream(Vec<u8>),
}

impl Object<'_> {
    pub(super) fn value(&self) -> Option<Value<'_>> {
        self.lexer().value()
    }

    pub(super) fn dictionary(&self) -> Option<Dictionary<'_>> {
        self.lexer().dictionary()
    }

    fn lexer(&self) -> Lexer<'_> {
        match self {
            Self::InFile(lexer) => *lexer,
            Self::InStream(bytes) => Lexer::new(bytes, false),
        }
    }
}

/// An object stream, inflated (section 7.5.7).
#[derive(Debug)]
struct ObjectStream {
    number: u32,
    data: Vec<u8>,
    /// Where in it the first object is.
    first: usize,
}

#[derive(Debug)]
pub(super) struct Reader<'a> {
    file: &'a Pieces<'a>,
    /// The newest first; those that were needed.
    sections: Vec<Section>,
    /// Positions of sections that were not needed yet, the next one last.
    older: Vec<u64>,
    seen: Vec<u64>,
    streams: Vec<ObjectStream>,
    root: Option<u32>,
    is_encrypted: bool,
    is_waiting: bool,
    work: u64,
    inflatable: usize,
}

impl<'a> Reader<'a> {
    /// From the end of the file: the newest section, or what else tells where the objects begin.
    pub(super) fn open(file: &'a Pieces<'_>) -> Self {
        let mut reader = Self {
            file,
            sections: Vec::new(),
            older: Vec::new(),
            seen: Vec::new(),
            streams: Vec::new(),
            root: None,
            is_encrypted: false,
            is_waiting: false,
            work: MAX_WORK,
            inflatable: MAX_INFLATED_IN_ALL,
        };
        let newest = reader.newest_section();
        reader.older.extend(newest);
        if !reader.open_section()
            && let Some(at) = reader.last_in_tail(b"trailer")
            && let Some(dictionary) = reader.dictionary_at(at + b"trailer".len() as u64)
        {
            reader.learn(&Trailer::new(&dictionary));
        }
        reader
    }

    /// Length of the file.
    pub(super) fn size(&self) -> u64 {
        self.file.size()
    }

    /// The document's catalog.
    pub(super) fn root(&self) -> Option<u32> {
        self.root
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Whether something was missing that can be fetched.
    pub(super) fn is_waiting(&self) -> bool {
        self.is_waiting
    }

    /// Counts bytes as looked at.
    pub(super) fn charge(&mut self, bytes: usize) -> Option<()> {
        self.work = self.work.checked_sub(bytes as u64)?;
        Some(())
    }

    /// The first and the last bytes, in one piece where they meet.
    pub(super) fn ends(&self) -> [&'a [u8]; 2] {
        let tail_at = self.size().saturating_sub(ENDS);
        if tail_at <= ENDS {
            return [self.file.up_to(0, 2 * ENDS as usize), &[]];
        }
        [0, tail_at].map(|at| self.file.up_to(at, ENDS as usize))
    }

    /// Where these bytes are for the last time, near the end.
    pub(super) fn last_in_tail(&mut self, bytes: &[u8]) -> Option<u64> {
        let at = self.size().saturating_sub(ENDS);
        let tail = self.file.up_to(at, ENDS as usize);
        self.charge(tail.len())?;
        let index = tail.windows(bytes.len()).rposition(|window| window == bytes)?;
        Some(at + index as u64)
    }

    fn newest_section(&mut self) -> Option<u64> {
        let at = self.last_in_tail(b"startxref")? + b"startxref".len() as u64;
        match Lexer::new(self.file.up_to(at, 64), false).token()? {
            Token::Integer(at) => u64::try_from(at).ok(),
            _ => None,
        }
    }

    /// The `length` bytes at a position, or what the file has of them. If some are missing, `wanted` bytes are noted.
    pub(super) fn start_of(&mut self, at: u64, length: usize, wanted: u64) -> Option<&'a [u8]> {
        let length = length.min(usize::try_from(self.size().checked_sub(at)?).unwrap_or(usize::MAX));
        let bytes = self.file.up_to(at, length);
        if bytes.len() < length {
            self.want(at, wanted.max(length as u64));
            return None;
        }
        Some(bytes)
    }

    fn want(&mut self, at: u64, length: u64) {
        self.file.want(at..at.saturating_add(length));
        self.is_waiting = true;
    }

    /// The dictionary at a position, or what is at hand of it.
    pub(super) fn dictionary_at(&mut self, at: u64) -> Option<Dictionary<'a>> {
        self.text_at(at, None, OBJECT_AHEAD)?.dictionary()
    }

    /// What follows a position, up to the end of an object. With `number`, which is `Some(None)` for any, the header of
    /// an object has to be there. `expected` is how long it may be.
    fn text_at(&mut self, at: u64, number: Option<Option<u32>>, expected: u64) -> Option<Lexer<'a>> {
        let bytes = self.file.up_to(at, MAX_OBJECT as usize);
        let is_cut = at.checked_add(bytes.len() as u64)? < self.size();
        let mut lexer = Lexer::new(bytes, is_cut);
        let mut has_header = true;
        let mut is_damaged = false;
        if let Some(number) = number {
            let (found, _, keyword) = (lexer.token(), lexer.token(), lexer.token());
            has_header = keyword == Some(Token::Keyword(b"obj"))
                && matches!(found, Some(Token::Integer(found)) if number.is_none_or(|number| found == number.into()));
            is_damaged = keyword.is_some() && !has_header;
        }
        let mut probe = lexer;
        let is_whole = has_header && probe.value().is_some();
        is_damaged |= probe.is_damaged();
        self.charge(probe.at())?;
        if !is_whole && !is_damaged && is_cut && (bytes.len() as u64) < MAX_OBJECT {
            self.want(at, expected.max(2 * bytes.len() as u64).min(MAX_OBJECT));
        }
        has_header.then_some(lexer)
    }

    /// The stream of this type at a position: its dictionary, and its data inflated.
    pub(super) fn stream_at(
        &mut self,
        at: u64,
        number: Option<u32>,
        expected: u64,
        kind: &[u8],
    ) -> Option<(Dictionary<'a>, Vec<u8>)> {
        let mut lexer = self.text_at(at, Some(number), expected)?;
        let Some(Value::Dictionary(dictionary)) = lexer.value() else { return None };
        if !dictionary.is_name(b"Type", kind) {
            return None;
        }
        let length = match dictionary.get(b"Length")? {
            Value::Integer(length) => length,
            Value::Reference(number) => self.length_at(number)?,
            _ => return None,
        };
        let length = u64::try_from(length).ok().filter(|&length| length <= MAX_STREAM)?;
        let dictionary_end = at + lexer.at() as u64;
        // The keyword, and the end of its line.
        let mut keyword = Lexer::new(self.start_of(dictionary_end, 32, length.saturating_add(64))?, false);
        if keyword.token()? != Token::Keyword(b"stream") {
            return None;
        }
        let line_end = match keyword.rest() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        let data_at = dictionary_end + (keyword.at() + line_end) as u64;
        let data = self.start_of(data_at, length as usize, length)?;
        self.charge(data.len())?;
        let most = MAX_INFLATED.min(self.inflatable);
        let decoded = stream::decode(&dictionary, data, most);
        // A stream that is too long has cost as much as one that is not.
        self.inflatable -= decoded.as_ref().map_or(most, |decoded| decoded.len().min(most));
        Some((dictionary, decoded?))
    }

    /// The length of a stream that was not known when the stream was begun: never in a stream itself.
    fn length_at(&mut self, number: u32) -> Option<i64> {
        let Place::At(at) = self.locate(number)? else { return None };
        match self.text_at(at, Some(Some(number)), OBJECT_AHEAD)?.value()? {
            Value::Integer(length) => Some(length),
            _ => None,
        }
    }

    fn learn(&mut self, trailer: &Trailer) {
        self.root = self.root.or(trailer.root);
        self.is_encrypted |= trailer.is_encrypted;
    }

    /// Reads the next older section; false where there is none.
    fn open_section(&mut self) -> bool {
        let Some(at) = self.older.pop().filter(|at| self.seen.len() < MAX_SECTIONS && !self.seen.contains(at)) else {
            return false;
        };
        self.seen.push(at);
        let Some(section) = Section::read(self, at) else { return false };
        self.learn(&section.trailer);
        self.older.extend(section.trailer.previous);
        self.older.extend(section.trailer.hybrid);
        self.sections.push(section);
        true
    }

    /// Where an object is, in the words of the newest section that knows it.
    fn locate(&mut self, number: u32) -> Option<Place> {
        let mut index = 0;
        while index < self.sections.len() || self.open_section() {
            if let Some(place) = self.find_in(index, number) {
                return Some(place);
            }
            if self.is_waiting {
                // The answer may be in what is missing; an older one would be wrong.
                return None;
            }
            index += 1;
        }
        None
    }

    fn find_in(&mut self, index: usize, number: u32) -> Option<Place> {
        // The section is taken out while it is asked, for it reads with this reader.
        let sections = std::mem::take(&mut self.sections);
        let place = sections.get(index).and_then(|section| section.find(self, number));
        self.sections = sections;
        place
    }

    /// An object. Where no table tells where it is, or it is not there, it is looked for near the end of the file, where
    /// the newest objects are.
    pub(super) fn object(&mut self, number: u32) -> Option<Object<'a>> {
        match self.locate(number) {
            Some(Place::Inside(stream)) => return self.inside(stream, number),
            Some(Place::At(at)) => {
                if let Some(text) = self.text_at(at, Some(Some(number)), OBJECT_AHEAD) {
                    return Some(Object::InFile(text));
                }
                if at < self.size() && self.file.up_to(at, 1).is_empty() {
                    return None;
                }
            }
            None => {}
        }
        let at = self.last_in_tail(format!("{number} 0 obj").as_bytes())?;
        // The end of a longer number is another number.
        let is_digit = |at: u64| self.file.up_to(at, 1).first().is_some_and(u8::is_ascii_digit);
        if at.checked_sub(1).is_some_and(is_digit) {
            return None;
        }
        self.text_at(at, Some(Some(number)), OBJECT_AHEAD).map(Object::InFile)
    }

    /// Asks for the objects of the numbers around this one, if it is missing itself: the catalog and the list of pages
    /// are mostly written together.
    pub(super) fn want_around(&mut self, number: u32) {
        let Some(Place::At(at)) = self.locate(number).filter(|_| !self.sections.is_empty()) else { return };
        if !self.file.up_to(at, 1).is_empty() {
            return;
        }
        for near in number.saturating_sub(2)..=number.saturating_add(2) {
            if let Some(Place::At(at)) = (0..self.sections.len()).find_map(|index| self.find_in(index, near)) {
                self.want(at, 1024);
            }
        }
    }

    /// An object in an object stream.
    fn inside(&mut self, stream: u32, number: u32) -> Option<Object<'a>> {
        // The password is for streams too.
        if self.is_encrypted {
            return None;
        }
        let index = match self.streams.iter().position(|known| known.number == stream) {
            Some(index) => index,
            None => {
                let stream = self.object_stream(stream)?;
                self.streams.push(stream);
                self.streams.len() - 1
            }
        };
        let ObjectStream { data, first, .. } = self.streams.get(index)?;
        // Pairs of numbers and positions.
        let mut list = Lexer::new(data.get(..*first)?, false);
        let at = loop {
            let (Token::Integer(found), Token::Integer(at)) = (list.token()?, list.token()?) else { return None };
            if found == i64::from(number) {
                break usize::try_from(at).ok()?;
            }
        };
        let object = data.get(first.checked_add(at)?..)?;
        let mut lexer = Lexer::new(object, false);
        lexer.value()?;
        let (listed, length) = (list.at(), lexer.at());
        let object = object.get(..length)?.to_vec();
        self.charge(listed + length)?;
        Some(Object::InStream(object))
    }

    fn object_stream(&mut self, number: u32) -> Option<ObjectStream> {
        // It may not be in another (section 7.5.7), and so not in itself.
        let Place::At(at) = self.locate(number)? else { return None };
        let end = self.sections.iter().filter_map(|section| section.next_object(at)).min();
        let expected = end.map_or(OBJECT_AHEAD, |end| end - at).min(MAX_STREAM);
        if self.file.up_to(at, 1).is_empty() {
            self.want(at, expected);
            return None;
        }
        let (dictionary, data) = self.stream_at(at, Some(number), expected, b"ObjStm")?;
        let first = usize::try_from(dictionary.integer(b"First")?).ok()?;
        Some(ObjectStream { number, data, first })
    }
}

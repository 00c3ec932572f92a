//! The syntax of PDF (ISO 32000-2, sections 7.2 and 7.3), as far as it is needed to find one's way: nothing is decoded
//! and nothing allocated. Nested values are passed over by counting their brackets, however deep they are.

/// Reads the tokens of some bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether the file goes on behind the bytes, so that a token at their end may be half of one.
    is_cut: bool,
    /// Whether a value did not end where it had to.
    is_damaged: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Integer(i64),
    /// Without its slash, as it is written: writers have no reason to escape the names that are asked for here.
    Name(&'a [u8]),
    Keyword(&'a [u8]),
    OpenArray,
    OpenDictionary,
    CloseArray,
    CloseDictionary,
    /// A string, a number with a fraction or one that is too large, or what is no token at all.
    Other,
}

/// A value, with what is inside of it yet to be read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Integer(i64),
    Name(&'a [u8]),
    /// To the object of this number. Generations are not told apart: the newest table decides.
    Reference(u32),
    Array(Lexer<'a>),
    Dictionary(Dictionary<'a>),
    Other,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], is_cut: bool) -> Self {
        Self { bytes, at: 0, is_cut, is_damaged: false }
    }

    /// How many bytes were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether a value was missing for another reason than that the bytes end.
    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn passed(&mut self, is_passed: impl Fn(u8) -> bool) -> &'a [u8] {
        let passed = self.rest().split(|&byte| !is_passed(byte)).next().unwrap_or_default();
        self.at += passed.len();
        passed
    }

    /// Passes over blanks and comments.
    pub(super) fn pass_space(&mut self) {
        loop {
            self.passed(is_space);
            if self.rest().first() != Some(&b'%') {
                return;
            }
            self.passed(|byte| byte != b'\r' && byte != b'\n');
        }
    }

    /// The next token; `None` where the bytes end.
    pub(super) fn token(&mut self) -> Option<Token<'a>> {
        self.pass_space();
        let rest = self.rest();
        let (token, length) = match *rest.first()? {
            b'<' if rest.get(1) == Some(&b'<') => (Token::OpenDictionary, 2),
            b'>' if rest.get(1) == Some(&b'>') => (Token::CloseDictionary, 2),
            b'<' => (Token::Other, rest.iter().position(|&byte| byte == b'>')? + 1),
            b'[' => (Token::OpenArray, 1),
            b']' => (Token::CloseArray, 1),
            b'(' => (Token::Other, string_length(rest)?),
            b'/' => {
                self.at += 1;
                let name = self.passed(is_regular);
                return (!self.is_at_cut()).then_some(Token::Name(name));
            }
            byte if is_regular(byte) => {
                let word = self.passed(is_regular);
                return (!self.is_at_cut()).then(|| number_or_keyword(word));
            }
            _ => (Token::Other, 1),
        };
        self.at += length;
        Some(token)
    }

    fn is_at_cut(&self) -> bool {
        self.is_cut && self.at >= self.bytes.len()
    }

    /// The next value; `None` where the bytes end before it does, and in place of one.
    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        Some(match self.token()? {
            Token::Integer(integer) => {
                let mut ahead = *self;
                match (ahead.token(), ahead.token()) {
                    (Some(Token::Integer(_)), Some(Token::Keyword(b"R"))) => {
                        *self = ahead;
                        u32::try_from(integer).map_or(Value::Other, Value::Reference)
                    }
                    // It could still be the first half of a reference.
                    (Some(Token::Integer(_)), None) | (None, _) if self.is_cut => return None,
                    _ => Value::Integer(integer),
                }
            }
            Token::Name(name) => Value::Name(name),
            Token::OpenArray => Value::Array(self.inside()?),
            Token::OpenDictionary => Value::Dictionary(Dictionary(self.inside()?)),
            Token::Keyword(_) | Token::Other => Value::Other,
            Token::CloseArray | Token::CloseDictionary => {
                self.is_damaged = true;
                return None;
            }
        })
    }

    /// What is between the bracket that was just read and the one that closes it.
    fn inside(&mut self) -> Option<Self> {
        let start = self.at;
        let mut depth = 1_usize;
        while depth > 0 {
            match self.token()? {
                Token::OpenArray | Token::OpenDictionary => depth += 1,
                Token::CloseArray | Token::CloseDictionary => depth -= 1,
                // A bracket was forgotten; what follows is something else.
                Token::Keyword(b"obj" | b"endobj" | b"stream") => {
                    self.is_damaged = true;
                    return None;
                }
                _ => {}
            }
        }
        Some(Self::new(self.bytes.get(start..self.at)?, false))
    }

    /// The next value where it is a dictionary. Of one that does not end, what is there.
    pub(super) fn dictionary(&mut self) -> Option<Dictionary<'a>> {
        let start = *self;
        match self.value() {
            Some(Value::Dictionary(dictionary)) => Some(dictionary),
            Some(_) => None,
            None => {
                let mut rest = start;
                (rest.token() == Some(Token::OpenDictionary)).then_some(Dictionary(rest))
            }
        }
    }
}

/// The length of a string in parentheses, which may be nested or escaped.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut is_escaped = false;
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'(' => depth += 1,
            b')' if depth <= 1 => return Some(index + 1),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn number_or_keyword(word: &[u8]) -> Token<'_> {
    if !matches!(word.first(), Some(b'0'..=b'9' | b'+' | b'-' | b'.')) {
        return Token::Keyword(word);
    }
    str::from_utf8(word).ok().and_then(|word| word.parse().ok()).map_or(Token::Other, Token::Integer)
}

/// What is inside of a dictionary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dictionary<'a>(Lexer<'a>);

impl<'a> Dictionary<'a> {
    /// The value of a key: the first of several.
    pub(super) fn get(&self, key: &[u8]) -> Option<Value<'a>> {
        let mut inside = self.0;
        loop {
            match inside.token()? {
                Token::Name(name) => {
                    let value = inside.value()?;
                    if name == key {
                        return Some(value);
                    }
                }
                Token::Keyword(b"obj" | b"endobj" | b"stream") => return None,
                _ => {}
            }
        }
    }

    pub(super) fn integer(&self, key: &[u8]) -> Option<i64> {
        match self.get(key)? {
            Value::Integer(integer) => Some(integer),
            _ => None,
        }
    }

    pub(super) fn is_name(&self, key: &[u8], name: &[u8]) -> bool {
        matches!(self.get(key), Some(Value::Name(found)) if found == name)
    }

    pub(super) fn reference(&self, key: &[u8]) -> Option<u32> {
        match self.get(key)? {
            Value::Reference(number) => Some(number),
            _ => None,
        }
    }
}

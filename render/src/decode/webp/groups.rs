//! Counts the groups of prefix codes in a lossless bitstream (RFC 9649, section 3), before it is decoded.
//!
//! A picture may have an entropy image, which assigns one of up to 65,536 groups of five codes to each square of
//! pixels. Before the first pixel a decoder builds the tables of all groups: up to 20 KB each, from a few hundred bits.
//!
//! The images of the transforms come before the entropy image, so they have to be read too. No pixels are kept, of
//! either. A copied pixel or a cached colour repeats an earlier one, so the largest number is among those written out.

/// Number of symbols in a channel's code.
const LITERALS: usize = 256;

/// Number of symbols for the lengths of copies, which follow the literals of the green channel, and for distances.
const LENGTHS: usize = 24;
const DISTANCES: usize = 40;

/// The longest code word, in bits.
const MAX_LENGTH: usize = 15;

/// The order in which the code for code lengths has its own lengths (section 3.7.2.1.2).
const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The number of groups in the bitstream of a picture of this size; `None` if it is damaged. `stream` starts after the
/// header.
pub(super) fn groups(stream: &[u8], (mut width, height): (u32, u32)) -> Option<u32> {
    let mut bits = Bits { bytes: stream, at: 0 };
    let mut seen = [false; 4];
    while bits.bit()? == 1 {
        let transform = bits.read(2)?;
        if std::mem::replace(seen.get_mut(transform as usize)?, true) {
            return None;
        }
        match transform {
            // Prediction, and decorrelation of colours.
            0 | 1 => {
                let side = bits.read(3)? + 2;
                largest(&mut bits, squares(width, side), squares(height, side))?;
            }
            // Green subtracted from red and blue.
            2 => {}
            // A palette. If it is small, several pixels are packed into one.
            _ => {
                let colours = bits.read(8)? + 1;
                largest(&mut bits, colours, 1)?;
                width = squares(
                    width,
                    [(2, 3), (4, 2), (16, 1)].iter().find(|few| colours <= few.0).map_or(0, |few| few.1),
                );
            }
        }
    }
    cache(&mut bits)?;
    if bits.bit()? == 0 {
        return Some(1);
    }
    let side = bits.read(3)? + 2;
    Some(largest(&mut bits, squares(width, side), squares(height, side))? + 1)
}

/// How many squares with sides of 2^`power` cover a length.
fn squares(length: u32, power: u32) -> u32 {
    length.div_ceil(1 << power)
}

/// Reads the size of the colour cache.
fn cache(bits: &mut Bits<'_>) -> Option<usize> {
    if bits.bit()? == 0 {
        return Some(0);
    }
    Some(bits.read(4)?).filter(|power| (1..=11).contains(power)).map(|power| 1 << power)
}

/// Reads an image without groups. Returns the largest number that red and green form in a pixel.
fn largest(bits: &mut Bits<'_>, width: u32, height: u32) -> Option<u32> {
    let cache = cache(bits)?;
    let green = Code::read(bits, LITERALS + LENGTHS + cache)?;
    let [red, blue, alpha] = [Code::read(bits, LITERALS)?, Code::read(bits, LITERALS)?, Code::read(bits, LITERALS)?];
    let distance = Code::read(bits, DISTANCES)?;
    let (mut left, mut largest) = (width * height, 0);
    while left > 0 {
        let symbol = green.next(bits)?;
        let run = if symbol < LITERALS {
            largest = largest.max((red.next(bits)? << 8 | symbol) as u32);
            blue.next(bits)?;
            alpha.next(bits)?;
            1
        } else if symbol < LITERALS + LENGTHS {
            let run = number(bits, symbol - LITERALS)?;
            let prefix = distance.next(bits)?;
            number(bits, prefix)?;
            run
        } else {
            1
        };
        left = left.checked_sub(run)?;
    }
    Some(largest)
}

/// Reads the rest of a length or a distance whose prefix is known (section 3.6.2.2).
fn number(bits: &mut Bits<'_>, prefix: usize) -> Option<u32> {
    let prefix = prefix as u32;
    if prefix < 4 {
        return Some(prefix + 1);
    }
    let extra = (prefix - 2) >> 1;
    Some(((2 + (prefix & 1)) << extra) + bits.read(extra)? + 1)
}

/// A canonical prefix code.
struct Code {
    /// How many symbols have a code word of each length.
    counts: [usize; MAX_LENGTH + 1],
    /// The symbols, in the order of their code words.
    symbols: Vec<usize>,
}

impl Code {
    fn read(bits: &mut Bits<'_>, alphabet: usize) -> Option<Self> {
        let mut lengths = vec![0; alphabet];
        if bits.bit()? == 1 {
            let count = bits.bit()? + 1;
            let first = if bits.bit()? == 0 { bits.read(1)? } else { bits.read(8)? };
            let second = if count == 2 { bits.read(8)? } else { first };
            for symbol in [first, second] {
                *lengths.get_mut(symbol as usize)? = 1;
            }
        } else {
            Self::read_lengths(bits, &mut lengths)?;
        }
        Self::new(&lengths)
    }

    fn read_lengths(bits: &mut Bits<'_>, lengths: &mut [usize]) -> Option<()> {
        let mut own = [0; ORDER.len()];
        let count = bits.read(4)? as usize + 4;
        for &at in ORDER.iter().take(count) {
            *own.get_mut(at)? = bits.read(3)? as usize;
        }
        let code = Self::new(&own)?;
        let mut symbols = lengths.len() as u32;
        if bits.bit()? == 1 {
            let count = 2 * bits.read(3)? + 2;
            symbols = Some(bits.read(count)? + 2).filter(|&told| told <= symbols)?;
        }
        let (mut at, mut last) = (0, 8);
        while at < lengths.len() && symbols > 0 {
            symbols -= 1;
            let (length, repeat) = match code.next(bits)? {
                16 => (last, bits.read(2)? + 3),
                17 => (0, bits.read(3)? + 3),
                18 => (0, bits.read(7)? + 11),
                length => (length, 1),
            };
            let end = at + repeat as usize;
            lengths.get_mut(at..end)?.fill(length);
            at = end;
            if length > 0 {
                last = length;
            }
        }
        Some(())
    }

    fn new(lengths: &[usize]) -> Option<Self> {
        let mut counts = [0; MAX_LENGTH + 1];
        let mut used: Vec<_> = lengths.iter().zip(0..).filter(|&(&length, _)| length > 0).collect();
        for &(&length, _) in &used {
            *counts.get_mut(length)? += 1;
        }
        used.sort_unstable();
        let symbols: Vec<_> = used.into_iter().map(|(_, symbol)| symbol).collect();
        // The code must be complete. A single symbol has a code word of no length.
        let sum: usize = counts.iter().enumerate().map(|(length, count)| count << (MAX_LENGTH - length)).sum();
        (symbols.len() == 1 || sum == 1 << MAX_LENGTH).then_some(Self { counts, symbols })
    }

    /// The next symbol.
    fn next(&self, bits: &mut Bits<'_>) -> Option<usize> {
        if let [only] = self.symbols[..] {
            return Some(only);
        }
        // The code words of a length are consecutive numbers, and follow those of the length before.
        let (mut word, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            word = word << 1 | bits.bit()? as usize;
            first <<= 1;
            if word < first + count {
                return self.symbols.get(index + word - first).copied();
            }
            first += count;
            index += count;
        }
        None
    }
}

/// Bits, the lowest of a byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (self.at % 8) & 1;
        self.at += 1;
        Some(bit.into())
    }

    fn read(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, at| Some(value | self.bit()? << at))
    }
}

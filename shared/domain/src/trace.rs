//! The trace that something belongs to, from the request that asked for it to the worker that does it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};

/// A place in a trace, as W3C Trace Context has it (version 00, section 3.2): the trace, the span, and whether it is
/// sampled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceParent {
    trace: [u8; 16],
    span: [u8; 8],
    sampled: bool,
}

impl TraceParent {
    /// The place of a span in a trace. `None` if either is all zeros, which the specification forbids.
    pub fn new(trace: [u8; 16], span: [u8; 8], sampled: bool) -> Option<Self> {
        if trace == [0; 16] || span == [0; 8] { None } else { Some(Self { trace, span, sampled }) }
    }

    /// Reads the header `traceparent`: `00-{trace}-{span}-{flags}` in lower case. A later version may have more behind it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.split('-');
        let [version] = bytes(fields.next()?)?;
        let (trace, span, [flags]) = (bytes(fields.next()?)?, bytes(fields.next()?)?, bytes(fields.next()?)?);
        let complete = if version == 0 { fields.next().is_none() } else { version != u8::MAX };
        if complete { Self::new(trace, span, flags & 1 == 1) } else { None }
    }

    /// Another span of the same trace; itself if `span` is all zeros.
    #[must_use]
    pub fn with_span(self, span: [u8; 8]) -> Self {
        Self::new(self.trace, span, self.sampled).unwrap_or(self)
    }

    /// The span's id, 16 hexadecimal digits.
    pub fn span_id(&self) -> String {
        hex::encode(self.span)
    }

    /// The trace's id, 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        hex::encode(self.trace)
    }
}

/// Bytes of hexadecimal digits in lower case, as many as `N` bytes have.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    hex::decode_to_slice(text, &mut bytes).ok().filter(|()| lower).map(|()| bytes)
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-{:02x}", hex::encode(self.trace), hex::encode(self.span), u8::from(self.sampled))
    }
}

impl From<TraceParent> for String {
    fn from(parent: TraceParent) -> Self {
        parent.to_string()
    }
}

impl TryFrom<String> for TraceParent {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text).ok_or_else(|| Error::Internal("a traceparent that is none".into()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_specifications_example_is_read_and_written() {
        let parent = TraceParent::parse(EXAMPLE).unwrap();
        assert_eq!(parent.to_string(), EXAMPLE);
        assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let child = parent.with_span([1; 8]);
        assert_eq!(child.to_string(), "00-4bf92f3577b34da6a3ce929d0e0e4736-0101010101010101-01");
    }

    #[test]
    fn a_later_version_may_say_more() {
        assert!(TraceParent::parse(&EXAMPLE.replacen("00", "01", 1)).is_some());
        assert!(TraceParent::parse(&format!("{}-more", EXAMPLE.replacen("00", "01", 1))).is_some());
    }

    #[test]
    fn what_the_specification_forbids_is_no_trace() {
        let others = [
            String::new(),
            "00".to_owned(),
            EXAMPLE.to_uppercase(),
            EXAMPLE.replacen("00", "ff", 1),
            format!("{EXAMPLE}-more"),
            EXAMPLE.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            EXAMPLE.replace("00f067aa0ba902b7", &"0".repeat(16)),
            EXAMPLE.replace("4bf9", "4bé9"),
            EXAMPLE[..54].to_owned(),
        ];
        for other in others {
            assert_eq!(TraceParent::parse(&other), None, "{other}");
        }
    }
}

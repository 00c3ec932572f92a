//! A file as it comes from its source: asked for again where that fails, and from where it broke off where the source can.

use std::time::Duration;

use bytes::Bytes;
use quayside_domain::{FailureCode, SourceUrl};
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED};
use reqwest::{Response, StatusCode};

use crate::body::{Body, Encoding};
use crate::client::Client;
use crate::source_error::{RetryBudget, SourceError};

/// The rest of a file, if that is still as it was.
#[derive(Debug)]
pub(crate) struct Rest {
    /// Its first byte, from 0.
    pub(crate) from: u64,
    /// What tells whether the file is as it was.
    pub(crate) version: HeaderValue,
}

/// A file on its way.
pub(crate) struct Download<'a> {
    client: &'a Client,
    url: &'a SourceUrl,
    /// What the source says that it is.
    pub(crate) content_type: Option<String>,
    /// How many bytes the source has announced.
    pub(crate) announced: Option<u64>,
    body: Body,
    received: u64,
    version: Option<HeaderValue>,
    is_resumed: bool,
}

impl<'a> Download<'a> {
    /// Asks for the file, as often as `patience` allows.
    pub(crate) async fn begin(
        client: &'a Client,
        url: &'a SourceUrl,
        patience: &mut RetryBudget,
    ) -> Result<Self, SourceError> {
        let response = loop {
            match patience.bear(client.ask(url, None)).await {
                Ok(response) => break response,
                Err(trouble) => patience.wait(trouble).await?,
            }
        };
        let headers = response.headers();
        let encoding = Encoding::read(headers)?;
        let is_plain = encoding == Encoding::Identity;
        Ok(Self {
            client,
            url,
            content_type: text(headers, &CONTENT_TYPE).map(ToOwned::to_owned),
            announced: response.content_length().filter(|_| is_plain),
            // What is packed is counted unpacked, and its ranges are of what is packed.
            version: version(headers).filter(|_| is_plain),
            body: Body::new(response, encoding, client.idle_seconds),
            received: 0,
            is_resumed: false,
        })
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// `Passing` where the file has to be asked for from its beginning.
    pub(crate) async fn next(&mut self, patience: &mut RetryBudget) -> Result<Option<Bytes>, SourceError> {
        loop {
            match patience.bear(self.body.next()).await {
                // The rest of a file may be sent without its length, and end too early.
                Ok(None) if self.announced.is_some_and(|announced| self.received < announced) => {
                    let detail = "The source ended before it had sent the whole file.";
                    self.resume(patience, SourceError::passing(FailureCode::SourceIncomplete, detail)).await?;
                }
                Ok(bytes) => {
                    self.received += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
                    if self.announced.is_some_and(|announced| self.received > announced) {
                        self.version = None;
                        let detail = "The source sent more than the rest of the file.";
                        return Err(SourceError::passing(FailureCode::SourceIncomplete, detail));
                    }
                    if self.is_resumed {
                        patience.renew();
                    }
                    return Ok(bytes);
                }
                Err(trouble @ SourceError::Final(_)) => return Err(trouble),
                Err(trouble) => self.resume(patience, trouble).await?,
            }
        }
    }

    async fn resume(&mut self, patience: &mut RetryBudget, mut trouble: SourceError) -> Result<(), SourceError> {
        let Some(version) = self.version.clone() else { return Err(trouble) };
        let rest = Rest { from: self.received, version };
        loop {
            patience.wait(trouble).await?;
            match patience.bear(self.client.ask(self.url, Some(&rest))).await {
                Ok(response) if self.goes_on(&response, &rest.version) => {
                    self.body = Body::new(response, Encoding::Identity, self.client.idle_seconds);
                    self.is_resumed = true;
                    return Ok(());
                }
                Ok(_) => {
                    // From now on it is asked for whole.
                    self.version = None;
                    let detail = "The source broke off, and does not send the rest of the file by itself.";
                    return Err(SourceError::passing(FailureCode::SourceIncomplete, detail));
                }
                Err(again @ SourceError::Passing { .. }) => trouble = again,
                Err(last) => return Err(last),
            }
        }
    }

    /// Whether the answer is the rest of this very file, to its end.
    fn goes_on(&self, response: &Response, version: &HeaderValue) -> bool {
        let headers = response.headers();
        // Not every server that knows ranges looks at `If-Range`.
        let kind = if version.as_bytes().starts_with(b"\"") { ETAG } else { LAST_MODIFIED };
        let is_as_it_was = headers.get(kind).is_none_or(|now| now == version);
        let is_rest = response.status() == StatusCode::PARTIAL_CONTENT
            && matches!(Encoding::read(headers), Ok(Encoding::Identity));
        let range = text(headers, &CONTENT_RANGE).and_then(content_range);
        is_rest
            && is_as_it_was
            && range.is_some_and(|(first, last, total)| {
                first == self.received && last + 1 == total && self.announced.is_none_or(|announced| announced == total)
            })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// What a file's version is known by (RFC 9110, section 13.1.5): a strong etag, or a date that cannot be that of two.
fn version(headers: &HeaderMap) -> Option<HeaderValue> {
    if let Some(etag) = headers.get(ETAG).filter(|etag| etag.as_bytes().starts_with(b"\"")) {
        return Some(etag.clone());
    }
    let modified = httpdate::parse_http_date(text(headers, &LAST_MODIFIED)?).ok()?;
    let sent = httpdate::parse_http_date(text(headers, &DATE)?).ok()?;
    let age = sent.duration_since(modified).ok()?;
    if age >= Duration::from_secs(1) { headers.get(LAST_MODIFIED).cloned() } else { None }
}

/// First and last byte, and how many the whole has, of `bytes 0-9/10`.
fn content_range(value: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let number = |digits: &str| digits.trim().parse::<u64>().ok();
    let (first, last, total) = (number(first)?, number(last)?, number(total)?);
    (first <= last && last < total).then_some((first, last, total))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_content_range_is_exact_or_none() {
        assert_eq!(content_range("bytes 0-9/10"), Some((0, 9, 10)));
        assert_eq!(content_range("bytes 5-5/18446744073709551615"), Some((5, 5, u64::MAX)));
        for text in
            ["", "bytes", "bytes */10", "bytes 0-9/*", "bytes 9-0/10", "bytes 0-10/10", "pages 0-9/10", "bytes -1-9/10"]
        {
            assert_eq!(content_range(text), None, "{text}");
        }
    }

    #[test]
    fn only_what_tells_two_versions_apart_makes_a_file_resumable() {
        let of = |pairs: &[(HeaderName, &str)]| {
            let headers: HeaderMap = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
            version(&headers).map(|version| version.to_str().unwrap().to_owned())
        };
        let (then, now) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:38 GMT");
        assert_eq!(of(&[(ETAG, "\"a\"")]).unwrap(), "\"a\"");
        assert_eq!(of(&[(ETAG, "W/\"a\"")]), None);
        assert_eq!(of(&[(ETAG, "W/\"a\""), (LAST_MODIFIED, then), (DATE, now)]).unwrap(), then);
        assert_eq!(of(&[(LAST_MODIFIED, now), (DATE, now)]), None);
        assert_eq!(of(&[(LAST_MODIFIED, then)]), None);
        assert_eq!(of(&[]), None);
    }
}

//! One request to a source, with the redirects that it leads to. Each address and each URL on the way is judged.

use std::error::Error;
use std::io;
use std::time::{Duration, SystemTime};

use quayside_domain::source::Forbidden;
use quayside_domain::{FailureCode, SourceRules, SourceUrl};
use quayside_edge::config::FetchConfig;
use quayside_store::config::ConfigError;
use quayside_store::connections::tls;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, IF_RANGE, LOCATION, RANGE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;
use tracing::info;

use crate::guard::{Guard, Lookup};
use crate::source::Rest;
use crate::source_error::{SourceError, in_words, retry_after};

/// Asks sources. Made once; keeps no connection.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    rules: SourceRules,
    max_redirects: usize,
    connect_seconds: u64,
    pub(crate) idle_seconds: u64,
}

impl Client {
    /// A client that knows names' addresses by `lookup`, and certificates by Mozilla's list of roots: nothing depends on
    /// the machine, neither its proxies nor its certificates.
    ///
    /// # Errors
    /// If the TLS library cannot be set up.
    pub(crate) fn new(config: &FetchConfig, lookup: Lookup) -> Result<Self, ConfigError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("Quayside/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .tls_backend_preconfigured(tls()?)
            .dns_resolver(Guard { rules: config.rules.clone(), lookup })
            .connect_timeout(Duration::from_secs(config.connect_seconds))
            .build()
            .map_err(|error| ConfigError::unusable("the HTTP client", error))?;
        Ok(Self {
            http,
            rules: config.rules.clone(),
            max_redirects: usize::try_from(config.max_redirects).unwrap_or(usize::MAX),
            connect_seconds: config.connect_seconds,
            idle_seconds: config.idle_seconds,
        })
    }

    /// The answer of where the URL leads to in the end, which is the file, or the rest of it. (A source may answer with the
    /// whole file though it was asked for the rest.)
    pub(crate) async fn ask(&self, url: &SourceUrl, rest: Option<&Rest>) -> Result<Response, SourceError> {
        let mut visited = vec![url.clone()];
        loop {
            let at = &visited[visited.len() - 1];
            let response = self.get(at, rest).await?;
            info!(source = ?at, status = response.status().as_u16(), "source answered");
            if !response.status().is_redirection() {
                return judge(response.status(), response.headers(), rest.is_some()).map(|()| response);
            }
            let next = self.redirected(at, &response)?;
            let wrong = |detail| Err(SourceError::last(FailureCode::SourceRedirects, detail));
            if visited.contains(&next) {
                return wrong("The source redirects in a circle.".to_owned());
            }
            if visited.len() > self.max_redirects {
                return wrong(format!("The source redirects more than {} times.", self.max_redirects));
            }
            visited.push(next);
        }
    }

    async fn get(&self, url: &SourceUrl, rest: Option<&Rest>) -> Result<Response, SourceError> {
        // Bytes are wanted as they are; a range is of those that are sent.
        let request = self.http.get(url.expose().clone());
        let mut request = request.header(ACCEPT, "*/*").header(ACCEPT_ENCODING, "identity");
        if let Some(rest) = rest {
            request = request.header(RANGE, format!("bytes={}-", rest.from)).header(IF_RANGE, &rest.version);
        }
        let longest = Duration::from_secs(self.connect_seconds + self.idle_seconds);
        match timeout(longest, request.send()).await {
            Ok(answered) => answered.map_err(|error| self.trouble(&error)),
            Err(_) => Err(idle(self.idle_seconds)),
        }
    }

    fn redirected(&self, from: &SourceUrl, response: &Response) -> Result<SourceUrl, SourceError> {
        let nowhere =
            || SourceError::last(FailureCode::SourceRedirects, "The source redirects without saying where to.");
        // Some write the path as it is read, in UTF-8.
        let location = response.headers().get(LOCATION).map(|value| std::str::from_utf8(value.as_bytes()));
        let location = location.and_then(Result::ok).ok_or_else(nowhere)?;
        from.join(location, &self.rules).map_err(|forbidden| match forbidden {
            Forbidden::NotAUrl => nowhere(),
            forbidden => {
                let detail = format!("The source redirects to where nothing is fetched from. {forbidden}");
                SourceError::last(FailureCode::SourceForbidden, detail)
            }
        })
    }

    fn trouble(&self, error: &reqwest::Error) -> SourceError {
        if let Some(forbidden) = find::<Forbidden>(error) {
            return SourceError::last(FailureCode::SourceForbidden, forbidden.to_string());
        }
        if let Some(error) = find::<rustls::Error>(error) {
            return SourceError::last(FailureCode::SourceUntrusted, untrusted(error));
        }
        let unreachable = |detail: String| SourceError::passing(FailureCode::SourceUnreachable, detail);
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => {
                let seconds = in_words(self.connect_seconds);
                unreachable(format!("No connection to the source could be made within {seconds}."))
            }
            (true, false) if error.is_dns() => unreachable("The source's host name has no address.".to_owned()),
            (true, false) => unreachable("No connection to the source could be made.".to_owned()),
            (false, _) => unreachable("The source broke off before it answered, or does not speak HTTP.".to_owned()),
        }
    }
}

/// The trouble with a source that says nothing.
pub(crate) fn idle(seconds: u64) -> SourceError {
    let detail = format!("The source sent nothing for {}.", in_words(seconds));
    SourceError::last(FailureCode::SourceTooSlow, detail)
}

/// What of that kind lies behind an error.
pub(crate) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What an `io::Error` was made of is not among its sources.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn untrusted(error: &rustls::Error) -> String {
    use rustls::CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer};
    let rustls::Error::InvalidCertificate(error) = error else {
        return "The source cannot be spoken to in secret: its TLS does not fit ours.".to_owned();
    };
    let why = match error {
        Expired | ExpiredContext { .. } => "has expired",
        NotValidForName | NotValidForNameContext { .. } => "is for another name",
        UnknownIssuer => "is signed by nobody whom we trust",
        _ => "is not valid",
    };
    format!("The source cannot prove who it is: its certificate {why}.")
}

/// What a status other than a redirect means.
fn judge(status: StatusCode, headers: &HeaderMap, is_resumption: bool) -> Result<(), SourceError> {
    use FailureCode::{SourceBusy, SourceGone, SourceNotFound, SourceRefused, SourceUnreachable, Unreadable};
    let number = status.as_u16();
    Err(match number {
        200 | 203 => return Ok(()),
        206 if is_resumption => return Ok(()),
        204 | 205 => SourceError::last(Unreadable, format!("The source has no bytes to send (status {number}).")),
        401 | 407 => SourceError::last(SourceRefused, format!("The source wants a login (status {number}).")),
        403 => SourceError::last(SourceRefused, "The source does not let us have the file (status 403)."),
        404 => SourceError::last(SourceNotFound, "The source has no such file (status 404)."),
        410 => SourceError::last(SourceGone, "The source no longer has the file (status 410)."),
        451 => {
            SourceError::last(SourceRefused, "The source may not give the file away, for legal reasons (status 451).")
        }
        408 | 425 | 429 | 500.. => {
            let after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            let after = after.and_then(|value| retry_after(value, SystemTime::now()));
            let (code, detail) = if number == 429 || after.is_some() {
                (SourceBusy, format!("The source is busy (status {number})."))
            } else {
                (SourceUnreachable, format!("The source fails (status {number})."))
            };
            match SourceError::passing(code, detail) {
                SourceError::Passing { failure, .. } => SourceError::Passing { failure, after },
                last => last,
            }
        }
        // The file has changed, and is shorter now.
        416 if is_resumption => {
            SourceError::passing(FailureCode::SourceIncomplete, "The source's file changed while it was fetched.")
        }
        _ => SourceError::last(SourceRefused, format!("The source answered with status {number}, not with the file.")),
    })
}

#[cfg(test)]
mod tests;

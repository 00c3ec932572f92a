//! What the functions are told by their environment, read once at the start, one struct per concern.
//!
//! Every variable is required where it is read: the values stand in `template.yaml`, not here. Sizes in `…_MB` are
//! mebibytes (1,048,576 bytes).

mod aws;

pub use aws::{AwsConfig, TableConfig};

use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;

use serde::Deserialize;
use url::Url;

const MEBIBYTE: u64 = 1 << 20;

/// A variable that is missing or wrong. Its text names the variable and says what belongs there; it never repeats the
/// value, which may be a secret.
#[derive(thiserror::Error, PartialEq, Eq)]
#[error("{name} {problem}")]
pub struct ConfigError {
    name: String,
    problem: String,
}

impl ConfigError {
    /// There is something wrong with a secret that a variable names.
    pub(crate) fn secret(name: &str, problem: String) -> Self {
        Self { name: format!("the secret {name}"), problem }
    }

    /// `what` cannot be made of the configuration, though each variable is right.
    pub fn unusable(what: &'static str, problem: impl fmt::Display) -> Self {
        wrong(what, format!("cannot be made: {problem}"))
    }
}

// What `main` returns is printed by its `Debug`.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The result of reading configuration.
pub type Result<T> = std::result::Result<T, ConfigError>;

/// A value that no log shows.
#[derive(Clone, Deserialize)]
pub struct Secret(String);

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl Secret {
    /// The value, for the place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The environment's variables. A value may name a secret instead; see [`crate::secrets`].
#[derive(Clone, Default)]
pub struct Variables(HashMap<String, String>);

// A value may be a secret.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Variables {
    /// Those of this process.
    pub fn of_process() -> Self {
        // A name or value that is not UTF-8 is none of ours.
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// Those whose values stand in secrets, with where they stand there.
    ///
    /// # Errors
    /// If one names a secret, and no key of it.
    pub(crate) fn secret_names(&self) -> Result<Vec<(&str, SecretName<'_>)>> {
        let named = self.0.iter().filter_map(|(variable, value)| {
            let named = value.trim().strip_prefix("secretsmanager:")?;
            let parts = named.rsplit_once(':').filter(|(name, key)| !name.is_empty() && !key.is_empty());
            let problem = "must name a secret and a key of it, as secretsmanager:name:key".to_owned();
            let error = ConfigError { name: variable.clone(), problem };
            Some(parts.map(|(name, key)| (variable.as_str(), SecretName { name, key })).ok_or(error))
        });
        named.collect()
    }

    /// These, but with other values for some.
    pub(crate) fn with(&self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut variables = self.clone();
        variables.0.extend(values);
        variables
    }

    /// A variable that may be missing or empty.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A variable's text.
    ///
    /// # Errors
    /// If it is missing or empty.
    pub fn text(&self, name: &'static str) -> Result<&str> {
        self.find(name).ok_or_else(|| wrong(name, "is not set"))
    }

    /// A variable that no log shows.
    ///
    /// # Errors
    /// If it is missing or empty.
    pub fn secret(&self, name: &'static str) -> Result<Secret> {
        self.text(name).map(|value| Secret(value.to_owned()))
    }

    /// A name that stands in requests and their headers.
    ///
    /// # Errors
    /// If it is missing or has other characters than visible ASCII ones.
    pub fn word(&self, name: &'static str) -> Result<String> {
        let word = self.text(name)?;
        if word.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(word.to_owned())
        } else {
            Err(wrong(name, "must be of ASCII characters, without spaces"))
        }
    }

    /// A whole number within a range.
    ///
    /// # Errors
    /// If it is missing or something else.
    pub fn number(&self, name: &'static str, range: RangeInclusive<u64>) -> Result<u64> {
        self.text(name)?
            .parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| wrong(name, format!("must be an integer from {} to {}", range.start(), range.end())))
    }

    /// A number of mebibytes, in bytes.
    ///
    /// # Errors
    /// As [`Variables::number`].
    pub fn mebibytes(&self, name: &'static str, range: RangeInclusive<u64>) -> Result<u64> {
        self.number(name, range).map(|number| number * MEBIBYTE)
    }

    /// `on` or `off`.
    ///
    /// # Errors
    /// If it is missing or something else.
    pub fn switch(&self, name: &'static str) -> Result<bool> {
        match self.text(name)? {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(wrong(name, "must be on or off")),
        }
    }

    /// An http or https URL without user, query and fragment.
    ///
    /// # Errors
    /// If it is missing or something else.
    pub fn url(&self, name: &'static str) -> Result<Url> {
        let form = "must be an http or https URL without user, query and fragment";
        let url = Url::parse(self.text(name)?).map_err(|_| wrong(name, form))?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if plain { Ok(url) } else { Err(wrong(name, form)) }
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Where a secret stands: under a key of a named secret.
pub(crate) struct SecretName<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'a str,
}

/// There is something wrong with the variable `name`: `problem` says what, and never repeats the value.
pub fn wrong(name: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError { name: name.to_owned(), problem: problem.into() }
}

/// Where the bytes are, and as whom to ask for them.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// Address of the S3 API.
    pub endpoint: Url,
    /// Its region, as signatures name it.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Application key.
    pub key_id: String,
    /// Its secret.
    pub application_key: Secret,
}

impl StorageConfig {
    /// URL of an object that there cannot be, which is known before the key is. Reads `S3_ENDPOINT` and `S3_BUCKET`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn nobodys_object(variables: &Variables) -> Result<Url> {
        let (mut url, bucket) = (variables.url("S3_ENDPOINT")?, variables.word("S3_BUCKET")?);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend([bucket.as_str(), "media", "-"]);
        }
        Ok(url)
    }

    /// Reads `S3_ENDPOINT`, `S3_REGION`, `S3_BUCKET`, `S3_KEY_ID`, `S3_APPLICATION_KEY`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        Ok(Self {
            endpoint: variables.url("S3_ENDPOINT")?,
            region: variables.word("S3_REGION")?,
            bucket: variables.word("S3_BUCKET")?,
            key_id: variables.word("S3_KEY_ID")?,
            application_key: variables.secret("S3_APPLICATION_KEY")?,
        })
    }
}

/// How bytes are delivered.
#[derive(Clone, Debug)]
pub struct DeliveryConfig {
    /// Base URL of the CDN.
    pub url: Url,
    /// Key that signs its tokens.
    pub token_key: Secret,
    /// How long a signed URL holds, in seconds.
    pub url_ttl_seconds: u64,
}

impl DeliveryConfig {
    /// Reads `CDN_URL`, `CDN_TOKEN_KEY`, `URL_TTL_SECONDS`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        let url = variables.url("CDN_URL")?;
        if url.path() != "/" {
            // Tokens sign the whole path, which is the object's key.
            return Err(wrong("CDN_URL", "must have no path"));
        }
        Ok(Self {
            url,
            token_key: variables.secret("CDN_TOKEN_KEY")?,
            url_ttl_seconds: variables.number("URL_TTL_SECONDS", 1..=604_800)?,
        })
    }
}

/// Reads `S3_BUCKET`, for who knows the bucket by name only.
///
/// # Errors
/// If it is missing.
pub fn bucket(variables: &Variables) -> Result<String> {
    variables.word("S3_BUCKET")
}

/// What secrets in the table are encrypted under. No log shows it.
#[derive(Clone)]
pub struct VaultKey([u8; 32]);

impl VaultKey {
    /// The key, for the place that needs it.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(…)")
    }
}

/// Reads `WEBHOOK_KEY`, 64 hexadecimal digits: what the secrets of webhook endpoints are encrypted under.
///
/// # Errors
/// If it is missing or wrong.
pub fn vault_key(variables: &Variables) -> Result<VaultKey> {
    const NAME: &str = "WEBHOOK_KEY";
    let mut key = [0; 32];
    hex::decode_to_slice(variables.text(NAME)?, &mut key).map_err(|_| wrong(NAME, "must be 64 hexadecimal digits"))?;
    Ok(VaultKey(key))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error = StorageConfig::read(&Variables::default()).unwrap_err();
        assert_eq!(error.to_string(), "S3_ENDPOINT is not set");
    }

    #[test]
    fn a_malformed_variable_is_named_and_its_value_is_not_repeated() {
        for (name, value, sentence) in [
            ("CDN_URL", "ftp://x", "CDN_URL must be an http or https URL without user, query and fragment"),
            ("URL_TTL_SECONDS", "0", "URL_TTL_SECONDS must be an integer from 1 to 604800"),
            ("URL_TTL_SECONDS", "1h", "URL_TTL_SECONDS must be an integer from 1 to 604800"),
            ("CDN_TOKEN_KEY", " ", "CDN_TOKEN_KEY is not set"),
        ] {
            let mut variables: Variables =
                [("CDN_URL", "https://cdn.example"), ("CDN_TOKEN_KEY", "k"), ("URL_TTL_SECONDS", "60")]
                    .into_iter()
                    .collect();
            variables.0.insert(name.to_owned(), value.to_owned());
            assert_eq!(DeliveryConfig::read(&variables).unwrap_err().to_string(), sentence);
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret("hunter2".to_owned())), "Secret(…)");
    }
}

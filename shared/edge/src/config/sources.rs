//! Which URLs files are taken from, and how.

use quayside_store::config::{Result, TableConfig, Variables, wrong};

use super::words;
use quayside_domain::SourceRules;

/// Which URLs files are taken from.
///
/// # Errors
/// If a variable is wrong, or loopback is to be allowed where the table is AWS's.
pub fn source_rules(variables: &Variables, table: &TableConfig) -> Result<SourceRules> {
    const LOOPBACK: &str = "ALLOW_LOOPBACK_SOURCES";
    let hosts = |name: &'static str| -> Result<Vec<String>> {
        words(variables.find(name).unwrap_or_default())
            .map(|word| {
                let host = word.trim_matches('.').to_ascii_lowercase();
                let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
                if is_host && !host.is_empty() {
                    Ok(host)
                } else {
                    Err(wrong(name, "must be host names, or ends of them, separated by spaces or commas"))
                }
            })
            .collect()
    };
    let ports: Option<Vec<u16>> = words(variables.text("SOURCE_PORTS")?).map(|port| port.parse().ok()).collect();
    let loopback = match variables.find(LOOPBACK) {
        None | Some("0") => false,
        Some("1") if table.is_on_this_machine() => true,
        Some("1") => return Err(wrong(LOOPBACK, "is for tests, and can be 1 only where the table is on this machine")),
        Some(_) => return Err(wrong(LOOPBACK, "must be 0 or 1")),
    };
    Ok(SourceRules {
        ports: ports.ok_or_else(|| wrong("SOURCE_PORTS", "must be port numbers, separated by spaces or commas"))?,
        allowed: hosts("ALLOWED_SOURCES")?,
        denied: hosts("DENIED_SOURCES")?,
        loopback,
    })
}

/// How files are taken from URLs.
#[derive(Clone, Debug)]
pub struct FetchConfig {
    /// Which URLs.
    pub rules: SourceRules,
    /// How long a connection may take to be made, in seconds.
    pub connect_seconds: u64,
    /// How long a source may send nothing, in seconds.
    pub idle_seconds: u64,
    /// How long a file may take in all, in seconds.
    pub total_seconds: u64,
    /// How often a source may redirect.
    pub max_redirects: u64,
    /// How often a message is tried, as the queue's redrive policy has it.
    pub attempts: u64,
}

impl FetchConfig {
    /// Reads `ALLOWED_SOURCES`, `DENIED_SOURCES`, `SOURCE_PORTS`, `ALLOW_LOOPBACK_SOURCES`, `SOURCE_CONNECT_SECONDS`,
    /// `SOURCE_IDLE_SECONDS`, `SOURCE_TOTAL_SECONDS`, `SOURCE_REDIRECTS`, `INGESTION_ATTEMPTS`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables, table: &TableConfig) -> Result<Self> {
        Ok(Self {
            rules: source_rules(variables, table)?,
            connect_seconds: variables.number("SOURCE_CONNECT_SECONDS", 1..=60)?,
            idle_seconds: variables.number("SOURCE_IDLE_SECONDS", 1..=600)?,
            total_seconds: variables.number("SOURCE_TOTAL_SECONDS", 1..=660)?,
            max_redirects: variables.number("SOURCE_REDIRECTS", 0..=20)?,
            attempts: variables.number("INGESTION_ATTEMPTS", 1..=1_000)?,
        })
    }
}

/// Reads `INGESTED_WITHIN_SECONDS`: how long the ingestion of a file may take, with its wait and all its attempts.
///
/// # Errors
/// If it is missing or wrong.
pub fn ingested_within_seconds(variables: &Variables) -> Result<u64> {
    variables.number("INGESTED_WITHIN_SECONDS", 1..=604_800)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn loopback_is_a_source_only_where_the_table_is_on_this_machine() {
        let loopback = |endpoint: Option<&str>, value: &str| {
            let key = [
                ("TABLE_NAME", "t"),
                ("HISTORY_DAYS", "90"),
                ("AWS_REGION", "r"),
                ("AWS_ACCESS_KEY_ID", "k"),
                ("AWS_SECRET_ACCESS_KEY", "s"),
            ];
            let given = [("SOURCE_PORTS", "80 443"), ("ALLOW_LOOPBACK_SOURCES", value)];
            let endpoint = endpoint.map(|endpoint| ("AWS_ENDPOINT_URL_DYNAMODB", endpoint));
            let variables: Variables = key.into_iter().chain(given).chain(endpoint).collect();
            let table = TableConfig::read(&variables).unwrap();
            source_rules(&variables, &table).map(|rules| rules.loopback).ok()
        };
        for endpoint in ["http://127.0.0.1:9002", "http://localhost:9002", "http://[::1]:9002"] {
            assert_eq!(loopback(Some(endpoint), "1"), Some(true), "{endpoint}");
        }
        for endpoint in [None, Some("https://dynamodb.eu-central-1.amazonaws.com"), Some("http://10.0.0.1:9002")] {
            assert_eq!(loopback(endpoint, "1"), None, "{endpoint:?}");
            assert_eq!(loopback(endpoint, "0"), Some(false));
        }
        assert_eq!(loopback(Some("http://localhost:9002"), "yes"), None);
    }
}

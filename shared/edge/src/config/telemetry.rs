//! What a function tells of its work, and where.

use std::str::FromStr;

use tracing::level_filters::LevelFilter;

use quayside_store::config::{Result, Variables, wrong};

/// How the log and the metrics are written.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// What is logged: a level, or levels by module, as `info,quayside_store=debug`.
    pub level: String,
    /// CloudWatch's namespace of the metrics.
    pub namespace: String,
}

impl TelemetryConfig {
    /// Reads `METRICS_NAMESPACE`, and the level from `RUST_LOG`; without it, it is `info`.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        let level = variables.find("RUST_LOG").unwrap_or("info");
        // A word that is no level is a module's name to the filter, and all else is silent.
        if level.split(',').any(|part| !part.contains('=') && LevelFilter::from_str(part.trim()).is_err()) {
            return Err(wrong("RUST_LOG", "must be off, error, warn, info, debug or trace, or name=level for modules"));
        }
        Ok(Self { level: level.to_owned(), namespace: variables.text("METRICS_NAMESPACE")?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn read(level: &str) -> Result<TelemetryConfig> {
        TelemetryConfig::read(&[("METRICS_NAMESPACE", "Quayside/test"), ("RUST_LOG", level)].into_iter().collect())
    }

    #[test]
    fn a_misspelt_level_is_refused_and_not_taken_for_a_module() {
        for level in ["info", "WARN", "off", "info,quayside_store=debug", "quayside_store=trace, error"] {
            assert_eq!(read(level).unwrap().level, level);
        }
        assert_eq!(read("").unwrap().level, "info");
        for level in ["inof", "fatal", "info,verbose"] {
            assert!(read(level).unwrap_err().to_string().starts_with("RUST_LOG must be off, error"), "{level}");
        }
    }
}

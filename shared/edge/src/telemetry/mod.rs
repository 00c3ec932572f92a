//! What a function tells of its work: lines of JSON on standard output, which CloudWatch keeps as logs, and among them
//! metrics in its embedded format.
//!
//! A line has its time, level and message, the name of the `function`, Lambda's `requestId`, and what the spans around
//! the work know: `request.id` (API Gateway's, which problem documents name too), `trace.id` (W3C Trace Context, carried
//! in the record from the request to the worker), `span.id` (the request's own, which is the parent of what follows), `caller` (a hash of the token's subject) and `asset.id`.

mod embedded;
mod metric;

pub use metric::{Metric, upload_completed};

use std::str::FromStr;

use json_subscriber::JsonLayer;
use sha2::{Digest, Sha256};
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use quayside_store::config::{ConfigError, Variables};

use crate::config::TelemetryConfig;
use embedded::EmbeddedMetrics;
use quayside_domain::Subject;

/// Starts the log of this process, which is that of `function`.
///
/// # Errors
/// If a variable is missing or wrong, or a log was started before.
pub fn start(function: &'static str, variables: &Variables) -> Result<(), ConfigError> {
    let log = log(function, TelemetryConfig::read(variables)?, std::io::stdout)?;
    log.try_init().map_err(|error| ConfigError::unusable("the log", error))
}

fn log<W>(function: &'static str, config: TelemetryConfig, writer: W) -> Result<impl Subscriber, ConfigError>
where
    W: for<'a> MakeWriter<'a> + Clone + Send + Sync + 'static,
{
    let levels = Targets::from_str(&config.level).map_err(|error| ConfigError::unusable("the log", error))?;
    let mut lines = JsonLayer::<Registry, _>::new(writer.clone());
    lines.with_timer("timestamp", tracing_subscriber::fmt::time::SystemTime);
    lines.with_level("level");
    lines.add_static_field("function", function.into());
    lines.with_top_level_flattened_span_list();
    lines.with_flattened_event();
    let metrics = EmbeddedMetrics::new(function, config.namespace, writer);
    let only_metrics = Targets::new().with_target(metric::TARGET, LevelFilter::INFO);
    Ok(tracing_subscriber::registry()
        .with(lines.with_filter(levels.with_target(metric::TARGET, LevelFilter::OFF)))
        .with(metrics.with_filter(only_metrics)))
}

/// A caller in the log: who reads it can follow one, and cannot tell who it is without a list of subjects to try. The first
/// 16 hexadecimal digits of the subject's SHA-256.
pub fn caller_hash(subject: &Subject) -> String {
    hex::encode(&Sha256::digest(subject.as_str())[..8])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing::{info, info_span};

    use super::*;

    /// What was written, in lines of JSON.
    #[derive(Clone, Default)]
    pub(super) struct Written(Arc<Mutex<Vec<u8>>>);

    impl Written {
        pub(super) fn lines(&self) -> Vec<Value> {
            let bytes = self.0.lock().unwrap();
            let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
        }
    }

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: &str, work: impl FnOnce()) -> Vec<Value> {
        let written = Written::default();
        let made = written.clone();
        let config = TelemetryConfig { level: level.to_owned(), namespace: "Quayside/test".to_owned() };
        tracing::subscriber::with_default(log("serve-data", config, move || made.clone()).unwrap(), work);
        written.lines()
    }

    #[test]
    fn a_line_is_flat_and_says_who_did_what_for_whom_in_which_trace() {
        let lines = logged("info", || {
            let request = info_span!("request", request.id = "Nc1m", trace.id = "4bf9");
            let _request = request.enter();
            let handler = info_span!("handler", asset.id = "019a", caller = tracing::field::Empty);
            let _handler = handler.enter();
            tracing::Span::current().record("caller", caller_hash(&Subject::parse("ada").unwrap()));
            info!(size = 3, "upload \"begun\"");
        });
        assert_eq!(lines.len(), 1);
        for (field, value) in [
            ("level", json!("INFO")),
            ("message", json!("upload \"begun\"")),
            ("function", json!("serve-data")),
            ("request.id", json!("Nc1m")),
            ("trace.id", json!("4bf9")),
            ("asset.id", json!("019a")),
            // The first 16 digits of what `sha256sum` prints for `ada`.
            ("caller", json!("fdee430d40bd57de")),
            ("size", json!(3)),
        ] {
            assert_eq!(lines[0][field], value, "{field} of {}", lines[0]);
        }
        assert!(lines[0]["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn metrics_are_written_whatever_the_level_of_the_log_and_are_no_lines_of_it() {
        let lines = logged("error", || {
            info!("quiet");
            Metric::Redirects.add(1);
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["Redirects"], 1);
        assert!(lines[0]["_aws"].is_object());
    }
}

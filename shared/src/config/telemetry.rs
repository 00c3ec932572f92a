//! What a function tells of its work, and where.

use super::{Result, Variables};

/// How the log and the metrics are written.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// What is logged: a level, or levels by module, as `info,quayside_shared=debug`.
    pub level: String,
    /// CloudWatch's namespace of the metrics.
    pub namespace: String,
}

impl TelemetryConfig {
    /// Reads `METRICS_NAMESPACE`, and the level from `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets, or else from `RUST_LOG`;
    /// without either it is `info`.
    ///
    /// # Errors
    /// If a variable is missing.
    pub fn read(variables: &Variables) -> Result<Self> {
        let level = variables.find("AWS_LAMBDA_LOG_LEVEL").or_else(|| variables.find("RUST_LOG")).unwrap_or("info");
        Ok(Self { level: level.to_lowercase(), namespace: variables.text("METRICS_NAMESPACE")?.to_owned() })
    }
}

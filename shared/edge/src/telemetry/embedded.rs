//! Metrics as CloudWatch reads them out of a log: one line of JSON each ("CloudWatch embedded metric format").

use std::fmt;
use std::io::Write;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;

use quayside_domain::Timestamp;

/// Writes events of [`super::metric::TARGET`] as metrics.
pub(super) struct EmbeddedMetrics<W> {
    function: &'static str,
    namespace: String,
    writer: W,
}

impl<W> EmbeddedMetrics<W> {
    /// Metrics of `function` in a namespace.
    pub(super) fn new(function: &'static str, namespace: String, writer: W) -> Self {
        Self { function, namespace, writer }
    }

    /// The metric by itself, and by its dimension where it has one.
    fn line(&self, fields: &Fields, now: Timestamp) -> Value {
        let mut line = Map::new();
        let mut dimensions = vec![json!([])];
        if let (Some(dimension), Some(of)) = (&fields.dimension, &fields.of) {
            dimensions.push(json!([dimension]));
            line.insert(dimension.clone(), json!(of));
        }
        line.insert("function".to_owned(), json!(self.function));
        line.insert(fields.metric.clone(), json!(fields.value));
        let metrics = json!([{"Name": fields.metric, "Unit": fields.unit}]);
        let directive = json!({"Namespace": self.namespace, "Dimensions": dimensions, "Metrics": metrics});
        line.insert("_aws".to_owned(), json!({"Timestamp": now.milliseconds(), "CloudWatchMetrics": [directive]}));
        line.into()
    }
}

impl<S: Subscriber, W: for<'a> MakeWriter<'a> + 'static> Layer<S> for EmbeddedMetrics<W> {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = format!("{}\n", self.line(&fields, Timestamp::now()));
        // A log that nobody takes is not a reason to fail.
        let _ = self.writer.make_writer().write_all(line.as_bytes());
    }
}

#[derive(Default)]
struct Fields {
    metric: String,
    unit: String,
    value: u64,
    dimension: Option<String>,
    of: Option<String>,
}

impl Visit for Fields {
    fn record_u64(&mut self, _field: &Field, value: u64) {
        self.value = value;
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "metric" => self.metric = value.to_owned(),
            "unit" => self.unit = value.to_owned(),
            "dimension" => self.dimension = Some(value.to_owned()),
            "of" => self.of = Some(value.to_owned()),
            _ => {}
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::super::Metric;
    use super::super::tests::Written;
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    fn lines_of(count: impl FnOnce()) -> Vec<Value> {
        let written = Written::default();
        let made = written.clone();
        let metrics = EmbeddedMetrics::new("sweep", "Quayside/test".to_owned(), move || made.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(metrics), count);
        written.lines()
    }

    #[test]
    fn a_metric_is_one_line_that_says_where_it_belongs() {
        let lines = lines_of(|| Metric::UploadedBytes.add(1_048_576));
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["UploadedBytes"], 1_048_576);
        let directive = &lines[0]["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            *directive,
            json!({"Namespace": "Quayside/test", "Dimensions": [[]],
                   "Metrics": [{"Name": "UploadedBytes", "Unit": "Bytes"}]})
        );
        // Milliseconds since 1970, as CloudWatch wants them: later than 2020 and before 2200.
        let timestamp = lines[0]["_aws"]["Timestamp"].as_u64().unwrap();
        assert!((1_577_836_800_000..7_258_118_400_000).contains(&timestamp), "{timestamp}");
    }

    #[test]
    fn a_metric_with_a_dimension_is_kept_with_and_without_it() {
        let lines = lines_of(|| Metric::Failures.add_of(1, "type_mismatch"));
        assert_eq!(lines[0]["Failures"], 1);
        assert_eq!(lines[0]["Code"], "type_mismatch");
        assert_eq!(lines[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([[], ["Code"]]));
    }
}

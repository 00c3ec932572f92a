//! What is counted and measured.

/// The target of the events that are metrics. Where no log was started by [`super::start`], as in the local system, they
/// are lines like others.
pub(super) const TARGET: &str = "metrics";

/// Counts an upload of so many bytes that was completed, however that came about.
pub fn upload_completed(bytes: u64) {
    Metric::UploadsCompleted.add(1);
    Metric::UploadedBytes.add(bytes);
}

/// What is counted or measured. Names and units are those of CloudWatch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metric {
    /// Uploads that were begun.
    UploadsBegun,
    /// Uploads that were completed.
    UploadsCompleted,
    /// Uploads that were given up because their time was over.
    UploadsExpired,
    /// Bytes of completed uploads.
    UploadedBytes,
    /// Bytes that were fetched from URLs.
    IngestedBytes,
    /// How long the inspection of an asset took, by its kind.
    ProcessingTime,
    /// Assets that failed, by the failure's code.
    Failures,
    /// Answers that lead to the CDN.
    Redirects,
    /// Requests that were answered with a problem document, by its code.
    Refusals,
    /// Assets that nobody fetched or inspected in time.
    AssetsOverdue,
}

impl Metric {
    /// All metrics.
    pub const ALL: [Self; 10] = [
        Self::UploadsBegun,
        Self::UploadsCompleted,
        Self::UploadsExpired,
        Self::UploadedBytes,
        Self::IngestedBytes,
        Self::ProcessingTime,
        Self::Failures,
        Self::Redirects,
        Self::Refusals,
        Self::AssetsOverdue,
    ];

    /// Counts `value` more, or measures it.
    pub fn add(self, value: u64) {
        tracing::info!(target: TARGET, metric = self.name(), unit = self.unit(), value);
    }

    /// As [`Metric::add`], for `of` among what the metric tells apart: a code, a kind. The sum of all is kept too.
    pub fn add_of(self, value: u64, of: &str) {
        tracing::info!(target: TARGET, metric = self.name(), unit = self.unit(), value, dimension = self.dimension(), of);
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UploadsBegun => "UploadsBegun",
            Self::UploadsCompleted => "UploadsCompleted",
            Self::UploadsExpired => "UploadsExpired",
            Self::UploadedBytes => "UploadedBytes",
            Self::IngestedBytes => "IngestedBytes",
            Self::ProcessingTime => "ProcessingTime",
            Self::Failures => "Failures",
            Self::Redirects => "Redirects",
            Self::Refusals => "Refusals",
            Self::AssetsOverdue => "AssetsOverdue",
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::UploadedBytes | Self::IngestedBytes => "Bytes",
            Self::ProcessingTime => "Milliseconds",
            _ => "Count",
        }
    }

    /// What it tells apart, where it is counted so.
    pub fn dimension(self) -> &'static str {
        if self == Self::ProcessingTime { "Kind" } else { "Code" }
    }
}

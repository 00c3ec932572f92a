//! Why assets fail.

use serde::{Deserialize, Serialize};

/// Why an asset failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Failure {
    /// Stable name of the reason.
    pub code: FailureCode,
    /// A sentence for the asset's owner.
    pub detail: String,
}

/// The reasons for which an asset fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The bytes are not of the declared type.
    TypeMismatch,
    /// The bytes do not have the declared SHA-256.
    ChecksumMismatch,
    /// The bytes are damaged.
    Unreadable,
    /// The file has more pixels or frames, plays longer, or is smaller, than is allowed.
    LimitsExceeded,
    /// The upload was not completed in time.
    UploadExpired,
    /// Storage no longer has the bytes.
    BytesMissing,
    /// Inspection failed as often as it may be tried, through no fault of the file.
    ProcessingGaveUp,
    /// The file is larger than files of its kind may be.
    TooLarge,
    /// The file does not fit into its owner's quota.
    QuotaExceeded,
    /// The source's URL, or one that it redirects to, is none that is asked.
    SourceForbidden,
    /// The source refuses us: it wants a login, or does not like the request.
    SourceRefused,
    /// The source has no such file.
    SourceNotFound,
    /// The source had the file, and no longer has it.
    SourceGone,
    /// The source cannot be reached, or fails.
    SourceUnreachable,
    /// The source asks to come back later than we wait.
    SourceBusy,
    /// The source cannot prove who it is.
    SourceUntrusted,
    /// The source redirects too often, or to nowhere.
    SourceRedirects,
    /// The source brings its bytes too slowly, or takes too long in all.
    SourceTooSlow,
    /// The source ended before it had sent all that it announced.
    SourceIncomplete,
    /// Fetching failed as often as it may be tried, through no fault of the source.
    IngestionGaveUp,
}

impl FailureCode {
    /// Its name in the API and in the table.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    }

    /// Whether storage keeps the bytes, so that they can be inspected again. Most failures are the file's own: it will not
    /// get better, and its bytes are deleted. But what `was_ready` once, and no longer is by what is allowed today, is
    /// not to be lost by being inspected again.
    pub(super) fn keeps_bytes(self, was_ready: bool) -> bool {
        match self {
            Self::ProcessingGaveUp => true,
            Self::UploadExpired
            | Self::TooLarge
            | Self::QuotaExceeded
            | Self::SourceForbidden
            | Self::SourceRefused
            | Self::SourceNotFound
            | Self::SourceGone
            | Self::SourceUnreachable
            | Self::SourceBusy
            | Self::SourceUntrusted
            | Self::SourceRedirects
            | Self::SourceTooSlow
            | Self::SourceIncomplete
            | Self::IngestionGaveUp => false,
            Self::TypeMismatch
            | Self::ChecksumMismatch
            | Self::Unreadable
            | Self::LimitsExceeded
            | Self::BytesMissing => was_ready,
        }
    }
}

//! What can go wrong, told for the person who sent the request. Knows no HTTP: `http::problem` maps it.

use super::asset::Status;
use super::media_type::Kind;

/// The result of an operation of the domain.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No token, or an invalid one. The text says which check failed, never what the token contained.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// A webhook is not signed, not with the endpoint's secret, or not of this moment; or there is no such endpoint.
    #[error("The signature is missing or invalid, or its timestamp is more than five minutes off.")]
    InvalidSignature,
    /// There is no such thing, or the caller may not know that there is.
    #[error("Not found: it does not exist, it was deleted, or you may not see it.")]
    NotFound,
    /// The caller named a project that it is no member of, or that does not exist.
    #[error("You are not a member of a project {0}.")]
    ProjectNotFound(String),
    /// The caller may see the thing but not do this with it, or may not act for another owner.
    #[error("Your role does not let you {0}.")]
    Forbidden(&'static str),
    /// No function answers this method and path.
    #[error("No route matches {0}.")]
    NoRoute(String),
    /// A value of the request is wrong.
    #[error("{detail}")]
    Invalid {
        /// Stable name of the mistake, such as `invalid_size`.
        code: &'static str,
        /// The field of the body, or the parameter, that is wrong; empty for the body itself.
        field: String,
        /// A sentence that says what is wrong and what would be right.
        detail: String,
    },
    /// The body is longer than any body that makes sense here.
    #[error("The body is longer than {limit} bytes.")]
    BodyTooLarge {
        /// The longest body that is read, in bytes.
        limit: usize,
    },
    /// The file is too large to come with a request.
    #[error("A request can hold a file of up to {limit} bytes. For a larger file, start an upload: POST /v1/uploads.")]
    FileTooLargeForRequest {
        /// The largest file that comes with a request, in bytes.
        limit: usize,
    },
    /// The file is larger than files of its kind may be.
    #[error("A file of this kind ({kind}) may have up to {limit} bytes; this one has {size}.")]
    TooLarge {
        /// Declared size in bytes.
        size: u64,
        /// Largest size of the kind in bytes.
        limit: u64,
        /// Kind of the file.
        kind: Kind,
    },
    /// The upload does not fit into the owner's quota.
    #[error(
        "The file has {size} bytes and exceeds your quota of {quota} bytes: {stored} are stored, and {reserved} are reserved \
         by unfinished uploads. Delete an asset, or finish or abort an upload."
    )]
    QuotaExceeded {
        /// Declared size in bytes.
        size: u64,
        /// Bytes in stored assets.
        stored: u64,
        /// Bytes reserved by unfinished uploads.
        reserved: u64,
        /// Quota in bytes.
        quota: u64,
    },
    /// The owner's quota has no room for anything more.
    #[error(
        "Your quota of {quota} bytes is used up: {stored} bytes are stored, and {reserved} are reserved. Delete an asset \
         first."
    )]
    QuotaUsedUp {
        /// Bytes in stored assets.
        stored: u64,
        /// Bytes reserved by what is on its way.
        reserved: u64,
        /// Quota in bytes.
        quota: u64,
    },
    /// The owner has as many unfinished uploads as are allowed.
    #[error("You have {active} unfinished uploads. The limit is {limit}. Finish or abort one first.")]
    TooManyUploads {
        /// Unfinished uploads.
        active: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// The owner has as many files being taken from URLs as are allowed.
    #[error("You have {active} files being fetched. The limit is {limit}. Wait until some are done.")]
    TooManyIngestions {
        /// Files that are being fetched.
        active: u64,
        /// How many are allowed.
        limit: u64,
    },
    /// The owner has as many webhook endpoints as are allowed.
    #[error("You have reached the limit of {limit} webhook endpoints. Revoke one first.")]
    TooManyEndpoints {
        /// How many are allowed.
        limit: usize,
    },
    /// The idempotency key was used for another request.
    #[error("This Idempotency-Key was already used with a different request body. Use a new key.")]
    IdempotencyKeyReused,
    /// Storage does not have all bytes of the upload yet.
    #[error("{0}")]
    UploadIncomplete(String),
    /// The list of parts does not agree with what storage has.
    #[error("{0}")]
    InvalidParts(String),
    /// The upload is past the state in which this can be done.
    #[error("The upload is no longer active: the asset is {status}. {hint}")]
    UploadNotActive {
        /// Status of the asset.
        status: Status,
        /// What to do instead.
        hint: &'static str,
    },
    /// The asset has no bytes to serve (yet).
    #[error("The asset is {0}. Only a ready asset has data.")]
    NotReady(Status),
    /// The asset cannot be inspected (again).
    #[error("The asset is {status} and cannot be inspected. {hint}")]
    NotProcessable {
        /// Status of the asset.
        status: Status,
        /// What to do instead.
        hint: &'static str,
    },
    /// The asset has no such variant.
    #[error("The asset has no variant {0}.")]
    NoSuchVariant(String),
    /// Somebody else changed the record at the same time; the caller may try again.
    #[error("The asset was changed by another request at the same time. Try again.")]
    Conflict,
    /// Storage or table are busy or out of reach; the request may be sent again.
    #[error("The service is temporarily unavailable. Try again in a few seconds.")]
    Unavailable(#[source] Cause),
    /// A fault that the caller can do nothing about.
    #[error("An internal error occurred. Report the requestId to the operator.")]
    Internal(#[source] Cause),
}

/// What lies behind an error that is ours: for the log, never for the client.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// An error and all that lies behind it, each after a colon.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

impl Error {
    /// A mistake in `field`.
    pub fn invalid(code: &'static str, field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid { code, field: field.into(), detail: detail.into() }
    }

    /// The same mistake, in a field of another name.
    #[must_use]
    pub fn in_field(self, name: &str) -> Self {
        match self {
            Self::Invalid { code, detail, .. } => Self::Invalid { code, field: name.to_owned(), detail },
            other => other,
        }
    }

    /// The error and all that lies behind it, for the log.
    pub fn causes(&self) -> String {
        with_causes(self)
    }

    /// Whether the same request may succeed a little later without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Conflict)
    }
}

//! Assets, who may do what with them, and the plan of an upload. Pure: knows no AWS and no HTTP.

pub mod asset;
pub mod error;
pub mod failure;
pub mod identity;
pub mod keys;
pub mod media_type;
pub mod metadata;
pub mod names;
pub mod ownership;
pub mod source;
pub mod timestamp;
pub mod trace;
pub mod upload;
pub mod usage;
pub mod webhook;

pub use asset::{Asset, Status, Variant};
pub use error::{Error, Result};
pub use failure::{Failure, FailureCode};
pub use identity::{AssetId, EndpointId, ProjectId, Subject};
pub use media_type::{Kind, MediaType};
pub use metadata::Metadata;
pub use names::{ByteSize, FileName, Sha256, Tags};
pub use ownership::{Caller, Owned, Placement, Readable, Role, Unproven};
pub use source::{SourceRules, SourceUrl};
pub use timestamp::Timestamp;
pub use trace::TraceParent;
pub use upload::{PartNumber, Strategy, Upload};
pub use usage::Footprint;
pub use webhook::{Endpoint, Provider, SigningSecret};

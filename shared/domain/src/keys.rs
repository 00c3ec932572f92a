//! Where an asset's bytes are. Keys are computed from a [`Location`] alone.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::identity::{AssetId, Subject};

/// The part of an asset's keys that is its own: `{owner's segment}/{id}`. It is computed once, when the asset is made, and
/// kept in the record, so that an asset can change hands without its bytes being moved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Location(String);

impl Location {
    /// The location of a new asset.
    pub fn new(owner: &Subject, id: AssetId) -> Self {
        Self(format!("{}/{id}", owner.path_segment()))
    }

    /// The segment of the owner who made the asset.
    pub fn owner_segment(&self) -> &str {
        self.0.split_once('/').map_or("", |(owner, _)| owner)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a client's single PUT goes. Never served.
pub fn incoming(location: &Location) -> String {
    format!("incoming/{location}")
}

/// Where the original is served from.
pub fn original(location: &Location) -> String {
    format!("{}original", asset_prefix(location))
}

/// Where a variant is served from.
pub fn variant(location: &Location, name: &str) -> String {
    format!("{}variants/{name}", asset_prefix(location))
}

/// The prefix of all that is served of an asset. It ends in `/`, so that no other asset's prefix begins with it.
pub fn asset_prefix(location: &Location) -> String {
    format!("media/{location}/")
}

//! Where an asset's bytes are. A key is computed from an owner and an asset id alone.

use crate::{AssetId, Subject};

/// Where a client's single PUT goes. Never served.
pub fn incoming(owner: &Subject, id: AssetId) -> String {
    format!("incoming/{}/{id}", owner.path_segment())
}

/// Where the original is served from.
pub fn original(owner: &Subject, id: AssetId) -> String {
    format!("{}original", everything(owner, id))
}

/// Where a variant is served from.
pub fn variant(owner: &Subject, id: AssetId, name: &str) -> String {
    format!("{}variants/{name}", everything(owner, id))
}

/// The prefix of all that is served of an asset. It ends in `/`, so that no other asset's prefix begins with it.
pub fn everything(owner: &Subject, id: AssetId) -> String {
    format!("media/{}/{id}/", owner.path_segment())
}

//! An asset as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::delivery::Cdn;
use crate::domain::{
    Asset, AssetId, Failure, Kind, MediaType, Metadata, ProjectId, Sha256, Status, Timestamp, Variant,
};
use crate::storage::keys;

/// An asset in the form of the API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetJson<'a> {
    id: AssetId,
    owner_id: &'a str,
    project_id: Option<ProjectId>,
    name: &'a str,
    r#type: Kind,
    content_type: MediaType,
    status: Status,
    failure: Option<&'a Failure>,
    size: u64,
    sha256: Option<Sha256>,
    storage_key: String,
    tags: &'a [String],
    metadata: &'a Metadata,
    variants: &'a [Variant],
    urls: BTreeMap<&'a str, String>,
    source_url: Option<&'a str>,
    source_reference: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: u64,
}

/// The asset, with signed URLs of the original and of each variant if it is ready. Call it only with what the caller
/// may read: a proof derefs to an asset.
pub fn asset_json<'a>(asset: &'a Asset, cdn: &Cdn, now: Timestamp) -> AssetJson<'a> {
    let mut urls = BTreeMap::new();
    if asset.status == Status::Ready {
        urls.insert("original", cdn.original(asset, now, false).url);
        for variant in &asset.variants {
            urls.insert(&variant.name, cdn.variant(asset, &variant.name, now, false).url);
        }
    }
    AssetJson {
        id: asset.id,
        owner_id: asset.owner.as_str(),
        project_id: asset.project,
        name: asset.name.as_str(),
        r#type: asset.kind,
        content_type: asset.content_type,
        status: asset.status,
        failure: asset.failure.as_ref(),
        size: asset.size.bytes(),
        sha256: asset.sha256,
        storage_key: keys::original(&asset.owner, asset.id),
        tags: asset.tags.as_slice(),
        metadata: &asset.metadata,
        variants: &asset.variants,
        urls,
        source_url: asset.source.as_ref().map(|source| source.url.as_str()),
        source_reference: asset.source.as_ref().and_then(|source| source.reference.as_deref()),
        created_at: asset.created_at,
        updated_at: asset.updated_at,
        version: asset.version,
    }
}

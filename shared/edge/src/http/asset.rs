//! An asset as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use quayside_domain::keys;
use quayside_domain::rights::{Action, Right};
use quayside_domain::{
    Asset, AssetId, Authorized, Failure, FileName, Kind, MediaType, Metadata, ProjectId, Sha256, Status, Tags,
    Timestamp, Variant,
};
use quayside_store::delivery::Cdn;

/// One user-owned file with its record.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Asset)]
pub struct AssetJson<'a> {
    id: AssetId,
    /// The `sub` of whose it is.
    owner_id: &'a str,
    #[schema(required)]
    project_id: Option<ProjectId>,
    #[schema(value_type = FileName)]
    name: &'a str,
    /// `unknown` until its source was asked.
    r#type: Kind,
    /// `application/octet-stream` until its source was asked.
    #[schema(value_type = String)]
    content_type: MediaType,
    status: Status,
    /// Why it failed, if it did.
    #[schema(required)]
    failure: Option<&'a Failure>,
    /// Bytes; while it is taken from a URL, as much of it as is known.
    size: u64,
    /// SHA-256 of the bytes that are served, once it was computed.
    #[schema(required)]
    sha256: Option<Sha256>,
    /// Key of the original in the bucket.
    storage_key: String,
    #[schema(value_type = Tags)]
    tags: &'a [String],
    metadata: &'a Metadata,
    /// What was derived from it.
    variants: &'a [Variant],
    /// Signed URLs, each valid for a while, of a ready asset: `original`, and one by each variant's name.
    #[schema(value_type = BTreeMap<String, String>)]
    urls: BTreeMap<&'a str, String>,
    /// Where it was taken from, without what may be secret.
    #[schema(required)]
    source_url: Option<&'a str>,
    /// What made it: `replicate:` and the id of a prediction.
    #[schema(required)]
    source_reference: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Counts the changes that people made to it, from 1.
    revision: u64,
    /// What the caller may do with it.
    can: Vec<Action>,
}

/// The asset, with signed URLs of the original and of each variant if it is ready.
pub fn asset_json<'a, A: Right>(asset: &'a Authorized<Asset, A>, cdn: &Cdn, now: Timestamp) -> AssetJson<'a> {
    let mut urls = BTreeMap::new();
    if asset.status() == Status::Ready {
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
        status: asset.status(),
        failure: asset.failure.as_ref(),
        size: asset.size.bytes(),
        sha256: asset.sha256,
        storage_key: keys::original(&asset.location),
        tags: asset.tags.as_slice(),
        metadata: &asset.metadata,
        variants: &asset.variants,
        urls,
        source_url: asset.source.as_ref().map(|source| source.url.as_str()),
        source_reference: asset.source.as_ref().and_then(|source| source.reference.as_deref()),
        created_at: asset.created_at,
        updated_at: asset.updated_at,
        revision: asset.revision,
        can: asset.can(),
    }
}

//! An asset's item: the record, its keys, and those of the indexes that it is to be found in.

use super::{Item, SCHEMA, key, malformed, number, text};
use quayside_domain::index::{Scope, facet, list_sort, name_key};
use quayside_domain::{Asset, AssetId, Result};

/// How many hash keys the index of what is due is spread over.
pub(super) const DUE_SHARDS: u8 = 4;

pub(super) const SK: &str = "ASSET";

pub(super) fn pk(id: AssetId) -> String {
    format!("ASSET#{id}")
}

/// The whole item. A deleted asset is in no list but the trash, and a tombstone is in none.
pub(super) fn item_of(asset: &Asset) -> Result<Item> {
    let mut item: Item = serde_dynamo::to_item(asset).map_err(malformed)?;
    item.extend(key(pk(asset.id), SK.to_owned()));
    item.insert("schema".to_owned(), number(SCHEMA));
    let mut put = |name: &str, value: String| item.insert(name.to_owned(), text(value));
    if asset.purged_at.is_none() {
        put("owner_facet", facet(&Scope::Owner(asset.owner.clone()), asset.kind, asset.status()));
        put("list_sort", list_sort(asset));
        if let Some(project) = asset.project {
            put("project_facet", facet(&Scope::Project(project), asset.kind, asset.status()));
        }
    }
    if asset.deleted_at.is_none() {
        put("list_owner", asset.owner.to_string());
        put("name_key", name_key(asset));
        if let Some(project) = asset.project {
            put("list_project", project.to_string());
        }
    }
    if asset.due_at.is_some() {
        put("due_shard", asset.id.shard(DUE_SHARDS).to_string());
    }
    Ok(item)
}

pub(super) fn asset_of(item: Item) -> Result<Asset> {
    serde_dynamo::from_item(item).map_err(malformed)
}

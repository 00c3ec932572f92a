//! Lists of assets, newest first, page by page.

use aws_sdk_dynamodb::types::AttributeValue;

use super::assets::asset_of;
use super::{Item, Table, key, text, unexpected};
use quayside_domain::{Asset, AssetId, Caller, Kind, ProjectId, Readable, Result, Status, Subject};

/// Which assets, and how many.
#[derive(Debug)]
pub struct Listing {
    /// Those of this project, whoever owns them; without one, the caller's own.
    pub project: Option<Readable<ProjectId>>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only those in this status.
    pub status: Option<Status>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// At most so many.
    pub limit: usize,
    /// Only those that were begun before this one.
    pub before: Option<AssetId>,
}

/// Some of the assets that a listing asks for.
#[derive(Debug)]
pub struct Page {
    /// Newest first.
    pub items: Vec<Readable<Asset>>,
    /// What to put into [`Listing::before`] for the next page; `None` on the last one.
    pub next: Option<AssetId>,
}

/// How many records one request looks at where only some of them are asked for. Such a page may be short, or empty and
/// yet not the last.
const LOOKED_AT: usize = 500;

impl Table {
    /// One page of assets. One wave. The indexes may lag a moment behind the records.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn list(&self, caller: &Caller, listing: &Listing) -> Result<Page> {
        let (index, attribute, value) = match (&listing.project, listing.kind) {
            (Some(project), _) => ("by_project", "list_project", project.to_string()),
            (None, Some(kind)) => ("by_owner_and_kind", "list_owner_kind", owner_and_kind(caller.subject(), kind)),
            (None, None) => ("by_owner", "list_owner", caller.subject().to_string()),
        };
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(index)
            .scan_index_forward(false)
            .key_condition_expression("#index = :index")
            .expression_attribute_names("#index", attribute)
            .expression_attribute_values(":index", text(&value))
            .set_exclusive_start_key(listing.before.map(|id| start_key(id, attribute, &value)));
        let mut filters = Vec::new();
        if let (Some(kind), Some(_)) = (listing.kind, &listing.project) {
            filters.push("#kind = :kind");
            query = query.expression_attribute_names("#kind", "kind").expression_attribute_values(":kind", text(kind));
        }
        if let Some(status) = listing.status {
            filters.push("#status = :status");
            query = query
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":status", text(status));
        }
        if let Some(tag) = &listing.tag {
            filters.push("contains(#tags, :tag)");
            query = query.expression_attribute_names("#tags", "tags").expression_attribute_values(":tag", text(tag));
        }
        // One more than asked for tells whether there is a next page.
        let mut looked_at = listing.limit + 1;
        if !filters.is_empty() {
            looked_at = looked_at.max(LOOKED_AT);
            query = query.filter_expression(filters.join(" AND "));
        }
        let page = query.limit(i32::try_from(looked_at).unwrap_or(i32::MAX)).send().await.map_err(unexpected)?;
        let looked_at_last = page.last_evaluated_key().and_then(id_of);
        let mut assets = page.items.unwrap_or_default().into_iter().map(asset_of).collect::<Result<Vec<_>>>()?;
        let next = if assets.len() > listing.limit {
            assets.truncate(listing.limit);
            assets.last().map(|asset| asset.id)
        } else {
            looked_at_last
        };
        let readable = |asset| match &listing.project {
            Some(project) => project.contains(asset),
            None => caller.read(asset, None),
        };
        Ok(Page { items: assets.into_iter().map(readable).collect::<Result<_>>()?, next })
    }
}

pub(super) fn owner_and_kind(owner: &Subject, kind: Kind) -> String {
    format!("{kind}#{owner}")
}

fn start_key(id: AssetId, attribute: &str, value: &str) -> Item {
    let mut start = key(format!("ASSET#{id}"), "ASSET".to_owned());
    start.insert("id".to_owned(), text(id));
    start.insert(attribute.to_owned(), AttributeValue::S(value.to_owned()));
    start
}

fn id_of(key: &Item) -> Option<AssetId> {
    AssetId::parse(key.get("id")?.as_s().ok()?).ok()
}

//! Lists of assets, page by page, as their [`Plan`] says. Never a scan, and no page but the last without an asset.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;

use super::record::asset_of;
use super::{Item, Table, malformed, text, unexpected};
use quayside_domain::index::Scope;
use quayside_domain::listing::{Filter, Plan, Source};
use quayside_domain::rights::{List, View};
use quayside_domain::{Asset, AssetId, Authorized, Caller, ProjectId, Result};

/// Some of the assets that a listing asks for.
#[derive(Debug)]
pub struct Page {
    /// In the order that was asked for.
    pub items: Vec<Authorized<Asset, View>>,
    /// The position after which the next page begins; `None` on the last one.
    pub next: Option<String>,
    /// How many entries were looked at, where that was as many as one request looks at: then the page may be short.
    pub looked: Option<usize>,
}

/// One request looks at so many entries at most, in so many rounds.
const LOOKED_MOST: usize = 2_000;
const ROUNDS: usize = 4;
/// Ids alone are followed by their records, which is a round trip of its own.
const ROUNDS_OF_IDS: usize = 2;
/// How many entries of a partition a round after the first one looks at.
const LOOKED_AGAIN: usize = 500;
/// How many records one request gets by their ids.
const RECORDS_AT_ONCE: usize = 100;

/// What a partition has of an asset.
enum Found {
    Record(Box<Asset>),
    Id(AssetId),
}

/// What one partition has after a position.
struct Part {
    found: Vec<(String, Found)>,
    /// Whether it has more.
    more: bool,
}

impl Table {
    /// One page of the caller's assets, or of a project's, from after the position `after`. The indexes may lag a moment
    /// behind the records. One round trip, or two where the plan reads ids; more where few entries pass the filter.
    ///
    /// # Errors
    /// `invalid_sort`; `Unavailable` or `Internal`.
    pub async fn list(
        &self,
        caller: &Caller,
        project: Option<&Authorized<ProjectId, List>>,
        filter: &Filter,
        limit: usize,
        after: Option<String>,
    ) -> Result<Page> {
        let scope = match project {
            Some(project) => Scope::Project(**project),
            None => Scope::Owner(caller.owner().clone()),
        };
        let plan = filter.plan(&scope)?;
        let authorize = |asset: Asset| match project {
            Some(project) => project.contains(asset),
            None => caller.authorize(asset, None),
        };
        let (mut items, mut position, mut looked) = (Vec::new(), after, 0);
        let rounds = if plan.source.has_records() { ROUNDS } else { ROUNDS_OF_IDS };
        for round in 0..rounds {
            let wanted = if round == 0 { limit + 1 } else { LOOKED_AGAIN };
            let (found, more) = self.read(&plan, &scope, position.as_deref(), wanted).await?;
            looked += found.len();
            position = found.last().map(|(position, _)| position.clone()).or(position);
            for (at, asset) in self.records(found).await? {
                // An entry may lag behind its record, or the record may have left the scope since.
                if !filter.admits(&asset) || plan.source.position(&asset) != at {
                    continue;
                }
                let Ok(asset) = authorize(asset) else { continue };
                if items.len() == limit {
                    let next = items.last().map(|last: &Authorized<Asset, View>| plan.source.position(last));
                    return Ok(Page { items, next, looked: None });
                }
                items.push(asset);
            }
            if !more {
                return Ok(Page { items, next: None, looked: None });
            }
            if looked >= LOOKED_MOST {
                break;
            }
        }
        Ok(Page { items, next: position, looked: Some(looked) })
    }

    /// What the plan's partitions have after a position, merged, in order; and whether there is more.
    async fn read(
        &self,
        plan: &Plan,
        scope: &Scope,
        after: Option<&str>,
        wanted: usize,
    ) -> Result<(Vec<(String, Found)>, bool)> {
        let parts =
            plan.partitions.iter().map(|(partition, kind)| self.part(plan, scope, (partition, kind), after, wanted));
        let parts = try_join_all(parts).await?;
        let more = parts.iter().any(|part| part.more);
        // What lies behind the last of a partition that has more may not be all that lies there.
        let ends = parts.iter().filter(|part| part.more).filter_map(|part| part.found.last());
        let ends = ends.map(|(position, _)| position.clone());
        let end = if plan.descending { ends.max() } else { ends.min() };
        let mut found: Vec<_> = parts.into_iter().flat_map(|part| part.found).collect();
        if plan.descending {
            found.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
            found.retain(|(position, _)| end.as_ref().is_none_or(|end| position >= end));
        } else {
            found.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            found.retain(|(position, _)| end.as_ref().is_none_or(|end| position <= end));
        }
        Ok((found, more))
    }

    async fn part(
        &self,
        plan: &Plan,
        scope: &Scope,
        (partition, kind): (&str, &str),
        after: Option<&str>,
        wanted: usize,
    ) -> Result<Part> {
        // What sort keys begin with; none is below the first of these or above the second.
        let (mut low, mut high) = (format!("{kind}{}", plan.prefix), format!("{kind}{}\u{10ffff}", plan.prefix));
        if let Some(after) = after {
            *(if plan.descending { &mut high } else { &mut low }) = format!("{kind}{after}");
        }
        if low.is_empty() {
            // A key is no empty string.
            low.push('\u{1}');
        }
        if low > high {
            return Ok(Part { found: Vec::new(), more: false });
        }
        let keys = Keys::of(plan.source, scope);
        let page = self
            .client
            .query()
            .table_name(&self.name)
            .set_index_name(keys.index.map(ToOwned::to_owned))
            .key_condition_expression("#partition = :partition AND #sort BETWEEN :low AND :high")
            .expression_attribute_names("#partition", keys.partition)
            .expression_attribute_names("#sort", keys.sort)
            .expression_attribute_values(":partition", text(partition))
            .expression_attribute_values(":low", text(low))
            .expression_attribute_values(":high", text(high))
            .scan_index_forward(!plan.descending)
            // One more, since the position itself is in the range.
            .limit(i32::try_from(wanted + 1).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unexpected)?;
        let more = page.last_evaluated_key.is_some();
        let mut found = Vec::new();
        for item in page.items.unwrap_or_default() {
            let sort = item.get(keys.sort).and_then(|sort| sort.as_s().ok());
            let position = sort.and_then(|sort| sort.strip_prefix(kind)).map(ToOwned::to_owned);
            let position = position.ok_or_else(|| malformed("an entry of a list without its sort key"))?;
            if Some(position.as_str()) == after {
                continue;
            }
            let entry = match plan.source {
                Source::All | Source::Facet => Found::Record(Box::new(asset_of(item)?)),
                Source::Name | Source::Tag => Found::Id(id_of(&item)?),
            };
            found.push((position, entry));
        }
        Ok(Part { found, more })
    }

    /// The records of what was found, in the same order; those that are gone are left out.
    async fn records(&self, found: Vec<(String, Found)>) -> Result<Vec<(String, Asset)>> {
        let ids = found.iter().filter_map(|(_, found)| match found {
            Found::Id(id) => Some(*id),
            Found::Record(_) => None,
        });
        let ids: Vec<AssetId> = ids.collect();
        let assets = try_join_all(ids.chunks(RECORDS_AT_ONCE).map(|ids| self.assets(ids))).await?;
        let mut assets: HashMap<_, _> = assets.into_iter().flatten().map(|asset| (asset.id, asset)).collect();
        let record = |(position, found)| match found {
            Found::Record(asset) => Some((position, *asset)),
            Found::Id(id) => assets.remove(&id).map(|asset| (position, asset)),
        };
        Ok(found.into_iter().filter_map(record).collect())
    }
}

/// The names of a source's keys.
struct Keys {
    index: Option<&'static str>,
    partition: &'static str,
    sort: &'static str,
}

impl Keys {
    fn of(source: Source, scope: &Scope) -> Self {
        let (index, partition, sort) = match (source, scope) {
            (Source::All, Scope::Owner(_)) => (Some("by_owner"), "list_owner", "id"),
            (Source::All, Scope::Project(_)) => (Some("by_project"), "list_project", "id"),
            (Source::Facet, Scope::Owner(_)) => (Some("by_owner_facet"), "owner_facet", "list_sort"),
            (Source::Facet, Scope::Project(_)) => (Some("by_project_facet"), "project_facet", "list_sort"),
            (Source::Name, Scope::Owner(_)) => (Some("by_owner_name"), "list_owner", "name_key"),
            (Source::Name, Scope::Project(_)) => (Some("by_project_name"), "list_project", "name_key"),
            (Source::Tag, _) => (None, "pk", "sk"),
        };
        Self { index, partition, sort }
    }
}

/// The asset that an entry or an index without records is about.
fn id_of(item: &Item) -> Result<AssetId> {
    let text = |name: &str| item.get(name).and_then(|value: &AttributeValue| value.as_s().ok());
    let id = text("asset").map(String::as_str).or_else(|| text("pk")?.strip_prefix("ASSET#"));
    AssetId::parse(id.unwrap_or_default()).map_err(malformed)
}

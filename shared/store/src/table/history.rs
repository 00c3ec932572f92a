//! Events: an asset's history, which is also what the stream carries to the bus.

use super::record::pk;
use super::{Item, Table, key, malformed, number, text, unexpected};
use quayside_domain::event::Event;
use quayside_domain::rights::ViewHistory;
use quayside_domain::{Asset, Authorized, Result};

const SECONDS_A_DAY: u64 = 24 * 60 * 60;
const SK: &str = "EVENT#";

/// Some of an asset's events.
#[derive(Debug)]
pub struct HistoryPage {
    /// Newest first.
    pub events: Vec<Event>,
    /// After which event the next page begins; `None` on the last one.
    pub next: Option<String>,
}

impl Table {
    /// The item of an event. All attributes that the pipe passes on are always there, since it knows no absent ones.
    pub(super) fn event_item(&self, event: &Event) -> Result<Item> {
        let mut item: Item = serde_dynamo::to_item(event).map_err(malformed)?;
        item.extend(key(pk(event.asset), format!("{SK}{}", event.id)));
        item.insert("feed_owner".to_owned(), text(&event.owner));
        match event.project {
            Some(project) => item.insert("feed_project".to_owned(), text(project)),
            None => item.insert("project".to_owned(), text("")),
        };
        if self.history_days > 0 {
            let expires_at = event.at.unix_seconds() + self.history_days * SECONDS_A_DAY;
            item.insert("expires_at".to_owned(), number(expires_at));
        }
        Ok(item)
    }

    /// A page of the asset's events, up to `limit` of them, from after `after`. One round trip.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn history(
        &self,
        asset: &Authorized<Asset, ViewHistory>,
        limit: usize,
        after: Option<&str>,
    ) -> Result<HistoryPage> {
        let start = after.map(|id| key(pk(asset.id), format!("{SK}{id}")));
        let page = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", text(pk(asset.id)))
            .expression_attribute_values(":sk", text(SK))
            .scan_index_forward(false)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(unexpected)?;
        let mut events = page.items.unwrap_or_default().into_iter().map(event_of).collect::<Result<Vec<_>>>()?;
        let more = events.len() > limit;
        events.truncate(limit);
        let next = events.last().filter(|_| more).map(|event| event.id.to_string());
        Ok(HistoryPage { events, next })
    }
}

fn event_of(mut item: Item) -> Result<Event> {
    if item.get("project").and_then(|project| project.as_s().ok()).is_some_and(String::is_empty) {
        item.remove("project");
    }
    serde_dynamo::from_item(item).map_err(malformed)
}

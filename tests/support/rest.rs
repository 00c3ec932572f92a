//! A system that has come to rest, and what must agree then.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::stage::template;
use super::state::{Item, State, keeps_bytes, shown_status};
use super::system::{System, TABLE, eventually};

impl System {
    /// Waits until no asset waits for its fetch or inspection and no message is left but dead ones, and gives what there is.
    pub async fn at_rest(&self) -> State {
        eventually("everything is inspected", async || {
            // Before and after: what is seen in between is seen at rest.
            let was_quiet = self.is_quiet().await;
            let state = self.state().await;
            let is_waiting = |status: &str| status == "ingesting" || status == "uploaded";
            let waiting = state.assets().any(|asset| is_waiting(shown_status(asset)));
            (was_quiet && !waiting && self.is_quiet().await).then_some(state)
        })
        .await
    }

    /// Whether there are no messages but dead ones.
    async fn is_quiet(&self) -> bool {
        self.messages("visible").await + self.messages("inFlight").await == 0
    }

    /// Lets the time of an upload pass, if it is not over otherwise: it is due for sweep since long ago.
    pub async fn expire(&self, id: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self.dynamodb().update_item().table_name(TABLE);
        let update = update
            .key("pk", text(&format!("ASSET#{id}")))
            .key("sk", text("ASSET"))
            .update_expression("SET due_at = :past, #upload.expires_at = :past")
            .condition_expression("#status = :awaiting AND attribute_not_exists(deleted_at)")
            .expression_attribute_names("#upload", "upload")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":past", text("2020-01-01T00:00:00.000Z"))
            .expression_attribute_values(":awaiting", text("awaiting_upload"));
        if let Err(error) = update.send().await {
            assert!(error.into_service_error().is_conditional_check_failed_exception());
        }
    }

    /// Lets the time of an asset's present step pass, whatever that is: it is due for sweep since long ago.
    pub async fn make_due(&self, id: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let update = self.dynamodb().update_item().table_name(TABLE);
        let update = update.key("pk", text(&format!("ASSET#{id}"))).key("sk", text("ASSET"));
        let update = update.update_expression("SET due_at = :past").condition_expression("attribute_exists(pk)");
        update.expression_attribute_values(":past", text("2020-01-01T00:00:00.000Z")).send().await.unwrap();
    }

    /// How many messages were given up.
    pub async fn dead_letters(&self) -> u64 {
        self.messages("deadLetters").await
    }

    async fn messages(&self, which: &str) -> u64 {
        let queues = self.queues().await;
        let sources = template().queue_sources;
        sources.iter().map(|source| queues[&source.queue][which].as_u64().unwrap()).sum()
    }

    /// Lets everything come to rest and be swept, and checks that usage is the sum of the assets, and that storage has
    /// all that the records call for and nothing else.
    pub async fn assert_all_agrees(&self) -> State {
        self.at_rest().await;
        self.sweep().await;
        let state = self.at_rest().await;
        state.assert_usage_adds_up();
        state.assert_storage_agrees();
        state
    }
}

impl State {
    /// One text of an asset's record.
    pub fn text(&self, id: &str, name: &str) -> &str {
        self.asset(id).unwrap()[name].as_s().unwrap()
    }

    /// An asset's status, as the API shows it.
    pub fn status(&self, id: &str) -> &str {
        shown_status(self.asset(id).unwrap())
    }

    /// How often an asset's record was written.
    pub fn version(&self, id: &str) -> u64 {
        self.asset(id).unwrap()["version"].as_n().unwrap().parse().unwrap()
    }

    /// An asset's events, oldest first.
    pub fn events(&self, id: &str) -> Vec<&Item> {
        let pk = format!("ASSET#{id}");
        self.items
            .iter()
            .filter(|((of, sk), _)| *of == pk && sk.starts_with("EVENT#"))
            .map(|(_, event)| event)
            .collect()
    }

    /// What happened to an asset, oldest first.
    pub fn history(&self, id: &str) -> Vec<&str> {
        self.events(id).into_iter().map(|event| event["what"].as_s().unwrap().as_str()).collect()
    }

    /// The code of an asset's failure.
    pub fn failure(&self, id: &str) -> Option<&str> {
        failure(self.asset(id).unwrap())
    }

    /// Keys of an asset's objects.
    pub fn objects_of(&self, id: &str) -> Vec<&str> {
        self.objects.keys().map(String::as_str).filter(|key| key.split('/').nth(2) == Some(id)).collect()
    }

    /// The numbers of an owner's usage that are not zero.
    pub fn usage_of(&self, owner: &str) -> BTreeMap<&str, i64> {
        let item = self.items.get(&(format!("OWNER#{owner}"), "USAGE".to_owned()));
        let numbers = item.into_iter().flatten().filter_map(|(name, value)| {
            let number = value.as_n().ok()?.parse::<i64>().ok()?;
            Some((name.as_str(), number))
        });
        numbers.filter(|(_, number)| *number != 0).collect()
    }

    /// Checks that nothing lies in storage without a record that calls for it, and that nothing is missing that a record
    /// calls for. For a system at rest in which sweep has nothing left to do.
    #[track_caller]
    fn assert_storage_agrees(&self) {
        for key in self.objects.keys() {
            let names: Vec<_> = key.split('/').collect();
            let record = names.get(2).and_then(|id| self.asset(id));
            let record = record.unwrap_or_else(|| panic!("{key} has no record"));
            let (status, kept) = (shown_status(record), keeps_bytes(record));
            let purged = record.contains_key("purged_at");
            let called_for = match names[..] {
                ["incoming", _, _] => !purged && (status != "failed" || kept),
                ["media", _, _, "original"] => status == "ready" || status == "deleted" && !purged || kept,
                ["media", _, _, "variants", name] => kept || variants(record).contains(&name) && !purged,
                _ => false,
            };
            assert!(called_for, "{key} should not be there: {record:?}");
        }
        for (id, key) in &self.multipart_uploads {
            let record = key.split('/').nth(2).and_then(|id| self.asset(id));
            let known = record.is_some_and(|record| {
                matches!(shown_status(record), "awaiting_upload" | "ingesting") && multipart_id(record) == Some(id)
            });
            assert!(known, "the multipart upload on {key} has no record: {record:?}");
        }
        for record in self.assets().filter(|record| shown_status(record) == "ready") {
            let id = record["id"].as_s().unwrap();
            let keys = self.objects_of(id);
            let has = |end: &str| keys.iter().any(|key| key.starts_with("media/") && key.ends_with(end));
            assert!(has("/original"), "{id} is ready, without an original");
            for name in variants(record) {
                assert!(has(&format!("/variants/{name}")), "{id} is ready, without its {name}");
            }
        }
    }
}

fn failure(record: &Item) -> Option<&str> {
    Some(record.get("failure")?.as_m().unwrap()["code"].as_s().unwrap())
}

fn variants(record: &Item) -> Vec<&str> {
    let variants = record.get("variants").and_then(|variants| variants.as_l().ok());
    variants.into_iter().flatten().map(|variant| variant.as_m().unwrap()["name"].as_s().unwrap().as_str()).collect()
}

/// Storage's id of an asset's multipart upload.
fn multipart_id(record: &Item) -> Option<&String> {
    record.get("upload")?.as_m().unwrap()["strategy"].as_m().unwrap().get("multipart_id")?.as_s().ok()
}

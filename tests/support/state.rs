//! All that storage and table hold, for tests in which nothing may change or everything must add up.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::error::ProvideErrorMetadata;

use super::system::{BUCKET, System, TABLE};

/// An item of the table by its attributes.
pub type Item = HashMap<String, AttributeValue>;

/// What there is at one moment.
#[derive(Debug, PartialEq)]
pub struct State {
    /// Items by pk and sk.
    pub items: BTreeMap<(String, String), Item>,
    /// Objects: key and etag.
    pub objects: BTreeMap<String, String>,
    /// Unfinished multipart uploads: id and key.
    pub multipart_uploads: BTreeMap<String, String>,
    /// Their parts: id and number, etag.
    pub parts: BTreeMap<(String, i32), String>,
}

impl System {
    /// All that storage and table hold now, up to a thousand objects and uploads.
    pub async fn state(&self) -> State {
        let (table, storage) = (self.dynamodb(), self.s3());
        let mut pages = table.scan().table_name(TABLE).consistent_read(true).into_paginator().send();
        let mut items = BTreeMap::new();
        while let Some(page) = pages.next().await {
            for item in page.unwrap().items.unwrap() {
                items.insert((text(&item, "pk"), text(&item, "sk")), item);
            }
        }
        let objects = storage.list_objects_v2().bucket(BUCKET).send().await.unwrap();
        let uploads = storage.list_multipart_uploads().bucket(BUCKET).send().await.unwrap();
        let mut parts = BTreeMap::new();
        for upload in uploads.uploads() {
            let (id, key) = (upload.upload_id().unwrap(), upload.key().unwrap());
            match storage.list_parts().bucket(BUCKET).key(key).upload_id(id).send().await {
                Ok(page) => parts.extend(
                    page.parts()
                        .iter()
                        .map(|part| ((id.to_owned(), part.part_number().unwrap()), part.e_tag().unwrap().to_owned())),
                ),
                // It was completed or aborted this moment.
                Err(error) => assert_eq!(error.code(), Some("NoSuchUpload"), "{error:?}"),
            }
        }
        State {
            items,
            parts,
            objects: objects
                .contents()
                .iter()
                .map(|object| (object.key().unwrap().to_owned(), object.e_tag().unwrap().to_owned()))
                .collect(),
            multipart_uploads: uploads
                .uploads()
                .iter()
                .map(|upload| (upload.upload_id().unwrap().to_owned(), upload.key().unwrap().to_owned()))
                .collect(),
        }
    }
}

impl System {
    /// The record of an asset, if there is one.
    pub async fn record(&self, id: &str) -> Option<Item> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let get = self.dynamodb().get_item().table_name(TABLE).consistent_read(true);
        get.key("pk", text(&format!("ASSET#{id}"))).key("sk", text("ASSET")).send().await.unwrap().item
    }
}

impl State {
    /// The record of an asset.
    pub fn asset(&self, id: &str) -> Option<&Item> {
        self.items.get(&(format!("ASSET#{id}"), "ASSET".to_owned()))
    }

    /// All records of assets.
    pub fn assets(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|((_, sk), _)| sk == "ASSET").map(|(_, item)| item)
    }

    /// One number of an owner's usage; 0 where there is none yet.
    pub fn usage(&self, owner: &str, name: &str) -> i64 {
        let item = self.items.get(&(format!("OWNER#{owner}"), "USAGE".to_owned()));
        item.filter(|item| item.contains_key(name)).map_or(0, |item| number(item, name))
    }

    /// Checks that every owner's usage is the sum of the owner's assets.
    #[track_caller]
    pub fn assert_usage_adds_up(&self) {
        let mut expected: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for asset in self.assets() {
            let (kind, size) = (text(asset, "kind"), number(asset, "size"));
            let kept = keeps_bytes(asset);
            let usage = expected.entry(text(asset, "owner")).or_default();
            let mut add = |name: &str, value: i64| *usage.entry(name.to_owned()).or_default() += value;
            match shown_status(asset) {
                "awaiting_upload" => {
                    add("total_bytes", size);
                    add("reserved_bytes", size);
                    add("active_uploads", 1);
                }
                "ingesting" => {
                    add("total_bytes", size);
                    add("reserved_bytes", size);
                    add("active_ingestions", 1);
                }
                "failed" if !kept => {}
                "uploaded" | "ready" | "failed" => {
                    add("total_bytes", size);
                    add(&format!("{kind}_bytes"), size);
                    add(&format!("{kind}_count"), 1);
                }
                status => assert_eq!(status, "deleted"),
            }
        }
        let mut found: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for ((pk, _), item) in self.items.iter().filter(|((_, sk), _)| sk == "USAGE") {
            let numbers =
                item.iter().filter_map(|(name, value)| Some((name.clone(), value.as_n().ok()?.parse().ok()?)));
            let usage = numbers.filter(|(_, number)| *number != 0).collect();
            found.insert(pk.strip_prefix("OWNER#").unwrap().to_owned(), usage);
        }
        // A file of which nothing is known yet adds nothing.
        expected.values_mut().for_each(|usage| usage.retain(|_, number| *number != 0));
        expected.retain(|_, usage| !usage.is_empty());
        found.retain(|_, usage| !usage.is_empty());
        assert_eq!(found, expected);
    }
}

/// An asset's status as the API shows it: a deleted one keeps the status that it had.
pub(super) fn shown_status(record: &Item) -> &str {
    if record.contains_key("deleted_at") { "deleted" } else { record["status"].as_s().unwrap() }
}

fn text(item: &Item, name: &str) -> String {
    item[name].as_s().unwrap().clone()
}

fn number(item: &Item, name: &str) -> i64 {
    item[name].as_n().unwrap().parse().unwrap()
}

/// Whether a failed asset's bytes are kept, by the rules of the contract: those of an inspection that was given up, and of
/// what was ready before.
pub(super) fn keeps_bytes(record: &Item) -> bool {
    let code = record.get("failure").map(|failure| failure.as_m().unwrap()["code"].as_s().unwrap().as_str());
    match code {
        Some("processing_gave_up") => true,
        Some(_) => record.contains_key("was_ready"),
        None => false,
    }
}

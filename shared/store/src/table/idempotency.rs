//! Keys by which a repeated request is known, for a day.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use sha2::{Digest, Sha256};

use super::{Item, Table, key, malformed, number, text};
use quayside_domain::{AssetId, Error, Result, Subject, Timestamp};

const REMEMBERED_SECONDS: u64 = 24 * 60 * 60;

/// A caller's `Idempotency-Key` and the request that it stands for.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: String,
    request: String,
}

impl IdempotencyKey {
    /// Takes the header's value and the request's body.
    ///
    /// # Errors
    /// `invalid_idempotency_key` unless it is 1 to 255 visible ASCII characters.
    pub fn parse(header: &[u8], body: &[u8]) -> Result<Self> {
        let visible = (1..=255).contains(&header.len()) && header.iter().all(u8::is_ascii_graphic);
        let key = std::str::from_utf8(header).ok().filter(|_| visible).ok_or_else(|| {
            let detail = "An Idempotency-Key is 1 to 255 visible ASCII characters; a random UUID is a good one.";
            Error::invalid("invalid_idempotency_key", "Idempotency-Key", detail)
        })?;
        Ok(Self { key: key.to_owned(), request: hex::encode(Sha256::digest(body)) })
    }

    /// The assets that the key began before, from the item that the refused write found, in the order of the request.
    ///
    /// # Errors
    /// `IdempotencyKeyReused` if that was another request.
    pub(super) fn assets_of(&self, found: Option<&Item>) -> Result<Vec<AssetId>> {
        self.ids_of(found, AssetId::parse)
    }

    /// As [`IdempotencyKey::assets_of`], for what has other ids.
    pub(super) fn ids_of<T>(&self, found: Option<&Item>, parse: impl Fn(&str) -> Result<T>) -> Result<Vec<T>> {
        let incomplete = || malformed("an incomplete idempotency key");
        let read = |name: &str| found.and_then(|item| item.get(name)).ok_or_else(incomplete);
        if *read("request")?.as_s().map_err(|_| incomplete())? != self.request {
            return Err(Error::IdempotencyKeyReused);
        }
        let ids = read("assets")?.as_l().map_err(|_| incomplete())?;
        ids.iter().map(|id| parse(id.as_s().map_err(|_| incomplete())?).map_err(malformed)).collect()
    }
}

impl Table {
    /// What is remembered under the key, unless that is old enough to be forgotten.
    pub(super) async fn remembered(
        &self,
        owner: &Subject,
        idempotency: &IdempotencyKey,
        now: Timestamp,
    ) -> Result<Option<Item>> {
        let found = self.get(format!("OWNER#{owner}"), format!("IDEMPOTENCY#{}", idempotency.key)).await?;
        let expires_at = |item: &Item| item.get("expires_at")?.as_n().ok()?.parse::<u64>().ok();
        Ok(found.filter(|item| expires_at(item).is_some_and(|expires_at| expires_at >= now.unix_seconds())))
    }

    /// The write that remembers the key and the ids of what its request begins, in the request's order, on condition
    /// that it is new or was forgotten.
    pub(super) fn remember(
        &self,
        owner: &Subject,
        idempotency: &IdempotencyKey,
        ids: &[impl ToString],
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let mut item = key(format!("OWNER#{owner}"), format!("IDEMPOTENCY#{}", idempotency.key));
        item.insert("request".to_owned(), text(&idempotency.request));
        item.insert("assets".to_owned(), AttributeValue::L(ids.iter().map(|id| text(id.to_string())).collect()));
        item.insert("expires_at".to_owned(), number(now.unix_seconds() + REMEMBERED_SECONDS));
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            // The table forgets expired items when it gets to it.
            .condition_expression("attribute_not_exists(pk) OR expires_at < :now")
            .expression_attribute_values(":now", number(now.unix_seconds()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        Ok(TransactWriteItem::builder().put(put.map_err(|error| Error::Internal(error.into()))?).build())
    }
}

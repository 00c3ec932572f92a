//! Keys by which a repeated request is known, for a day.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use sha2::{Digest, Sha256};

use super::{Item, Table, key, malformed, number, text};
use crate::domain::{AssetId, Error, Result, Subject, Timestamp};

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
        let incomplete = || malformed("an incomplete idempotency key");
        let read = |name: &str| found.and_then(|item| item.get(name)).ok_or_else(incomplete);
        if *read("request")?.as_s().map_err(|_| incomplete())? != self.request {
            return Err(Error::IdempotencyKeyReused);
        }
        let ids = read("assets")?.as_l().map_err(|_| incomplete())?;
        ids.iter().map(|id| AssetId::parse(id.as_s().map_err(|_| incomplete())?).map_err(malformed)).collect()
    }
}

impl Table {
    /// The write that remembers the key and the assets that its request begins, in the request's order, on condition that
    /// it is new or was forgotten.
    pub(super) fn remember(
        &self,
        owner: &Subject,
        idempotency: &IdempotencyKey,
        assets: &[AssetId],
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let mut item = key(format!("OWNER#{owner}"), format!("IDEMPOTENCY#{}", idempotency.key));
        item.insert("request".to_owned(), text(&idempotency.request));
        item.insert("assets".to_owned(), AttributeValue::L(assets.iter().map(text).collect()));
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

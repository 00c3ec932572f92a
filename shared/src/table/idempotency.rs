//! Keys by which a repeated request is known, for a day.

use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
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

    /// The asset that the key began before, from the item that the refused write found.
    ///
    /// # Errors
    /// `IdempotencyKeyReused` if that was another request.
    pub(super) fn asset_of(&self, found: &Item) -> Result<AssetId> {
        let read = |name: &str| {
            found
                .get(name)
                .and_then(|value| value.as_s().ok())
                .ok_or_else(|| malformed("an incomplete idempotency key"))
        };
        if *read("request")? != self.request {
            return Err(Error::IdempotencyKeyReused);
        }
        AssetId::parse(read("asset")?).map_err(malformed)
    }
}

impl Table {
    /// The write that remembers the key, on condition that it is new or was forgotten.
    pub(super) fn remember(
        &self,
        owner: &Subject,
        idempotency: &IdempotencyKey,
        asset: AssetId,
        now: Timestamp,
    ) -> Result<TransactWriteItem> {
        let mut item = key(format!("OWNER#{owner}"), format!("IDEMPOTENCY#{}", idempotency.key));
        item.insert("request".to_owned(), text(&idempotency.request));
        item.insert("asset".to_owned(), text(asset));
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

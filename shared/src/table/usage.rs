//! What an owner has: bytes and count by kind, reserved bytes, unfinished uploads.

use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};

use super::{Item, Table, key, number};
use crate::domain::usage::{Allowance, Footprint};
use crate::domain::{ByteSize, Caller, Error, Kind, Result, Subject};

/// An owner's usage. An owner without uploads has none of anything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Bytes of stored assets.
    pub stored_bytes: u64,
    /// Bytes that unfinished uploads will bring.
    pub reserved_bytes: u64,
    /// Unfinished uploads.
    pub active_uploads: u64,
}

impl Usage {
    fn of_item(item: &Item) -> Self {
        // A sum that many writers add to is only below zero if somebody wrote it by hand.
        let count = |name: &str| -> u64 {
            item.get(name).and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok()).unwrap_or_default()
        };
        let (total, reserved_bytes) = (count("total_bytes"), count("reserved_bytes"));
        Self {
            stored_bytes: total.saturating_sub(reserved_bytes),
            reserved_bytes,
            active_uploads: count("active_uploads"),
        }
    }
}

impl Table {
    /// What the caller has.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub(super) async fn usage(&self, caller: &Caller) -> Result<Usage> {
        let item = self.get(pk(caller.subject()), "USAGE".to_owned()).await?;
        Ok(item.map(|item| Usage::of_item(&item)).unwrap_or_default())
    }

    /// The write that adds `change` to the owner's usage.
    pub(super) fn add_to_usage(&self, owner: &Subject, change: Footprint) -> Result<TransactWriteItem> {
        build(self.usage_update(owner, change))
    }

    /// The write that adds a new upload to the owner's usage on condition that it stays within the allowance.
    pub(super) fn reserve(
        &self,
        owner: &Subject,
        change: Footprint,
        room: u64,
        active: u64,
    ) -> Result<TransactWriteItem> {
        build(
            self.usage_update(owner, change)
                .condition_expression(
                    "(attribute_not_exists(total_bytes) OR total_bytes <= :room) \
                     AND (attribute_not_exists(active_uploads) OR active_uploads < :most)",
                )
                .expression_attribute_values(":room", number(room))
                .expression_attribute_values(":most", number(active))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld),
        )
    }

    fn usage_update(&self, owner: &Subject, change: Footprint) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let [bytes, count] = attributes(change.kind);
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(pk(owner), "USAGE".to_owned())))
            .update_expression(format!(
                "ADD total_bytes :total, reserved_bytes :reserved, active_uploads :active, {bytes} :bytes, {count} :count"
            ))
            .expression_attribute_values(":total", number(change.reserved_bytes + change.stored_bytes))
            .expression_attribute_values(":reserved", number(change.reserved_bytes))
            .expression_attribute_values(":active", number(change.active_uploads))
            .expression_attribute_values(":bytes", number(change.stored_bytes))
            .expression_attribute_values(":count", number(change.stored_count))
    }
}

/// Why an upload of `size` did not fit, from the usage that the refused write found.
pub(super) fn refusal(found: Option<&Item>, size: ByteSize, allowance: Allowance) -> Error {
    exceeded(&found.map(Usage::of_item).unwrap_or_default(), size, allowance)
}

/// Why an upload of `size` does not fit beside `usage`.
pub(super) fn exceeded(usage: &Usage, size: ByteSize, allowance: Allowance) -> Error {
    if usage.active_uploads >= allowance.active_uploads {
        return Error::TooManyUploads { active: usage.active_uploads, limit: allowance.active_uploads };
    }
    Error::QuotaExceeded {
        size: size.bytes(),
        stored: usage.stored_bytes,
        reserved: usage.reserved_bytes,
        quota: allowance.quota_bytes,
    }
}

fn attributes(kind: Kind) -> [&'static str; 2] {
    match kind {
        Kind::Image => ["image_bytes", "image_count"],
        Kind::Video => ["video_bytes", "video_count"],
        Kind::Audio => ["audio_bytes", "audio_count"],
        Kind::Document => ["document_bytes", "document_count"],
    }
}

fn pk(owner: &Subject) -> String {
    format!("OWNER#{owner}")
}

fn build(update: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> Result<TransactWriteItem> {
    let update = update.build().map_err(|error| Error::Internal(error.into()))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

//! What an owner has: bytes and count by kind, reserved bytes, unfinished uploads.

use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};

use super::{Item, Table, key, number};
use quayside_domain::usage::{Allowance, Footprint};
use quayside_domain::{Asset, ByteSize, Caller, Error, Kind, Result, Subject};

/// An owner's usage. An owner without uploads has none of anything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Bytes of stored assets.
    pub stored_bytes: u64,
    /// Bytes that unfinished uploads will bring.
    pub reserved_bytes: u64,
    /// Unfinished uploads.
    pub active_uploads: u64,
    /// Files that are being taken from URLs.
    pub active_ingestions: u64,
}

impl Usage {
    pub(super) fn of_item(item: &Item) -> Self {
        // A sum that many writers add to is only below zero if somebody wrote it by hand.
        let count = |name: &str| -> u64 {
            item.get(name).and_then(|value| value.as_n().ok()).and_then(|n| n.parse().ok()).unwrap_or_default()
        };
        let (total, reserved_bytes) = (count("total_bytes"), count("reserved_bytes"));
        Self {
            stored_bytes: total.saturating_sub(reserved_bytes),
            reserved_bytes,
            active_uploads: count("active_uploads"),
            active_ingestions: count("active_ingestions"),
        }
    }
}

impl Table {
    /// What the caller has.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub(super) async fn usage(&self, caller: &Caller) -> Result<Usage> {
        let item = self.get(pk(caller.owner()), "USAGE".to_owned()).await?;
        Ok(item.map(|item| Usage::of_item(&item)).unwrap_or_default())
    }

    /// The write that adds `change` to the owner's usage.
    pub(super) fn add_to_usage(&self, owner: &Subject, change: Footprint) -> Result<TransactWriteItem> {
        build(self.usage_update(owner, change))
    }

    /// The write that adds a new asset to the owner's usage on condition that it stays within the allowance.
    pub(super) fn reserve(
        &self,
        owner: &Subject,
        change: Footprint,
        room: u64,
        active: u64,
    ) -> Result<TransactWriteItem> {
        const ROOM: &str = "(attribute_not_exists(total_bytes) OR total_bytes <= :room)";
        const ACTIVE: &str = "(attribute_not_exists(active_uploads) OR active_uploads < :most)";
        let update = self.usage_update(owner, change).expression_attribute_values(":room", number(room));
        let update = if change.active_uploads > 0 {
            let update = update.condition_expression(format!("{ROOM} AND {ACTIVE}"));
            update.expression_attribute_values(":most", number(active))
        } else {
            update.condition_expression(ROOM)
        };
        build(update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld))
    }

    /// The write that adds `count` new ingestions, which nothing is known of yet, to the owner's usage on condition that
    /// the quota is not used up and that no more than `most` are under way then.
    pub(super) fn reserve_ingestions(
        &self,
        owner: &Subject,
        count: u64,
        allowance: Allowance,
    ) -> Result<TransactWriteItem> {
        let change = Footprint {
            active_ingestions: i64::try_from(count).unwrap_or(i64::MAX),
            ..Footprint::nothing(Kind::Unknown)
        };
        build(
            self.usage_update(owner, change)
                .condition_expression(
                    "(attribute_not_exists(total_bytes) OR total_bytes < :quota) \
                     AND (attribute_not_exists(active_ingestions) OR active_ingestions <= :room)",
                )
                .expression_attribute_values(":quota", number(allowance.quota_bytes))
                .expression_attribute_values(":room", number(allowance.active_ingestions.saturating_sub(count)))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld),
        )
    }

    /// The write that adds `change` of an ingestion to the owner's usage on condition that it stays within the quota.
    pub(super) fn add_within_quota(&self, owner: &Subject, change: Footprint, quota: u64) -> Result<TransactWriteItem> {
        let more = u64::try_from(change.reserved_bytes + change.stored_bytes).unwrap_or(0);
        let update = self.usage_update(owner, change);
        // What gets smaller always fits.
        if more == 0 {
            return build(update);
        }
        // Every owner of an ingestion has a sum, be it zero.
        let room = i64::try_from(quota).unwrap_or(i64::MAX) - i64::try_from(more).unwrap_or(i64::MAX);
        build(
            update
                .condition_expression("total_bytes <= :room")
                .expression_attribute_values(":room", number(room))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld),
        )
    }

    fn usage_update(&self, owner: &Subject, change: Footprint) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let mut sums = vec![
            ("total_bytes", change.reserved_bytes + change.stored_bytes),
            ("reserved_bytes", change.reserved_bytes),
            ("active_uploads", change.active_uploads),
            ("active_ingestions", change.active_ingestions),
        ];
        if let Some([bytes, count]) = attributes(change.kind) {
            sums.extend([(bytes, change.stored_bytes), (count, change.stored_count)]);
        }
        let terms: Vec<_> = sums.iter().map(|(name, _)| format!("{name} :{name}")).collect();
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(pk(owner), "USAGE".to_owned())))
            .update_expression(format!("ADD {}", terms.join(", ")));
        sums.iter()
            .fold(update, |update, (name, sum)| update.expression_attribute_values(format!(":{name}"), number(sum)))
    }
}

impl Usage {
    /// How many more files may be taken from URLs beside what is in use.
    pub(super) fn room_for_ingestions(&self, allowance: Allowance) -> usize {
        if self.stored_bytes + self.reserved_bytes >= allowance.quota_bytes {
            return 0;
        }
        usize::try_from(allowance.active_ingestions.saturating_sub(self.active_ingestions)).unwrap_or(usize::MAX)
    }
}

/// Why no more files may be taken from URLs beside `usage`.
pub(super) fn no_more_ingestions(usage: &Usage, allowance: Allowance) -> Error {
    let Usage { stored_bytes, reserved_bytes, active_ingestions, .. } = *usage;
    if stored_bytes + reserved_bytes >= allowance.quota_bytes {
        return Error::QuotaUsedUp { stored: stored_bytes, reserved: reserved_bytes, quota: allowance.quota_bytes };
    }
    Error::TooManyIngestions { active: active_ingestions, limit: allowance.active_ingestions }
}

/// Why a file of `size` does not fit into the quota, from the usage that the refused write found.
pub(super) fn quota_exceeded(found: Option<&Item>, size: ByteSize, quota_bytes: u64) -> Error {
    let Usage { stored_bytes, reserved_bytes, .. } = found.map(Usage::of_item).unwrap_or_default();
    Error::QuotaExceeded { size: size.bytes(), stored: stored_bytes, reserved: reserved_bytes, quota: quota_bytes }
}

/// Why a new asset did not fit, from the usage that the refused write found.
pub(super) fn refusal(found: Option<&Item>, asset: &Asset, allowance: Allowance) -> Error {
    exceeded(&found.map(Usage::of_item).unwrap_or_default(), asset, allowance)
}

/// Why a new asset does not fit beside `usage`.
pub(super) fn exceeded(usage: &Usage, asset: &Asset, allowance: Allowance) -> Error {
    if asset.footprint().active_uploads > 0 && usage.active_uploads >= allowance.active_uploads {
        return Error::TooManyUploads { active: usage.active_uploads, limit: allowance.active_uploads };
    }
    Error::QuotaExceeded {
        size: asset.size.bytes(),
        stored: usage.stored_bytes,
        reserved: usage.reserved_bytes,
        quota: allowance.quota_bytes,
    }
}

/// Where the sums of a kind stand; nothing that is stored is unknown.
fn attributes(kind: Kind) -> Option<[&'static str; 2]> {
    match kind {
        Kind::Image => Some(["image_bytes", "image_count"]),
        Kind::Video => Some(["video_bytes", "video_count"]),
        Kind::Audio => Some(["audio_bytes", "audio_count"]),
        Kind::Document => Some(["document_bytes", "document_count"]),
        Kind::Unknown => None,
    }
}

fn pk(owner: &Subject) -> String {
    format!("OWNER#{owner}")
}

fn build(update: aws_sdk_dynamodb::types::builders::UpdateBuilder) -> Result<TransactWriteItem> {
    let update = update.build().map_err(|error| Error::Internal(error.into()))?;
    Ok(TransactWriteItem::builder().update(update).build())
}

//! What workers act on. They have no caller, so no `Owned`: they take a record because the stream said that it changed,
//! because it is due, or because storage itself says that its bytes have come.

use std::ops::Deref;

use serde::Deserialize;

use super::{Table, malformed, text, unexpected};
use quayside_domain::{Asset, AssetId, Error, Result, Status, Strategy, Timestamp, TraceParent};

/// How many hash keys the index of what is due is spread over.
pub(super) const DUE_SHARDS: u8 = 4;

/// A record that changes while it is taken, because it is deleted at this moment, is looked at again so many times: the
/// message of one that cannot be taken comes back only after its visibility timeout.
pub(super) const LOOKS: u32 = 5;

/// A record that a worker has taken. Only the table makes one.
#[derive(Debug)]
pub struct Work<T>(T);

impl<T> Work<T> {
    /// The record as the table has just read or written it.
    pub(super) fn over(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Work<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A queue's message about a changed asset: the event that the pipe put on the bus, whose `detail` is the record of the
/// table's stream.
#[derive(Debug, Clone)]
pub struct Message {
    id: String,
    asset: AssetId,
    version: u64,
    trace: Option<TraceParent>,
}

#[derive(Deserialize)]
struct Event {
    detail: Detail,
}

#[derive(Deserialize)]
struct Detail {
    dynamodb: StreamRecord,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StreamRecord {
    new_image: Image,
}

#[derive(Deserialize)]
struct Image {
    id: DynamoText,
    version: DynamoNumber,
    trace: Option<DynamoText>,
}

#[derive(Deserialize)]
struct DynamoText {
    #[serde(rename = "S")]
    value: String,
}

#[derive(Deserialize)]
struct DynamoNumber {
    #[serde(rename = "N")]
    value: String,
}

impl Message {
    /// Reads the body of the queue's message `id`.
    ///
    /// # Errors
    /// `Internal` if it is no event of the bus.
    pub fn parse(id: &str, body: &str) -> Result<Self> {
        let event: Event = serde_json::from_str(body).map_err(malformed)?;
        let image = event.detail.dynamodb.new_image;
        Ok(Self {
            id: id.to_owned(),
            asset: AssetId::parse(&image.id.value).map_err(malformed)?,
            version: image.version.value.parse().map_err(malformed)?,
            trace: image.trace.and_then(|trace| TraceParent::parse(&trace.value)),
        })
    }

    /// The asset that it is about.
    pub fn asset(&self) -> AssetId {
        self.asset
    }

    /// Writes into the current span, whose fields they are, which asset (`asset.id`) it is about, and in which trace
    /// (`trace.id`).
    pub fn tell(&self) {
        let span = tracing::Span::current();
        span.record("asset.id", tracing::field::display(self.asset));
        if let Some(trace) = self.trace {
            span.record("trace.id", trace.trace_id());
        }
    }
}

impl Table {
    /// Takes an uploaded asset for inspection, and writes so into its record. Gives `None` where there is nothing to do:
    /// the asset has moved on, is gone, or another message's worker has it. The same message may take it again, so that
    /// a worker that died is followed by another; what the first may still write is then refused.
    ///
    /// # Errors
    /// `Conflict` if the record changes again and again; `Unavailable` or `Internal`.
    pub async fn claim(&self, message: &Message, now: Timestamp) -> Result<Option<Work<Asset>>> {
        let mut attempt = 1;
        loop {
            let asset = self.asset(message.asset).await?;
            match self.claim_in(Status::Uploaded, asset, message, now).await {
                Err(Error::Conflict) if attempt < LOOKS => attempt += 1,
                claimed => return claimed,
            }
        }
    }

    /// An upload in one piece whose bytes are awaited, for storage's own word that they have come. `None` if there is
    /// none, or it is over.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn find_awaited(&self, id: AssetId) -> Result<Option<Work<Asset>>> {
        let is_single = |asset: &Asset| {
            let strategy = asset.upload.as_ref().map(|upload| &upload.strategy);
            asset.status == Status::AwaitingUpload && matches!(strategy, Some(Strategy::Single))
        };
        Ok(self.asset(id).await?.filter(is_single).map(Work::over))
    }

    /// As [`Table::claim`], of an asset in a status.
    pub(super) async fn claim_in(
        &self,
        status: Status,
        asset: Option<Asset>,
        message: &Message,
        now: Timestamp,
    ) -> Result<Option<Work<Asset>>> {
        let Some(asset) = asset.filter(|asset| asset.status == status) else { return Ok(None) };
        if asset.version != message.version && asset.claimed_by.as_deref() != Some(message.id.as_str()) {
            return Ok(None);
        }
        let claimed = asset.claimed(now, &message.id);
        self.replace(&asset, &claimed, None).await?;
        Ok(Some(Work::over(claimed)))
    }

    /// Assets that are due, up to `most` of each shard, those that are due longest first.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn due(&self, now: Timestamp, most: i32) -> Result<Vec<Work<Asset>>> {
        let mut due = Vec::new();
        for shard in 0..DUE_SHARDS {
            let page = self
                .client
                .query()
                .table_name(&self.name)
                .index_name("due")
                .key_condition_expression("due_shard = :shard AND due_at <= :now")
                .expression_attribute_values(":shard", text(shard))
                .expression_attribute_values(":now", text(now))
                .limit(most)
                .send()
                .await
                .map_err(unexpected)?;
            for item in page.items() {
                let pk = item.get("pk").and_then(|pk| pk.as_s().ok()).and_then(|pk| pk.strip_prefix("ASSET#"));
                let Some(id) = pk.and_then(|id| AssetId::parse(id).ok()) else { continue };
                // The index may lag behind the record.
                if let Some(asset) = self.asset(id).await?
                    && asset.due_at.is_some_and(|due_at| due_at <= now)
                {
                    due.push(Work::over(asset));
                }
            }
        }
        Ok(due)
    }
}

//! The table: dynoxide in a file, with a stream that the pipe reads.
//!
//! dynoxide looks through all records of the stream at every write, and never removes one. So its file gets an index
//! here, and [`Table::trim_stream`] removes what the pipe has dealt with.

mod proxy;
mod rights;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::update_time_to_live::UpdateTimeToLiveRequest;
use dynoxide::{Database, DynoxideError};
use quayside_template::Table as Definition;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

pub use rights::Rights;

use crate::journal::Journal;
use crate::services::Services;
use crate::{ACCOUNT, REGION};

/// How often expired items are removed.
const EXPIRY: Duration = Duration::from_secs(600);

/// The table and its stream. Clones share it.
#[derive(Clone)]
pub struct Table {
    database: Database,
    shared: Arc<Shared>,
    rights: Arc<Rights>,
}

struct Shared {
    file: PathBuf,
    stream: Stream,
    written: Notify,
}

/// The stream, as dynoxide names it.
struct Stream {
    arn: String,
    shard: String,
    /// The ARN as AWS would have it, for events.
    public_arn: String,
}

/// One record of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place in the stream; later records compare greater.
    pub sequence_number: String,
    /// The record, as a pipe gets it: `eventName`, `dynamodb` with keys and images, `eventSourceARN`, ….
    pub record: Value,
}

/// Why the table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file holds a table that the template does not describe.
    #[error(
        "the table in {file} differs from template.yaml in its {differences}: remove the data folder to start with an \
         empty table, or name another folder"
    )]
    Differs {
        /// The file.
        file: String,
        /// `key schema, index by_owner`.
        differences: String,
    },
    /// dynoxide refused or failed.
    #[error("the table: {0}")]
    Database(#[from] DynoxideError),
    /// The file could not be opened, read or written.
    #[error("the table's file: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The template's table is none that dynoxide could make.
    #[error("the table in template.yaml cannot be made: {0}")]
    Definition(#[from] serde_json::Error),
    /// The table's own server could not start, or stopped.
    #[error("the table's server: {0}")]
    Server(#[from] std::io::Error),
    /// The thread that waited for the file broke off.
    #[error("the table: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl Table {
    /// Opens the table `name` in `file`, or makes it. Only one process may have the file open. Blocks.
    ///
    /// # Errors
    ///
    /// If the file cannot be used, or holds a table with other keys, indexes or stream than `definition`.
    pub fn open(file: &Path, name: &str, definition: &Definition) -> Result<Self, TableError> {
        let database = Database::new(&file.to_string_lossy())?;
        // Sets `synchronous` to NORMAL, whatever its name says: what was written outlives a killed process, if not a
        // power failure. Waiting for the disk at each write would cost most of the time.
        database.disable_bulk_loading()?;

        let description = match describe(&database, name) {
            Ok(description) => description,
            Err(DynoxideError::ResourceNotFoundException(_)) => {
                let request: CreateTableRequest = serde_json::from_value(creation(name, definition))?;
                database.create_table(request)?;
                if let Some(attribute) = &definition.time_to_live_attribute {
                    let specification = json!({"AttributeName": attribute, "Enabled": true});
                    let request = json!({"TableName": name, "TimeToLiveSpecification": specification});
                    database.update_time_to_live(serde_json::from_value::<UpdateTimeToLiveRequest>(request)?)?;
                }
                describe(&database, name)?
            }
            Err(error) => return Err(error.into()),
        };
        let (wanted, found) = (parts(&creation(name, definition)), parts(&description));
        if wanted != found {
            let names = wanted.keys().chain(found.keys().filter(|name| !wanted.contains_key(*name)));
            let differences: Vec<&str> =
                names.filter(|name| wanted.get(*name) != found.get(*name)).map(String::as_str).collect();
            return Err(TableError::Differs { file: file.display().to_string(), differences: differences.join(", ") });
        }

        Connection::open(file)?.execute_batch(
            "CREATE INDEX IF NOT EXISTS stream_records_by_sequence
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
             CREATE INDEX IF NOT EXISTS stream_records_by_event ON _stream_records (event_id);",
        )?;

        let text = |key: &str| description[key].as_str().unwrap_or_default().to_owned();
        let arn = text("LatestStreamArn");
        let request = DescribeStreamRequest { stream_arn: arn.clone(), ..DescribeStreamRequest::default() };
        let shards = database.describe_stream(request)?.stream_description.shards;
        let shard = shards.into_iter().next().map(|shard| shard.shard_id).unwrap_or_default();
        let label = text("LatestStreamLabel");
        let public_arn = format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}/stream/{label}");
        let stream = Stream { arn, shard, public_arn };
        let shared = Shared { file: file.to_owned(), stream, written: Notify::new() };
        Ok(Self { database, shared: Arc::new(shared), rights: Arc::default() })
    }

    /// The same table, which lets functions do what they may and nothing else. Who is none of them may do everything.
    pub fn holding_to(self, rights: Rights) -> Self {
        Self { rights: Arc::new(rights), ..self }
    }

    /// Serves DynamoDB's HTTP protocol, and beside it that of `services`, at `listener` until it is dropped, with every
    /// request in the journal and its faults applied, and removes items whose time to live is over. Signatures are not
    /// checked: who asks is who says so.
    ///
    /// # Errors
    ///
    /// If dynoxide's own server cannot start or stops.
    pub async fn serve(&self, listener: TcpListener, journal: Journal, services: Services) -> Result<(), TableError> {
        tokio::select! {
            result = proxy::serve(self.clone(), listener, journal, services) => Ok(result?),
            () = self.expire_items() => Ok(()),
        }
    }

    async fn expire_items(&self) {
        loop {
            tokio::time::sleep(EXPIRY).await;
            if let Err(error) = self.blocking(|table| Ok(table.database.sweep_ttl()?)).await {
                tracing::warn!(%error, "expired items could not be removed");
            }
            self.shared.written.notify_one();
        }
    }

    /// The stream's ARN. A table that was made anew has another one.
    pub fn stream_arn(&self) -> &str {
        &self.shared.stream.public_arn
    }

    /// Up to `most` records that come after `sequence_number` (`None`: from the stream's beginning), in their order.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub async fn changes_after(&self, sequence_number: Option<&str>, most: u32) -> Result<Vec<Change>, TableError> {
        let sequence_number = sequence_number.map(str::to_owned);
        self.blocking(move |table| {
            let Stream { arn, shard, public_arn } = &table.shared.stream;
            let kind = if sequence_number.is_some() { "AFTER_SEQUENCE_NUMBER" } else { "TRIM_HORIZON" };
            let iterator = table.database.get_shard_iterator(GetShardIteratorRequest {
                stream_arn: arn.clone(),
                shard_id: shard.clone(),
                shard_iterator_type: kind.to_owned(),
                sequence_number,
            })?;
            let records = table.database.get_records(GetRecordsRequest {
                shard_iterator: iterator.shard_iterator.unwrap_or_default(),
                limit: Some(most as usize),
            })?;
            let changes = records.records.iter().map(|record| {
                let mut json = serde_json::to_value(record)?;
                json["awsRegion"] = REGION.into();
                json["eventSourceARN"] = public_arn.as_str().into();
                Ok(Change { sequence_number: record.dynamodb.sequence_number.clone(), record: json })
            });
            changes.collect()
        })
        .await
    }

    /// Waits until the table may have been written to since the last call. One waiter.
    pub async fn written(&self) {
        self.shared.written.notified().await;
    }

    /// Removes the records of the stream that come before `change`. That one stays: dynoxide counts on from the last
    /// record that it finds.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub async fn trim_stream(&self, change: &Change) -> Result<(), TableError> {
        let event = change.record["eventID"].as_str().unwrap_or_default().to_owned();
        self.blocking(move |table| {
            Connection::open(&table.shared.file)?.execute(
                "DELETE FROM _stream_records WHERE id < (SELECT id FROM _stream_records WHERE event_id = ?1)",
                [event],
            )?;
            Ok(())
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, TableError> + Send + 'static,
    ) -> Result<T, TableError> {
        let table = self.clone();
        tokio::task::spawn_blocking(move || work(&table)).await?
    }
}

fn describe(database: &Database, name: &str) -> Result<Value, DynoxideError> {
    let request = serde_json::from_value::<DescribeTableRequest>(json!({"TableName": name}));
    let request = request.map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    let description = serde_json::to_value(database.describe_table(request)?);
    let description = description.map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
    Ok(description["Table"].clone())
}

/// The body of the `CreateTable` request.
fn creation(name: &str, definition: &Definition) -> Value {
    let mut creation = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": definition.attribute_definitions,
        "KeySchema": definition.key_schema,
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": definition.stream_view_type},
    });
    if definition.global_secondary_indexes.as_array().is_some_and(|indexes| !indexes.is_empty()) {
        creation["GlobalSecondaryIndexes"] = definition.global_secondary_indexes.clone();
    }
    creation
}

/// What must be the same in the template's table and in the file's, by name.
fn parts(table: &Value) -> BTreeMap<String, Value> {
    let by = |list: &Value, name: &str| -> BTreeMap<String, Value> {
        let elements = list.as_array().into_iter().flatten();
        elements.map(|element| (element[name].as_str().unwrap_or_default().to_owned(), element.clone())).collect()
    };
    let mut parts = BTreeMap::from([
        ("key schema".to_owned(), table["KeySchema"].clone()),
        ("stream".to_owned(), table["StreamSpecification"]["StreamViewType"].clone()),
    ]);
    for (name, attribute) in by(&table["AttributeDefinitions"], "AttributeName") {
        parts.insert(format!("attribute {name}"), attribute["AttributeType"].clone());
    }
    for (name, index) in by(&table["GlobalSecondaryIndexes"], "IndexName") {
        parts.insert(format!("index {name}"), json!([index["KeySchema"], index["Projection"]]));
    }
    parts
}

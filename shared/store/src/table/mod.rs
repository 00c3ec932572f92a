//! The table: one file per item kind.
//!
//! A write sets only what it changes, on condition that what it rests on still holds; what the record takes of its owner's
//! quota, where lists find it and what its history says of it change in the same transaction. What the table has accepted is
//! also what its stream tells the queues.

mod assets;
mod history;
mod idempotency;
mod ingestions;
mod listing;
mod members;
mod record;
mod transaction;
mod usage;
mod webhooks;
mod work;
mod write;

pub use assets::Begun;
pub use history::HistoryPage;
pub use idempotency::IdempotencyKey;
pub use ingestions::{Expected, Fetch, NewIngestion};
pub use listing::Page;
pub use usage::Usage;
pub use webhooks::ListedEndpoint;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{AppName, BehaviorVersion, Region};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::config::{ConfigError, TableConfig, wrong};
use crate::connections::{retries, warm};
use quayside_domain::{Error, Result};

type Item = HashMap<String, AttributeValue>;

/// A connection to the table. Its requests may run at once; the SDK repeats those that the table was too busy for.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
    /// Which function this is, as events name it.
    function: &'static str,
    history_days: u64,
}

/// How this code writes its items. A table that a later version has made its own says so; see [`Table::open`].
const SCHEMA: u32 = 1;

impl Table {
    /// A client for `function`, which names itself in its requests. Opens no connection yet.
    pub fn new(config: &TableConfig, function: &'static str, http: &SharedHttpClient) -> Self {
        let mut settings = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(config.aws.region.clone()))
            .credentials_provider(config.aws.credentials())
            .http_client(http.clone())
            .retry_config(retries())
            .timeout_config(
                TimeoutConfig::builder()
                    .operation_attempt_timeout(Duration::from_secs(3))
                    .operation_timeout(Duration::from_secs(7))
                    .build(),
            );
        settings.set_endpoint_url(config.endpoint.as_ref().map(ToString::to_string));
        settings.set_app_name(AppName::new(function).ok());
        Self {
            client: Client::from_conf(settings.build()),
            name: config.name.clone(),
            function,
            history_days: config.history_days,
        }
    }

    /// Opens a connection, with the question whether a later version of this code has changed the table in a way that this
    /// one must not write to: then it has left the item `SCHEMA` with a greater number. A function that may not ask that is
    /// refused, and has its connection all the same.
    ///
    /// # Errors
    /// If the table's schema is newer. That there is no connection yet is no error.
    pub async fn open(&self) -> std::result::Result<(), ConfigError> {
        let marker = key("ASSET#".to_owned(), "SCHEMA".to_owned());
        let asked = self.client.get_item().table_name(&self.name).set_key(Some(marker)).customize();
        let once = aws_sdk_dynamodb::Config::builder().retry_config(retries().with_max_attempts(1));
        let answer = warm("the table", asked.config_override(once).send()).await;
        let schema = answer.and_then(|answer| answer.item?.get("schema")?.as_n().ok()?.parse::<u32>().ok());
        match schema {
            Some(newer) if newer > SCHEMA => {
                let problem = format!(
                    "names a table of schema {newer}, and this version knows schema {SCHEMA}: deploy a newer version"
                );
                Err(wrong("TABLE_NAME", problem))
            }
            _ => Ok(()),
        }
    }

    /// One item by its whole key, as the last write left it.
    async fn get(&self, pk: String, sk: String) -> Result<Option<Item>> {
        self.get_by_key(key(pk, sk)).await
    }

    async fn get_by_key(&self, key: Item) -> Result<Option<Item>> {
        let request = self.client.get_item().table_name(&self.name).set_key(Some(key)).consistent_read(true);
        Ok(request.send().await.map_err(unexpected)?.item)
    }
}

fn key(pk: String, sk: String) -> Item {
    HashMap::from([("pk".to_owned(), AttributeValue::S(pk)), ("sk".to_owned(), AttributeValue::S(sk))])
}

fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An error that nobody expected: the queue's or the caller's to repeat if it may pass.
fn unexpected<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let passing = match &error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::ServiceError(answer) => {
            answer.raw().status().as_u16() >= 500
                || matches!(
                    error.code(),
                    Some(
                        "ProvisionedThroughputExceededException"
                            | "RequestLimitExceeded"
                            | "ThrottlingException"
                            | "TransactionConflictException"
                            | "TransactionInProgressException"
                    )
                )
        }
        _ => true,
    };
    if passing { Error::Unavailable(error.into()) } else { Error::Internal(error.into()) }
}

/// An item that is not as this code writes it.
fn malformed(error: impl Into<quayside_domain::error::Cause>) -> Error {
    Error::Internal(error.into())
}

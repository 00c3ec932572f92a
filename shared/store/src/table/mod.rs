//! The table: one file per item kind.
//!
//! A record is only written on condition that it is still as it was read, and what it takes of its owner's quota changes
//! in the same transaction. What the table has accepted is also what its stream tells the queues.

mod assets;
mod history;
mod idempotency;
mod ingestions;
mod listing;
mod members;
mod transaction;
mod usage;
mod webhooks;
mod work;

pub use assets::Begun;
pub use idempotency::IdempotencyKey;
pub use ingestions::{Expected, Fetch, NewIngestion};
pub use listing::{Listing, Page};
pub use usage::Usage;
pub use webhooks::ListedEndpoint;
pub use work::{Message, Work};

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{AppName, BehaviorVersion, Region};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::config::TableConfig;
use crate::connections::{retries, warm};
use quayside_domain::{Error, Result};

type Item = HashMap<String, AttributeValue>;

/// A connection to the table. Its requests may run at once; the SDK repeats those that the table was too busy for.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

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
        Self { client: Client::from_conf(settings.build()), name: config.name.clone() }
    }

    /// Opens a connection, with a question about an asset that there cannot be. A function that may not ask it is refused,
    /// and has its connection all the same.
    pub async fn warm(&self) {
        let nothing = key("ASSET#".to_owned(), "ASSET".to_owned());
        let asked = self.client.get_item().table_name(&self.name).set_key(Some(nothing)).customize();
        let once = aws_sdk_dynamodb::Config::builder().retry_config(retries().with_max_attempts(1));
        warm("the table", asked.config_override(once).send()).await;
    }

    /// One item by its whole key, as the last write left it.
    async fn get(&self, pk: String, sk: String) -> Result<Option<Item>> {
        let request = self.client.get_item().table_name(&self.name).set_key(Some(key(pk, sk))).consistent_read(true);
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

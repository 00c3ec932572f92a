//! The small AWS services beside the table, on its port: the secrets that functions read (Secrets Manager), and how deep
//! the queues are (SQS). Like DynamoDB they speak AWS's JSON protocols, and are told apart by the head `x-amz-target`.
//!
//! Secrets that somebody writes are there until the system stops: its own are kept in its folder.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::data;
use crate::journal::Service;
use crate::queue::{QueueError, Queues};
use crate::{ACCOUNT, REGION};

/// The secret with the functions' key of storage: `keyId`, `applicationKey`.
pub const STORAGE_SECRET: &str = "quayside/storage";
/// The secret with the key of the CDN's tokens: `tokenKey`.
pub const CDN_SECRET: &str = "quayside/cdn";
/// The secret with what webhooks need: `key` encrypts those of endpoints, `b2` signs storage's notifications.
pub const WEBHOOK_SECRET: &str = "quayside/webhooks";

/// The secret with `keys`, which seal the cursors of lists.
pub const CURSOR_SECRET: &str = "quayside/cursors";

/// The secret with what signs tokens, where functions verify them with a secret: `key`.
pub const AUTH_SECRET: &str = "quayside/auth";

/// Secrets and queues. Clones share them.
#[derive(Clone)]
pub struct Services {
    secrets: Arc<Mutex<BTreeMap<String, Secret>>>,
    queues: Queues,
}

#[derive(Clone)]
struct Secret {
    arn: String,
    text: String,
    version: String,
    created_at: i64,
}

/// An error as the service that was asked would answer it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// The service's name for it.
    pub(crate) code: &'static str,
    /// What is wrong.
    pub(crate) message: String,
}

fn refuse<T>(code: &'static str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { status: 400, code, message: message.into() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WhichSecret {
    secret_id: String,
}

/// `CreateSecret` names it `Name`, `PutSecretValue` `SecretId`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewSecret {
    #[serde(alias = "Name")]
    secret_id: String,
    secret_string: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WhichQueue {
    queue_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

impl Services {
    /// The secrets of this system, under the names that a deployment gives them, and its queues.
    pub fn new(secrets: &data::Secrets, key_id: &str, queues: Queues) -> Self {
        let values = [
            (STORAGE_SECRET, json!({"keyId": key_id, "applicationKey": secrets.functions_key})),
            (CDN_SECRET, json!({"tokenKey": secrets.cdn_token_key})),
            (CURSOR_SECRET, json!({"keys": secrets.cursor_key})),
            (WEBHOOK_SECRET, json!({"key": secrets.webhook_key, "b2": secrets.b2_webhook_secret})),
            (AUTH_SECRET, json!({"key": secrets.token_secret})),
        ];
        let secrets = values.map(|(name, value)| (name.to_owned(), Secret::new(name, value.to_string())));
        Self { secrets: Arc::new(Mutex::new(secrets.into())), queues }
    }

    /// Answers a request to `service`, Secrets Manager or SQS, that came to `host`.
    pub(crate) async fn answer(
        &self,
        service: Service,
        operation: &str,
        host: &str,
        body: &[u8],
    ) -> Result<Value, Refusal> {
        match (service, operation) {
            (Service::Secrets, "GetSecretValue") => self.read_secret(&parse::<WhichSecret>(body)?.secret_id),
            (Service::Secrets, "CreateSecret") => self.write_secret(parse(body)?, true),
            (Service::Secrets, "PutSecretValue") => self.write_secret(parse(body)?, false),
            (Service::Queues, "GetQueueUrl") => {
                let name = parse::<WhichQueue>(body)?.queue_name;
                self.queues.counts(&name).await.map_err(no_queue)?;
                Ok(json!({"QueueUrl": queue_url(&format!("http://{host}"), &name)}))
            }
            (Service::Queues, "GetQueueAttributes") => self.queue_attributes(parse(body)?).await,
            (_, operation) => refuse("UnknownOperationException", format!("There is no {operation} here.")),
        }
    }

    fn read_secret(&self, id: &str) -> Result<Value, Refusal> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((name, secret)) = secrets.iter().find(|(name, secret)| *name == id || secret.arn == id) else {
            return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        };
        Ok(json!({
            "ARN": secret.arn,
            "Name": name,
            "VersionId": secret.version,
            "SecretString": secret.text,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": secret.created_at,
        }))
    }

    fn write_secret(&self, new: NewSecret, is_new: bool) -> Result<Value, Refusal> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        match (is_new, secrets.contains_key(&new.secret_id)) {
            (true, true) => return refuse("ResourceExistsException", "The secret is there already."),
            (false, false) => {
                return refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
            }
            _ => {}
        }
        let mut secret = Secret::new(&new.secret_id, new.secret_string);
        if let Some(before) = secrets.get(&new.secret_id) {
            secret.arn.clone_from(&before.arn);
        }
        let answer = json!({"ARN": secret.arn, "Name": new.secret_id, "VersionId": secret.version});
        secrets.insert(new.secret_id, secret);
        Ok(answer)
    }

    async fn queue_attributes(&self, asked: QueueAttributes) -> Result<Value, Refusal> {
        let name = asked.queue_url.rsplit('/').next().unwrap_or_default();
        let counts = self.queues.counts(name).await.map_err(no_queue)?;
        let known = [
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
            ("QueueArn", format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")),
        ];
        let wanted = |attribute: &str| asked.attribute_names.iter().any(|name| name == attribute || name == "All");
        let attributes = known.into_iter().filter(|(attribute, _)| wanted(attribute));
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.into()));
        Ok(json!({"Attributes": attributes.collect::<serde_json::Map<_, _>>()}))
    }
}

impl Secret {
    fn new(name: &str, text: String) -> Self {
        let version = Uuid::new_v4();
        // Secrets Manager puts six characters of its own behind the name.
        let suffix = &version.simple().to_string()[..6];
        Self {
            arn: format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-{suffix}"),
            text,
            version: version.to_string(),
            created_at: OffsetDateTime::now_utc().unix_timestamp(),
        }
    }
}

/// The URL of the queue `name` below the services' own address.
pub(crate) fn queue_url(address: &str, name: &str) -> String {
    format!("{address}/{ACCOUNT}/{name}")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).or_else(|error| refuse("SerializationException", error.to_string()))
}

fn no_queue(error: QueueError) -> Refusal {
    match error {
        QueueError::Unknown(name) => Refusal {
            status: 400,
            code: "AWS.SimpleQueueService.NonExistentQueue",
            message: format!("The specified queue {name} does not exist."),
        },
        error => Refusal { status: 500, code: "InternalFailure", message: error.to_string() },
    }
}

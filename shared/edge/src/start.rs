//! What every function starts with: its secrets, and connections that are open before the first request comes.
//!
//! Lambda does not throttle the processor while a function starts. A connection with TLS that is opened later, in the
//! first request, takes a small function the better part of a second.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use quayside_store::config::{ConfigError, StorageConfig, TableConfig, Variables};
use quayside_store::connections::{client, for_sdk, warm};
use quayside_store::secrets;
use quayside_store::storage::Storage;
use quayside_store::table::Table;

/// A function that is about to run.
#[derive(Debug)]
pub struct Start {
    /// Its variables, with the secrets that they name.
    pub variables: Variables,
    /// The table, with an open connection.
    pub table: Table,
}

impl Start {
    /// Reads the secrets that `function`'s variables name, and opens a connection to the table, at once.
    ///
    /// # Errors
    /// If a variable is missing or wrong, a secret cannot be had, or the table is of a later version. That there is no
    /// connection yet is no error.
    pub async fn of(function: &'static str, variables: &Variables) -> Result<Self, ConfigError> {
        let http = for_sdk(client()?);
        let table = TableConfig::read(variables)?;
        let secrets = secrets::resolve(variables, function, &http);
        let (variables, table) = tokio::join!(secrets, open(&table, function, &http));
        Ok(Self { variables: variables?, table: table? })
    }

    /// The same, and storage with an open connection, which is opened meanwhile. One request to storage is given up, with
    /// its repetitions, after `patience`: less than the function has, so that it can still say so.
    ///
    /// # Errors
    /// As [`Start::of`].
    pub async fn with_storage(
        function: &'static str,
        variables: &Variables,
        patience: Duration,
    ) -> Result<(Self, Storage), ConfigError> {
        let client = client()?;
        let http = for_sdk(client.clone());
        let table = TableConfig::read(variables)?;
        // Without a signature, whose key is one of the secrets.
        let nobodys = client.head(StorageConfig::nobodys_object(variables)?).send();
        let secrets = async {
            let variables = secrets::resolve(variables, function, &http).await?;
            let storage = Storage::new(&StorageConfig::read(&variables)?, function, patience, &http);
            Ok((variables, storage))
        };
        // Each is made and asked for in this order, and the next is made while the one before waits for its answer.
        let (_, secrets, table) = tokio::join!(warm("storage", nobodys), secrets, open(&table, function, &http));
        let (variables, storage) = secrets?;
        Ok((Self { variables, table: table? }, storage))
    }
}

async fn open(config: &TableConfig, function: &'static str, http: &SharedHttpClient) -> Result<Table, ConfigError> {
    let table = Table::new(config, function, http);
    table.open().await?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::http::{HeaderMap, Method, StatusCode};
    use axum::serve::ListenerExt;
    use serde_json::json;
    use tokio::net::TcpListener;
    use tokio::sync::Barrier;

    use super::*;
    use quayside_domain::{AssetId, Caller, Error, Subject};

    /// A table in which nothing is, or a store in which nothing is: its address, and how many connections it has had.
    async fn nothing() -> (String, Arc<AtomicUsize>) {
        let connections = Arc::new(AtomicUsize::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counted = connections.clone();
        let listener = listener.tap_io(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let answer = async |method: Method, headers: HeaderMap| match method {
            Method::POST => (StatusCode::OK, "{}"),
            _ if headers.contains_key("authorization") => (StatusCode::NOT_FOUND, ""),
            _ => (StatusCode::FORBIDDEN, ""),
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        (url, connections)
    }

    /// Those of a function whose table and secrets, and whose storage, are there.
    fn variables(aws: &str, storage: &str, key_id: &str, application_key: &str) -> Variables {
        let variables = [
            ("AWS_REGION", "local"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL_DYNAMODB", aws),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws),
            ("TABLE_NAME", "quayside"),
            ("HISTORY_DAYS", "90"),
            ("S3_ENDPOINT", storage),
            ("S3_REGION", "local"),
            ("S3_BUCKET", "media"),
            ("S3_KEY_ID", key_id),
            ("S3_APPLICATION_KEY", application_key),
        ];
        variables.into_iter().collect()
    }

    #[tokio::test]
    async fn the_first_request_finds_connections_that_are_open() {
        let ((table, of_table), (storage, of_storage)) = (nothing().await, nothing().await);
        let variables = variables(&table, &storage, "id", "secret");
        let (start, storage) = Start::with_storage("test", &variables, Duration::from_secs(5)).await.unwrap();
        let opened = || (of_table.load(Ordering::Relaxed), of_storage.load(Ordering::Relaxed));
        assert_eq!(opened(), (1, 1));

        // Until the pool has them back, which happens beside the answer.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let caller = Caller::from_verified_claims(Subject::parse("ada").unwrap(), &[]);
        assert!(matches!(start.table.find(AssetId::generate()).await, Err(Error::NotFound)));
        assert!(storage.head_own_incoming(&caller, AssetId::generate()).await.unwrap().is_none());
        assert_eq!(opened(), (1, 1));
    }

    #[tokio::test]
    async fn secrets_table_and_storage_are_asked_at_once() {
        // Answers nobody before all three have asked, and counts whom it answers: not one that has given up by then.
        let (all, answered) = (Arc::new(Barrier::new(3)), Arc::new(AtomicUsize::default()));
        let counted = answered.clone();
        let answer = async move || {
            all.wait().await;
            counted.fetch_add(1, Ordering::Relaxed);
            json!({"SecretString": json!({"keyId": "id", "applicationKey": "secret"}).to_string()}).to_string()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let variables = variables(&url, &url, "secretsmanager:storage:keyId", "secretsmanager:storage:applicationKey");
        Start::with_storage("test", &variables, Duration::from_secs(5)).await.unwrap();
        assert_eq!(answered.load(Ordering::Relaxed), 3);
    }
}

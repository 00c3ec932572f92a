//! What every function starts with: its secrets, and connections that are open before the first request comes.
//!
//! Lambda does not throttle the processor while a function starts. A connection with TLS that is opened later, in the
//! first request, takes a small function the better part of a second.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::config::{ConfigError, StorageConfig, TableConfig, Variables};
use crate::storage::Storage;
use crate::table::Table;
use crate::{connections, secrets};

/// A function that is about to run.
#[derive(Debug)]
pub struct Start {
    /// Its variables, with the secrets that they name.
    pub variables: Variables,
    /// The table, with an open connection.
    pub table: Table,
    function: &'static str,
    http: SharedHttpClient,
}

impl Start {
    /// Reads the secrets that `function`'s variables name, and opens a connection to the table, at once.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had. That there is no connection yet is no error.
    pub async fn of(function: &'static str, variables: &Variables) -> Result<Self, ConfigError> {
        let http = connections::http_client()?;
        let table = Table::new(&TableConfig::read(variables)?, function, &http);
        let (variables, ()) = tokio::join!(secrets::resolve(variables, function, &http), table.warm());
        Ok(Self { variables: variables?, table, function, http })
    }

    /// Storage, with an open connection. One request is given up, with its repetitions, after `patience`: less than the
    /// function has, so that it can still say so.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub async fn storage(&self, patience: Duration) -> Result<Storage, ConfigError> {
        let storage = Storage::new(&StorageConfig::read(&self.variables)?, self.function, patience, &self.http);
        storage.warm().await;
        Ok(storage)
    }
}

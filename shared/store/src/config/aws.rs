//! What Lambda gives every function, and where the table is.

use aws_sdk_dynamodb::config::Credentials;
use url::Url;

use super::{Result, Secret, Variables};

/// Where a function runs, and as whom: what Lambda gives every function.
#[derive(Clone, Debug)]
pub struct AwsConfig {
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`, address of another Secrets Manager than the region's.
    pub secrets_endpoint: Option<Url>,
    key_id: String,
    secret_key: Secret,
    session: Option<Secret>,
}

impl AwsConfig {
    /// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and
    /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        Ok(Self {
            region: variables.word("AWS_REGION")?,
            secrets_endpoint: endpoint(variables, "AWS_ENDPOINT_URL_SECRETS_MANAGER")?,
            key_id: variables.word("AWS_ACCESS_KEY_ID")?,
            secret_key: variables.secret("AWS_SECRET_ACCESS_KEY")?,
            session: variables.find("AWS_SESSION_TOKEN").map(|value| Secret(value.to_owned())),
        })
    }

    /// The function's own credentials. They hold as long as its sandbox does.
    pub fn credentials(&self) -> Credentials {
        let session = self.session.as_ref().map(|session| session.expose().to_owned());
        Credentials::new(&self.key_id, self.secret_key.expose(), session, None, "environment")
    }
}

/// Where the table is.
#[derive(Clone, Debug)]
pub struct TableConfig {
    /// Name of the table.
    pub name: String,
    /// Address of another DynamoDB than the region's (`AWS_ENDPOINT_URL_DYNAMODB`).
    pub endpoint: Option<Url>,
    /// How many days events are kept; for ever if 0.
    pub history_days: u64,
    /// Region of the table, and as whom to ask it.
    pub aws: AwsConfig,
}

impl TableConfig {
    /// Reads `TABLE_NAME`, `HISTORY_DAYS`, `AWS_ENDPOINT_URL_DYNAMODB`, and what [`AwsConfig::read`] reads.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        Ok(Self {
            name: variables.word("TABLE_NAME")?,
            history_days: variables.number("HISTORY_DAYS", 0..=36_500)?,
            endpoint: endpoint(variables, "AWS_ENDPOINT_URL_DYNAMODB")?,
            aws: AwsConfig::read(variables)?,
        })
    }

    /// Whether the table is on this machine.
    pub fn is_on_this_machine(&self) -> bool {
        match self.endpoint.as_ref().and_then(Url::host) {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        }
    }
}

fn endpoint(variables: &Variables, name: &'static str) -> Result<Option<Url>> {
    variables.find(name).map(|_| variables.url(name)).transpose()
}

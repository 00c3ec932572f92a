//! `quayside doctor`: says of a deployment what is wrong.
//!
//! It does what the deployment's users and stores do, with small probes of its own that it takes away again, below
//! `incoming/` and `media/` of an owner whom no token names.

mod api;
mod cdn;
mod clock;
mod cors;
mod events;
mod queues;
mod storage;
mod table;

use std::path::PathBuf;

use aws_config::SdkConfig;
use clap::Args;
use quayside_domain::{AssetId, Location, Subject};
use quayside_store::config::{ConfigError, Variables};

use crate::outputs::Outputs;
use crate::secrets::{Store, Values};
use crate::{Result, aws, b2, say, web};

/// What of the environment the command reads.
const ENVIRONMENT: &str = "Environment:
  AWS_PROFILE, AWS_ACCESS_KEY_ID, …
          Who may read the stack's secrets, its table's description and its queues' attributes.
  B2_APPLICATION_KEY_ID, B2_APPLICATION_KEY
          A key that may read the bucket's event rules. Without, they are not looked at.

Examples:
  sam list stack-outputs --stack-name quayside-prod --output json | quayside doctor
  curl -s http://localhost:9000/_local/outputs | quayside doctor";

#[derive(Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct Arguments {
    /// The stack's outputs, as `sam list stack-outputs --output json` prints them; - is the standard input.
    #[arg(long, value_name = "FILE", default_value = "-")]
    outputs: PathBuf,
    /// Take the secrets from this file, as `quayside setup-bucket` wrote it, and not from Secrets Manager.
    #[arg(long, value_name = "FILE")]
    secrets_file: Option<PathBuf>,
    /// Where B2 accounts are authorized.
    #[arg(long, value_name = "URL", default_value = b2::ADDRESS, hide = true)]
    b2_api: String,
}

/// A deployment, and what it takes to examine it.
struct Deployment {
    outputs: Outputs,
    /// The functions' variables, as far as they are secret or are about storage and delivery.
    variables: Variables,
    /// Origins of the pages that use it.
    origins: Vec<String>,
    http: reqwest::Client,
    aws: SdkConfig,
    /// Whose the probes are.
    owner: Subject,
    /// What they are called, new each time.
    probe: AssetId,
}

impl Deployment {
    /// Where the probes' bytes are.
    fn location(&self) -> Location {
        Location::new(&self.owner, self.probe)
    }
}

/// What was found, printed as it is found.
#[derive(Default)]
struct Report {
    right: usize,
    wrong: usize,
}

impl Report {
    fn ok(&mut self, part: &str, text: &str) {
        self.right += 1;
        say("ok", part, text);
    }

    /// Something that is neither right nor wrong, or could not be looked at.
    fn note(&mut self, part: &str, text: &str) {
        say("note", part, text);
    }

    /// What is wrong, and what to do about it.
    fn wrong(&mut self, part: &str, text: &str) {
        self.wrong += 1;
        say("wrong", part, text);
    }
}

/// Carries the command out. Whether nothing is wrong.
///
/// # Errors
/// If there is nothing to begin with: the outputs cannot be read, or lack what every stack has.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool> {
    let outputs = Outputs::read(&arguments.outputs)?;
    let aws = aws::config(Some(outputs.get("Region")?), outputs.find("AwsEndpoint")).await?;
    let mut report = Report::default();
    let variables = variables(arguments, &outputs, &aws, &mut report).await?;
    let origins = outputs.get("AppOrigins")?.split(',').map(|origin| origin.trim().to_owned()).collect();
    let (http, probe) = (web::client()?, AssetId::generate());
    let owner = Subject::parse("quayside-doctor").map_err(|error| error.to_string())?;
    let deployment = Deployment { outputs, variables, origins, http, aws, owner, probe };

    api::examine(&deployment, &mut report).await?;
    let storage = storage::examine(&deployment, &mut report).await;
    cdn::examine(&deployment, storage.as_ref(), &mut report).await;
    events::examine(&deployment, arguments, &mut report).await?;
    table::examine(&deployment, &mut report).await?;
    queues::examine(&deployment, &mut report).await;
    match report.wrong {
        0 => say("done", "", &format!("{} right, nothing wrong", report.right)),
        wrong => say("done", "", &format!("{} right, {wrong} wrong", report.right)),
    }
    Ok(report.wrong == 0)
}

/// The functions' variables as the stack sets them, with the secrets that they name.
async fn variables(
    arguments: &Arguments,
    outputs: &Outputs,
    aws: &SdkConfig,
    report: &mut Report,
) -> Result<Variables> {
    let store = match &arguments.secrets_file {
        Some(file) => Store::File(file.clone()),
        None => Store::manager(aws),
    };
    let mut variables = vec![
        ("S3_ENDPOINT", outputs.get("StorageEndpoint")?.to_owned()),
        ("S3_REGION", outputs.get("StorageRegion")?.to_owned()),
        ("S3_BUCKET", outputs.get("StorageBucket")?.to_owned()),
        ("CDN_URL", outputs.get("CdnUrl")?.to_owned()),
        // The doctor's own URLs need not hold for long.
        ("URL_TTL_SECONDS", "600".to_owned()),
    ];
    for (output, keys) in [
        ("StorageSecret", &[("keyId", "S3_KEY_ID"), ("applicationKey", "S3_APPLICATION_KEY")][..]),
        ("CdnSecret", &[("tokenKey", "CDN_TOKEN_KEY")]),
        ("WebhookSecret", &[("key", "WEBHOOK_KEY"), ("b2", "B2_WEBHOOK_SECRET")]),
    ] {
        let name = outputs.get(output)?;
        let values = match store.read(name).await {
            Ok(Some(values)) => values,
            Ok(None) => {
                report.wrong("secrets", &format!("{name} is not in {store}: `quayside setup-bucket` makes it"));
                Values::new()
            }
            Err(error) => {
                report.wrong("secrets", &error.to_string());
                Values::new()
            }
        };
        let missing: Vec<_> = keys.iter().map(|(key, _)| *key).filter(|key| !values.contains_key(*key)).collect();
        if missing.is_empty() {
            report.ok("secrets", &format!("{name} is in {store}"));
        } else if !values.is_empty() {
            report.wrong("secrets", &format!("{name} lacks {}", missing.join(" and ")));
        }
        let values = keys.iter().filter_map(|(key, variable)| Some((*variable, values.get(*key)?.expose().to_owned())));
        variables.extend(values);
    }
    Ok(variables.into_iter().collect())
}

/// A configuration that the functions would not start with either, or it.
fn configured<T>(read: std::result::Result<T, ConfigError>, part: &str, report: &mut Report) -> Option<T> {
    read.inspect_err(|error| report.wrong(part, &format!("not looked at: {error}"))).ok()
}

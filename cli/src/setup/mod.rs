//! `quayside setup-bucket`: makes a bucket what Quayside needs, by the files in `deploy/`.
//!
//! Each step reads first, changes only what differs, and says so; `--dry-run` changes nothing.

mod b2;
mod keys;
mod s3;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use quayside_store::config::Secret;
use quayside_store::storage::rules::{self, CorsRule, LifecycleRule};
use url::Url;

use crate::secrets::{Store, Values, random_hex};
use crate::{Result, aws, say};

/// What of the environment the command reads.
const ENVIRONMENT: &str = "Environment:
  B2_APPLICATION_KEY_ID, B2_APPLICATION_KEY
          With --store b2: a key that may manage buckets and keys. The master key is one.
  AWS_PROFILE, AWS_ACCESS_KEY_ID, …
          With --store s3: who may manage the bucket. With --write-secrets: who may write secrets.
  CDN_TOKEN_KEY
          The key of the CDN's tokens, as the CDN shows it, to be kept with the other secrets.";

/// Which interface the bucket is set up by.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StoreKind {
    /// Backblaze B2, by its native API.
    B2,
    /// Any other, by S3: AWS, or `cargo local`.
    S3,
}

#[derive(Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct Arguments {
    /// Which store the bucket is in.
    #[arg(long, value_enum, default_value = "b2")]
    store: StoreKind,
    /// The bucket. It is made if there is none.
    #[arg(long)]
    bucket: String,
    /// Origin of a page that uploads, such as https://app.example; may be repeated.
    #[arg(long = "origin", value_name = "ORIGIN", required = true, value_parser = origin)]
    origins: Vec<String>,
    /// S3 endpoint of the store, with --store s3. Without, that of AWS.
    #[arg(long, value_name = "URL")]
    endpoint: Option<Url>,
    /// Region of the bucket, with --store s3. Without, the profile's.
    #[arg(long)]
    region: Option<String>,
    /// The deployed API, with --store b2: storage's events are sent there.
    #[arg(long, value_name = "URL", value_parser = https)]
    api_url: Option<Url>,
    /// Put keys and secrets into AWS Secrets Manager, where the functions read them.
    #[arg(long)]
    write_secrets: bool,
    /// Put keys and secrets into this file instead, readable by its owner only.
    #[arg(long, value_name = "FILE", conflicts_with = "write_secrets")]
    secrets_file: Option<PathBuf>,
    /// The secrets are PREFIX/storage, PREFIX/edge, PREFIX/cdn and PREFIX/webhooks.
    #[arg(long, value_name = "PREFIX", default_value = "quayside")]
    secrets_prefix: String,
    /// Make new application keys even if the present ones are good. The old ones stay until somebody deletes them.
    #[arg(long)]
    new_keys: bool,
    /// Say what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where B2 accounts are authorized.
    #[arg(long, value_name = "URL", default_value = crate::b2::ADDRESS, hide = true)]
    b2_api: String,
}

/// An origin as a browser sends it.
fn origin(text: &str) -> std::result::Result<String, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let origin = url.origin().ascii_serialization();
    if origin == text { Ok(origin) } else { Err(format!("an origin is scheme, host and port alone: {origin}")) }
}

fn https(text: &str) -> std::result::Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if url.scheme() == "https" { Ok(url) } else { Err("B2 sends events to https addresses only".to_owned()) }
}

/// Carries the command out.
///
/// # Errors
/// At the first step that fails. Those before it are done; the command may be run again.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let mut changes = Changes { dry_run: arguments.dry_run, made: 0, begun: Vec::new() };
    let store = match &arguments.secrets_file {
        Some(file) => Some(Store::File(file.clone())),
        None if arguments.write_secrets => Some(Store::manager(&aws::config(None, None).await?)),
        None => None,
    };
    match arguments.store {
        StoreKind::B2 => b2::set_up(arguments, store.as_ref(), &mut changes).await?,
        StoreKind::S3 => s3::set_up(arguments, store.as_ref(), &mut changes).await?,
    }
    match (changes.dry_run, changes.made) {
        (_, 0) => say("done", "", "nothing to change"),
        (true, made) => say("done", "", &format!("{made} to change; nothing was changed")),
        (false, made) => say("done", "", &format!("{made} changed")),
    }
    Ok(())
}

/// Counts and tells what differs.
struct Changes {
    dry_run: bool,
    made: usize,
    /// What is being set, and not said yet.
    begun: Vec<(&'static str, String)>,
}

impl Changes {
    /// Something is as it should be.
    fn same(&self, part: &str, text: &str) {
        say("ok", part, text);
    }

    /// Something is for somebody to do, or to know.
    fn note(&self, part: &str, text: &str) {
        say("note", part, text);
    }

    /// Something differs. Whether to change it, and then to say so by [`Changes::done`].
    fn differs(&mut self, part: &'static str, text: &str) -> bool {
        self.made += 1;
        if self.dry_run {
            say("would", part, text);
        } else {
            self.begun.push((part, text.to_owned()));
        }
        !self.dry_run
    }

    /// What differed has been set.
    fn done(&mut self) {
        self.begun.drain(..).for_each(|(part, text)| say("set", part, &text));
    }
}

impl Arguments {
    fn secret(&self, name: &str) -> String {
        format!("{}/{name}", self.secrets_prefix)
    }

    fn cors(&self) -> Result<Vec<CorsRule>> {
        let mut rules = rules::cors(&self.origins)?;
        for rule in &mut rules {
            rule.allowed_origins.sort();
            rule.allowed_methods.sort();
        }
        Ok(rules)
    }
}

/// The lifecycle rules, in words.
fn in_words(rules: &[LifecycleRule]) -> String {
    let rules = rules.iter().map(|rule| {
        let actions = [
            rule.expire_days.map(|days| format!("goes after {days} days")),
            rule.noncurrent_days.map(|days| format!("old versions after {days}")),
            rule.abort_days.map(|days| format!("unfinished uploads after {days}")),
        ];
        format!("{} {}", rule.prefix, actions.into_iter().flatten().collect::<Vec<_>>().join(", "))
    });
    rules.collect::<Vec<_>>().join("; ")
}

/// Makes the secrets that nobody else has to agree to, and gives the one that storage signs its events with. Without a
/// place for secrets there are none.
async fn own_secrets(arguments: &Arguments, store: Option<&Store>, changes: &mut Changes) -> Result<Option<Secret>> {
    let Some(store) = store else {
        changes.note("secrets", "not made: give --write-secrets, or --secrets-file FILE");
        return Ok(None);
    };
    let name = arguments.secret("webhooks");
    let found = store.read(&name).await?.unwrap_or_default();
    let signing = match (found.get("key"), found.get("b2")) {
        (Some(_), Some(b2)) => {
            changes.same("secrets", &format!("{name} is in {store}"));
            b2.clone()
        }
        (key, b2) => {
            let mut values = found.clone();
            if key.is_none() {
                values.insert("key".to_owned(), random_hex(32)?);
            }
            // B2 takes 32 letters and digits.
            let b2 = b2.map_or_else(|| random_hex(16), |b2| Ok(b2.clone()))?;
            values.insert("b2".to_owned(), b2.clone());
            if changes.differs("secrets", &format!("{name} made, and put into {store}")) {
                store.write(&name, &values).await?;
                changes.done();
            }
            b2
        }
    };
    cdn_secret(arguments, store, changes).await?;
    Ok(Some(signing))
}

async fn cdn_secret(arguments: &Arguments, store: &Store, changes: &mut Changes) -> Result<()> {
    let name = arguments.secret("cdn");
    let found = store.read(&name).await?.and_then(|mut values| values.remove("tokenKey"));
    let given = std::env::var("CDN_TOKEN_KEY").ok().filter(|key| !key.is_empty()).map(Secret::from);
    match (found, given) {
        (Some(found), given) if given.as_ref().is_none_or(|given| given.expose() == found.expose()) => {
            changes.same("secrets", &format!("{name} is in {store}"));
        }
        (_, Some(given)) => {
            if changes.differs("secrets", &format!("{name} put into {store}")) {
                store.write(&name, &Values::from([("tokenKey".to_owned(), given)])).await?;
                changes.done();
            }
        }
        (_, None) => changes.note(
            "secrets",
            &format!("{name} is not there: run this again with CDN_TOKEN_KEY, the key that the CDN shows"),
        ),
    }
    Ok(())
}

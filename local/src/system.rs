//! Puts the parts together, as `template.yaml` says.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use quayside_template::{Parameters, Template};
use serde_json::json;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;

use crate::data::{Data, Secrets};
use crate::functions::{Functions, function};
use crate::gateway::Gateway;
use crate::journal::Journal;
use crate::notifications::{Notifier, Target};
use crate::pipe::Pipe;
use crate::poller::Poller;
use crate::queue::Queues;
use crate::services::{self, Services};
use crate::storage::{Credentials, Storage};
use crate::table::Table;
use crate::tokens::Tokens;
use crate::{edge, gateway, schedule, storage, watch};

/// Any error on the way to a running system, with a text for whoever starts it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of starting or running the system.
pub type Result<T> = std::result::Result<T, Error>;

const BUCKET: &str = "quayside-media";
const TABLE: &str = "quayside";
const REGION: &str = "local";
const FUNCTIONS_KEY_ID: &str = "functions";
const EDGE_KEY_ID: &str = "edge";
const TOKEN_ISSUER: &str = "http://localhost";
const TOKEN_AUDIENCE: &str = "quayside";

/// How the system is started.
#[derive(Debug)]
pub struct Settings {
    /// First of four ports; 0 takes free ones.
    pub base_port: u16,
    /// Folder that the data is kept in; `None` keeps none.
    pub data: Option<PathBuf>,
    /// The project's folder, with `template.yaml` and `web/`.
    pub project: PathBuf,
    /// Values of the template's parameters, where they are not the defaults.
    pub parameters: Parameters,
    /// When a failed message is tried again; `None` is when its visibility timeout is over.
    pub retry_after: Option<Duration>,
    /// How long after an upload's last byte storage's notification of it is sent.
    pub notify_after: Duration,
    /// Where `cargo lambda watch` runs the functions; `None` runs them in this process.
    pub watch: Option<String>,
}

/// Where the parts are reached.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// API and page.
    pub gateway: String,
    /// S3.
    pub storage: String,
    /// DynamoDB.
    pub table: String,
    /// CDN.
    pub edge: String,
}

/// A running system. Dropping it stops it, as abruptly as a killed process.
pub struct System {
    /// Where its parts are reached.
    pub addresses: Addresses,
    /// The functions' variables, in a file for `cargo lambda watch --env-file`, if that runs them.
    pub variables: Option<PathBuf>,
    tasks: JoinSet<Result<()>>,
    _data: Data,
}

impl std::fmt::Debug for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("System").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

struct Listeners {
    gateway: TcpListener,
    storage: TcpListener,
    table: TcpListener,
    edge: TcpListener,
}

impl Listeners {
    async fn bind(base: u16) -> Result<Self> {
        let bind = async |offset: u16| -> Result<TcpListener> {
            let port = if base == 0 { 0 } else { base + offset };
            TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .await
                .map_err(|error| format!("port {port} cannot be used ({error}); choose others with --port").into())
        };
        Ok(Self { gateway: bind(0).await?, storage: bind(1).await?, table: bind(2).await?, edge: bind(3).await? })
    }

    fn addresses(&self) -> Result<Addresses> {
        let url = |host: &str, listener: &TcpListener| -> Result<String> {
            Ok(format!("http://{host}:{}", listener.local_addr()?.port()))
        };
        Ok(Addresses {
            gateway: url("localhost", &self.gateway)?,
            storage: url("127.0.0.1", &self.storage)?,
            table: url("127.0.0.1", &self.table)?,
            edge: url("127.0.0.1", &self.edge)?,
        })
    }
}

impl System {
    /// Starts everything and returns once all of it answers.
    ///
    /// # Errors
    /// If the template cannot be run, a port or the data folder is in use, or a function refuses its variables.
    pub async fn start(settings: Settings) -> Result<Self> {
        let parameters = parameters(settings.parameters);
        let template = Template::read_with(&settings.project.join("template.yaml"), &parameters)?;
        let data = Data::open(settings.data.as_deref())?;
        let listeners = Listeners::bind(settings.base_port).await?;
        let addresses = listeners.addresses()?;
        let journal = Journal::new();

        let rights = template.functions.iter().map(|one| (one.name.clone(), one.rights.clone())).collect();
        let table = Table::open(&data.path("table.db"), TABLE, &template.table)?.holding_to(rights);
        let queues = Queues::open(&data.path("queues.db"), &template.queues)?;
        let storage = Storage::open(Some(&data.path("storage")))?;
        let page_port = listeners.gateway.local_addr()?.port();
        let origins = ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{page_port}"));
        storage.create_bucket_with(BUCKET, &origins).await?;

        let target = Target {
            bucket: BUCKET.to_owned(),
            url: format!("{}/v1/webhooks/b2", addresses.gateway),
            secret: data.secrets.b2_webhook_secret.clone(),
            after: settings.notify_after,
        };
        let notifier = Notifier::new(&storage, target).await?;

        let mut tasks = JoinSet::new();
        tasks.spawn(notifier.run().map(Ok));
        let credentials = vec![
            Credentials { key_id: FUNCTIONS_KEY_ID.to_owned(), secret: data.secrets.functions_key.clone() },
            Credentials { key_id: EDGE_KEY_ID.to_owned(), secret: data.secrets.edge_key.clone() },
        ];
        tasks.spawn(storage::serve(listeners.storage, storage.clone(), credentials, journal.clone()).map(Ok));
        tasks.spawn(apply_lifecycle(storage).map(Ok));
        let (served, table_journal) = (table.clone(), journal.clone());
        let services = Services::new(&data.secrets, FUNCTIONS_KEY_ID, queues.clone());
        tasks.spawn(async move { Ok(served.serve(listeners.table, table_journal, services).await?) });
        tasks.spawn(serve_edge(listeners.edge, &addresses, &data.secrets));
        // After storage, table and secrets: what a function asks them for at its start is answered.
        let (functions, variables) = match &settings.watch {
            None => (functions(&template, &addresses).await?, None),
            Some(watch) => {
                let file = data.path("functions.env");
                watch::write_variables(&file, &environment(&template, &addresses, &data.secrets)?)?;
                (watched_functions(&template, watch)?, Some(file))
            }
        };
        let outputs = outputs(&addresses, &origins, &template)?;
        let pipe = Pipe { table, queues: queues.clone(), definition: template.pipe, rules: template.rules };
        tasks.spawn(pipe.run().map(Ok));
        let limits: HashMap<_, _> = template
            .functions
            .iter()
            .map(|function| (function.name.clone(), (function.timeout, function.memory_mb)))
            .collect();
        for source in template.queue_sources {
            let invoke = Arc::clone(named(&functions, &source.function)?);
            let (timeout, memory_mb) = limits[&source.function];
            let retry_after = settings.retry_after;
            let poller = Poller { queues: queues.clone(), source, invoke, timeout, memory_mb, retry_after };
            tasks.spawn(poller.run().map(Ok));
        }
        let sweep = template.schedules.iter().find(|schedule| schedule.function == "sweep").cloned();
        let sweep = sweep.ok_or("template.yaml has no schedule for sweep")?;
        for schedule in template.schedules {
            let invoke = Arc::clone(named(&functions, &schedule.function)?);
            let (timeout, _) = limits[&schedule.function];
            tasks.spawn(schedule::run(schedule, invoke, timeout).map(Ok));
        }
        let counted = queues;
        let names: Vec<_> = template.queues.iter().map(|queue| queue.name.clone()).collect();
        let gateway = Gateway {
            routes: template.routes,
            functions,
            cors: template.cors.ok_or("template.yaml has no CorsConfiguration")?,
            sweep,
            tokens: tokens(&data.secrets),
            journal,
            queues: Arc::new(move || {
                let (queues, names) = (counted.clone(), names.clone());
                async move { count(&queues, &names).await }.boxed()
            }),
            outputs,
            web: settings.project.join("web"),
            edge_origin: addresses.edge.clone(),
            storage_origin: addresses.storage.clone(),
        };
        tasks.spawn(async move { Ok(gateway::serve(listeners.gateway, gateway).await?) });

        let mut system = Self { addresses, variables, tasks, _data: data };
        system.wait_until_all_answer().await?;
        Ok(system)
    }

    /// Runs until it is told to stop (SIGINT, SIGTERM) or a part of it ends.
    ///
    /// # Errors
    /// If a part of it ends.
    pub async fn run(mut self) -> Result<()> {
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Ok(()),
            _ = terminated.recv() => Ok(()),
            ended = self.ended() => Err(ended),
        }
    }

    async fn ended(&mut self) -> Error {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Err(error)) => error.into(),
            Some(Ok(Ok(()))) | None => "a part of the system ended".into(),
        }
    }

    async fn wait_until_all_answer(&mut self) -> Result<()> {
        let Addresses { gateway, storage, table, edge } = self.addresses.clone();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        let answers = async {
            let health = format!("{gateway}/_local/health");
            for url in [&health, &storage, &table, &edge] {
                client.get(url).send().await?;
            }
            Ok::<_, reqwest::Error>(())
        };
        tokio::select! {
            answered = answers => Ok(answered?),
            ended = self.ended() => Err(ended),
        }
    }
}

/// The template's parameters, with those that a deployment has to give: who issues tokens, and for whom.
fn parameters(mut chosen: Parameters) -> Parameters {
    for (name, value) in [("AuthIssuer", TOKEN_ISSUER), ("AuthAudience", TOKEN_AUDIENCE)] {
        chosen.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    chosen
}

/// The issuer of the local tokens.
pub fn tokens(secrets: &Secrets) -> Tokens {
    Tokens::new(secrets.token_secret.as_bytes(), TOKEN_ISSUER, TOKEN_AUDIENCE)
}

async fn functions(template: &Template, addresses: &Addresses) -> Result<Functions> {
    let mut functions = Functions::new();
    for described in &template.functions {
        let name = &described.name;
        let variables = variables(described, addresses).into_iter().collect();
        let made = function(name, &variables).await.map_err(|error| format!("{name}: {error}"))?;
        let made =
            made.ok_or_else(|| format!("template.yaml names the function {name}, which is not built in here"))?;
        functions.insert(name.clone(), made);
    }
    Ok(functions)
}

fn watched_functions(template: &Template, watch: &str) -> Result<Functions> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let described = template.functions.iter();
    let watched = described
        .map(|function| (function.name.clone(), watch::function(&client, watch, &function.name, function.timeout)));
    Ok(watched.collect())
}

/// The variables of all functions together, for `cargo lambda watch`, which gives every function the same; and beside
/// them what verifies the local tokens, for who sets `AUTH_MODE=secret` to do without the gateway.
///
/// # Errors
/// If two functions have different values for a variable.
pub fn environment(template: &Template, addresses: &Addresses, secrets: &Secrets) -> Result<BTreeMap<String, String>> {
    let mut all = BTreeMap::new();
    for described in &template.functions {
        for (name, value) in variables(described, addresses) {
            if let Some(other) = all.insert(name.clone(), value.clone())
                && other != value
            {
                let text = format!("{name} of {} is not that of another function, as it must be here", described.name);
                return Err(text.into());
            }
        }
    }
    // For functions that verify tokens themselves although the template has the gateway do it.
    for (name, value) in
        [("AUTH_SECRET", &*secrets.token_secret), ("AUTH_ISSUER", TOKEN_ISSUER), ("AUTH_AUDIENCE", TOKEN_AUDIENCE)]
    {
        all.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    Ok(all)
}

/// A function's variables: those that the template gives it, with this system's addresses and names, or what this process
/// has under the same name; and what Lambda gives every function. Its secrets it asks for, as it does in Lambda.
fn variables(described: &quayside_template::Function, addresses: &Addresses) -> BTreeMap<String, String> {
    let of_lambda = [
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", FUNCTIONS_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &addresses.table),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &addresses.table),
    ];
    let provided = [
        ("TABLE_NAME", TABLE),
        ("S3_ENDPOINT", &addresses.storage),
        ("S3_REGION", REGION),
        ("S3_BUCKET", BUCKET),
        ("CDN_URL", &addresses.edge),
        ("METRICS_NAMESPACE", "Quayside/local"),
    ];
    let from_template = described.variables.iter().filter_map(|(name, value)| {
        let provided = provided.iter().find(|(provided, _)| provided == name).map(|(_, value)| (*value).to_owned());
        let value = provided.or_else(|| std::env::var(name).ok()).or_else(|| value.clone())?;
        Some((name.clone(), value))
    });
    from_template.chain(of_lambda.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

/// What a stack deployed from the template puts out, in the form in which `sam list stack-outputs --output json` prints
/// it; and `AwsEndpoint`, which a deployment has not: where its AWS services are.
fn outputs(addresses: &Addresses, origins: &[String], template: &Template) -> Result<serde_json::Value> {
    let origins = origins.join(",");
    let auth_mode = template.functions.iter().find_map(|function| function.variables.get("AUTH_MODE"));
    let auth_mode = auth_mode.and_then(Option::as_deref).ok_or("template.yaml gives no function an AUTH_MODE")?;
    let own = [
        ("ApiUrl", addresses.gateway.as_str()),
        ("AuthMode", auth_mode),
        ("AppOrigins", &origins),
        ("Region", REGION),
        ("TableName", TABLE),
        ("StorageEndpoint", &addresses.storage),
        ("StorageRegion", REGION),
        ("StorageBucket", BUCKET),
        ("CdnUrl", &addresses.edge),
        ("StorageSecret", services::STORAGE_SECRET),
        ("CdnSecret", services::CDN_SECRET),
        ("CursorSecret", services::CURSOR_SECRET),
        ("WebhookSecret", services::WEBHOOK_SECRET),
        ("AwsEndpoint", &addresses.table),
    ];
    let queues = template.queues.iter();
    let queues = queues.map(|queue| (format!("{}Url", queue.name), services::queue_url(&addresses.table, &queue.name)));
    let all = own.map(|(key, value)| (key.to_owned(), value.to_owned())).into_iter().chain(queues);
    Ok(all.map(|(key, value)| json!({"OutputKey": key, "OutputValue": value})).collect())
}

fn named<'a>(functions: &'a Functions, name: &str) -> Result<&'a crate::functions::Invoke> {
    functions.get(name).ok_or_else(|| format!("template.yaml has an event for {name}, which is no function").into())
}

fn serve_edge(
    listener: TcpListener,
    addresses: &Addresses,
    secrets: &Secrets,
) -> impl Future<Output = Result<()>> + use<> {
    let origin = edge::Origin {
        endpoint: addresses.storage.clone(),
        region: REGION.to_owned(),
        bucket: BUCKET.to_owned(),
        key_id: EDGE_KEY_ID.to_owned(),
        application_key: secrets.edge_key.clone(),
    };
    let token_key = secrets.cdn_token_key.clone();
    async move { Ok(edge::serve(listener, &token_key, &origin).await?) }
}

/// The messages in each queue.
async fn count(queues: &Queues, names: &[String]) -> serde_json::Value {
    let mut counts = serde_json::Map::new();
    for name in names {
        let counted = queues.counts(name).await;
        counts.insert(name.clone(), counted.map_or_else(|error| json!(error.to_string()), |counts| json!(counts)));
    }
    counts.into()
}

/// Storage's own housekeeping, which a real store does once a day.
async fn apply_lifecycle(storage: Storage) {
    let mut hours = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hours.tick().await;
        if let Err(error) = storage.sweep_lifecycle(OffsetDateTime::now_utc()).await {
            tracing::warn!(%error, "the bucket's lifecycle was not applied");
        }
    }
}

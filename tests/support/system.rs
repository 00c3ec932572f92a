//! `cargo local` as a process, on free ports, with a data folder of its own or one that is kept.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use quayside_local::data::{self, Secrets};
use quayside_store::connections::http_client;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::requests::Asked;
use super::user::User;

/// How a system is started.
#[derive(Default)]
pub struct Options {
    /// Folder that outlives the system; without, one that goes with it.
    pub data: Option<PathBuf>,
    /// Values of the template's parameters that are not the defaults.
    pub parameters: Vec<(&'static str, String)>,
    /// Functions' variables that differ from the template's.
    pub variables: Vec<(&'static str, String)>,
    /// Seconds after which a failed message is tried again.
    pub retry_after: Option<u64>,
    /// Seconds after which storage tells of an upload; without, so late that no test sees it.
    pub notify_after: Option<u64>,
    /// File for all that the functions log.
    pub log: Option<PathBuf>,
}

/// No upload of a test waits so long, in seconds.
const NEVER: u64 = 24 * 60 * 60;

/// The table's name.
pub const TABLE: &str = "quayside";
/// The bucket's name.
pub const BUCKET: &str = "quayside-media";

/// A running system. Dropping it kills it.
pub struct System {
    process: Child,
    /// What its parts know each other by.
    pub secrets: Secrets,
    pub gateway: String,
    pub storage: String,
    pub table: String,
    pub edge: String,
    pub http: reqwest::Client,
    // Declared last: it is removed when the process is dead.
    _folder: Option<TempDir>,
}

impl System {
    /// A system of its own with the template's variables.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// A system of its own with one variable changed.
    pub async fn with(name: &'static str, value: impl ToString) -> Self {
        Self::start_with(Options { variables: vec![(name, value.to_string())], ..Options::default() }).await
    }

    pub async fn start_with(options: Options) -> Self {
        let temporary = options.data.is_none().then(|| tempfile::tempdir().unwrap());
        let folder = options.data.as_deref().or(temporary.as_ref().map(TempDir::path)).unwrap();
        let mut command = Command::new(program("quayside-local"));
        command.args(["--port", "0"]).arg("--data").arg(folder).stdin(Stdio::null()).stdout(Stdio::piped());
        if let Some(seconds) = options.retry_after {
            command.args(["--retry-after", &seconds.to_string()]);
        }
        command.args(["--notify-after", &options.notify_after.unwrap_or(NEVER).to_string()]);
        for (name, value) in &options.parameters {
            command.args(["--parameter", &format!("{name}={value}")]);
        }
        if let Some(log) = &options.log {
            command.env("RUST_LOG", "info").env("NO_COLOR", "1").stderr(std::fs::File::create(log).unwrap());
        }
        for (name, value) in &options.variables {
            command.env(name, value);
        }
        let mut process = command.spawn().unwrap();
        let stdout = process.stdout.take().unwrap();
        let lines = tokio::task::spawn_blocking(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).take_while(|line| line != "ready").collect::<Vec<_>>()
        });
        let lines = tokio::time::timeout(Duration::from_secs(60), lines).await.expect("ready within a minute").unwrap();
        let address = |name: &str| {
            let line = lines.iter().find(|line| line.starts_with(name));
            let line = line.unwrap_or_else(|| panic!("no address of the {name} in {lines:?}"));
            line.split_whitespace().next_back().unwrap().to_owned()
        };
        Self {
            gateway: address("gateway"),
            storage: address("storage"),
            table: address("table"),
            edge: address("edge"),
            http: reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(Duration::from_secs(60))
                .build()
                .unwrap(),
            secrets: data::secrets(folder).unwrap(),
            process,
            _folder: temporary,
        }
    }

    /// Ends the process at once, as a power cut ends it: nothing is flushed or said goodbye to.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Somebody who has signed in.
    pub async fn user(&self, sub: &str) -> User {
        self.user_with(sub, &[]).await
    }

    /// Somebody who has signed in with roles.
    pub async fn user_with(&self, sub: &str, roles: &[&str]) -> User {
        let body = json!({"sub": sub, "roles": roles});
        let answer = self.http.post(format!("{}/_local/token", self.gateway)).json(&body).send().await.unwrap();
        let token = answer.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        User::new(self, sub, Some(token))
    }

    /// Somebody with that in place of a token; `None` sends none.
    pub fn bearer(&self, token: Option<&str>) -> User {
        User::new(self, "nobody", token.map(ToOwned::to_owned))
    }

    /// Makes somebody a member of a project: `viewer`, `contributor` or `manager`.
    pub async fn add_member(&self, project: &str, sub: &str, role: &str) {
        let text = |text: String| AttributeValue::S(text);
        let put = self.dynamodb().put_item().table_name(TABLE);
        let put = put.item("pk", text(format!("PROJECT#{project}"))).item("sk", text(format!("MEMBER#{sub}")));
        put.item("role", text(role.to_owned())).send().await.unwrap();
    }

    /// What storage and table were asked since request `since`, in the order in which it ended.
    pub async fn asked_since(&self, since: u64) -> Vec<Asked> {
        let url = format!("{}/_local/requests?since={since}", self.gateway);
        let answer: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        serde_json::from_value(answer["requests"].clone()).unwrap()
    }

    /// Makes requests to storage or table go wrong; see `Fault` in `local/src/journal.rs`.
    pub async fn fault(&self, fault: Value) {
        let answer = self.http.post(format!("{}/_local/faults", self.gateway)).json(&fault).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Ends all faults.
    pub async fn clear_faults(&self) {
        let answer = self.http.delete(format!("{}/_local/faults", self.gateway)).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// Runs `sweep` now, and gives what it did.
    pub async fn sweep(&self) -> Value {
        let answer = self.http.post(format!("{}/_local/sweep", self.gateway)).send().await.unwrap();
        assert!(answer.status().is_success());
        answer.json().await.unwrap()
    }

    /// Messages per queue.
    pub async fn queues(&self) -> Value {
        let answer = self.http.get(format!("{}/_local/queues", self.gateway)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// The table, for what only the table tells.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client().unwrap())
            .region(Region::new("local"))
            .endpoint_url(&self.table)
            .credentials_provider(Credentials::new("tests", "tests", None, None, "tests"));
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// Storage, with the functions' key, for what only storage tells.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client().unwrap())
            .region(Region::new("local"))
            .endpoint_url(&self.storage)
            .force_path_style(true)
            .credentials_provider(Credentials::new("functions", &self.secrets.functions_key, None, None, "tests"));
        aws_sdk_s3::Client::from_conf(config.build())
    }
}

impl Drop for System {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// One of the programs, which are built once by whoever runs the tests first.
pub fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
            let project = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
            // The same selection as the tests' own, so that nothing is built twice with other features.
            let built = Command::new(cargo).args(["build", "--workspace", "--quiet"]).current_dir(project).status();
            assert!(built.unwrap().success());
            let test = std::env::current_exe().unwrap();
            test.ancestors().nth(2).unwrap().to_owned()
        })
        .join(name)
}

/// Asks again and again until there is an answer, for what happens a moment later.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

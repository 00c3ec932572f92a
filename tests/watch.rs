//! The functions as they are deployed: each in a process of its own, started by `cargo lambda watch` and asked over
//! Lambda's own protocol.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at once")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[path = "support/stage.rs"]
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use quayside_local::tokens::Tokens;
use quayside_local::watch::write_variables;
use quayside_template::Route;
use reqwest::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use stage::{Event, Stage, project, template};

/// How long an answer may take: a function may have to be linked first. One that cannot start never answers.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `cargo lambda watch`. Dropping it ends it, and with it the functions that it has started.
struct Watch {
    process: Child,
    port: u16,
    // Declared last: its log is there as long as the process.
    folder: TempDir,
}

impl Watch {
    fn start(variables: &BTreeMap<String, String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("functions.env");
        write_variables(&file, variables).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut watch = cargo_lambda(&["watch", "--ignore-changes", "--invoke-address", "127.0.0.1"]);
        watch.args(["--invoke-port", &port.to_string()]).arg("--env-file").arg(&file);
        let log = File::create(folder.path().join("log")).unwrap();
        let process = watch.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn();
        let process = process.expect("cargo-lambda, which tests/requirements.txt names, can be started");
        let watch = Self { process, port, folder };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "cargo lambda watch does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        watch
    }

    /// Has `cargo lambda invoke` send an event, and gives the answer.
    async fn invoke(&self, event: &Event) -> Result<Value, String> {
        let mut invoke = cargo_lambda(&["invoke", &event.function, "--invoke-address", "127.0.0.1"]);
        invoke.args(["--invoke-port", &self.port.to_string(), "--output-format", "json"]);
        invoke.arg("--data-file").arg(&event.file);
        let output = tokio::process::Command::from(invoke).kill_on_drop(true).output();
        let output = tokio::time::timeout(PATIENCE, output).await.map_err(|_| "no answer: does it start?")?.unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
    }

    /// Asks over HTTP, by the routes in the manifest.
    async fn ask(&self, method: &str, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let request = client.request(method.parse().unwrap(), format!("http://127.0.0.1:{}{path}", self.port));
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or_default())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Asked to, it ends its functions; killed, it would leave them behind.
        _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        _ = self.process.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            _ = writeln!(std::io::stderr(), "{log}");
        }
    }
}

fn cargo_lambda(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo-lambda");
    command.arg("lambda").args(arguments).current_dir(project());
    command
}

#[test]
fn the_manifest_makes_each_setting_of_a_release_that_cargo_lambda_would_make_otherwise() {
    let manifest = std::fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let (_, profile) = manifest.split_once("[profile.release]\n").unwrap();
    let settings = profile.lines().take_while(|line| !line.starts_with('['));
    let settings: BTreeSet<_> = settings.filter_map(|line| line.split_once(" = ")).collect();
    for setting in [("strip", "\"symbols\""), ("lto", "\"fat\""), ("codegen-units", "1"), ("panic", "\"unwind\"")] {
        assert!(settings.contains(&setting), "{setting:?} is not among {settings:?}");
    }
}

// Another thread serves storage and table while a command is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_answered_as_expected_and_every_route_leads_to_its_function() {
    let stage = Stage::start().await;
    let watch = Watch::start(&stage.variables);
    let mut differences = Vec::new();
    for event in Event::all() {
        stage.lay_out().await;
        let found = match watch.invoke(&event).await {
            Ok(answer) => event.differences(&answer, &stage).await,
            Err(error) => vec![error],
        };
        differences.extend(found.into_iter().map(|difference| format!("{}: {difference}", event.name)));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));

    // Without an authorizer's claims or a signature, a function refuses its own routes; it has none of another's.
    for Route { method, path, function, needs_token } in template().routes {
        let (status, answer) = watch.ask(&method, &path.replace("{provider}", "replicate"), None).await;
        let refused = status == StatusCode::UNAUTHORIZED;
        assert!(
            refused || !needs_token && status == StatusCode::OK,
            "{method} {path} of {function}: {status} {answer}"
        );
    }
    let token = token(&stage);
    assert_eq!(watch.ask("GET", "/v1/assets", Some(&token)).await.0, StatusCode::UNAUTHORIZED);
}

// Another thread serves storage and table while a command is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_gateway_the_functions_verify_tokens_themselves() {
    let stage = Stage::start().await;
    stage.lay_out().await;
    let mut variables = stage.variables.clone();
    variables.insert("AUTH_MODE".to_owned(), "secret".to_owned());
    let watch = Watch::start(&variables);
    assert_eq!(watch.ask("GET", "/v1/assets", None).await.0, StatusCode::UNAUTHORIZED);
    let (status, page) = watch.ask("GET", "/v1/assets?status=ready", Some(&token(&stage))).await;
    assert_eq!((status, &page["items"][0]["name"]), (StatusCode::OK, &"pier.png".into()));
}

/// A token of ada's that the stage's functions accept where they verify tokens.
fn token(stage: &Stage) -> String {
    let [secret, issuer, audience] =
        ["AUTH_SECRET", "AUTH_ISSUER", "AUTH_AUDIENCE"].map(|name| stage.variables[name].as_str());
    Tokens::new(secret.as_bytes(), issuer, audience).issue("ada", &[], Duration::from_secs(600)).unwrap()
}

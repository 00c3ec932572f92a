//! The program `quayside`, run as a developer would, with nothing of this machine's own settings.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::system::{System, program};

/// What a run said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub error: String,
}

impl Said {
    /// The lines that begin with a state, without it: `wrong`.
    pub fn lines(&self, state: &str) -> Vec<&str> {
        self.out.lines().filter_map(|line| Some(line.strip_prefix(state)?.trim())).collect()
    }

    /// Checks that exactly one line has that state: about this part, and with these words.
    #[track_caller]
    pub fn expect_only(&self, state: &str, part: &str, words: &str) {
        let fits = matches!(self.lines(state)[..], [line] if line.starts_with(part) && line.contains(words));
        assert!(fits, "not `{part}` with `{words}` alone: {self:#?}");
    }
}

/// A developer's machine: a home, and variables.
pub struct Developer {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Developer {
    pub fn new(variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { home: tempfile::tempdir().unwrap(), variables: variables.collect() }
    }

    /// Somebody who may manage the system's storage and secrets.
    pub fn of(system: &System) -> Self {
        Self::new(&[
            ("AWS_ACCESS_KEY_ID", "functions"),
            ("AWS_SECRET_ACCESS_KEY", &system.secrets.functions_key),
            ("AWS_REGION", "local"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &system.table),
        ])
    }

    /// A file of this name in the home.
    pub fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub async fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, "").await
    }

    /// Runs the program with a text as its standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = Command::new(program("quayside"));
        command.args(arguments).env_clear().env("HOME", self.home.path()).current_dir(self.home.path());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        // Nobody asks the network who this machine is.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdin = process.stdin.take().unwrap();
        // The program may end without having read it.
        _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let done = process.wait_with_output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: done.status.code().unwrap(), out: text(done.stdout), error: text(done.stderr) }
    }
}

impl System {
    /// What the stack would put out, with these in the place of its own.
    pub async fn outputs(&self, changed: &[(&str, &str)]) -> String {
        let answer = self.http.get(format!("{}/_local/outputs", self.gateway)).send().await.unwrap();
        let mut outputs: Vec<Value> = answer.json().await.unwrap();
        for (key, value) in changed {
            let output = outputs.iter_mut().find(|output| output["OutputKey"] == *key).expect(key);
            output["OutputValue"] = (*value).into();
        }
        Value::from(outputs).to_string()
    }

    /// What a secret holds, as the system answers it.
    pub async fn secret(&self, name: &str) -> Value {
        let request = self.http.post(&self.table).header("x-amz-target", "secretsmanager.GetSecretValue");
        let request = request.body(serde_json::json!({"SecretId": name}).to_string());
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["SecretString"].as_str().map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
    }
}

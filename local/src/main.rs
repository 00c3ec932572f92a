//! `cargo local`: starts the system, with or without the functions, or prints a token for it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use quayside_local::data;
use quayside_local::system::{self, Settings, System};
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The whole system on one machine.
#[derive(Parser)]
#[command(name = "cargo local", bin_name = "cargo local", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    start: Start,
}

#[derive(Args)]
struct Start {
    /// First of four ports: gateway and page, storage, table, edge. 0 takes free ones.
    #[arg(long, value_name = "BASE", default_value_t = 9000, value_parser = clap::value_parser!(u16).range(..=65532))]
    port: u16,
    /// Folder that the data is kept in.
    #[arg(long, value_name = "DIR", global = true, default_value_os_t = project().join(".local"))]
    data: PathBuf,
    /// Keep no data.
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,
    /// Give a parameter of template.yaml this value, as `sam deploy --parameter-overrides` does; may be repeated.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// Try failed messages again so many seconds later, not when their visibility timeout is over.
    #[arg(long, value_name = "SECONDS")]
    retry_after: Option<u64>,
    /// Send storage's notification of an upload so many seconds after its last byte.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    notify_after: u64,
}

#[derive(Subcommand)]
enum Command {
    /// Starts all but the functions, for `cargo lambda watch`, which runs the same functions over Lambda's own protocol.
    Backends {
        #[command(flatten)]
        start: Start,
        /// Where `cargo lambda watch` is asked.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9010")]
        functions: String,
    },
    /// Prints a token that the system in the data folder accepts.
    Token {
        /// The token's sub.
        sub: String,
        /// A role that it claims; may be repeated.
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// How many seconds it holds.
        #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
        expires_in: u64,
    },
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The checkout that this was built from, with its template and page.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let levels = std::env::var("RUST_LOG").ok().and_then(|levels| levels.parse().ok());
    let levels = levels.unwrap_or_else(|| {
        Targets::new()
            .with_default(Level::WARN)
            .with_target("s3s", LevelFilter::OFF)
            .with_target("dynoxide", Level::ERROR)
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(levels)).init();
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(Command::Token { sub, roles, expires_in }) => {
            token(&arguments.start.data, &sub, &roles, Duration::from_secs(expires_in))
        }
        Some(Command::Backends { start, functions }) => run(&start, Some(functions)).await,
        None => run(&arguments.start, None).await,
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            _ = writeln!(std::io::stderr(), "error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn token(data: &Path, sub: &str, roles: &[String], expires_in: Duration) -> system::Result<()> {
    std::fs::create_dir_all(data)?;
    let token = system::tokens(&data::secrets(data)?).issue(sub, roles, expires_in)?;
    writeln!(std::io::stdout(), "{token}")?;
    Ok(())
}

async fn run(start: &Start, watch: Option<String>) -> system::Result<()> {
    let system = System::start(Settings {
        base_port: start.port,
        data: (!start.ephemeral).then(|| start.data.clone()),
        project: project(),
        parameters: start.parameters.iter().cloned().collect(),
        retry_after: start.retry_after.map(Duration::from_secs),
        notify_after: Duration::from_secs(start.notify_after),
        watch,
    })
    .await?;
    let addresses = &system.addresses;
    let mut out = std::io::stdout();
    writeln!(out, "gateway and page  {}", addresses.gateway)?;
    writeln!(out, "storage (S3)      {}", addresses.storage)?;
    writeln!(out, "table (DynamoDB)  {}", addresses.table)?;
    writeln!(out, "edge (CDN)        {}", addresses.edge)?;
    if let Some(variables) = &system.variables {
        writeln!(out, "variables         {}", variables.display())?;
    }
    writeln!(out, "ready")?;
    out.flush()?;
    system.run().await
}

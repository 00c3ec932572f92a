//! `quayside`: sets up the bucket of a deployment, and says of a deployment what is wrong.

mod aws;
mod b2;
mod doctor;
mod event_rule;
mod outputs;
mod secrets;
mod setup;
mod web;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Any error that ends a command, with a text for whoever started it.
type Error = Box<dyn std::error::Error + Send + Sync>;

type Result<T> = std::result::Result<T, Error>;

/// Looks after deployments of Quayside.
#[derive(Parser)]
#[command(name = "quayside", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
enum Command {
    /// Makes a bucket what Quayside needs: private, with CORS and lifecycle rules, and on Backblaze B2 with application
    /// keys and an event rule. Changes only what differs, says what that was, and may be run again at any time.
    SetupBucket(setup::Arguments),
    /// Says of a deployment, line by line, what is right and what is wrong and what to do about it. Ends with 1 if
    /// anything is wrong.
    Doctor(doctor::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::SetupBucket(arguments) => setup::run(&arguments).await.map(|()| true),
        Command::Doctor(arguments) => doctor::run(&arguments).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            _ = writeln!(std::io::stderr(), "error: {}", one_line(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// Prints one line: what became of it, what it is about, and what there is to say.
fn say(state: &str, part: &str, text: &str) {
    // Nobody reads it any more: that is no reason to stop half-way.
    _ = writeln!(std::io::stdout(), "{state:<6} {part:<10} {}", one_line(text));
}

/// A text that is one line and nothing else, whatever a server has put into it: no line of its own, no escape sequence.
fn one_line(text: &str) -> String {
    text.trim_end().replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_server_says_begins_no_line_and_moves_no_cursor() {
        assert_eq!(super::one_line("busy\nok     storage\u{1b}[2A\r\n"), "busy ok     storage [2A");
    }
}

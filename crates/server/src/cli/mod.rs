//! The commands of the binary `denwaban`.
//!
//! Answers go to standard output, log lines and errors to standard error. An error is one sentence
//! and exit code 1; a command that cannot be understood is exit code 2.

mod demo;
mod health;
mod operator;
mod output;
mod serve;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use store::StoreError;

use crate::App;
use crate::app::{StartError, openapi};
use crate::error::Failure;
use crate::platform::clock::Clock;
use crate::platform::config::{Config, ConfigError, process_env};
use crate::platform::telemetry;

#[derive(Debug, Parser)]
#[command(
    name = "denwaban",
    version,
    about = "電話番: customer portal and API of a cloud telephony operator",
    propagate_version = true
)]
struct Cli {
    /// TOML file with settings; the environment (DENWABAN__SECTION__KEY) overrides it
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal and the API, and send notices
    Serve,
    /// Send notices, and nothing else: beside `serve`, where its outbox.workers is 0 or one process
    /// is not enough
    Worker,
    /// Bring the tables of the database up to date
    Migrate,
    /// Print the OpenAPI document
    Openapi,
    /// Ask the server on this machine whether it answers
    Health,
    /// Contracts, numbers, IDs and keys, directly in the database
    Operator(operator::Args),
    /// Serve a sample contract from an embedded database
    Demo(demo::Args),
}

/// Why a command fails, in one sentence.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{}", output::sentence(.0))]
    Failure(#[from] Failure),
    #[error("database: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Said(String),
}

impl Error {
    fn said(text: impl Into<String>) -> Self {
        Self::Said(text.into())
    }
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> Result<(), Error> {
    if matches!(cli.command, Command::Openapi) {
        output::print(&openapi::document_text());
        return Ok(());
    }
    let config = Config::load(cli.config.as_deref(), process_env())?;
    telemetry::init(&config.log);
    match cli.command {
        Command::Serve => serve::run(config),
        Command::Worker => worker::run(config),
        Command::Migrate => migrate(config),
        Command::Health => health::run(&config),
        Command::Operator(args) => operator::run(config, args),
        Command::Demo(args) => demo::run(config, args),
        Command::Openapi => Ok(()),
    }
}

fn migrate(config: Config) -> Result<(), Error> {
    // Opening brings the tables up to date.
    let app = App::build(config, Clock::system())?;
    output::print(&format!("The {} database is up to date.", app.db.kind()));
    Ok(())
}

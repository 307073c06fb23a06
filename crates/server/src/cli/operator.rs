//! `denwaban operator …`: provisioning at the command line, by the functions behind the operator's
//! API.

mod accounts;
mod ids;
mod keys;
mod numbers;
mod signing_keys;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use api_types::{ErrorCode, field_faults};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::accounts::account;
use store::identity::service_key::KeyKind;
use store::numbers::{number, phone_id};
use store::{Conn, EntranceScope, OperatorScope, Scope};
use validator::Validate;

use super::{Error, output};
use crate::error::Failure;
use crate::platform::change::{Actor, Ctx};
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::{App, platform};

/// Who stands in the change log.
const ACTOR: &str = "command line";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print JSON, as the operator's API answers it
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Contracts
    #[command(subcommand)]
    Account(accounts::Command),
    /// Numbers of a contract
    #[command(subcommand)]
    Number(numbers::Command),
    /// IDs of a contract
    #[command(subcommand)]
    Id(ids::Command),
    /// Terminals that are signed in with an ID
    #[command(subcommand)]
    Terminal(ids::TerminalCommand),
    /// Keys for the operator's API
    #[command(subcommand)]
    Key(keys::Command),
    /// Switches and their keys
    #[command(subcommand)]
    Switch(keys::Command),
    /// Keys that access tokens and snapshots are signed with
    #[command(subcommand)]
    SigningKey(signing_keys::Command),
}

pub(super) fn run(config: Config, args: Args) -> Result<(), Error> {
    let desk = Desk { app: App::build(config, Clock::system())?, json: args.json };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::said(error.to_string()))?;
    runtime.block_on(async {
        match args.command {
            Command::Account(command) => accounts::run(&desk, command).await,
            Command::Number(command) => numbers::run(&desk, command).await,
            Command::Id(command) => ids::run(&desk, command).await,
            Command::Terminal(command) => ids::run_terminal(&desk, command).await,
            Command::Key(command) => keys::run(&desk, KeyKind::Operator, command).await,
            Command::Switch(command) => keys::run(&desk, KeyKind::Switch, command).await,
            Command::SigningKey(command) => signing_keys::run(&desk, command).await,
        }
    })
}

/// The operator at the command line.
struct Desk {
    app: Arc<App>,
    json: bool,
}

/// What an option sets: nothing where it is empty.
fn unless_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// A list, as the API answers it.
#[derive(Serialize)]
struct List<T> {
    items: Vec<T>,
}

impl Desk {
    /// Runs `work` in one transaction.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn, OperatorScope, &Ctx) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let ctx = self.app.ctx(Actor::operator(ACTOR));
        self.app.db.write(move |conn| work(conn, OperatorScope::authorised(), &ctx)).await
    }

    /// Prints what a command answers.
    fn show<T: Serialize>(&self, value: &T, text: impl FnOnce(&T) -> String) {
        if self.json { output::print_json(value) } else { output::print(&text(value)) }
    }

    /// Prints that something is done that has no answer.
    fn done(&self, text: &str) {
        if self.json { output::print_json(&serde_json::json!({})) } else { output::print(text) }
    }
}

/// The contract with this id, or that the ID with this login id belongs to.
fn scope_of(conn: &mut Conn, operator: OperatorScope, wanted: &str) -> Result<Scope, Error> {
    let scope = operator.account(wanted);
    if account::find(conn, &scope)?.is_some() {
        return Ok(scope);
    }
    match phone_id::find_by_login_id(conn, EntranceScope::authenticating(), wanted)? {
        Some((_, account)) => Ok(operator.account(account.id)),
        None => {
            Err(Error::said(format!("there is no contract {wanted:?} and no ID of that login id")))
        }
    }
}

/// The number of the contract with this id, or written this way.
fn number_of(conn: &mut Conn, scope: &Scope, wanted: &str) -> Result<number::Row, Error> {
    let e164 = api_types::PhoneNumber::parse(wanted).ok();
    let found = number::list(conn, scope)?.into_iter().find(|number| {
        number.id == wanted || e164.as_ref().is_some_and(|wanted| wanted.e164() == number.e164)
    });
    found.ok_or_else(|| Error::said(format!("the contract has no number {wanted:?}")))
}

/// The ID of the contract with this id or login id.
fn id_of(conn: &mut Conn, scope: &Scope, wanted: &str) -> Result<phone_id::Row, Error> {
    let found = phone_id::list(conn, scope)?
        .into_iter()
        .find(|row| row.id == wanted || row.login_id == wanted);
    found.ok_or_else(|| Error::said(format!("the contract has no ID {wanted:?}")))
}

/// Checks what was typed by the rules of the API.
fn checked<T: Validate>(value: T) -> Result<T, Error> {
    match value.validate() {
        Ok(()) => Ok(value),
        Err(errors) => Err(Failure::Fields(field_faults(&errors)).into()),
    }
}

/// An argument that is one of the words of a wire type.
fn word<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    words: &'static [&'static str],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words)
        .try_map(|word| platform::wire::read_word(&word).ok_or("is not known here"))
}

#[derive(Debug, clap::Args)]
struct PasswordArg {
    /// File whose first line is the password, `-` for standard input; without it one is made and
    /// shown once
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordArg {
    fn read(&self) -> Result<Option<String>, Error> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let wrong = |error: std::io::Error| {
            Error::said(format!("--password-file: {}: {error}", path.display()))
        };
        let text = if path == Path::new("-") {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            std::fs::read_to_string(path)
        };
        Ok(Some(text.map_err(wrong)?.lines().next().unwrap_or_default().to_owned()))
    }
}

/// A row that is gone since it was looked up is said to be so.
fn gone(failure: Failure, what: &str) -> Error {
    match failure {
        Failure::Code(ErrorCode::NotFound) => Error::said(format!("there is no {what}")),
        other => other.into(),
    }
}

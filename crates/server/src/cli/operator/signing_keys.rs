//! `denwaban operator signing-key …`

use clap::Subcommand;
use serde::Serialize;
use store::identity::signing_key;

use super::{Desk, List};
use crate::cli::{Error, output};
use crate::identity::signing;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the keys that are or were published
    List,
    /// Make a new key: published at once, signing in ten minutes, while the others stay good for a
    /// week
    Rotate {
        /// It signs now and the others are worth nothing any more: for keys that others may know.
        /// Apps renew their tokens by themselves
        #[arg(long)]
        at_once: bool,
    },
}

#[derive(Serialize)]
struct Key {
    kid: String,
    created_at: chrono::DateTime<chrono::Utc>,
    signs_from: chrono::DateTime<chrono::Utc>,
    retired_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl From<signing_key::Row> for Key {
    fn from(row: signing_key::Row) -> Self {
        Self {
            kid: row.kid,
            created_at: row.created_at.and_utc(),
            signs_from: row.signs_from.and_utc(),
            retired_at: row.retired_at.map(|at| at.and_utc()),
        }
    }
}

pub(super) async fn run(desk: &Desk, command: Command) -> Result<(), Error> {
    match command {
        Command::List => {
            let items =
                desk.write(|conn, operator, _| Ok(signing_key::list(conn, operator)?)).await?;
            desk.show(&List { items: items.into_iter().map(Key::from).collect() }, |list| {
                text(&list.items)
            });
        }
        Command::Rotate { at_once } => {
            let secrets = desk.app.secrets.clone();
            let made = desk
                .write(move |conn, operator, ctx| {
                    Ok(signing::rotate(conn, operator, &secrets, ctx.at(), at_once)?)
                })
                .await?;
            desk.show(&Key::from(made), |made| text(std::slice::from_ref(made)));
        }
    }
    Ok(())
}

fn text(keys: &[Key]) -> String {
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let retired = key.retired_at.map_or_else(|| "not yet".to_owned(), time);
            [key.kid.clone(), time(key.created_at), time(key.signs_from), retired]
        })
        .collect();
    output::table(["KEY", "MADE (UTC)", "SIGNS FROM (UTC)", "GOES (UTC)"], &rows)
}

//! `denwaban operator key …` and `denwaban operator switch …`

use api_types::{ServiceKey, ServiceKeyCreate};
use clap::Subcommand;
use store::Kind as _;
use store::identity::service_key::{self, KeyKind};

use super::{Desk, List, checked};
use crate::cli::{Error, output};
use crate::identity;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a key and show it once
    Add {
        /// What it is for
        name: String,
    },
    /// List the keys, without the keys themselves
    List,
    /// Take a key back
    Delete {
        /// Its id
        id: String,
    },
}

pub(super) async fn run(desk: &Desk, kind: KeyKind, command: Command) -> Result<(), Error> {
    match command {
        Command::Add { name } => {
            let new = checked(ServiceKeyCreate { name })?;
            let made = desk
                .write(move |conn, operator, ctx| {
                    Ok(identity::service_keys::create_service_key(conn, operator, ctx, kind, new)?)
                })
                .await?;
            desk.show(&made, |made| {
                format!(
                    "{}\n\nThe key, shown this once: {}",
                    text(std::slice::from_ref(&made.service_key)),
                    made.key
                )
            });
        }
        Command::List => {
            let items = desk.write(move |conn, operator, _| {
                let mut items: Vec<ServiceKey> = Vec::new();
                loop {
                    let after = items.last().map(|key| key.id.clone());
                    let page = service_key::list(conn, operator, kind, after.as_deref(), 200)?;
                    if page.is_empty() {
                        return Ok(items);
                    }
                    items.extend(page.iter().map(identity::view::service_key));
                }
            });
            desk.show(&List { items: items.await? }, |list| text(&list.items));
        }
        Command::Delete { id } => {
            let named = id.clone();
            let there = desk
                .write(move |conn, operator, _| {
                    Ok(service_key::delete(conn, operator, kind, &named)?)
                })
                .await?;
            if !there {
                return Err(Error::said(format!("there is no {} key {id:?}", kind.text())));
            }
            desk.done(&format!("Key {id} no longer opens anything."));
        }
    }
    Ok(())
}

fn text(keys: &[ServiceKey]) -> String {
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let used = key
                .last_used_at
                .map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
            [
                key.id.clone(),
                format!("{}…", key.hint),
                key.created_at.format("%Y-%m-%d %H:%M").to_string(),
                used,
                key.name.clone(),
            ]
        })
        .collect();
    output::table(["ID", "KEY", "MADE (UTC)", "LAST USED (UTC)", "NAME"], &rows)
}

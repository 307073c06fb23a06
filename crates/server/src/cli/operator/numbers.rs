//! `denwaban operator number …`

use api_types::{
    NumberKind, OperatorNumber, OperatorNumberCreate, OperatorNumberPatch, PhoneNumber,
};
use clap::Subcommand;
use store::numbers::number;

use super::{Desk, List, checked, number_of, scope_of, unless_empty, word};
use crate::cli::{Error, output};
use crate::platform::change::Expected;
use crate::{numbers, platform};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a number to a contract
    Add {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// The number, in E.164 or as it is written in Japan
        number: String,
        /// 基本番号 or 追加番号
        #[arg(long, default_value = "additional", value_parser = word::<NumberKind>(&["primary",
            "additional"]))]
        kind: NumberKind,
        /// 番号名称
        #[arg(long, default_value = "")]
        name: String,
        /// The most calls at once that the contract allows
        #[arg(long, default_value_t = 1)]
        max_channels: u8,
        /// Your own name for it
        #[arg(long)]
        reference: Option<String>,
    },
    /// List the numbers of a contract
    List {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
    },
    /// Change a number
    Set {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// The number or its id
        number: String,
        /// 番号名称
        #[arg(long)]
        name: Option<String>,
        /// The most calls at once that the contract allows
        #[arg(long)]
        max_channels: Option<u8>,
        /// Your own name for it; empty removes it
        #[arg(long)]
        reference: Option<String>,
    },
    /// Take a number off a contract
    Delete {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// The number or its id
        number: String,
    },
}

pub(super) async fn run(desk: &Desk, command: Command) -> Result<(), Error> {
    match command {
        Command::Add { account, number, kind, name, max_channels, reference } => {
            let new =
                checked(OperatorNumberCreate { number, kind, name, max_channels, reference })?;
            let made = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                Ok(numbers::provisioning::create_number(conn, &scope, ctx, new)?)
            });
            desk.show(&made.await?, |made| text(std::slice::from_ref(made)));
        }
        Command::List { account } => {
            let items = desk.write(move |conn, operator, _| {
                let scope = scope_of(conn, operator, &account)?;
                Ok(number::list(conn, &scope)?
                    .iter()
                    .map(numbers::view::operator_number)
                    .collect::<Vec<_>>())
            });
            desk.show(&List { items: items.await? }, |list| text(&list.items));
        }
        Command::Set { account, number, name, max_channels, reference } => {
            let reference = reference.map(unless_empty);
            let patch = checked(OperatorNumberPatch { name, max_channels, reference })?;
            let after = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let id = number_of(conn, &scope, &number)?.id;
                Ok(numbers::provisioning::patch_number(
                    conn,
                    &scope,
                    ctx,
                    &Expected::Any,
                    &id,
                    patch,
                )?)
            });
            desk.show(&after.await?, |after| text(std::slice::from_ref(after)));
        }
        Command::Delete { account, number } => {
            let e164 = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let row = number_of(conn, &scope, &number)?;
                numbers::provisioning::delete_number(conn, &scope, ctx, &Expected::Any, &row.id)?;
                Ok(row.e164)
            });
            desk.done(&format!("Number {} is removed.", printed(&e164.await?)));
        }
    }
    Ok(())
}

pub(super) fn text(numbers: &[OperatorNumber]) -> String {
    let rows: Vec<_> = numbers
        .iter()
        .map(|number| {
            let channels = format!("{} of {}", number.channel_limit, number.max_channels);
            [
                number.id.clone(),
                printed(&number.e164),
                platform::wire::word(&number.kind),
                channels,
                number.name.clone(),
            ]
        })
        .collect();
    output::table(["ID", "NUMBER", "KIND", "CHANNELS", "NAME"], &rows)
}

fn printed(e164: &str) -> String {
    PhoneNumber::parse(e164).map_or_else(|_| e164.to_owned(), |number| number.japanese())
}

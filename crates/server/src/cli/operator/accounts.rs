//! `denwaban operator account …`

use api_types::{
    AccountOptions, AccountStatus, OperatorAccount, OperatorAccountCreate, OperatorAccountPatch,
    OperatorNumber, OperatorPhoneId,
};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use store::Scope;
use store::accounts::account;
use store::numbers::{number, phone_id};

use super::{Desk, List, checked, ids, numbers, scope_of, unless_empty};
use crate::cli::{Error, output};
use crate::numbers::terminals::Terminals;
use crate::numbers::view as numbers_view;
use crate::platform::change::Expected;
use crate::{accounts, platform};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a contract
    Add {
        /// Name of the contract holder
        #[arg(long)]
        name: String,
        /// Where password links and warnings go
        #[arg(long)]
        contact_mail: Option<String>,
        /// Your own name for it; no other contract may have it
        #[arg(long)]
        reference: Option<String>,
        /// What is contracted, with commas between
        #[arg(long, visible_alias = "options", value_delimiter = ',', value_name = "OPTION")]
        option: Vec<OptionWord>,
    },
    /// List all contracts
    List,
    /// Show a contract with its numbers and IDs
    Show {
        /// Its id, or the login id of one of its IDs
        account: String,
    },
    /// Change a contract
    Set {
        /// Its id, or the login id of one of its IDs
        account: String,
        /// Name of the contract holder
        #[arg(long)]
        name: Option<String>,
        /// Where password links and warnings go; empty removes it
        #[arg(long)]
        contact_mail: Option<String>,
        /// Your own name for it; empty removes it
        #[arg(long)]
        reference: Option<String>,
        /// What is contracted from now on, with commas between; empty for nothing
        #[arg(long, visible_alias = "option", value_name = "OPTIONS")]
        options: Option<String>,
    },
    /// End every session and refuse sign-in
    Suspend {
        /// Its id, or the login id of one of its IDs
        account: String,
        /// Why; the holder reads it at sign-in
        #[arg(long)]
        reason: Option<String>,
    },
    /// Lift a suspension
    Resume {
        /// Its id, or the login id of one of its IDs
        account: String,
    },
    /// Remove a contract with everything in it, for good
    Delete {
        /// Its id; a login id is not enough here
        account: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum OptionWord {
    /// IP電話機オプション
    IpPhone,
    /// 宅内機器オプション
    PremisesDevice,
    /// 留守番電話
    Voicemail,
    /// クラウドFAX
    Fax,
}

/// A contract with what is in it.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    account: OperatorAccount,
    numbers: Vec<OperatorNumber>,
    ids: Vec<OperatorPhoneId>,
}

pub(super) async fn run(desk: &Desk, command: Command) -> Result<(), Error> {
    match command {
        Command::Add { name, contact_mail, reference, option } => {
            let options = options(&option);
            let new = OperatorAccountCreate {
                name,
                contact_mail,
                reference,
                options,
                numbers: Vec::new(),
                ids: Vec::new(),
            };
            let (new, secrets) = (checked(new)?, desk.app.secrets.clone());
            let made = desk.write(move |conn, operator, ctx| {
                Ok(accounts::opening::create_account(conn, operator, ctx, &secrets, new, &[])?)
            });
            desk.show(&made.await?, text);
            Ok(())
        }
        Command::List => list(desk).await,
        Command::Show { account } => show(desk, account).await,
        Command::Set { account, name, contact_mail, reference, options: wanted } => {
            let patch = checked(OperatorAccountPatch {
                name,
                contact_mail: contact_mail.map(unless_empty),
                reference: reference.map(unless_empty),
                ..OperatorAccountPatch::default()
            })?;
            let wanted = wanted.map(|words| parse_options(&words)).transpose()?;
            let after = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let after = accounts::provisioning::patch_account(
                    conn,
                    &scope,
                    ctx,
                    &Expected::Any,
                    patch,
                )?;
                match wanted {
                    Some(options) => Ok(accounts::provisioning::set_options(
                        conn,
                        &scope,
                        ctx,
                        &Expected::Any,
                        options,
                    )?),
                    None => Ok(after),
                }
            });
            desk.show(&after.await?, text);
            Ok(())
        }
        Command::Suspend { account, reason } => {
            let status = Some(AccountStatus::Suspended);
            patch(
                desk,
                account,
                OperatorAccountPatch {
                    status,
                    suspended_reason: Some(reason),
                    ..OperatorAccountPatch::default()
                },
            )
            .await
        }
        Command::Resume { account } => {
            patch(
                desk,
                account,
                OperatorAccountPatch {
                    status: Some(AccountStatus::Active),
                    ..OperatorAccountPatch::default()
                },
            )
            .await
        }
        Command::Delete { account } => {
            let named = account.clone();
            desk.write(move |conn, operator, ctx| {
                accounts::provisioning::delete_account(
                    conn,
                    &operator.account(&named),
                    ctx.at(),
                    &Expected::Any,
                )
                .map_err(|error| super::gone(error, &format!("contract {named:?}")))
            })
            .await?;
            desk.done(&format!("Contract {account} is removed."));
            Ok(())
        }
    }
}

async fn patch(desk: &Desk, account: String, patch: OperatorAccountPatch) -> Result<(), Error> {
    let patch = checked(patch)?;
    let after = desk.write(move |conn, operator, ctx| {
        let scope = scope_of(conn, operator, &account)?;
        Ok(accounts::provisioning::patch_account(conn, &scope, ctx, &Expected::Any, patch)?)
    });
    desk.show(&after.await?, text);
    Ok(())
}

async fn list(desk: &Desk) -> Result<(), Error> {
    let items = desk.write(|conn, operator, _| {
        let mut items: Vec<OperatorAccount> = Vec::new();
        loop {
            let after = items.last().map(|account| account.id.clone());
            let page = account::list(conn, operator, after.as_deref(), 200)?;
            if page.is_empty() {
                return Ok(items);
            }
            items.extend(accounts::provisioning::account_views(conn, operator, &page)?);
        }
    });
    desk.show(&List { items: items.await? }, |list| {
        let rows: Vec<_> = list
            .items
            .iter()
            .map(|account| {
                [account.id.clone(), status(account), words(account.options), account.name.clone()]
            })
            .collect();
        output::table(["ID", "STATUS", "OPTIONS", "NAME"], &rows)
    });
    Ok(())
}

async fn show(desk: &Desk, account: String) -> Result<(), Error> {
    let whole = desk.write(move |conn, operator, ctx| {
        let scope: Scope = scope_of(conn, operator, &account)?;
        let terminals = Terminals::load(conn, &scope, ctx.at())?;
        Ok(Whole {
            account: accounts::provisioning::account_view(conn, &scope)?,
            numbers: number::list(conn, &scope)?
                .iter()
                .map(numbers_view::operator_number)
                .collect(),
            ids: phone_id::list(conn, &scope)?
                .iter()
                .map(|row| numbers_view::operator_phone_id(row, &terminals))
                .collect(),
        })
    });
    desk.show(&whole.await?, |whole| {
        format!(
            "{}\n\n{}\n\n{}",
            text(&whole.account),
            numbers::text(&whole.numbers),
            ids::text(&whole.ids)
        )
    });
    Ok(())
}

fn text(account: &OperatorAccount) -> String {
    let mut lines = vec![
        format!("id            {}", account.id),
        format!("name          {}", account.name),
        format!("reference     {}", account.reference.as_deref().unwrap_or("-")),
        format!("contact mail  {}", account.contact_mail.as_deref().unwrap_or("-")),
        format!("status        {}", status(account)),
        format!("options       {}", words(account.options)),
    ];
    if let Some(reason) = &account.suspended_reason {
        lines.push(format!("reason        {reason}"));
    }
    lines.join("\n")
}

fn status(account: &OperatorAccount) -> String {
    platform::wire::word(&account.status)
}

fn words(options: AccountOptions) -> String {
    let all = [
        (options.ip_phone, "ip_phone"),
        (options.premises_device, "premises_device"),
        (options.voicemail, "voicemail"),
        (options.fax, "fax"),
    ];
    let on: Vec<_> = all.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    if on.is_empty() { "-".to_owned() } else { on.join(",") }
}

fn options(words: &[OptionWord]) -> AccountOptions {
    let has = |word| words.contains(&word);
    AccountOptions {
        ip_phone: has(OptionWord::IpPhone),
        premises_device: has(OptionWord::PremisesDevice),
        voicemail: has(OptionWord::Voicemail),
        fax: has(OptionWord::Fax),
    }
}

fn parse_options(text: &str) -> Result<AccountOptions, Error> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words = words.map(|word| {
        OptionWord::from_str(word, false)
            .map_err(|_| Error::said(format!("--options: there is no option {word:?}")))
    });
    Ok(options(&words.collect::<Result<Vec<_>, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_words_with_commas_and_empty_is_none() {
        assert_eq!(words(parse_options("fax, ip_phone").unwrap()), "ip_phone,fax");
        assert_eq!(parse_options("").unwrap(), AccountOptions::default());
        assert_eq!(
            parse_options("fex").unwrap_err().to_string(),
            "--options: there is no option \"fex\""
        );
    }
}

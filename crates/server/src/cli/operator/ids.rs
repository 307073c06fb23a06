//! `denwaban operator id …` and `denwaban operator terminal …`

use api_types::{
    DeviceOption, OperatorPasswordPut, OperatorPasswordSet, OperatorPhoneId, OperatorPhoneIdCreate,
    OperatorPhoneIdCreated, OperatorPhoneIdPatch, PhoneIdKind, TerminalKind, TerminalRegistration,
};
use clap::Subcommand;
use store::OperatorScope;
use store::numbers::phone_id;

use super::{Desk, List, PasswordArg, checked, gone, id_of, scope_of, unless_empty, word};
use crate::cli::{Error, output};
use crate::identity::passwords::PreparedPassword;
use crate::numbers::terminals::Terminals;
use crate::platform::change::Expected;
use crate::{identity, numbers, platform};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add an ID to a contract
    Add {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// What the terminal signs in with
        login_id: String,
        /// 基本ID or 追加ID
        #[arg(long, default_value = "additional", value_parser = word::<PhoneIdKind>(&["basic",
            "additional"]))]
        kind: PhoneIdKind,
        /// 内線 短縮番号
        #[arg(long)]
        extension: String,
        /// 端末名称
        #[arg(long, default_value = "")]
        name: String,
        /// What it is set up for besides the app
        #[arg(long, value_parser = word::<DeviceOption>(&["ip_phone", "premises_device"]))]
        device_option: Option<DeviceOption>,
        /// Your own name for it
        #[arg(long)]
        reference: Option<String>,
        #[command(flatten)]
        password: PasswordArg,
    },
    /// List the IDs of a contract
    List {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
    },
    /// Change an ID
    Set {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// Login id or id of the ID
        id: String,
        /// 内線 短縮番号
        #[arg(long)]
        extension: Option<String>,
        /// 端末名称
        #[arg(long)]
        name: Option<String>,
        /// What it is set up for besides the app
        #[arg(long, value_parser = ["ip_phone", "premises_device", "none"])]
        device_option: Option<String>,
        /// Your own name for it; empty removes it
        #[arg(long)]
        reference: Option<String>,
    },
    /// Set the password of an ID and end its sessions
    Password {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// Login id or id of the ID
        id: String,
        #[command(flatten)]
        password: PasswordArg,
    },
    /// Take an ID off a contract
    Delete {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// Login id or id of the ID
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TerminalCommand {
    /// Note a terminal as signed in
    Add {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// Login id or id of the ID
        id: String,
        /// 端末種類
        #[arg(long, value_parser = word::<TerminalKind>(&["ios", "android", "windows", "macos",
            "ip_phone", "premises_device"]))]
        kind: TerminalKind,
        /// The name that the terminal gives itself
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Sign a terminal out
    Delete {
        /// Id of the contract, or the login id of one of its IDs
        account: String,
        /// Login id or id of the ID
        id: String,
        /// Id of the terminal
        terminal: String,
    },
}

pub(super) async fn run(desk: &Desk, command: Command) -> Result<(), Error> {
    match command {
        Command::Add {
            account,
            login_id,
            kind,
            extension,
            name,
            device_option,
            reference,
            password,
        } => {
            let password = password.read()?;
            let new = OperatorPhoneIdCreate {
                login_id,
                kind,
                extension,
                terminal_name: name,
                device_option,
                password,
                reference,
            };
            add(desk, account, checked(new)?).await?;
        }
        Command::List { account } => {
            let items = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let terminals = Terminals::load(conn, &scope, ctx.at())?;
                Ok(phone_id::list(conn, &scope)?
                    .iter()
                    .map(|row| numbers::view::operator_phone_id(row, &terminals))
                    .collect::<Vec<_>>())
            });
            desk.show(&List { items: items.await? }, |list| text(&list.items));
        }
        Command::Set { account, id, extension, name, device_option, reference } => {
            let patch = checked(OperatorPhoneIdPatch {
                extension,
                terminal_name: name,
                device_option: device_option.map(|word| platform::wire::read_word(&word)),
                reference: reference.map(unless_empty),
            })?;
            let after = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let id = id_of(conn, &scope, &id)?.id;
                Ok(numbers::phone_ids::patch_phone_id(
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
        Command::Password { account, id, password } => {
            set_password(desk, account, id, password.read()?).await?
        }
        Command::Delete { account, id } => {
            let login_id = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let row = id_of(conn, &scope, &id)?;
                numbers::phone_ids::delete_phone_id(conn, &scope, ctx, &Expected::Any, &row.id)?;
                Ok(row.login_id)
            });
            desk.done(&format!("ID {} is removed.", login_id.await?));
        }
    }
    Ok(())
}

async fn add(desk: &Desk, account: String, mut new: OperatorPhoneIdCreate) -> Result<(), Error> {
    if let Some(password) = &new.password {
        identity::passwords::check_password("/password", &new.login_id, password)?;
    }
    let (kind, given) = (new.kind, new.password.take());
    let realm = desk.app.config.switch.sip_domain.clone();
    let password = desk.app.hashing(move || PreparedPassword::new(&realm, kind, given)).await?;
    let generated_password = password.generated();
    let secrets = desk.app.secrets.clone();
    let phone_id = desk.write(move |conn, operator, ctx| {
        let scope = scope_of(conn, operator, &account)?;
        Ok(numbers::phone_ids::create_phone_id(conn, &scope, ctx, &secrets, new, &password)?)
    });
    let made = OperatorPhoneIdCreated { phone_id: phone_id.await?, generated_password };
    desk.show(&made, |made| {
        let password = made
            .generated_password
            .as_ref()
            .map(|password| format!("\n\nIts password, shown this once: {password}"));
        format!("{}{}", text(std::slice::from_ref(&made.phone_id)), password.unwrap_or_default())
    });
    Ok(())
}

async fn set_password(
    desk: &Desk,
    account: String,
    id: String,
    given: Option<String>,
) -> Result<(), Error> {
    let new = checked(OperatorPasswordPut { password: given })?;
    let (scope, row) = desk
        .app
        .db
        .read(move |conn| {
            let scope = scope_of(conn, OperatorScope::authorised(), &account)?;
            let row = id_of(conn, &scope, &id)?;
            Ok::<_, Error>((scope, row))
        })
        .await?;
    if let Some(password) = &new.password {
        identity::passwords::check_password("/password", &row.login_id, password)?;
    }
    let kind = row.kind.0;
    let realm = desk.app.config.switch.sip_domain.clone();
    let password =
        desk.app.hashing(move || PreparedPassword::new(&realm, kind, new.password)).await?;
    let set = OperatorPasswordSet { generated_password: password.generated() };
    let secrets = desk.app.secrets.clone();
    desk.write(move |conn, _, ctx| {
        Ok(identity::passwords::set_password(
            conn, &scope, ctx, &secrets, &row.id, &password, None,
        )?)
    })
    .await?;
    desk.show(&set, |set| match &set.generated_password {
        Some(password) => format!("Its new password, shown this once: {password}"),
        None => "The password is set.".to_owned(),
    });
    Ok(())
}

pub(super) async fn run_terminal(desk: &Desk, command: TerminalCommand) -> Result<(), Error> {
    match command {
        TerminalCommand::Add { account, id, kind, name } => {
            let new = checked(TerminalRegistration { kind, name })?;
            let made = desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let id = id_of(conn, &scope, &id)?.id;
                Ok(numbers::phone_ids::create_terminal(conn, &scope, ctx, &id, new)?)
            });
            desk.show(&made.await?, |made| {
                format!("Terminal {} ({}) is signed in.", made.id, platform::wire::word(&made.kind))
            });
        }
        TerminalCommand::Delete { account, id, terminal } => {
            let named = terminal.clone();
            desk.write(move |conn, operator, ctx| {
                let scope = scope_of(conn, operator, &account)?;
                let id = id_of(conn, &scope, &id)?.id;
                numbers::phone_ids::delete_terminal(conn, &scope, ctx, &id, &named)
                    .map_err(|error| gone(error, &format!("terminal {named:?}")))
            })
            .await?;
            desk.done(&format!("Terminal {terminal} is signed out."));
        }
    }
    Ok(())
}

pub(super) fn text(ids: &[OperatorPhoneId]) -> String {
    let rows: Vec<_> = ids
        .iter()
        .map(|id| {
            let terminals: Vec<_> =
                id.terminals.iter().map(|terminal| platform::wire::word(&terminal.kind)).collect();
            let terminals = if terminals.is_empty() { "-".to_owned() } else { terminals.join(",") };
            [
                id.login_id.clone(),
                platform::wire::word(&id.kind),
                id.extension.clone(),
                terminals,
                id.terminal_name.clone(),
                id.id.clone(),
            ]
        })
        .collect();
    output::table(["LOGIN ID", "KIND", "EXTENSION", "TERMINALS", "NAME", "ID"], &rows)
}

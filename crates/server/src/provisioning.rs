//! Provisioning: contracts, numbers, IDs, terminals and keys, for the operator's API and commands alike.
//!
//! Every function runs inside `Db::write` and leaves a line in the change log of the account that it changes.

use api_types::{
    AccountOptions, AccountStatus, ActorKind, AuditAction, AuditObject, DeviceOption, FieldCode, FieldFault, FieldValue, FieldValues,
    NumberKind, OperatorAccount, OperatorAccountCreate, OperatorAccountPatch, OperatorNumber, OperatorNumberCreate, OperatorNumberPatch,
    OperatorPhoneId, OperatorPhoneIdCreate, OperatorPhoneIdPatch, OperatorTerminalCreate, PhoneIdKind, PhoneNumber, ServiceKey,
    ServiceKeyCreate, ServiceKeyCreated, Terminal,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use store::{
    Conn, EntranceScope, OperatorScope, Scope, account, audit, contract, new_id, number, phone_id, service_key, session, terminal,
};

use crate::crypto::{self, Secrets};
use crate::error::Failure;
use crate::rules::history;
use crate::view;

/// Who changes something, as the change log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The kind of caller.
    pub kind: ActorKind,
    /// A login id, or the name of an operator key.
    pub name: String,
}

impl Actor {
    /// The operator, by the name of a key or a command.
    pub fn operator(name: impl Into<String>) -> Self {
        Self { kind: ActorKind::Operator, name: name.into() }
    }

    /// The contract holder, by login id.
    pub fn holder(login_id: impl Into<String>) -> Self {
        Self { kind: ActorKind::Holder, name: login_id.into() }
    }
}

/// Who changes something, and when.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who.
    pub actor: Actor,
    /// When.
    pub now: DateTime<Utc>,
}

impl Ctx {
    /// When, as the database keeps it.
    pub fn at(&self) -> NaiveDateTime {
        self.now.naive_utc()
    }
}

/// Writes a change into the log under the next revision of the account, and answers that revision.
///
/// # Errors
/// When the database refuses.
pub fn record(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    object: (AuditObject, &str),
    action: AuditAction,
    (before, after): (FieldValues, FieldValues),
) -> Result<i64, Failure> {
    let revision = account::next_revision(conn, scope)?;
    let json = |values: &FieldValues| serde_json::to_string(values).map_err(|error| Failure::Internal(error.to_string()));
    let row = audit::Row {
        account_id: scope.account_id().to_owned(),
        id: new_id(),
        at: ctx.at(),
        actor_kind: view::text_of(&ctx.actor.kind),
        actor: ctx.actor.name.clone(),
        object_kind: view::text_of(&object.0),
        object_id: object.1.to_owned(),
        action: view::text_of(&action),
        before: json(&before)?,
        after: json(&after)?,
        revision,
    };
    audit::insert(conn, scope, row)?;
    Ok(revision)
}

/// The contract behind a scope, locked until the end of the transaction.
///
/// # Errors
/// `not_found`.
pub fn locked(conn: &mut Conn, scope: &Scope) -> Result<account::Row, Failure> {
    account::lock(conn, scope)?.ok_or(Failure::NOT_FOUND)
}

/// Refuses a write whose `If-Match` is not the present version. Commands, which read and write in one go, pass `None`.
///
/// # Errors
/// `stale`.
pub fn check_version(present: i64, wanted: Option<i64>) -> Result<(), Failure> {
    match wanted {
        Some(wanted) if wanted != present => Err(Failure::Code(api_types::ErrorCode::Stale)),
        _ => Ok(()),
    }
}

/// Makes a contract.
///
/// # Errors
/// When the database refuses.
pub fn create_account(conn: &mut Conn, operator: OperatorScope, ctx: &Ctx, new: OperatorAccountCreate) -> Result<OperatorAccount, Failure> {
    let row = account::Row {
        id: new_id(),
        name: new.name.trim().to_owned(),
        contact_mail: new.contact_mail,
        status: view::text_of(&AccountStatus::Active),
        suspended_reason: None,
        option_ip_phone: new.options.ip_phone,
        option_premises_device: new.options.premises_device,
        option_voicemail: new.options.voicemail,
        option_fax: new.options.fax,
        revision: 0,
        version: 1,
        created_at: ctx.at(),
        updated_at: ctx.at(),
    };
    let scope = operator.account(&row.id);
    account::insert(conn, operator, row.clone())?;
    record(
        conn,
        &scope,
        ctx,
        (AuditObject::Account, &row.id),
        AuditAction::Create,
        history::differences(FieldValues::new(), history::of_account(&row)),
    )?;
    account_view(conn, &scope)
}

/// A contract.
///
/// # Errors
/// `not_found`.
pub fn account_view(conn: &mut Conn, scope: &Scope) -> Result<OperatorAccount, Failure> {
    Ok(view::operator_account(&account::find(conn, scope)?.ok_or(Failure::NOT_FOUND)?))
}

/// Changes a contract. A suspension ends every session.
///
/// # Errors
/// `not_found`, `stale`.
pub fn patch_account(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: Option<i64>,
    patch: OperatorAccountPatch,
) -> Result<OperatorAccount, Failure> {
    let before = locked(conn, scope)?;
    let status = patch.status.as_ref().map_or(before.status, view::text_of);
    let suspended = status == view::text_of(&AccountStatus::Suspended);
    let changes = account::Changes {
        name: patch.name.map(|name| name.trim().to_owned()),
        contact_mail: patch.contact_mail,
        status: Some(status),
        // There is no reason without a suspension.
        suspended_reason: if suspended { patch.suspended_reason } else { Some(None) },
        ..account::Changes::default()
    };
    if suspended {
        session::delete_all(conn, scope)?;
    }
    change_account(conn, scope, ctx, if_match, &changes)
}

/// Replaces what is contracted. What depended on an option that ends is emptied.
///
/// # Errors
/// `not_found`, `stale`.
pub fn set_options(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: Option<i64>,
    options: AccountOptions,
) -> Result<OperatorAccount, Failure> {
    let changes = account::Changes {
        option_ip_phone: Some(options.ip_phone),
        option_premises_device: Some(options.premises_device),
        option_voicemail: Some(options.voicemail),
        option_fax: Some(options.fax),
        ..account::Changes::default()
    };
    let view = change_account(conn, scope, ctx, if_match, &changes)?;
    if !options.ip_phone {
        let named: Vec<_> = number::list(conn, scope)?.into_iter().filter(|number| !number.display_name.is_empty()).collect();
        for before in named {
            change_number(conn, scope, ctx, &before, &number::Changes { display_name: Some(String::new()), ..number::Changes::default() })?;
        }
    }
    Ok(view)
}

fn change_account(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: Option<i64>,
    changes: &account::Changes,
) -> Result<OperatorAccount, Failure> {
    let before = locked(conn, scope)?;
    check_version(before.version, if_match)?;
    update_account(conn, scope, ctx, &before, changes)?;
    account_view(conn, scope)
}

/// Changes a contract that is locked, and writes the difference down; nothing happens where nothing differs.
///
/// # Errors
/// When the database refuses.
pub fn update_account(conn: &mut Conn, scope: &Scope, ctx: &Ctx, before: &account::Row, changes: &account::Changes) -> Result<(), Failure> {
    let mut after = before.clone();
    changes.apply_to(&mut after);
    let differences = history::differences(history::of_account(before), history::of_account(&after));
    if differences.0 == differences.1 {
        return Ok(());
    }
    account::update(conn, scope, changes, ctx.at())?;
    record(conn, scope, ctx, (AuditObject::Account, scope.account_id()), AuditAction::Update, differences)?;
    Ok(())
}

/// Removes a contract with everything in it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_account(conn: &mut Conn, scope: &Scope, if_match: Option<i64>) -> Result<(), Failure> {
    let before = locked(conn, scope)?;
    check_version(before.version, if_match)?;
    account::delete(conn, scope)?;
    Ok(())
}

/// Adds a number.
///
/// # Errors
/// `not_found`; a text that is no number; a number that is in use; a second primary number.
pub fn create_number(conn: &mut Conn, scope: &Scope, ctx: &Ctx, new: OperatorNumberCreate) -> Result<OperatorNumber, Failure> {
    locked(conn, scope)?;
    let e164 = PhoneNumber::parse(&new.number).map_err(|_| Failure::field("/number", FieldCode::InvalidFormat))?.e164().to_owned();
    let numbers = number::list(conn, scope)?;
    if new.kind == NumberKind::Primary && numbers.iter().any(|number| number.kind == "primary") {
        return Err(Failure::field("/kind", FieldCode::Taken));
    }
    let row = number::Row {
        account_id: scope.account_id().to_owned(),
        id: new_id(),
        e164,
        kind: view::text_of(&new.kind),
        name: new.name.trim().to_owned(),
        display_name: String::new(),
        ringtone: "ringtone_1".into(),
        priority_phone_id: None,
        notify_rule_id: None,
        channel_limit: new.max_channels.into(),
        max_channels: new.max_channels.into(),
        busy_announcement: false,
        version: 1,
        created_at: ctx.at(),
        updated_at: ctx.at(),
    };
    // The kind was looked at under the lock, so only the number itself can be in use.
    number::insert(conn, scope, row.clone()).map_err(|error| taken(error, "/number"))?;
    let differences = history::differences(FieldValues::new(), history::of_number(&row));
    record(conn, scope, ctx, (AuditObject::Number, &row.id), AuditAction::Create, differences)?;
    Ok(view::operator_number(&row))
}

fn taken(error: store::StoreError, pointer: &str) -> Failure {
    if error.is_unique_violation() { Failure::field(pointer, FieldCode::Taken) } else { error.into() }
}

/// Changes a number that is locked, and writes the difference down; nothing happens where nothing differs.
///
/// # Errors
/// `stale` when the number changed under our hands.
pub fn change_number(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    before: &number::Row,
    changes: &number::Changes,
) -> Result<number::Row, Failure> {
    if *changes == number::Changes::default() {
        return Ok(before.clone());
    }
    let mut after = before.clone();
    changes.apply_to(&mut after);
    let differences = history::differences(history::of_number(before), history::of_number(&after));
    if differences.0 == differences.1 {
        return Ok(before.clone());
    }
    if !number::update(conn, scope, &before.id, before.version, changes, ctx.at())? {
        return Err(Failure::Code(api_types::ErrorCode::Stale));
    }
    record(conn, scope, ctx, (AuditObject::Number, &before.id), AuditAction::Update, differences)?;
    number::find(conn, scope, &before.id)?.ok_or(Failure::NOT_FOUND)
}

/// Changes an ID that is locked, and writes the difference down; nothing happens where nothing differs.
///
/// # Errors
/// `stale` when the ID changed under our hands; an extension that is in use.
pub fn change_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    before: &phone_id::Row,
    changes: &phone_id::Changes,
) -> Result<phone_id::Row, Failure> {
    let mut after = before.clone();
    changes.apply_to(&mut after);
    let differences = history::differences(history::of_phone_id(before), history::of_phone_id(&after));
    if differences.0 == differences.1 {
        return Ok(before.clone());
    }
    if !phone_id::update(conn, scope, &before.id, before.version, changes, ctx.at()).map_err(|error| taken(error, "/extension"))? {
        return Err(Failure::Code(api_types::ErrorCode::Stale));
    }
    record(conn, scope, ctx, (AuditObject::PhoneId, &before.id), AuditAction::Update, differences)?;
    phone_id::find(conn, scope, &before.id)?.ok_or(Failure::NOT_FOUND)
}

/// Changes what is contracted of a number. A channel limit above the new maximum comes down with it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn patch_number(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: Option<i64>,
    id: &str,
    patch: OperatorNumberPatch,
) -> Result<OperatorNumber, Failure> {
    locked(conn, scope)?;
    let before = number::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    let changes = number::Changes {
        name: patch.name.map(|name| name.trim().to_owned()),
        max_channels: patch.max_channels.map(i32::from),
        channel_limit: patch.max_channels.map(|max| before.channel_limit.min(max.into())),
        ..number::Changes::default()
    };
    Ok(view::operator_number(&change_number(conn, scope, ctx, &before, &changes)?))
}

/// Removes a number, and takes it off the IDs that called out with it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_number(conn: &mut Conn, scope: &Scope, ctx: &Ctx, if_match: Option<i64>, id: &str) -> Result<(), Failure> {
    locked(conn, scope)?;
    let before = number::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    let callers = phone_id::list(conn, scope)?.into_iter().filter(|caller| caller.outbound_number_id.as_deref() == Some(id));
    for caller in callers {
        change_phone_id(conn, scope, ctx, &caller, &phone_id::Changes { outbound_number_id: Some(None), ..phone_id::Changes::default() })?;
    }
    number::delete(conn, scope, id)?;
    let differences = history::differences(history::of_number(&before), FieldValues::new());
    record(conn, scope, ctx, (AuditObject::Number, id), AuditAction::Delete, differences)?;
    Ok(())
}

/// A password that is ready to be stored. Made before the transaction: hashing takes tens of milliseconds, and no one should
/// wait for the write lock that long.
#[derive(Clone)]
pub struct PreparedPassword {
    plain: String,
    hash: Option<String>,
    generated: bool,
}

impl PreparedPassword {
    /// Hashes for the basic ID, keeps for sealing for an additional one; makes a password when none is given. Slow: call it
    /// on a blocking thread.
    pub fn new(kind: PhoneIdKind, given: Option<String>) -> Self {
        let generated = given.is_none();
        let plain = given.unwrap_or_else(crypto::new_password);
        let hash = (kind == PhoneIdKind::Basic).then(|| crypto::hash_password(&plain));
        Self { plain, hash, generated }
    }

    /// The password, when it was made here: to be shown once.
    pub fn generated(&self) -> Option<String> {
        self.generated.then(|| self.plain.clone())
    }

    fn sealed(&self, secrets: &Secrets, phone_id: &str) -> Option<String> {
        self.hash.is_none().then(|| secrets.seal(&password_place(phone_id), self.plain.as_bytes()))
    }
}

/// Where an additional ID's password is sealed for.
pub fn password_place(phone_id: &str) -> String {
    format!("phone_ids.sealed_password/{phone_id}")
}

/// Refuses a password that contains the login id.
///
/// # Errors
/// `too_weak` at `pointer`.
pub fn check_password(pointer: &str, login_id: &str, password: &str) -> Result<(), Failure> {
    if password.to_lowercase().contains(&login_id.to_lowercase()) {
        return Err(Failure::field(pointer, FieldCode::TooWeak));
    }
    Ok(())
}

/// Adds an ID.
///
/// # Errors
/// `not_found`; a login id or extension that is in use; a second basic ID; an option that is not contracted.
pub fn create_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    secrets: &Secrets,
    new: OperatorPhoneIdCreate,
    password: &PreparedPassword,
) -> Result<OperatorPhoneId, Failure> {
    let account = locked(conn, scope)?;
    let others = phone_id::list(conn, scope)?;
    let mut faults = Vec::new();
    if phone_id::login_id_taken(conn, EntranceScope::authenticating(), &new.login_id)? {
        faults.push(FieldFault::new("/login_id", FieldCode::Taken));
    }
    if others.iter().any(|other| other.extension == new.extension) {
        faults.push(FieldFault::new("/extension", FieldCode::Taken));
    }
    if new.kind == PhoneIdKind::Basic && others.iter().any(|other| other.kind == "basic") {
        faults.push(FieldFault::new("/kind", FieldCode::Taken));
    }
    if !device_option_contracted(&account, new.device_option) {
        faults.push(FieldFault::new("/device_option", FieldCode::NotContracted));
    }
    if !faults.is_empty() {
        return Err(Failure::Fields(faults));
    }
    let id = new_id();
    let row = phone_id::Row {
        account_id: scope.account_id().to_owned(),
        login_id: new.login_id,
        kind: view::text_of(&new.kind),
        extension: new.extension,
        terminal_name: new.terminal_name.trim().to_owned(),
        device_option: new.device_option.as_ref().map(view::text_of),
        outbound_number_id: None,
        password_hash: password.hash.clone(),
        sealed_password: password.sealed(secrets, &id),
        version: 1,
        created_at: ctx.at(),
        updated_at: ctx.at(),
        id,
    };
    // Another account may take the login id between the look and here.
    phone_id::insert(conn, scope, row.clone()).map_err(|error| taken(error, "/login_id"))?;
    let differences = history::differences(FieldValues::new(), history::of_phone_id(&row));
    record(conn, scope, ctx, (AuditObject::PhoneId, &row.id), AuditAction::Create, differences)?;
    Ok(view::operator_phone_id(&row, &[]))
}

fn device_option_contracted(account: &account::Row, option: Option<DeviceOption>) -> bool {
    match option {
        None => true,
        Some(DeviceOption::IpPhone) => account.option_ip_phone,
        Some(DeviceOption::PremisesDevice) => account.option_premises_device,
    }
}

/// Changes what is contracted of an ID.
///
/// # Errors
/// `not_found`, `stale`; an extension that is in use; an option that is not contracted.
pub fn patch_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: Option<i64>,
    id: &str,
    patch: OperatorPhoneIdPatch,
) -> Result<OperatorPhoneId, Failure> {
    let account = locked(conn, scope)?;
    let before = phone_id::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    if !device_option_contracted(&account, patch.device_option.flatten()) {
        return Err(Failure::field("/device_option", FieldCode::NotContracted));
    }
    let taken = |other: &phone_id::Row| other.id != id && Some(&other.extension) == patch.extension.as_ref();
    if phone_id::list(conn, scope)?.iter().any(taken) {
        return Err(Failure::field("/extension", FieldCode::Taken));
    }
    let changes = phone_id::Changes {
        extension: patch.extension,
        terminal_name: patch.terminal_name.map(|name| name.trim().to_owned()),
        device_option: patch.device_option.map(|option| option.as_ref().map(view::text_of)),
        ..phone_id::Changes::default()
    };
    change_phone_id(conn, scope, ctx, &before, &changes)?;
    phone_id_view(conn, scope, id)
}

/// An ID.
///
/// # Errors
/// `not_found`.
pub fn phone_id_view(conn: &mut Conn, scope: &Scope, id: &str) -> Result<OperatorPhoneId, Failure> {
    let row = phone_id::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    Ok(view::operator_phone_id(&row, &terminal::list(conn, scope)?))
}

/// Sets the password of an ID and ends its sessions.
///
/// # Errors
/// `not_found`, or `stale` when the kind changed since `password` was prepared.
pub fn set_password(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    secrets: &Secrets,
    id: &str,
    password: &PreparedPassword,
) -> Result<(), Failure> {
    locked(conn, scope)?;
    let row = phone_id::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    if (row.kind == "basic") != password.hash.is_some() {
        return Err(Failure::Code(api_types::ErrorCode::Stale));
    }
    phone_id::set_password(conn, scope, id, password.hash.clone(), password.sealed(secrets, id), ctx.at())?;
    session::delete_of_phone_id(conn, scope, id)?;
    record(conn, scope, ctx, (AuditObject::PhoneId, id), AuditAction::SetPassword, Default::default())?;
    Ok(())
}

/// Removes an ID, and takes it off the numbers where it rings first.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_phone_id(conn: &mut Conn, scope: &Scope, ctx: &Ctx, if_match: Option<i64>, id: &str) -> Result<(), Failure> {
    let contract = contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let before = contract.phone_id(id).ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    for number in contract.numbers.iter().filter(|number| number.priority_phone_id.as_deref() == Some(id)) {
        change_number(conn, scope, ctx, number, &number::Changes { priority_phone_id: Some(None), ..number::Changes::default() })?;
    }
    phone_id::delete(conn, scope, id)?;
    let differences = history::differences(history::of_phone_id(before), FieldValues::new());
    record(conn, scope, ctx, (AuditObject::PhoneId, id), AuditAction::Delete, differences)?;
    Ok(())
}

/// Signs a terminal in.
///
/// # Errors
/// `not_found`.
pub fn create_terminal(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    phone_id: &str,
    new: OperatorTerminalCreate,
) -> Result<Terminal, Failure> {
    locked(conn, scope)?;
    phone_id::find(conn, scope, phone_id)?.ok_or(Failure::NOT_FOUND)?;
    let row = terminal::Row {
        account_id: scope.account_id().to_owned(),
        phone_id: phone_id.to_owned(),
        id: new_id(),
        kind: view::text_of(&new.kind),
        name: new.name.trim().to_owned(),
        last_seen_at: ctx.at(),
        created_at: ctx.at(),
    };
    terminal::insert(conn, scope, row.clone())?;
    record(conn, scope, ctx, (AuditObject::Terminal, &row.id), AuditAction::Create, (FieldValues::new(), of_terminal(&row)))?;
    Ok(view::terminal(&row))
}

fn of_terminal(row: &terminal::Row) -> FieldValues {
    FieldValues::from([("kind".into(), FieldValue::Text(row.kind.clone())), ("name".into(), FieldValue::Text(row.name.clone()))])
}

/// Signs a terminal out.
///
/// # Errors
/// `not_found`.
pub fn delete_terminal(conn: &mut Conn, scope: &Scope, ctx: &Ctx, phone_id: &str, id: &str) -> Result<(), Failure> {
    locked(conn, scope)?;
    let row = terminal::delete(conn, scope, phone_id, id)?.ok_or(Failure::NOT_FOUND)?;
    record(conn, scope, ctx, (AuditObject::Terminal, id), AuditAction::Delete, (of_terminal(&row), FieldValues::new()))?;
    Ok(())
}

/// What a service key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The operator's API.
    Operator,
    /// The switch's API.
    Switch,
}

impl KeyKind {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyKind::Operator => "operator",
            KeyKind::Switch => "switch",
        }
    }

    /// What its keys begin with, so that a leaked one is recognised by people and scanners.
    pub fn prefix(self) -> &'static str {
        match self {
            KeyKind::Operator => "dwo_",
            KeyKind::Switch => "dws_",
        }
    }
}

/// Makes a key; the answer is the only time that it is seen.
///
/// # Errors
/// When the database refuses.
pub fn create_service_key(
    conn: &mut Conn,
    operator: OperatorScope,
    ctx: &Ctx,
    kind: KeyKind,
    new: ServiceKeyCreate,
) -> Result<ServiceKeyCreated, Failure> {
    let key = format!("{}{}", kind.prefix(), crypto::new_token());
    let row = service_key::Row {
        id: new_id(),
        kind: kind.as_str().to_owned(),
        name: new.name.trim().to_owned(),
        hint: key.chars().take(8).collect(),
        key_hash: crypto::hash_token(&key),
        created_at: ctx.at(),
        last_used_at: None,
    };
    let service_key: ServiceKey = view::service_key(&row);
    service_key::insert(conn, operator, row)?;
    Ok(ServiceKeyCreated { service_key, key })
}

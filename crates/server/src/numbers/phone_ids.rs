//! IDs and the terminals that are signed in with them.

use api_types::{
    AuditAction, AuditObject, DeviceOption, FieldCode, FieldFault, FieldValues, OperatorPhoneId,
    OperatorPhoneIdCreate, OperatorPhoneIdPatch, PhoneIdKind, Terminal, TerminalRegistration,
};
use chrono::NaiveDateTime;
use store::accounts::account;
use store::numbers::{number, phone_id};
use store::routing::contract;
use store::softphone::terminal;
use store::{Conn, EntranceScope, Scope, Stored, new_id};

use crate::error::Failure;
use crate::identity::passwords::PreparedPassword;
use crate::identity::tokens::{enter_terminal, sign_out};
use crate::numbers::provisioning::change_number;
use crate::numbers::terminals::Terminals;
use crate::numbers::view;
use crate::platform::change::{
    Ctx, Expected, check_version, fields, locked, record, taken, trimmed,
};
use crate::platform::crypto::Secrets;

/// Changes an ID that is locked, and writes the difference down; nothing happens where nothing
/// differs.
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
    let differences = fields::differences(fields::of_phone_id(before), fields::of_phone_id(&after));
    if differences.0 == differences.1 {
        return Ok(before.clone());
    }
    if !phone_id::update(conn, scope, &before.id, before.version, changes, ctx.at())
        .map_err(|error| taken(error, "/extension"))?
    {
        return Err(Failure::Code(api_types::ErrorCode::Stale));
    }
    record(conn, scope, ctx, (AuditObject::PhoneId, &before.id), AuditAction::Update, differences)?;
    phone_id::find(conn, scope, &before.id)?.ok_or(Failure::NOT_FOUND)
}

/// Adds an ID.
///
/// # Errors
/// `not_found`; a login id or extension that is in use; a second basic ID; an option that is not
/// contracted.
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
    if new.kind == PhoneIdKind::Basic && others.iter().any(phone_id::Row::is_basic) {
        faults.push(FieldFault::new("/kind", FieldCode::Taken));
    }
    if !device_option_contracted(&account, new.device_option) {
        faults.push(FieldFault::new("/device_option", FieldCode::NotContracted));
    }
    if !faults.is_empty() {
        return Err(Failure::Fields(faults));
    }
    let id = new_id();
    let kept = password.stored(secrets, &id, &new.login_id)?;
    let row = phone_id::Row {
        account_id: scope.account_id().to_owned(),
        login_id: new.login_id,
        kind: new.kind.into(),
        extension: new.extension,
        terminal_name: new.terminal_name.trim().to_owned(),
        device_option: new.device_option.map(Stored),
        outbound_number_id: None,
        password_hash: kept.hash,
        sealed_password: kept.sealed,
        sealed_digest: kept.digest,
        reference: new.reference.as_deref().map(trimmed),
        version: 1,
        created_at: ctx.at(),
        updated_at: ctx.at(),
        id,
    };
    // Another account may take the login id between the look and here.
    phone_id::insert(conn, scope, row.clone()).map_err(|error| taken(error, "/login_id"))?;
    let differences = fields::differences(FieldValues::new(), fields::of_phone_id(&row));
    record(conn, scope, ctx, (AuditObject::PhoneId, &row.id), AuditAction::Create, differences)?;
    Ok(view::operator_phone_id(&row, &Terminals::default()))
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
    if_match: &Expected,
    id: &str,
    patch: OperatorPhoneIdPatch,
) -> Result<OperatorPhoneId, Failure> {
    let account = locked(conn, scope)?;
    let before = phone_id::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    if !device_option_contracted(&account, patch.device_option.flatten()) {
        return Err(Failure::field("/device_option", FieldCode::NotContracted));
    }
    let taken = |other: &phone_id::Row| {
        other.id != id && Some(&other.extension) == patch.extension.as_ref()
    };
    if phone_id::list(conn, scope)?.iter().any(taken) {
        return Err(Failure::field("/extension", FieldCode::Taken));
    }
    let changes = phone_id::Changes {
        extension: patch.extension,
        terminal_name: patch.terminal_name.map(|name| name.trim().to_owned()),
        device_option: patch.device_option.map(|option| option.map(Stored)),
        reference: patch.reference.map(|reference| reference.as_deref().map(trimmed)),
        ..phone_id::Changes::default()
    };
    change_phone_id(conn, scope, ctx, &before, &changes)?;
    phone_id_view(conn, scope, id, ctx.at())
}

/// An ID.
///
/// # Errors
/// `not_found`.
pub fn phone_id_view(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<OperatorPhoneId, Failure> {
    let row = phone_id::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    Ok(view::operator_phone_id(&row, &Terminals::load(conn, scope, now)?))
}

/// Removes an ID, and takes it off the numbers where it rings first.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    id: &str,
) -> Result<(), Failure> {
    let contract = contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let before = contract.phone_id(id).ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    for number in
        contract.numbers.iter().filter(|number| number.priority_phone_id.as_deref() == Some(id))
    {
        change_number(
            conn,
            scope,
            ctx,
            number,
            &number::Changes { priority_phone_id: Some(None), ..number::Changes::default() },
        )?;
    }
    phone_id::delete(conn, scope, id)?;
    let differences = fields::differences(fields::of_phone_id(before), FieldValues::new());
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
    new: TerminalRegistration,
) -> Result<Terminal, Failure> {
    locked(conn, scope)?;
    phone_id::find(conn, scope, phone_id)?.ok_or(Failure::NOT_FOUND)?;
    let row = enter_terminal(conn, scope, ctx, phone_id, new, None)?;
    Ok(view::terminal(&row))
}

/// Signs a terminal out.
///
/// # Errors
/// `not_found`; `/terminal_id` does not apply to one that is registered: the switch keeps it.
pub fn delete_terminal(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    phone_id: &str,
    id: &str,
) -> Result<(), Failure> {
    locked(conn, scope)?;
    let Some(row) = terminal::find(conn, scope, phone_id, id)? else {
        let is_registered = Terminals::load(conn, scope, ctx.at())?.is_registered(phone_id, id);
        return Err(match is_registered {
            true => Failure::field("/terminal_id", FieldCode::NotApplicable),
            false => Failure::NOT_FOUND,
        });
    };
    sign_out(conn, scope, ctx, &row, AuditAction::Delete)
}

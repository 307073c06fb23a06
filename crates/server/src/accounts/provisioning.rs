//! Contracts and their options.

use api_types::{
    AccountOptions, AccountStatus, AuditAction, AuditObject, FieldCode, MissingPart,
    OperatorAccount, OperatorAccountPatch, PhoneNumber,
};
use chrono::NaiveDateTime;
use store::accounts::account;
use store::identity::session;
use store::numbers::{number, phone_id};
use store::{Conn, OperatorScope, Scope, Stored};

use crate::accounts::view;
use crate::error::Failure;
use crate::numbers::provisioning::change_number;
use crate::platform::change::{
    Ctx, Expected, check_version, fields, locked, record, taken, trimmed,
};

/// A contract.
///
/// # Errors
/// `not_found`.
pub fn account_view(conn: &mut Conn, scope: &Scope) -> Result<OperatorAccount, Failure> {
    let row = account::find(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let views = account_views(conn, OperatorScope::authorised(), &[row])?;
    views.into_iter().next().ok_or(Failure::NOT_FOUND)
}

/// Contracts, in the order of their rows.
///
/// # Errors
/// When the database does not answer.
pub fn account_views(
    conn: &mut Conn,
    operator: OperatorScope,
    rows: &[account::Row],
) -> Result<Vec<OperatorAccount>, Failure> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let with_primary = number::accounts_with_primary(conn, operator, &ids)?;
    let with_basic = phone_id::accounts_with_basic(conn, operator, &ids)?;
    let view = |row: &account::Row| {
        let mut missing = Vec::new();
        if !with_primary.contains(&row.id) {
            missing.push(MissingPart::PrimaryNumber);
        }
        if !with_basic.contains(&row.id) {
            missing.push(MissingPart::BasicId);
        }
        view::operator_account(row, missing)
    };
    Ok(rows.iter().map(view).collect())
}

/// Whether a contract has this reference already.
///
/// # Errors
/// When the database does not answer.
pub fn is_taken(
    conn: &mut Conn,
    operator: OperatorScope,
    reference: Option<&str>,
) -> Result<bool, Failure> {
    let Some(reference) = reference else { return Ok(false) };
    Ok(account::find_reference(conn, operator, reference)?.is_some())
}

/// Changes a contract. A suspension ends every session.
///
/// # Errors
/// `not_found`, `stale`; a reference that another contract has.
pub fn patch_account(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    patch: OperatorAccountPatch,
) -> Result<OperatorAccount, Failure> {
    let before = locked(conn, scope)?;
    let forwarding_number = match patch.forwarding_number {
        Some(Some(text)) => {
            let number = PhoneNumber::parse(&text)
                .map_err(|_| Failure::field("/forwarding_number", FieldCode::InvalidFormat))?;
            Some(Some(number.e164().to_owned()))
        }
        Some(None) => Some(None),
        None => None,
    };
    let status = patch.status.map_or(before.status, Stored);
    let suspended = status == AccountStatus::Suspended;
    if !suspended && matches!(patch.suspended_reason, Some(Some(_))) {
        return Err(Failure::field("/suspended_reason", FieldCode::NotApplicable));
    }
    let reference = patch.reference.map(|reference| reference.as_deref().map(trimmed));
    if let Some(wanted) = reference.as_ref().filter(|wanted| **wanted != before.reference)
        && is_taken(conn, OperatorScope::authorised(), wanted.as_deref())?
    {
        return Err(Failure::field("/reference", FieldCode::Taken));
    }
    let changes = account::Changes {
        name: patch.name.map(|name| name.trim().to_owned()),
        contact_mail: patch.contact_mail,
        status: Some(status),
        forwarding_number,
        // There is no reason without a suspension.
        suspended_reason: if suspended { patch.suspended_reason } else { Some(None) },
        reference,
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
    if_match: &Expected,
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
        let named: Vec<_> = number::list(conn, scope)?
            .into_iter()
            .filter(|number| !number.display_name.is_empty())
            .collect();
        for before in named {
            change_number(
                conn,
                scope,
                ctx,
                &before,
                &number::Changes {
                    display_name: Some(String::new()),
                    ..number::Changes::default()
                },
            )?;
        }
    }
    Ok(view)
}

fn change_account(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    changes: &account::Changes,
) -> Result<OperatorAccount, Failure> {
    let before = locked(conn, scope)?;
    check_version(before.version, if_match)?;
    update_account(conn, scope, ctx, &before, changes)?;
    account_view(conn, scope)
}

/// Changes a contract that is locked, and writes the difference down; nothing happens where nothing
/// differs.
///
/// # Errors
/// When the database refuses.
pub fn update_account(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    before: &account::Row,
    changes: &account::Changes,
) -> Result<(), Failure> {
    let mut after = before.clone();
    changes.apply_to(&mut after);
    let differences = fields::differences(fields::of_account(before), fields::of_account(&after));
    if differences.0 == differences.1 {
        return Ok(());
    }
    account::update(conn, scope, changes, ctx.at()).map_err(|error| taken(error, "/reference"))?;
    record(
        conn,
        scope,
        ctx,
        (AuditObject::Account, scope.account_id()),
        AuditAction::Update,
        differences,
    )?;
    Ok(())
}

/// Removes a contract with everything in it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_account(
    conn: &mut Conn,
    scope: &Scope,
    now: NaiveDateTime,
    if_match: &Expected,
) -> Result<(), Failure> {
    let before = locked(conn, scope)?;
    check_version(before.version, if_match)?;
    let numbers = number::list(conn, scope)?;
    account::delete(conn, scope, numbers.iter().map(|number| number.e164.as_str()), now)?;
    Ok(())
}

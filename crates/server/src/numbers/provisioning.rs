//! Phone numbers.

use api_types::{
    AuditAction, AuditObject, FieldCode, FieldValues, NumberKind, OperatorNumber,
    OperatorNumberCreate, OperatorNumberPatch, PhoneNumber,
};
use store::numbers::{number, phone_id};
use store::{Conn, EntranceScope, Scope, new_id};

use crate::error::Failure;
use crate::numbers::phone_ids::change_phone_id;
use crate::numbers::view;
use crate::platform::change::{
    Ctx, Expected, check_version, fields, locked, record, taken, trimmed,
};

/// Adds a number.
///
/// # Errors
/// `not_found`; a text that is no number; a number that is in use; a second primary number.
pub fn create_number(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    new: OperatorNumberCreate,
) -> Result<OperatorNumber, Failure> {
    locked(conn, scope)?;
    let e164 = PhoneNumber::parse(&new.number)
        .map_err(|_| Failure::field("/number", FieldCode::InvalidFormat))?
        .e164()
        .to_owned();
    // Asked for before it is entered, so that more can be said within the same transaction.
    if number::owner(conn, EntranceScope::authenticating(), &e164)?.is_some() {
        return Err(Failure::field("/number", FieldCode::Taken));
    }
    let numbers = number::list(conn, scope)?;
    if new.kind == NumberKind::Primary && numbers.iter().any(number::Row::is_primary) {
        return Err(Failure::field("/kind", FieldCode::Taken));
    }
    let row = number::Row {
        kind: new.kind.into(),
        name: new.name.trim().to_owned(),
        reference: new.reference.as_deref().map(trimmed),
        ..number::Row::new(scope, new_id(), e164, new.max_channels.into(), ctx.at())
    };
    // Another account may take the number between the look and here.
    number::insert(conn, scope, row.clone()).map_err(|error| taken(error, "/number"))?;
    let differences = fields::differences(FieldValues::new(), fields::of_number(&row));
    record(conn, scope, ctx, (AuditObject::Number, &row.id), AuditAction::Create, differences)?;
    Ok(view::operator_number(&row))
}

/// Changes a number that is locked, and writes the difference down; nothing happens where nothing
/// differs.
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
    let differences = fields::differences(fields::of_number(before), fields::of_number(&after));
    if differences.0 == differences.1 {
        return Ok(before.clone());
    }
    if !number::update(conn, scope, &before.id, before.version, changes, ctx.at())? {
        return Err(Failure::Code(api_types::ErrorCode::Stale));
    }
    let screen = fields::screen_of_number(&differences.1);
    record(conn, scope, ctx, (screen, &before.id), AuditAction::Update, differences)?;
    number::find(conn, scope, &before.id)?.ok_or(Failure::NOT_FOUND)
}

/// Changes what is contracted of a number. A channel limit above the new maximum comes down with
/// it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn patch_number(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
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
        reference: patch.reference.map(|reference| reference.as_deref().map(trimmed)),
        ..number::Changes::default()
    };
    Ok(view::operator_number(&change_number(conn, scope, ctx, &before, &changes)?))
}

/// Removes a number, and takes it off the IDs that called out with it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_number(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    id: &str,
) -> Result<(), Failure> {
    locked(conn, scope)?;
    let before = number::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    let callers = phone_id::list(conn, scope)?
        .into_iter()
        .filter(|caller| caller.outbound_number_id.as_deref() == Some(id));
    for caller in callers {
        change_phone_id(
            conn,
            scope,
            ctx,
            &caller,
            &phone_id::Changes { outbound_number_id: Some(None), ..phone_id::Changes::default() },
        )?;
    }
    number::delete(conn, scope, id, ctx.at())?;
    let differences = fields::differences(fields::of_number(&before), FieldValues::new());
    record(conn, scope, ctx, (AuditObject::Number, id), AuditAction::Delete, differences)?;
    Ok(())
}

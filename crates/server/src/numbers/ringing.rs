//! 着信なりわけ.

use api_types::{AuditAction, AuditObject, ErrorCode, FieldValue, FieldValues, RingingPut};
use store::numbers::{number, ringing};
use store::routing::contract::Contract;
use store::{Conn, Scope};

use crate::error::Failure;
use crate::numbers::rules::change;
use crate::platform::change::{Ctx, fields, record};

/// Sets which IDs ring for a number that is locked, and writes the difference down; nothing happens
/// where nothing differs.
///
/// # Errors
/// An ID that is not there or named twice; the one that rings first switched off; `stale` when the
/// number changed under our hands.
pub fn set_ringing(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    contract: &Contract,
    row: &number::Row,
    put: &RingingPut,
) -> Result<(), Failure> {
    let switched = change::ringing(contract, row, put).map_err(Failure::Fields)?;
    let busy = (put.busy_announcement != row.busy_announcement).then_some(put.busy_announcement);
    if switched.is_empty() && busy.is_none() {
        return Ok(());
    }
    let mut differences = (FieldValues::new(), FieldValues::new());
    for (phone_id, rings) in &switched {
        ringing::set(conn, scope, &row.id, phone_id, *rings)?;
        let name = fields::ringing_field(phone_id);
        differences.0.insert(name.clone(), FieldValue::Bool(!rings));
        differences.1.insert(name, FieldValue::Bool(*rings));
    }
    if let Some(on) = busy {
        differences.0.insert("busy_announcement".into(), FieldValue::Bool(!on));
        differences.1.insert("busy_announcement".into(), FieldValue::Bool(on));
    }
    // Which IDs ring is part of the number as it is read, so it gets a new version with them.
    let changed = match busy {
        Some(_) => {
            let changes = number::Changes { busy_announcement: busy, ..number::Changes::default() };
            number::update(conn, scope, &row.id, row.version, &changes, ctx.at())?
        }
        None => number::touch(conn, scope, &row.id, row.version, ctx.at())?,
    };
    if !changed {
        return Err(Failure::Code(ErrorCode::Stale));
    }
    record(conn, scope, ctx, (AuditObject::Ringing, &row.id), AuditAction::Update, differences)?;
    Ok(())
}

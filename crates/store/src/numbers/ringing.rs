//! 着信なりわけ: which IDs do not ring for a number.

use diesel::prelude::*;

use crate::platform::schema::silent_targets;
use crate::{Conn, Scope, StoreError};

/// The `(number_id, phone_id)` pairs that were switched off; every other pair rings.
///
/// # Errors
/// When the database does not answer.
pub fn silent_pairs(conn: &mut Conn, scope: &Scope) -> Result<Vec<(String, String)>, StoreError> {
    Ok(silent_targets::table
        .filter(silent_targets::account_id.eq(scope.account_id()))
        .order((silent_targets::number_id, silent_targets::phone_id))
        .select((silent_targets::number_id, silent_targets::phone_id))
        .load(conn)?)
}

/// Switches an ID off or on for a number.
///
/// # Errors
/// When the database refuses.
pub fn set(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    phone_id: &str,
    rings: bool,
) -> Result<(), StoreError> {
    let key = (scope.account_id(), number_id, phone_id);
    diesel::delete(silent_targets::table.find(key)).execute(conn)?;
    if !rings {
        diesel::insert_into(silent_targets::table)
            .values((
                silent_targets::account_id.eq(scope.account_id()),
                silent_targets::number_id.eq(number_id),
                silent_targets::phone_id.eq(phone_id),
            ))
            .execute(conn)?;
    }
    Ok(())
}

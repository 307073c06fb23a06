//! What an event of a switch is judged by: whose number was called.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer};

use crate::accounts::account;
use crate::numbers::number;
use crate::numbers::number::numbers;
use crate::platform::schema::accounts;
use crate::{Conn, StoreError, SwitchScope};

/// Numbers that were called, and whose they are.
#[derive(Clone, Debug, Default)]
pub struct Called {
    /// Those of the numbers that there are.
    pub numbers: Vec<number::Row>,
    /// Their accounts.
    pub accounts: Vec<account::Row>,
}

/// Reads the numbers with these E.164 texts and their accounts.
///
/// # Errors
/// When the database does not answer.
pub fn called(conn: &mut Conn, _scope: SwitchScope, e164: &[String]) -> Result<Called, StoreError> {
    let numbers: Vec<number::Row> = numbers::table
        .filter(numbers::e164.eq_any(e164))
        .select(number::Row::as_select())
        .load(conn)?;
    let mut account_ids: Vec<&String> = numbers.iter().map(|number| &number.account_id).collect();
    account_ids.sort();
    account_ids.dedup();
    let accounts = accounts::table
        .filter(accounts::id.eq_any(account_ids.iter().copied()))
        .select(account::Row::as_select())
        .load(conn)?;
    Ok(Called { numbers, accounts })
}

/// How many locks there are for all calls together. PostgreSQL keeps locks in memory of a fixed
/// size, so a long list of calls must not take one each.
const CALL_LOCKS: u32 = 256;

/// Locks calls until the end of the transaction, so that what one request tells of a call is
/// planned with what another one has told.
///
/// # Errors
/// When the database does not answer.
pub fn lock_calls<'a>(
    conn: &mut Conn,
    _scope: SwitchScope,
    call_ids: impl Iterator<Item = &'a str>,
) -> Result<(), StoreError> {
    match conn {
        // `Db::write` holds SQLite's only write lock already.
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(c) => {
            // FNV-1a: the same in every process.
            let hash = |text: &str| {
                text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
                    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
                })
            };
            let mut keys: Vec<i32> =
                call_ids.map(|id| (hash(id) % CALL_LOCKS).cast_signed()).collect();
            // Always in the same order, so that two requests never wait for each other.
            keys.sort_unstable();
            keys.dedup();
            const LOCK: &str =
                "SELECT pg_advisory_xact_lock(1667329132, key) FROM unnest($1) AS key";
            diesel::sql_query(LOCK).bind::<Array<Integer>, _>(keys).execute(c)?;
            Ok(())
        }
    }
}

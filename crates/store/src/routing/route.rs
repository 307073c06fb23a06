//! What calls are routed by: whose number was called, and its block list as a whole.

use api_types::BlockMatch;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::numbers::number;
use crate::platform::schema::block_entries;
use crate::{Checked, Conn, EntranceScope, Scope, StoreError, Stored, SwitchScope, row};

/// The account of the number with this E.164 text.
///
/// # Errors
/// When the database does not answer.
pub fn account_of_number(
    conn: &mut Conn,
    _scope: SwitchScope,
    e164: &str,
) -> Result<Option<String>, StoreError> {
    number::owner(conn, EntranceScope::authenticating(), e164)
}

row! {
    block_entries by id
    /// An entry of a block list, as far as it decides.
    #[derive(Clone, Debug)]
    pub struct Entry {
        /// The entry.
        pub id: String,
        /// What callers' keys are compared with.
        pub pattern: String,
        /// The whole number or how it begins.
        pub matching: Stored<BlockMatch>,
        /// From when it no longer refuses.
        pub expires_at: Option<NaiveDateTime>,
    }
}

/// Every entry of a number that has not expired by `now`, ordered by pattern. A damaged one is
/// passed over: it must not keep calls from coming in.
///
/// # Errors
/// When the database does not answer.
pub fn entries(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    now: NaiveDateTime,
) -> Result<Vec<Entry>, StoreError> {
    let found: Vec<Checked<Entry>> = block_entries::table
        .filter(block_entries::account_id.eq(scope.account_id()))
        .filter(block_entries::number_id.eq(number_id))
        .filter(block_entries::expires_at.is_null().or(block_entries::expires_at.gt(now)))
        .order((block_entries::pattern, block_entries::matching))
        .select(Checked::<Entry>::as_select())
        .load(conn)?;
    Ok(found.into_iter().filter_map(Checked::ok).collect())
}

//! Terminals that are signed in.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::terminals;
use crate::{Conn, Scope, StoreError};

/// A terminal.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = terminals)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// The ID that it signed in with.
    pub phone_id: String,
    /// UUIDv7.
    pub id: String,
    /// `ios`, `android`, `windows`, `macos`, `ip_phone` or `premises_device`.
    pub kind: String,
    /// The name that it gave itself.
    pub name: String,
    /// When it was last seen.
    pub last_seen_at: NaiveDateTime,
    /// When it signed in.
    pub created_at: NaiveDateTime,
}

/// Signs a terminal in.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(terminals::table).values(row).execute(conn)?;
    Ok(())
}

/// All terminals of the account, the latest sign-in last.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    Ok(terminals::table.filter(terminals::account_id.eq(scope.account_id())).order(terminals::id).select(Row::as_select()).load(conn)?)
}

/// Signs a terminal out; answers it, if it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, phone_id: &str, id: &str) -> Result<Option<Row>, StoreError> {
    let key = terminals::table.find((scope.account_id(), phone_id, id));
    let found = key.select(Row::as_select()).first(conn).optional()?;
    diesel::delete(terminals::table.find((scope.account_id(), phone_id, id))).execute(conn)?;
    Ok(found)
}

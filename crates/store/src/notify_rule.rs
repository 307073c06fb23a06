//! 通知ルール.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::notify_rules;
use crate::{Conn, Scope, StoreError};

/// A notify rule.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = notify_rules)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// UUIDv7.
    pub id: String,
    /// Name of the rule.
    pub name: String,
    /// Version of this row.
    pub version: i64,
    /// When it was made.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
    /// JSON array of mail addresses.
    pub emails: String,
    /// JSON array of the events that are told.
    pub events: String,
    /// `ja` or `en`.
    pub language: String,
    /// Whether subjects of mails leave out the caller's number.
    pub private_subject: bool,
}

/// Adds a rule.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(notify_rules::table).values(row).execute(conn)?;
    Ok(())
}

/// All rules of the account, in the order of their making.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    Ok(notify_rules::table
        .filter(notify_rules::account_id.eq(scope.account_id()))
        .order(notify_rules::id)
        .select(Row::as_select())
        .load(conn)?)
}

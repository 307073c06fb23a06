//! 通知ルール.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::notify_rules;
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

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = notify_rules)]
pub struct Changes {
    /// See [`Row::name`].
    pub name: Option<String>,
    /// See [`Row::emails`].
    pub emails: Option<String>,
    /// See [`Row::events`].
    pub events: Option<String>,
    /// See [`Row::language`].
    pub language: Option<String>,
    /// See [`Row::private_subject`].
    pub private_subject: Option<bool>,
}

impl Changes {
    /// The row as it will be.
    pub fn apply_to(&self, row: &mut Row) {
        let new = self.clone();
        let set = |field: &mut String, value: Option<String>| {
            value.into_iter().for_each(|value| *field = value)
        };
        set(&mut row.name, new.name);
        set(&mut row.emails, new.emails);
        set(&mut row.events, new.events);
        set(&mut row.language, new.language);
        row.private_subject = new.private_subject.unwrap_or(row.private_subject);
    }
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

/// One rule.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(notify_rules::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Changes a rule that still has `version`; answers whether it had.
///
/// # Errors
/// When the database refuses.
pub fn update(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    version: i64,
    changes: &Changes,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        notify_rules::table
            .find((scope.account_id(), id))
            .filter(notify_rules::version.eq(version)),
    )
    .set((changes, notify_rules::version.eq(version + 1), notify_rules::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Removes a rule with its services; answers whether it was there. No number may use it any more.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(notify_rules::table.find((scope.account_id(), id))).execute(conn)? == 1)
}

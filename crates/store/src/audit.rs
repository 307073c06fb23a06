//! The change log.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::audit_log;
use crate::{Conn, Scope, StoreError};

/// One change.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// UUIDv7.
    pub id: String,
    /// When.
    pub at: NaiveDateTime,
    /// `holder` or `operator`.
    pub actor_kind: String,
    /// Who, by name.
    pub actor: String,
    /// The kind of thing.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// What was done.
    pub action: String,
    /// JSON object of the changed fields before.
    pub before: String,
    /// JSON object of the changed fields after.
    pub after: String,
    /// The account revision that the change made.
    pub revision: i64,
}

/// Writes a change down, in the transaction of the change.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(audit_log::table).values(row).execute(conn)?;
    Ok(())
}

/// Changes of the account, the latest first, of one object if given, before the id `before`.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope, object_id: Option<&str>, before: Option<&str>, limit: i64) -> Result<Vec<Row>, StoreError> {
    let mut query =
        audit_log::table.filter(audit_log::account_id.eq(scope.account_id().to_owned())).into_boxed::<crate::conn::MultiBackend>();
    if let Some(object_id) = object_id {
        query = query.filter(audit_log::object_id.eq(object_id.to_owned()));
    }
    if let Some(before) = before {
        query = query.filter(audit_log::id.lt(before.to_owned()));
    }
    Ok(query.order(audit_log::id.desc()).limit(limit).select(Row::as_select()).load(conn)?)
}

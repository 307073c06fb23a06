//! 通知サービス: the destinations of a notify rule.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::notify_services;
use crate::{Conn, Scope, StoreError};

/// A service.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = notify_services)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// UUIDv7.
    pub id: String,
    /// The rule that it belongs to.
    pub rule_id: String,
    /// `slack`, `chatwork`, `teams`, `google_chat`, `line`, `line_works` or `webhook`.
    pub kind: String,
    /// What its owner calls it.
    pub label: String,
    /// Whether its owner wants it.
    pub enabled: bool,
    /// JSON object of its credentials, sealed for `notify_services/{id}`.
    pub sealed_credentials: String,
    /// JSON object: every credential as it may be shown.
    pub hints: String,
    /// Keyed hash of what its provider paces by.
    pub pace_key: String,
    /// Since when every attempt has failed; `None` while the last one went well.
    pub failing_since: Option<NaiveDateTime>,
    /// Code of what is wrong with it, such as `slack.invalid_auth`.
    pub problem: Option<String>,
    /// When it was switched off because of that.
    pub stopped_at: Option<NaiveDateTime>,
    /// SHA-256 of the random part of the address that the provider calls back.
    pub callback_hash: Option<String>,
    /// Version of this row.
    pub version: i64,
    /// When it was made.
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// Adds a service.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(notify_services::table).values(row).execute(conn)?;
    Ok(())
}

/// One service.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(notify_services::table.find((scope.account_id(), id)).select(Row::as_select()).first(conn).optional()?)
}

/// The services of a rule, in the order of their making.
///
/// # Errors
/// When the database does not answer.
pub fn of_rule(conn: &mut Conn, scope: &Scope, rule_id: &str) -> Result<Vec<Row>, StoreError> {
    Ok(notify_services::table
        .filter(notify_services::account_id.eq(scope.account_id()))
        .filter(notify_services::rule_id.eq(rule_id))
        .order(notify_services::id)
        .select(Row::as_select())
        .load(conn)?)
}

//! Deliveries: every notice to one destination, the queue of those that wait, and each attempt.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::{deliveries, delivery_attempts};
use crate::{Conn, Scope, StoreError};

/// A notice to one destination.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = deliveries)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// UUIDv7; goes to receivers as the idempotency key.
    pub id: String,
    /// What people read of it: `K7QX-2M9D`, the same on every attempt.
    pub short_id: String,
    /// The call that it tells of.
    pub call_event_id: Option<String>,
    /// The number that was called.
    pub number_id: Option<String>,
    /// The rule that asked for it.
    pub rule_id: Option<String>,
    /// The service that it goes to; `None` for mail.
    pub service_id: Option<String>,
    /// `mail`, or the kind of the service.
    pub channel: String,
    /// The mail address, or the label of the service at that time.
    pub destination: String,
    /// `event`, `transcript` (follows later) or `service_stopped`.
    pub purpose: String,
    /// `waiting`, `sending`, `held` (the service is off), `delivered`, `handed_over`, `failed`, `canceled` or `skipped`.
    pub state: String,
    /// Attempts so far.
    pub attempts: i32,
    /// When it may be sent; in the past for whatever is due.
    pub next_at: NaiveDateTime,
    /// The slot that its pace has given it.
    pub slot_at: Option<NaiveDateTime>,
    /// The service's, or `None` for what is not paced.
    pub pace_key: Option<String>,
    /// The worker that is sending it.
    pub lease_owner: Option<String>,
    /// Until when that worker may write what became of it.
    pub lease_until: Option<NaiveDateTime>,
    /// JSON: what is done already and must not be done again.
    pub progress: Option<String>,
    /// JSON, for purposes that no event stands behind.
    pub content: Option<String>,
    /// Code of the last outcome.
    pub problem: Option<String>,
    /// When it was planned.
    pub created_at: NaiveDateTime,
    /// When it came to an end.
    pub finished_at: Option<NaiveDateTime>,
}

/// An attempt to send one.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery_attempts)]
pub struct Attempt {
    /// The account.
    pub account_id: String,
    /// The delivery.
    pub delivery_id: String,
    /// UUIDv7.
    pub id: String,
    /// When it began.
    pub at: NaiveDateTime,
    /// `delivered`, `handed_over`, `retry`, `bad_config`, `bad_payload`, `unknown` or `interrupted`.
    pub outcome: String,
    /// HTTP status or SMTP code, where one came.
    pub status: Option<i32>,
    /// Code of what was wrong.
    pub problem: Option<String>,
    /// The answer, shortened and without secrets.
    pub detail: String,
    /// Milliseconds.
    pub duration_ms: i32,
}

/// Puts a notice into the queue, in the transaction of the fact that it tells of.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(deliveries::table).values(row).execute(conn)?;
    Ok(())
}

/// One delivery.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(deliveries::table.find((scope.account_id(), id)).select(Row::as_select()).first(conn).optional()?)
}

/// The attempts of a delivery, the first one first.
///
/// # Errors
/// When the database does not answer.
pub fn attempts(conn: &mut Conn, scope: &Scope, delivery_id: &str) -> Result<Vec<Attempt>, StoreError> {
    Ok(delivery_attempts::table
        .filter(delivery_attempts::account_id.eq(scope.account_id()))
        .filter(delivery_attempts::delivery_id.eq(delivery_id))
        .order(delivery_attempts::id)
        .select(Attempt::as_select())
        .load(conn)?)
}

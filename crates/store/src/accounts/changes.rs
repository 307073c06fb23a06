//! What other processes did, for those who look.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::{accounts, call_events, deliveries, route_changes};
use crate::{Conn, FollowerScope, Scope, StoreError};

/// The newest events and deliveries that are followed.
const FOLLOWED: i64 = 200;
/// Sorts before every id.
const BEFORE_ALL: &str = "";

/// How far somebody has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The newest event.
    pub event: String,
    /// The oldest delivery that is followed.
    pub delivery: String,
    /// Until when deliveries that came to an end are known.
    pub until: NaiveDateTime,
}

/// Everything up to now.
///
/// # Errors
/// When the database does not answer.
pub fn now(conn: &mut Conn, scope: &Scope, until: NaiveDateTime) -> Result<Seen, StoreError> {
    let event: Option<String> = call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .order(call_events::id.desc())
        .select(call_events::id)
        .first(conn)
        .optional()?;
    let delivery: Option<String> = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .order(deliveries::id.desc())
        .offset(FOLLOWED)
        .select(deliveries::id)
        .first(conn)
        .optional()?;
    let or_all = |id: Option<String>| id.unwrap_or_else(|| BEFORE_ALL.to_owned());
    Ok(Seen { event: or_all(event), delivery: or_all(delivery), until })
}

/// Events that came since, and deliveries that came to an end since, with their events.
///
/// # Errors
/// When the database does not answer.
#[expect(clippy::type_complexity, reason = "two lists that are read once")]
pub fn since(
    conn: &mut Conn,
    scope: &Scope,
    seen: &Seen,
) -> Result<(Vec<String>, Vec<(String, Option<String>, Option<NaiveDateTime>)>), StoreError> {
    let events = call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .filter(call_events::id.gt(&seen.event))
        .order(call_events::id)
        .limit(FOLLOWED)
        .select(call_events::id)
        .load(conn)?;
    let ended = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::id.gt(&seen.delivery))
        .filter(deliveries::finished_at.gt(seen.until))
        .order(deliveries::finished_at)
        .limit(FOLLOWED)
        .select((deliveries::id, deliveries::call_event_id, deliveries::finished_at))
        .load(conn)?;
    Ok((events, ended))
}

/// Accounts that have changed at or after `since`, with their revisions.
///
/// # Errors
/// When the database does not answer.
pub fn revisions(
    conn: &mut Conn,
    _scope: FollowerScope,
    since: NaiveDateTime,
) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(route_changes::table
        .inner_join(accounts::table.on(accounts::id.eq(route_changes::account_id)))
        .filter(route_changes::at.ge(since))
        .select((accounts::id, accounts::revision))
        .distinct()
        .load(conn)?)
}

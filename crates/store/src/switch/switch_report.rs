//! What switches say that they serve.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use crate::identity::service_key::KeyKind;
use crate::platform::schema::{service_keys, switch_reports};
use crate::{Conn, Scope, StoreError, Stored, SwitchScope};

/// How long it is known when a position came into force. The last one of a switch stays.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// A switch, as far as a change of an account is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it called last, to the minute; `None` = never.
    pub used_at: Option<NaiveDateTime>,
    /// When it said last what it serves; `None` = never.
    pub seen_at: Option<NaiveDateTime>,
    /// When it first said that it serves the change.
    pub applied_at: Option<NaiveDateTime>,
}

/// Notes that a switch serves a position. Only within `Db::write`.
///
/// # Errors
/// When the database refuses.
pub fn note(
    conn: &mut Conn,
    _scope: SwitchScope,
    switch_id: &str,
    position: i64,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    let of_switch = || switch_reports::table.filter(switch_reports::switch_id.eq(switch_id));
    // A switch that began anew from an older snapshot serves no more what it served before.
    diesel::delete(of_switch().filter(switch_reports::position.gt(position))).execute(conn)?;
    let outdated = of_switch()
        .filter(switch_reports::position.lt(position))
        .filter(switch_reports::applied_at.lt(now - KEPT));
    diesel::delete(outdated).execute(conn)?;
    let row = switch_reports::table.find((switch_id, position));
    if diesel::update(row).set(switch_reports::seen_at.eq(now)).execute(conn)? == 0 {
        diesel::insert_into(switch_reports::table)
            .values((
                switch_reports::switch_id.eq(switch_id),
                switch_reports::position.eq(position),
                switch_reports::applied_at.eq(now),
                switch_reports::seen_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Every switch, and whether it serves the change with this position; `None` = a change that has
/// none yet. Nothing here tells one switch from another.
///
/// # Errors
/// When the database does not answer.
pub fn seen(
    conn: &mut Conn,
    _scope: &Scope,
    position: Option<i64>,
) -> Result<Vec<Seen>, StoreError> {
    let switches: Vec<(String, Option<NaiveDateTime>)> = service_keys::table
        .filter(service_keys::kind.eq(Stored(KeyKind::Switch)))
        .order(service_keys::id)
        .select((service_keys::id, service_keys::last_used_at))
        .load(conn)?;
    let mut seen = Vec::with_capacity(switches.len());
    for (id, used_at) in switches {
        let of_switch = || switch_reports::table.filter(switch_reports::switch_id.eq(&id));
        let seen_at = of_switch()
            .order(switch_reports::position.desc())
            .select(switch_reports::seen_at)
            .first(conn)
            .optional()?;
        let serving = of_switch()
            .filter(switch_reports::position.ge(position.unwrap_or(i64::MAX)))
            .order(switch_reports::position);
        let applied_at = serving.select(switch_reports::applied_at).first(conn).optional()?;
        seen.push(Seen { used_at, seen_at, applied_at });
    }
    Ok(seen)
}

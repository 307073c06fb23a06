//! The queue of notices: claimed under a lease, and ended by whoever holds it.
//!
//! Statements work on many rows at once: what costs is the round trip on PostgreSQL and the wait
//! for the disk on both.

use std::collections::{BTreeMap, BTreeSet};

use api_types::DeliveryState;
use chrono::NaiveDateTime;
use diesel::dsl::{Concat, Eq, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

use crate::notify::delivery::{Progress, Row, in_state};
use crate::platform::keyed::keyed;
use crate::platform::schema::{deliveries, delivery_attempts, paces};
use crate::{Checked, Conn, Json, Kind, Scope, StoreError, Stored, WorkerScope, on_each};

/// Loads rows and keeps them locked until the end of the transaction: on PostgreSQL what another
/// worker has locked is passed over, on SQLite there is no other worker within a write.
///
/// What is damaged is passed over: one such row must not keep those of all others from being sent.
macro_rules! locked {
    ($conn:expr, $query:expr) => {{
        let found: Vec<Checked<Row>> = match $conn {
            Conn::Postgres(c) => {
                let query = $query.select(Checked::<Row>::as_select());
                query.for_update().skip_locked().load(c)?
            }
            Conn::Sqlite(c) => $query.select(Checked::<Row>::as_select()).load(c)?,
        };
        found.into_iter().filter_map(Checked::ok).collect()
    }};
}

#[derive(QueryableByName)]
struct Account {
    #[diesel(sql_type = Text)]
    account_id: String,
}

/// Accounts with something due, behind `after` in the order of their ids, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn due_accounts(
    conn: &mut Conn,
    _scope: WorkerScope,
    now: NaiveDateTime,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    // Two looks into the index per account, however many notices each has. A join with EXISTS would
    // read all of them.
    let found: Vec<Account> = diesel::sql_query(
        "WITH RECURSIVE waiting(account_id) AS ( \
         SELECT (SELECT account_id FROM deliveries WHERE state = 'waiting' AND account_id > $1 \
             ORDER BY account_id LIMIT 1) \
         UNION ALL \
         SELECT (SELECT d.account_id FROM deliveries d \
             WHERE d.state = 'waiting' AND d.account_id > waiting.account_id \
             ORDER BY d.account_id LIMIT 1) FROM waiting WHERE waiting.account_id IS NOT NULL) \
         SELECT account_id FROM waiting WHERE (SELECT d.next_at FROM deliveries d \
             WHERE d.state = 'waiting' AND d.account_id = waiting.account_id \
             ORDER BY d.next_at LIMIT 1) <= $2 LIMIT $3",
    )
    .bind::<Text, _>(after.to_owned())
    .bind::<Timestamp, _>(now)
    .bind::<BigInt, _>(limit)
    .load(conn)?;
    Ok(found.into_iter().map(|account| account.account_id).collect())
}

/// What is due of an account, the longest waiting first, `limit` at most, without the notices
/// `taken` and what goes to the destinations `full` (ids of services, mail addresses); locked until
/// the end of the transaction, and what another worker has locked is passed over.
///
/// # Errors
/// When the database does not answer.
pub fn due(
    conn: &mut Conn,
    scope: &Scope,
    now: NaiveDateTime,
    taken: &[String],
    full: &[String],
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    // A literal, not a parameter: only then does the index of what waits apply.
    Ok(locked!(
        conn,
        deliveries::table
            .filter(deliveries::account_id.eq(scope.account_id()))
            .filter(in_state(DeliveryState::Waiting))
            .filter(deliveries::next_at.le(now))
            .filter(deliveries::id.ne_all(taken))
            .filter(sql::<Text>("COALESCE(service_id, destination)").ne_all(full))
            .order((deliveries::next_at, deliveries::id))
            .limit(limit)
    ))
}

/// What waits for a service and may ride along with another notice to it: due, or waiting for its
/// slot only.
///
/// # Errors
/// When the database does not answer.
pub fn companions(
    conn: &mut Conn,
    scope: &Scope,
    service_id: &str,
    not: &[String],
    now: NaiveDateTime,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    Ok(locked!(
        conn,
        deliveries::table
            .filter(deliveries::account_id.eq(scope.account_id()))
            .filter(deliveries::service_id.eq(service_id))
            .filter(in_state(DeliveryState::Waiting))
            .filter(deliveries::next_at.le(now).or(deliveries::slot_at.is_not_null()))
            .filter(deliveries::id.ne_all(not))
            .order(deliveries::id)
            .limit(limit)
    ))
}

/// Whether a notice that was found by its id is in a state. Written so that no index of what is in
/// that state is used for it: in a queue that has just filled, that is everything.
fn still(state: DeliveryState) -> Eq<Concat<deliveries::state, &'static str>, &'static str> {
    deliveries::state.concat("").eq(state.text())
}

/// A lease on notices.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The worker.
    pub owner: String,
    /// Until when it may write what became of them.
    pub until: NaiveDateTime,
}

/// Takes notices that were found in this transaction; each counts as an attempt from now on.
///
/// # Errors
/// When the database refuses.
pub fn lease<'a>(
    conn: &mut Conn,
    _scope: WorkerScope,
    taken: impl IntoIterator<Item = &'a Row>,
    lease: &Lease,
) -> Result<usize, StoreError> {
    let taken = keyed("deliveries", taken.into_iter().map(Row::key));
    if taken.is_empty() {
        return Ok(0);
    }
    let rows = deliveries::table.filter(taken).filter(still(DeliveryState::Waiting));
    Ok(diesel::update(rows)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Sending)),
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::lease_owner.eq(Some(&lease.owner)),
            deliveries::lease_until.eq(Some(lease.until)),
        ))
        .execute(conn)?)
}

/// Makes notices wait: for their slot, where `slot` says so, else only until then.
///
/// # Errors
/// When the database refuses.
pub fn postpone(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[String],
    until: NaiveDateTime,
    slot: bool,
) -> Result<(), StoreError> {
    let keys = ids.iter().map(|id| (scope.account_id(), id.as_str()));
    let rows =
        deliveries::table.filter(keyed("deliveries", keys)).filter(still(DeliveryState::Waiting));
    diesel::update(rows)
        .set((deliveries::next_at.eq(until), deliveries::slot_at.eq(slot.then_some(until))))
        .execute(conn)?;
    Ok(())
}

/// When destinations are free, by their keys; those that are not named are free.
///
/// # Errors
/// When the database does not answer.
pub fn paces(
    conn: &mut Conn,
    _scope: WorkerScope,
    keys: &BTreeSet<String>,
) -> Result<BTreeMap<String, NaiveDateTime>, StoreError> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found: Vec<(String, NaiveDateTime)> = paces::table
        .filter(paces::pace_key.eq_any(keys))
        .select((paces::pace_key, paces::free_at))
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// Notes when a destination is free again; never earlier than was noted before.
///
/// # Errors
/// When the database refuses.
pub fn set_pace(
    conn: &mut Conn,
    _scope: WorkerScope,
    key: &str,
    free_at: NaiveDateTime,
) -> Result<(), StoreError> {
    let values = (paces::pace_key.eq(key), paces::free_at.eq(free_at));
    let inserted = on_each!(conn, |c| diesel::insert_into(paces::table)
        .values(values)
        .on_conflict(paces::pace_key)
        .do_nothing()
        .execute(c))?;
    if inserted == 0 {
        diesel::update(paces::table.find(key).filter(paces::free_at.lt(free_at)))
            .set(paces::free_at.eq(free_at))
            .execute(conn)?;
    }
    Ok(())
}

/// The soonest time after `now` at which anything becomes due.
///
/// # Errors
/// When the database does not answer.
pub fn next_due(
    conn: &mut Conn,
    _scope: WorkerScope,
    now: NaiveDateTime,
) -> Result<Option<NaiveDateTime>, StoreError> {
    let waiting = deliveries::table
        .filter(in_state(DeliveryState::Waiting))
        .filter(deliveries::next_at.gt(now));
    Ok(waiting.select(diesel::dsl::min(deliveries::next_at)).first(conn)?)
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct End {
    /// Waiting, held, delivered, handed over or failed.
    pub state: DeliveryState,
    /// When it is tried again; with `waiting`.
    pub next_at: Option<NaiveDateTime>,
    /// What is done already.
    pub progress: Option<Json<Progress>>,
    /// Code of what was wrong.
    pub problem: Option<String>,
}

/// Notices with the same end; answers how many this worker still held. The others belong to
/// somebody else now.
///
/// # Errors
/// When the database refuses.
pub fn finish(
    conn: &mut Conn,
    _scope: WorkerScope,
    owner: &str,
    ended: &[&Row],
    end: &End,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let rows = deliveries::table
        .filter(keyed("deliveries", ended.iter().map(|row| row.key())))
        .filter(still(DeliveryState::Sending))
        .filter(deliveries::lease_owner.eq(owner));
    let finished = matches!(
        end.state,
        DeliveryState::Delivered | DeliveryState::HandedOver | DeliveryState::Failed
    );
    Ok(diesel::update(rows)
        .set((
            deliveries::state.eq(Stored(end.state)),
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(None::<NaiveDateTime>),
            deliveries::slot_at.eq(None::<NaiveDateTime>),
            deliveries::progress.eq(end.progress.as_ref()),
            deliveries::problem.eq(end.problem.as_ref()),
            deliveries::finished_at.eq(finished.then_some(now)),
            end.next_at.map(|next_at| deliveries::next_at.eq(next_at)),
        ))
        .execute(conn)?)
}

/// Gives leases a new end; `keys` are pairs of account and notice.
///
/// # Errors
/// When the database refuses.
pub fn renew<'a>(
    conn: &mut Conn,
    _scope: WorkerScope,
    keys: impl IntoIterator<Item = (&'a str, &'a str)>,
    lease: &Lease,
) -> Result<usize, StoreError> {
    let held = keyed("deliveries", keys);
    if held.is_empty() {
        return Ok(0);
    }
    let rows = deliveries::table
        .filter(held)
        .filter(still(DeliveryState::Sending))
        .filter(deliveries::lease_owner.eq(&lease.owner));
    Ok(diesel::update(rows).set(deliveries::lease_until.eq(Some(lease.until))).execute(conn)?)
}

/// Notices whose worker has gone silent, `limit` at most; they wait again from now on, without
/// their former owner.
///
/// # Errors
/// When the database refuses.
pub fn sweep(
    conn: &mut Conn,
    _scope: WorkerScope,
    now: NaiveDateTime,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let rows: Vec<Row> = locked!(
        conn,
        deliveries::table
            .filter(in_state(DeliveryState::Sending))
            .filter(deliveries::lease_until.lt(now))
            .order(deliveries::lease_until)
            .limit(limit)
    );
    if rows.is_empty() {
        return Ok(rows);
    }
    let swept = deliveries::table
        .filter(keyed("deliveries", rows.iter().map(Row::key)))
        .filter(still(DeliveryState::Sending));
    diesel::update(swept)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Waiting)),
            deliveries::next_at.eq(now),
            deliveries::slot_at.eq(None::<NaiveDateTime>),
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(rows)
}

/// How many notices wait, and since when the oldest of them is due.
///
/// # Errors
/// When the database does not answer.
pub fn backlog(
    conn: &mut Conn,
    _scope: WorkerScope,
) -> Result<(i64, Option<NaiveDateTime>), StoreError> {
    let waiting = deliveries::table.filter(in_state(DeliveryState::Waiting));
    Ok(waiting
        .select((diesel::dsl::count_star(), diesel::dsl::min(deliveries::next_at)))
        .first(conn)?)
}

/// Removes what has come to an end before `before`, with its attempts, and paces that are past;
/// `limit` notices at most.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: WorkerScope,
    before: NaiveDateTime,
    now: NaiveDateTime,
    limit: i64,
) -> Result<usize, StoreError> {
    let old: Vec<(String, String)> = deliveries::table
        .filter(deliveries::created_at.lt(before))
        .filter(
            deliveries::finished_at.lt(before).or(deliveries::state
                .eq_any([Stored(DeliveryState::Canceled), Stored(DeliveryState::Skipped)])),
        )
        .order(deliveries::created_at)
        .limit(limit)
        .select((deliveries::account_id, deliveries::id))
        .load(conn)?;
    for (account_id, id) in &old {
        let attempts = delivery_attempts::table
            .filter(delivery_attempts::account_id.eq(account_id))
            .filter(delivery_attempts::delivery_id.eq(id));
        diesel::delete(attempts).execute(conn)?;
        diesel::delete(deliveries::table.find((account_id, id))).execute(conn)?;
    }
    let past =
        diesel::delete(paces::table.filter(paces::free_at.lt(now - chrono::TimeDelta::days(1))))
            .execute(conn)?;
    Ok(old.len() + past)
}

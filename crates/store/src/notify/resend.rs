//! Notices that have come to an end and are sent again.

use api_types::DeliveryState;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::delivery::{Progress, Row, in_state};
use crate::platform::schema::deliveries;
use crate::{Conn, Json, Scope, StoreError, Stored};

/// Notices that have arrived, as far as anybody can tell.
const ARRIVED: [Stored<DeliveryState>; 2] =
    [Stored(DeliveryState::Delivered), Stored(DeliveryState::HandedOver)];
/// Notices that were given up, or that their owner chose not to send.
const IN_VAIN: [DeliveryState; 2] = [DeliveryState::Failed, DeliveryState::Skipped];

/// Which notices are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meant {
    /// Planned at this time or later.
    pub since: NaiveDateTime,
    /// And before this time.
    pub until: Option<NaiveDateTime>,
    /// Only of this rule.
    pub rule_id: Option<String>,
    /// Only of this service.
    pub service_id: Option<String>,
}

/// Those that failed or were skipped.
///
/// # Errors
/// When the database does not answer.
pub fn ended_in_vain(
    conn: &mut Conn,
    scope: &Scope,
    meant: &Meant,
) -> Result<Vec<Row>, StoreError> {
    let mut found = Vec::new();
    for state in IN_VAIN {
        let mut query = deliveries::table
            .filter(deliveries::account_id.eq(scope.account_id().to_owned()))
            .filter(in_state(state))
            .filter(deliveries::created_at.ge(meant.since))
            .filter(deliveries::call_event_id.is_not_null())
            .order(deliveries::id)
            .select(Row::as_select())
            .into_boxed::<crate::platform::conn::MultiBackend>();
        if let Some(until) = meant.until {
            query = query.filter(deliveries::created_at.lt(until));
        }
        if let Some(rule_id) = &meant.rule_id {
            query = query.filter(deliveries::rule_id.eq(rule_id.clone()));
        }
        if let Some(service_id) = &meant.service_id {
            query = query.filter(deliveries::service_id.eq(service_id.clone()));
        }
        found.extend(query.load(conn)?);
    }
    Ok(found)
}

/// Lets one that waits for its next attempt be tried at once; answers whether it waited. One that
/// is on its way does not.
///
/// # Errors
/// When the database refuses.
pub fn hurry(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let changed = diesel::update(deliveries::table.find((scope.account_id(), id)))
        .filter(in_state(DeliveryState::Waiting))
        .filter(deliveries::lease_owner.is_null())
        .set((deliveries::next_at.eq(now), deliveries::slot_at.eq(None::<NaiveDateTime>)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Puts one that has come to an end back into the queue, into `state`: it is tried as often as a
/// new one. Of one that failed, what it had sent already is not sent again. Answers whether it was
/// there and had come to an end.
///
/// # Errors
/// When the database refuses.
pub fn revive(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    state: DeliveryState,
    progress: Option<Json<Progress>>,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    diesel::update(deliveries::table.find((scope.account_id(), id)))
        .filter(deliveries::state.eq_any(ARRIVED))
        .set(deliveries::progress.eq(None::<Json<Progress>>))
        .execute(conn)?;
    let changed = diesel::update(deliveries::table.find((scope.account_id(), id)))
        .filter(deliveries::state.eq_any(IN_VAIN.map(Stored).into_iter().chain(ARRIVED)))
        .set((
            deliveries::state.eq(Stored(state)),
            deliveries::attempts.eq(0),
            deliveries::next_at.eq(now),
            deliveries::slot_at.eq(None::<NaiveDateTime>),
            deliveries::progress.eq(progress),
            deliveries::problem.eq(None::<String>),
            deliveries::finished_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

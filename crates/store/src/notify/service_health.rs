//! How services do: what is wrong with them, and what is done about it.

use api_types::DeliveryState;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::{deliveries, notify_services};
use crate::{Conn, Scope, StoreError, Stored};

/// Notes that a notice arrived: nothing is wrong with a service that we have not switched off. Not
/// a change of its settings: the version stays.
///
/// # Errors
/// When the database refuses.
pub fn clear(conn: &mut Conn, scope: &Scope, id: &str) -> Result<bool, StoreError> {
    let service = notify_services::table
        .find((scope.account_id(), id))
        .filter(notify_services::stopped_at.is_null());
    let failing = service.filter(
        notify_services::problem.is_not_null().or(notify_services::failing_since.is_not_null()),
    );
    let nothing = (
        notify_services::problem.eq(None::<String>),
        notify_services::failing_since.eq(None::<NaiveDateTime>),
    );
    Ok(diesel::update(failing).set(nothing).execute(conn)? == 1)
}

/// Notes how a service does: `None` = well; else since when it fails and why. Does not change its
/// version: it is nobody's setting.
///
/// # Errors
/// When the database refuses.
pub fn set(
    conn: &mut Conn,
    scope: &Scope,
    service_id: &str,
    failing: Option<(NaiveDateTime, &str)>,
) -> Result<(), StoreError> {
    let (since, problem) = failing.unzip();
    diesel::update(notify_services::table.find((scope.account_id(), service_id)))
        .set((notify_services::failing_since.eq(since), notify_services::problem.eq(problem)))
        .execute(conn)?;
    Ok(())
}

/// Switches a service off that has failed for good, and holds what waits for it; answers how many
/// notices that are, or `None` when it is off already.
///
/// # Errors
/// When the database refuses.
pub fn stop(
    conn: &mut Conn,
    scope: &Scope,
    service_id: &str,
    problem: &str,
    now: NaiveDateTime,
) -> Result<Option<i64>, StoreError> {
    let on = notify_services::table
        .find((scope.account_id(), service_id))
        .filter(notify_services::enabled.eq(true));
    let stopped = diesel::update(on)
        .set((
            notify_services::enabled.eq(false),
            notify_services::stopped_at.eq(Some(now)),
            notify_services::problem.eq(Some(problem)),
            notify_services::version.eq(notify_services::version + 1),
            notify_services::updated_at.eq(now),
        ))
        .execute(conn)?;
    let waiting = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::service_id.eq(service_id))
        .filter(deliveries::state.eq(Stored(DeliveryState::Waiting)));
    diesel::update(waiting)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Held)),
            deliveries::slot_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?;
    if stopped == 0 {
        return Ok(None);
    }
    let held = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::service_id.eq(service_id))
        .filter(deliveries::state.eq(Stored(DeliveryState::Held)));
    Ok(Some(held.count().get_result(conn)?))
}

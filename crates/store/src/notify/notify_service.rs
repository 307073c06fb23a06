//! 通知サービス: the destinations of a notify rule.

use api_types::{Credentials, DeliveryState, ServiceType};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::notify::delivery::OPEN;
use crate::platform::schema::{deliveries, notify_services};
use crate::{Conn, EntranceScope, Json, Kind, Scope, StoreError, Stored, row};

impl Kind for ServiceType {
    const ALL: &'static [Self] = &ServiceType::ALL;

    fn text(self) -> &'static str {
        self.key()
    }
}

row! {
    notify_services by id
    /// A service.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// The rule that it belongs to.
        pub rule_id: String,
        /// Whose service it is.
        pub kind: Stored<ServiceType>,
        /// What its owner calls it.
        pub label: String,
        /// Whether its owner wants it.
        pub enabled: bool,
        /// JSON object of its credentials, sealed for `notify_services/{id}`.
        pub sealed_credentials: String,
        /// Every credential as it may be shown.
        pub hints: Json<Credentials>,
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
}

impl Row {
    /// A service without credentials, that its owner wants and of which nothing is known yet.
    pub fn new(
        account_id: String,
        id: String,
        rule_id: String,
        kind: ServiceType,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            account_id,
            id,
            rule_id,
            kind: kind.into(),
            label: String::new(),
            enabled: true,
            sealed_credentials: String::new(),
            hints: Json::default(),
            pace_key: String::new(),
            failing_since: None,
            problem: None,
            stopped_at: None,
            callback_hash: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether it is sent to: its owner wants it, and we have not switched it off.
    pub fn is_on(&self) -> bool {
        self.enabled && self.stopped_at.is_none()
    }
}

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = notify_services)]
pub struct Changes {
    /// See [`Row::label`].
    pub label: Option<String>,
    /// See [`Row::enabled`].
    pub enabled: Option<bool>,
    /// See [`Row::sealed_credentials`].
    pub sealed_credentials: Option<String>,
    /// See [`Row::hints`].
    pub hints: Option<Json<Credentials>>,
    /// See [`Row::pace_key`].
    pub pace_key: Option<String>,
    /// See [`Row::failing_since`].
    pub failing_since: Option<Option<NaiveDateTime>>,
    /// See [`Row::problem`].
    pub problem: Option<Option<String>>,
    /// See [`Row::stopped_at`].
    pub stopped_at: Option<Option<NaiveDateTime>>,
}

impl Changes {
    /// The row as it will be.
    pub fn apply_to(&self, row: &mut Row) {
        let new = self.clone();
        let set = |field: &mut String, value: Option<String>| {
            value.into_iter().for_each(|value| *field = value)
        };
        set(&mut row.label, new.label);
        set(&mut row.sealed_credentials, new.sealed_credentials);
        row.hints = new.hints.unwrap_or(row.hints.clone());
        set(&mut row.pace_key, new.pace_key);
        row.enabled = new.enabled.unwrap_or(row.enabled);
        row.failing_since = new.failing_since.unwrap_or(row.failing_since);
        row.problem = new.problem.unwrap_or(row.problem.take());
        row.stopped_at = new.stopped_at.unwrap_or(row.stopped_at);
    }
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
    Ok(notify_services::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
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

/// All services of the account, in the order of their making.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    Ok(notify_services::table
        .filter(notify_services::account_id.eq(scope.account_id()))
        .order(notify_services::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// The service that a provider calls back at this address.
///
/// # Errors
/// When the database does not answer.
pub fn find_by_callback(
    conn: &mut Conn,
    _scope: EntranceScope,
    callback_hash: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(notify_services::table
        .filter(notify_services::callback_hash.eq(callback_hash))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Changes a service that still has `version`; answers whether it had.
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
        notify_services::table
            .find((scope.account_id(), id))
            .filter(notify_services::version.eq(version)),
    )
    .set((changes, notify_services::version.eq(version + 1), notify_services::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Puts credentials that differ in nothing that people enter in the place of the former ones: no
/// change of the service.
///
/// # Errors
/// When the database refuses.
pub fn reseal(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    sealed_credentials: &str,
) -> Result<(), StoreError> {
    diesel::update(notify_services::table.find((scope.account_id(), id)))
        .set(notify_services::sealed_credentials.eq(sealed_credentials))
        .execute(conn)?;
    Ok(())
}

/// Removes a service; answers whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(notify_services::table.find((scope.account_id(), id))).execute(conn)? == 1)
}

/// How many notices wait for a service, be it for their time or until it is switched on again.
///
/// # Errors
/// When the database does not answer.
pub fn waiting(conn: &mut Conn, scope: &Scope, id: &str) -> Result<i64, StoreError> {
    Ok(deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::service_id.eq(id))
        .filter(deliveries::state.eq_any(OPEN))
        .count()
        .get_result(conn)?)
}

/// Notices that wait for their time wait until the service is switched on again; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn hold(conn: &mut Conn, scope: &Scope, id: &str) -> Result<usize, StoreError> {
    let waiting = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::service_id.eq(id))
        .filter(deliveries::state.eq(Stored(DeliveryState::Waiting)));
    Ok(diesel::update(waiting)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Held)),
            deliveries::slot_at.eq(None::<NaiveDateTime>),
        ))
        .execute(conn)?)
}

/// Notices that were held, or wait after a failure, are sent now, at the pace of `pace_key`;
/// answers how many.
///
/// # Errors
/// When the database refuses.
pub fn release(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    pace_key: Option<&str>,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let of_service = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id().to_owned()))
        .filter(deliveries::service_id.eq(id.to_owned()));
    let slot = (deliveries::pace_key.eq(pace_key), deliveries::slot_at.eq(None::<NaiveDateTime>));
    // Those that were never tried keep their time: they may wait for the news that somebody
    // answered after all.
    let fresh = of_service
        .clone()
        .filter(deliveries::state.eq(Stored(DeliveryState::Waiting)))
        .filter(deliveries::attempts.eq(0));
    let fresh = diesel::update(fresh).set(slot).execute(conn)?;
    let failed = of_service
        .clone()
        .filter(deliveries::state.eq(Stored(DeliveryState::Waiting)))
        .filter(deliveries::attempts.gt(0));
    let failed = diesel::update(failed).set((slot, deliveries::next_at.eq(now))).execute(conn)?;
    let held = of_service.filter(deliveries::state.eq(Stored(DeliveryState::Held)));
    let held = diesel::update(held)
        .set((
            slot,
            deliveries::state.eq(Stored(DeliveryState::Waiting)),
            deliveries::next_at.eq(now),
        ))
        .execute(conn)?;
    Ok(fresh + failed + held)
}

/// Ends the notices that were held as `skipped`; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn skip(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let held = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::service_id.eq(id))
        .filter(deliveries::state.eq(Stored(DeliveryState::Held)));
    Ok(diesel::update(held)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Skipped)),
            deliveries::finished_at.eq(Some(now)),
        ))
        .execute(conn)?)
}

/// Ends the notices that wait for a service that is being removed; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn cancel(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let open = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::service_id.eq(id))
        .filter(deliveries::state.eq_any(OPEN));
    Ok(diesel::update(open)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Canceled)),
            deliveries::finished_at.eq(Some(now)),
        ))
        .execute(conn)?)
}

/// Ends the notices that wait for a rule that is being removed, to its mail addresses and its
/// services; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn cancel_of_rule(
    conn: &mut Conn,
    scope: &Scope,
    rule_id: &str,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let open = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::rule_id.eq(rule_id))
        .filter(deliveries::state.eq_any(OPEN));
    Ok(diesel::update(open)
        .set((
            deliveries::state.eq(Stored(DeliveryState::Canceled)),
            deliveries::finished_at.eq(Some(now)),
        ))
        .execute(conn)?)
}

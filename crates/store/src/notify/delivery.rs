//! Deliveries: every notice to one destination, and the queue of those that wait.

use api_types::{Channel, DeliveryState};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::platform::schema::deliveries;
use crate::{Conn, Json, Kind, Scope, StoreError, Stored, SwitchScope, insert_many, kinds, row};

/// What a notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It tells of a call.
    Event,
    /// It says later what was said in a voicemail.
    Transcript,
    /// It says that a service was switched off.
    ServiceStopped,
}

kinds! {
    Purpose { Event = "event", Transcript = "transcript", ServiceStopped = "service_stopped" }
    DeliveryState {
        Waiting = "waiting",
        Sending = "sending",
        Held = "held",
        Delivered = "delivered",
        HandedOver = "handed_over",
        Failed = "failed",
        Canceled = "canceled",
        Skipped = "skipped",
    }
}

impl Kind for Channel {
    const ALL: &'static [Self] = &Channel::ALL;

    fn text(self) -> &'static str {
        self.describe().key
    }
}

/// What is done already of a notice and must not be done again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The text was sent, under this name of the provider's (Slack: `channel/ts`); what is left is
    /// the file.
    pub text_sent: Option<String>,
    /// The file was sent, or given up on: nothing is left to do.
    pub file_done: bool,
    /// The content was refused once: it goes as short plain text with the link.
    pub plain: bool,
    /// How often the provider did not know the credentials, where it is known to say so now and
    /// then without a reason.
    pub unauthorized: u32,
}

/// What a mail about a service that was switched off says; in its rule's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Name of the rule.
    pub rule_name: String,
    /// What its owner calls the service.
    pub label: String,
    /// What was wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
    /// The service's page in the portal.
    pub url: String,
    /// Notices that wait for it.
    pub waiting: u32,
}

/// Notices that have come to nothing yet and are not being sent.
pub(crate) const OPEN: [Stored<DeliveryState>; 2] =
    [Stored(DeliveryState::Waiting), Stored(DeliveryState::Held)];
row! {
    deliveries by id
    /// A notice to one destination.
    #[derive(Clone, Debug, PartialEq, Eq, Insertable)]
    #[diesel(treat_none_as_default_value = false)]
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
        /// How it goes.
        pub channel: Stored<Channel>,
        /// The mail address, or the label of the service at that time.
        pub destination: String,
        /// What it is for.
        pub purpose: Stored<Purpose>,
        /// What has become of it.
        pub state: Stored<DeliveryState>,
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
        /// What is done already and must not be done again.
        pub progress: Option<Json<Progress>>,
        /// What it says, where no event stands behind it.
        pub content: Option<Json<Stopped>>,
        /// Code of the last outcome.
        pub problem: Option<String>,
        /// When it was planned.
        pub created_at: NaiveDateTime,
        /// When it came to an end.
        pub finished_at: Option<NaiveDateTime>,
    }
}

impl Row {
    /// The account and the id: what it is found by.
    pub fn key(&self) -> (&str, &str) {
        (&self.account_id, &self.id)
    }

    /// A notice that is due at once and of which nothing more is known yet.
    pub fn new(
        account_id: String,
        id: String,
        (channel, destination): (Channel, String),
        purpose: Purpose,
        state: DeliveryState,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            account_id,
            id,
            short_id: String::new(),
            call_event_id: None,
            number_id: None,
            rule_id: None,
            service_id: None,
            channel: channel.into(),
            destination,
            purpose: purpose.into(),
            state: state.into(),
            attempts: 0,
            next_at: now,
            slot_at: None,
            pace_key: None,
            lease_owner: None,
            lease_until: None,
            progress: None,
            content: None,
            problem: None,
            created_at: now,
            finished_at: None,
        }
    }
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

/// Puts notices of any accounts into the queue.
///
/// # Errors
/// When the database refuses.
pub fn insert_all(conn: &mut Conn, _scope: SwitchScope, rows: &[Row]) -> Result<(), StoreError> {
    insert_many!(conn, deliveries::table, rows);
    Ok(())
}

/// The notices of some events, locked until the end of the transaction: no worker takes one of them
/// meanwhile.
///
/// # Errors
/// When the database does not answer.
pub fn lock_of_events(
    conn: &mut Conn,
    scope: &Scope,
    call_event_ids: &[&str],
) -> Result<Vec<Row>, StoreError> {
    match conn {
        Conn::Postgres(c) => Ok(deliveries::table
            .filter(deliveries::account_id.eq(scope.account_id()))
            .filter(deliveries::call_event_id.eq_any(call_event_ids))
            .order(deliveries::id)
            .for_update()
            .select(Row::as_select())
            .load(c)?),
        // `Db::write` holds SQLite's only write lock already.
        Conn::Sqlite(c) => Ok(deliveries::table
            .filter(deliveries::account_id.eq(scope.account_id()))
            .filter(deliveries::call_event_id.eq_any(call_event_ids))
            .order(deliveries::id)
            .select(Row::as_select())
            .load(c)?),
    }
}

/// Takes notices back that wait, since they are not needed any more.
///
/// # Errors
/// When the database refuses.
pub fn cancel(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[&str],
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(deliveries::table)
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::id.eq_any(ids))
        .filter(deliveries::state.eq_any(OPEN))
        .set((
            deliveries::state.eq(Stored(DeliveryState::Canceled)),
            deliveries::finished_at.eq(Some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which deliveries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this event.
    pub call_event_id: Option<String>,
    /// Only to this service.
    pub service_id: Option<String>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
    /// Only those before the one with this id.
    pub before: Option<String>,
}

/// Whether a delivery is in a state. Literal, since the partial indexes by state are found by
/// nothing else.
pub(crate) fn in_state(
    state: DeliveryState,
) -> diesel::expression::SqlLiteral<diesel::sql_types::Bool> {
    diesel::dsl::sql::<diesel::sql_types::Bool>(&format!("state = '{}'", state.text()))
}

/// Deliveries, the latest first, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let mut query = deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id().to_owned()))
        .order(deliveries::id.desc())
        .limit(limit)
        .select(Row::as_select())
        .into_boxed::<crate::platform::conn::MultiBackend>();
    if let Some(id) = &filter.call_event_id {
        query = query.filter(deliveries::call_event_id.eq(id.clone()));
    }
    if let Some(id) = &filter.service_id {
        query = query.filter(deliveries::service_id.eq(id.clone()));
    }
    if let Some(state) = filter.state {
        query = query.filter(in_state(state));
    }
    if let Some(before) = &filter.before {
        query = query.filter(deliveries::id.lt(before.clone()));
    }
    Ok(query.load(conn)?)
}

row! {
    deliveries by id
    /// A delivery as one who looks follows it.
    #[derive(Clone, Debug)]
    pub struct Glimpse {
        /// UUIDv7.
        pub id: String,
        /// The call that it tells of.
        pub call_event_id: Option<String>,
        /// What has become of it.
        pub state: Stored<DeliveryState>,
        /// Attempts so far.
        pub attempts: i32,
    }
}

/// The notices of some events.
///
/// # Errors
/// When the database does not answer.
pub fn states(
    conn: &mut Conn,
    scope: &Scope,
    call_event_ids: &[String],
) -> Result<Vec<Glimpse>, StoreError> {
    Ok(deliveries::table
        .filter(deliveries::account_id.eq(scope.account_id()))
        .filter(deliveries::call_event_id.eq_any(call_event_ids))
        .select(Glimpse::as_select())
        .load(conn)?)
}

/// One delivery.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(deliveries::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

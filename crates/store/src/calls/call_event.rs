//! Calls as the switch reported them.

use api_types::{MissedReason, NoNumber, NotifyEvent};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::call_events;
use crate::{
    Conn, EntranceScope, Place, Scope, StoreError, Stored, SwitchScope, insert_many, kinds, row,
};

/// Which way a call went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// To the account.
    #[default]
    In,
    /// From the account.
    Out,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody answered, or something that the account wants to be reached by.
    Answered,
    /// Nobody did.
    #[default]
    Missed,
    /// A setting of the number refused it.
    Refused,
    /// Every channel was in use.
    Busy,
}

/// What a row of the log tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventKind {
    /// A call that nobody is shown, or another terminal's word of one that is.
    #[default]
    Call,
    /// The face of a missed call.
    MissedCall,
    /// A message.
    Voicemail,
    /// A fax.
    Fax,
    /// A call that was forwarded.
    ForwardedCall,
    /// What was said in a message, which itself is still to come.
    Transcript,
}

kinds! {
    Direction { In = "in", Out = "out" }
    Outcome { Answered = "answered", Missed = "missed", Refused = "refused", Busy = "busy" }
    EventKind {
        Call = "call",
        MissedCall = "missed_call",
        Voicemail = "voicemail",
        Fax = "fax",
        ForwardedCall = "forwarded_call",
        Transcript = "transcript",
    }
    NoNumber {
        Withheld = "withheld",
        PayPhone = "pay_phone",
        OutOfRange = "out_of_range",
        ServiceConflict = "service_conflict",
    }
    MissedReason {
        NoAnswer = "no_answer",
        Busy = "busy",
        Refused = "refused",
        HungUp = "hung_up",
    }
}

impl EventKind {
    /// What notices tell of it; `None` where they say nothing.
    pub fn told(self) -> Option<NotifyEvent> {
        match self {
            EventKind::MissedCall => Some(NotifyEvent::MissedCall),
            EventKind::Voicemail => Some(NotifyEvent::Voicemail),
            EventKind::Fax => Some(NotifyEvent::Fax),
            EventKind::ForwardedCall => Some(NotifyEvent::ForwardedCall),
            EventKind::Call | EventKind::Transcript => None,
        }
    }
}

impl From<NotifyEvent> for EventKind {
    fn from(event: NotifyEvent) -> Self {
        match event {
            NotifyEvent::MissedCall => EventKind::MissedCall,
            NotifyEvent::Voicemail => EventKind::Voicemail,
            NotifyEvent::Fax => EventKind::Fax,
            NotifyEvent::ForwardedCall => EventKind::ForwardedCall,
        }
    }
}

row! {
    call_events by id
    /// A call.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Insertable)]
    #[diesel(treat_none_as_default_value = false)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// The number of the account.
        pub number_id: String,
        /// The switch's name for the call.
        pub call_id: String,
        /// Which way it went.
        pub direction: Stored<Direction>,
        /// The other side in E.164; `None` without a number.
        pub party: Option<String>,
        /// Why there is no number.
        pub no_number: Option<Stored<NoNumber>>,
        /// What became of it.
        pub outcome: Stored<Outcome>,
        /// When it began.
        pub at: NaiveDateTime,
        /// Id of the switch's key; together with `event_id` unique.
        pub switch_id: Option<String>,
        /// The switch's own id of the event.
        pub event_id: Option<String>,
        /// What it tells of.
        pub kind: Stored<EventKind>,
        /// Why a missed call was missed.
        pub reason: Option<Stored<MissedReason>>,
        /// Whether the caller came in as an international call.
        pub international: bool,
        /// Length of the recording, or for how long it rang, in seconds.
        pub duration_s: Option<i32>,
        /// Pages of a fax.
        pub pages: Option<i32>,
        /// What was said, as the switch transcribed it.
        pub transcript: Option<String>,
        /// Where a forwarded call went, in E.164.
        pub forwarded_to: Option<String>,
        /// Its recording or fax.
        pub attachment_id: Option<String>,
        /// When the switch told us.
        pub received_at: Option<NaiveDateTime>,
        /// The other side, where it is an ID of the account.
        pub extension: Option<String>,
        /// What of the other side could not be read, as it came. Nobody is shown it.
        pub caller_sent: Option<String>,
    }
}

/// Adds a call.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(call_events::table).values(row).execute(conn)?;
    Ok(())
}

/// Adds calls of any accounts.
///
/// # Errors
/// A unique violation when one of them was added before.
pub fn insert_all(conn: &mut Conn, _scope: SwitchScope, rows: &[Row]) -> Result<(), StoreError> {
    insert_many!(conn, call_events::table, rows);
    Ok(())
}

/// Everything that is known of some calls, in the order in which it came.
///
/// # Errors
/// When the database does not answer.
pub fn of_calls(conn: &mut Conn, scope: &Scope, call_ids: &[&str]) -> Result<Vec<Row>, StoreError> {
    Ok(call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .filter(call_events::call_id.eq_any(call_ids))
        .order(call_events::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// Those of a switch's events that are there already, by the switch's own ids.
///
/// # Errors
/// When the database does not answer.
pub fn known_events(
    conn: &mut Conn,
    scope: &Scope,
    switch_id: &str,
    event_ids: &[&str],
) -> Result<Vec<String>, StoreError> {
    let found: Vec<Option<String>> = call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .filter(call_events::switch_id.eq(switch_id))
        .filter(call_events::event_id.eq_any(event_ids))
        .select(call_events::event_id)
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// Writes what is learned of a call later: its kind, the reason, for how long it rang, and what was
/// said.
///
/// # Errors
/// When the database refuses.
pub fn amend(conn: &mut Conn, scope: &Scope, row: &Row) -> Result<(), StoreError> {
    diesel::update(call_events::table.find((scope.account_id(), &row.id)))
        .set((
            call_events::kind.eq(row.kind),
            call_events::reason.eq(row.reason),
            call_events::outcome.eq(row.outcome),
            call_events::duration_s.eq(row.duration_s),
            call_events::transcript.eq(&row.transcript),
        ))
        .execute(conn)?;
    Ok(())
}

/// What notices tell of.
fn told() -> [Stored<EventKind>; 4] {
    NotifyEvent::ALL.map(|event| Stored(EventKind::from(event)))
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<NotifyEvent>,
    /// Only on this number.
    pub number_id: Option<String>,
    /// Only those before this place.
    pub before: Option<Place>,
}

/// What notices tell of, by the time of the call, the latest first, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let mut found = Vec::new();
    // Each kind by its index: among the calls of a busy account, those that were missed are few.
    let wanted = filter.kind.map(EventKind::from);
    for kind in told().into_iter().filter(|kind| wanted.is_none_or(|wanted| *kind == wanted)) {
        let mut query = call_events::table
            .filter(call_events::account_id.eq(scope.account_id().to_owned()))
            .filter(call_events::kind.eq(kind))
            .order((call_events::at.desc(), call_events::id.desc()))
            .limit(limit)
            .select(Row::as_select())
            .into_boxed::<crate::platform::conn::MultiBackend>();
        if let Some(number_id) = &filter.number_id {
            query = query.filter(call_events::number_id.eq(number_id.clone()));
        }
        if let Some(before) = &filter.before {
            // The first condition alone is one that an index can be searched by.
            query = query
                .filter(call_events::at.le(before.at))
                .filter(call_events::at.lt(before.at).or(call_events::id.lt(before.id.clone())));
        }
        found.extend(query.load(conn)?);
    }
    found.sort_by(|a: &Row, b: &Row| (b.at, &b.id).cmp(&(a.at, &a.id)));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// One event that notices tell of.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    let found: Option<Row> = call_events::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(found.filter(|row| row.kind.told().is_some()))
}

/// What came after the event with the id `after`, the first one first, `limit` at most: id and the
/// switch's name for the call.
///
/// # Errors
/// When the database does not answer.
pub fn since(
    conn: &mut Conn,
    scope: &Scope,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    Ok(call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .filter(call_events::id.gt(after))
        .order(call_events::id)
        .limit(limit)
        .select((call_events::id, call_events::call_id))
        .load(conn)?)
}

/// The first text that sorts after every text that begins with `prefix`: it ends in digits, so the
/// next character exists.
fn end_of(prefix: &str) -> String {
    let mut end = prefix.to_owned();
    let last = end.pop().unwrap_or('+');
    end.push(char::from_u32(last as u32 + 1).unwrap_or(char::MAX));
    end
}

/// Calls with those whose number is `pattern`, or begins with it, since `since`: all that came in
/// for `number_id`, and those of them that were answered. However many events tell of a call, it is
/// one.
///
/// # Errors
/// When the database does not answer.
pub fn count(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    pattern: &str,
    prefix: bool,
    since: NaiveDateTime,
) -> Result<(i64, i64), StoreError> {
    let end = if prefix { end_of(pattern) } else { format!("{pattern}\0") };
    // PostgreSQL cannot hold a NUL, and the digits of an exact number are followed by nothing that
    // sorts before 0.
    let end = end.replace('\0', " ");
    let mut counts = [0, 0];
    for (count, answered) in counts.iter_mut().zip([false, true]) {
        let mut query = call_events::table
            .filter(call_events::account_id.eq(scope.account_id().to_owned()))
            .filter(call_events::party.ge(pattern.to_owned()))
            .filter(call_events::party.lt(end.clone()))
            .filter(call_events::at.ge(since))
            .filter(call_events::number_id.eq(number_id.to_owned()))
            .filter(call_events::direction.eq(Stored(Direction::In)))
            .into_boxed::<crate::platform::conn::MultiBackend>();
        if answered {
            query = query.filter(call_events::outcome.eq(Stored(Outcome::Answered)));
        }
        *count = query
            .select(diesel::dsl::count(call_events::call_id).aggregate_distinct())
            .get_result(conn)?;
    }
    Ok((counts[0], counts[1]))
}

/// Numbers that the account called, or whose calls it answered, since `since`: those that begin
/// with `prefix`, each once, in the order of their digits, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn known_parties(
    conn: &mut Conn,
    scope: &Scope,
    prefix: &str,
    since: NaiveDateTime,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let found: Vec<Option<String>> = call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .filter(call_events::party.ge(prefix))
        .filter(call_events::party.lt(end_of(prefix)))
        .filter(call_events::at.ge(since))
        .filter(
            call_events::direction
                .eq(Stored(Direction::Out))
                .or(call_events::outcome.eq(Stored(Outcome::Answered))),
        )
        .select(call_events::party)
        .distinct()
        .order(call_events::party)
        .limit(limit)
        .load(conn)?;
    Ok(found.into_iter().flatten().collect())
}

/// Removes calls from before `before`.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(call_events::table.filter(call_events::at.lt(before))).execute(conn)?)
}

//! Calls as the switch reported them.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::call_events;
use crate::{Conn, EntranceScope, Scope, StoreError};

/// A call.
#[derive(Clone, Debug, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = call_events)]
pub struct Row {
    /// The account.
    pub account_id: String,
    /// UUIDv7.
    pub id: String,
    /// The number of the account.
    pub number_id: String,
    /// The switch's name for the call.
    pub call_id: String,
    /// `in` or `out`.
    pub direction: String,
    /// The other side in E.164; `None` without a number.
    pub party: Option<String>,
    /// Why there is no number.
    pub no_number: Option<String>,
    /// `answered`, `missed`, `refused` or `busy`.
    pub outcome: String,
    /// When it began.
    pub at: NaiveDateTime,
    /// Id of the switch's key; together with `event_id` unique.
    pub switch_id: Option<String>,
    /// The switch's own id of the event.
    pub event_id: Option<String>,
    /// `call`, or what notices tell of: `missed_call`, `voicemail`, `fax`, `forwarded_call`.
    pub kind: String,
    /// Of a missed call: `no_answer`, `busy`, `refused`, `hung_up`.
    pub reason: Option<String>,
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

/// The first text that sorts after every text that begins with `prefix`: it ends in digits, so the next character exists.
fn end_of(prefix: &str) -> String {
    let mut end = prefix.to_owned();
    let last = end.pop().unwrap_or('+');
    end.push(char::from_u32(last as u32 + 1).unwrap_or(char::MAX));
    end
}

/// Calls with those whose number is `pattern`, or begins with it, since `since`: all that came in for `number_id`, and those of
/// them that were answered.
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
    // PostgreSQL cannot hold a NUL, and the digits of an exact number are followed by nothing that sorts before 0.
    let end = end.replace('\0', " ");
    let mut counts = [0, 0];
    for (count, answered) in counts.iter_mut().zip([false, true]) {
        let mut query = call_events::table
            .filter(call_events::account_id.eq(scope.account_id().to_owned()))
            .filter(call_events::party.ge(pattern.to_owned()))
            .filter(call_events::party.lt(end.clone()))
            .filter(call_events::at.ge(since))
            .filter(call_events::number_id.eq(number_id.to_owned()))
            .filter(call_events::direction.eq("in"))
            .into_boxed::<crate::conn::MultiBackend>();
        if answered {
            query = query.filter(call_events::outcome.eq("answered"));
        }
        *count = query.count().get_result(conn)?;
    }
    Ok((counts[0], counts[1]))
}

/// Numbers that the account called, or whose calls it answered, since `since`: those that begin with `prefix`, each once, in the
/// order of their digits, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn known_parties(conn: &mut Conn, scope: &Scope, prefix: &str, since: NaiveDateTime, limit: i64) -> Result<Vec<String>, StoreError> {
    let found: Vec<Option<String>> = call_events::table
        .filter(call_events::account_id.eq(scope.account_id()))
        .filter(call_events::party.ge(prefix))
        .filter(call_events::party.lt(end_of(prefix)))
        .filter(call_events::at.ge(since))
        .filter(call_events::direction.eq("out").or(call_events::outcome.eq("answered")))
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
pub fn purge(conn: &mut Conn, _scope: EntranceScope, before: NaiveDateTime) -> Result<usize, StoreError> {
    Ok(diesel::delete(call_events::table.filter(call_events::at.lt(before))).execute(conn)?)
}

//! The one order of all changes that calls have to know of.
//!
//! A change is committed without a position, so that changes of different accounts never wait for
//! each other. [`number`] gives the next position to all that are committed by then, under the lock
//! of one row: positions become visible in their order, whatever the order in which transactions
//! began and ended. Who has read up to a position has missed nothing.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::{accounts, route_changes, route_position};
use crate::{Conn, EntranceScope, Scope, StoreError, SwitchScope, new_id, row};

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// Calls to any number of the account.
    Account,
    /// Calls to this number.
    Number(&'a str),
    /// No call.
    NoCall,
}

row! {
    route_changes by id
    /// A change.
    #[derive(Clone, Debug, PartialEq, Eq, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// When it was made.
        pub at: NaiveDateTime,
        /// The account's revision since; `None` = the account is gone.
        pub revision: Option<i64>,
        /// Whether it may change what becomes of calls.
        pub decides: bool,
        /// The only number that it is about; `None` = all of the account.
        pub number_id: Option<String>,
        /// A number that the account has no more, in E.164.
        pub gone: Option<String>,
        /// Its place in the order; `None` = not numbered yet.
        pub position: Option<i64>,
    }
}

/// How far the order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = route_position)]
pub struct Known {
    /// The last position; 0 = none yet.
    pub position: i64,
    /// Every change behind this one is still there.
    pub floor: i64,
}

/// Notes a change, in its own transaction.
pub(crate) fn add(
    conn: &mut Conn,
    scope: &Scope,
    about: About,
    revision: Option<i64>,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    let number_id = if let About::Number(id) = about { Some(id.to_owned()) } else { None };
    insert(
        conn,
        scope,
        Row { decides: about != About::NoCall, revision, number_id, ..row(scope, now) },
    )
}

/// Notes that a number belongs to the account no more, in the transaction that removes it.
pub(crate) fn number_gone(
    conn: &mut Conn,
    scope: &Scope,
    e164: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    insert(conn, scope, Row { gone: Some(e164.to_owned()), ..row(scope, now) })
}

fn row(scope: &Scope, at: NaiveDateTime) -> Row {
    let account_id = scope.account_id().to_owned();
    Row {
        account_id,
        id: new_id(),
        at,
        revision: None,
        decides: true,
        number_id: None,
        gone: None,
        position: None,
    }
}

fn insert(conn: &mut Conn, _scope: &Scope, row: Row) -> Result<(), StoreError> {
    diesel::insert_into(route_changes::table).values(row).execute(conn)?;
    Ok(())
}

/// Whether changes wait for a position.
///
/// # Errors
/// When the database does not answer.
pub fn has_new(conn: &mut Conn, _scope: SwitchScope) -> Result<bool, StoreError> {
    let first: Option<String> = route_changes::table
        .filter(route_changes::position.is_null())
        .select(route_changes::id)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// Gives all changes that are committed the next position, and answers how far the order goes. Only
/// within `Db::write`.
///
/// The position is the time in microseconds where that is larger than the last one: a database that
/// was restored from a copy, or another one, knows none of the positions that were given out
/// before.
///
/// # Errors
/// When the database refuses.
pub fn number(
    conn: &mut Conn,
    _scope: SwitchScope,
    now: NaiveDateTime,
) -> Result<Known, StoreError> {
    let known = match conn {
        Conn::Postgres(c) => {
            route_position::table.for_update().select(Known::as_select()).first(c)?
        }
        // `Db::write` holds SQLite's only write lock already.
        Conn::Sqlite(c) => route_position::table.select(Known::as_select()).first(c)?,
    };
    let position = (known.position + 1).max(now.and_utc().timestamp_micros());
    let numbered = diesel::update(route_changes::table.filter(route_changes::position.is_null()))
        .set(route_changes::position.eq(Some(position)))
        .execute(conn)?;
    if numbered == 0 && known.position > 0 {
        return Ok(known);
    }
    // What was there before the first position is known from the snapshot that every switch begins
    // with.
    let floor = if known.position == 0 { position } else { known.floor };
    diesel::update(route_position::table)
        .set((route_position::position.eq(position), route_position::floor.eq(floor)))
        .execute(conn)?;
    Ok(Known { position, floor })
}

/// How far the order goes.
///
/// # Errors
/// When the database does not answer.
pub fn known(conn: &mut Conn, _scope: SwitchScope) -> Result<Known, StoreError> {
    Ok(route_position::table.select(Known::as_select()).first(conn)?)
}

/// Whether a position was given out by this database, and everything behind it is still there.
///
/// # Errors
/// When the database does not answer.
pub fn knows(conn: &mut Conn, scope: SwitchScope, position: i64) -> Result<bool, StoreError> {
    let known = known(conn, scope)?;
    if position == known.position || position == known.floor {
        return Ok(position > 0);
    }
    let found: Option<i64> = route_changes::table
        .filter(route_changes::position.eq(position))
        .select(route_changes::position.assume_not_null())
        .first(conn)
        .optional()?;
    Ok(found.is_some() && position > known.floor)
}

/// What has changed since a position and up to another one, as far as calls have to know.
///
/// # Errors
/// When the database does not answer.
pub fn since(
    conn: &mut Conn,
    _scope: SwitchScope,
    since: i64,
    until: i64,
) -> Result<Vec<Row>, StoreError> {
    Ok(route_changes::table
        .filter(route_changes::position.gt(since).and(route_changes::position.le(until)))
        .filter(route_changes::decides.eq(true))
        .order((route_changes::position, route_changes::account_id, route_changes::id))
        .select(Row::as_select())
        .load(conn)?)
}

/// Accounts that have changed since a position, also where the change has no position yet, with
/// their present revisions; an account without one is gone.
///
/// # Errors
/// When the database does not answer.
pub fn accounts_since(
    conn: &mut Conn,
    _scope: SwitchScope,
    since: i64,
) -> Result<Vec<(String, Option<i64>)>, StoreError> {
    Ok(route_changes::table
        .left_join(accounts::table.on(accounts::id.eq(route_changes::account_id)))
        .filter(route_changes::position.gt(since).or(route_changes::position.is_null()))
        .select((route_changes::account_id, accounts::revision.nullable()))
        .distinct()
        .load(conn)?)
}

/// The last change of an account that calls have to know of, as far back as they are kept.
///
/// # Errors
/// When the database does not answer.
pub fn last(conn: &mut Conn, scope: &Scope) -> Result<Option<Row>, StoreError> {
    Ok(route_changes::table
        .filter(route_changes::account_id.eq(scope.account_id()))
        .filter(route_changes::decides.eq(true))
        .order(route_changes::id.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Removes changes that were made before `before`; who has not read them by then begins anew.
/// Answers how many. Only within `Db::write`.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    // What nobody has asked for yet gets its position first: its removal has to be noticed.
    let known = number(conn, SwitchScope::authorised(), now)?;
    let last: Option<Option<i64>> = route_changes::table
        .filter(route_changes::at.lt(before))
        .order(route_changes::position.desc())
        .select(route_changes::position)
        .first(conn)
        .optional()?;
    let Some(last) = last.flatten().filter(|last| *last > known.floor) else { return Ok(0) };
    let removed = diesel::delete(route_changes::table.filter(route_changes::position.le(last)))
        .execute(conn)?;
    diesel::update(route_position::table).set(route_position::floor.eq(last)).execute(conn)?;
    Ok(removed)
}

//! 着信拒否: the entries of a number's block list.

use std::collections::{HashMap, HashSet};

use api_types::BlockMatch;
use chrono::NaiveDateTime;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamp};

use crate::platform::conn::MultiBackend;
use crate::platform::schema::block_entries;
use crate::{Conn, Kind as _, Scope, StoreError, Stored, kinds, row};

kinds! {
    BlockMatch { Exact = "exact", Prefix = "prefix" }
}

row! {
    block_entries by id
    /// An entry.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// The number.
        pub number_id: String,
        /// UUIDv7.
        pub id: String,
        /// E.164, or how it begins.
        pub pattern: String,
        /// The whole number or how it begins.
        pub matching: Stored<BlockMatch>,
        /// What the holder wrote beside it.
        pub note: String,
        /// What a search looks through.
        pub search: String,
        /// From when it no longer refuses.
        pub expires_at: Option<NaiveDateTime>,
        /// Calls that it refused.
        pub hits: i64,
        /// When it last refused one.
        pub last_hit_at: Option<NaiveDateTime>,
        /// The import that added it.
        pub import_id: Option<String>,
        /// Version of this row.
        pub version: i64,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// When it was last changed.
        pub updated_at: NaiveDateTime,
    }
}

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = block_entries)]
pub struct Changes {
    /// See [`Row::note`].
    pub note: Option<String>,
    /// See [`Row::search`].
    pub search: Option<String>,
    /// See [`Row::expires_at`].
    pub expires_at: Option<Option<NaiveDateTime>>,
}

/// How many entries a page of a search looks through at most: keeps one answer quick however long
/// the list is.
pub const SEARCHED_AT_ONCE: i64 = 10_000;

/// Rows of one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535.
pub(crate) const AT_ONCE: usize = 500;

/// Adds an entry.
///
/// # Errors
/// A unique violation when the list has the same pattern already.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(block_entries::table).values(row).execute(conn)?;
    Ok(())
}

/// Adds those of the rows whose pattern is not in the list yet; answers how many those were.
///
/// # Errors
/// When the database refuses.
pub fn insert_missing(conn: &mut Conn, scope: &Scope, rows: &[Row]) -> Result<usize, StoreError> {
    debug_assert!(rows.iter().all(|row| row.account_id == scope.account_id()));
    match conn {
        Conn::Postgres(c) => insert_missing_postgres(c, rows),
        Conn::Sqlite(c) => {
            // One by one: the statement is prepared once, while one for many rows would be prepared
            // each time.
            let insert = |row: &Row| {
                diesel::insert_or_ignore_into(block_entries::table).values(row).execute(&mut *c)
            };
            Ok(rows.iter().map(insert).sum::<QueryResult<usize>>()?)
        }
    }
}

/// One statement with a parameter per column: planning one with a parameter per value takes longer
/// than carrying it out.
fn insert_missing_postgres(c: &mut PgConnection, rows: &[Row]) -> Result<usize, StoreError> {
    const INSERT: &str =
        "INSERT INTO block_entries (account_id, number_id, id, pattern, matching, \
        note, search, expires_at, hits, last_hit_at, import_id, version, created_at, updated_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], \
            $6::text[], $7::text[], $8::timestamp[], $9::bigint[], $10::timestamp[], $11::text[], \
            $12::bigint[], $13::timestamp[], $14::timestamp[])
        ON CONFLICT DO NOTHING";
    fn column<'r, T>(rows: &'r [Row], read: impl Fn(&'r Row) -> T) -> Vec<T> {
        rows.iter().map(read).collect()
    }
    let mut added = 0;
    for rows in rows.chunks(10 * AT_ONCE) {
        added += diesel::sql_query(INSERT)
            .bind::<Array<Text>, _>(column(rows, |row| &row.account_id))
            .bind::<Array<Text>, _>(column(rows, |row| &row.number_id))
            .bind::<Array<Text>, _>(column(rows, |row| &row.id))
            .bind::<Array<Text>, _>(column(rows, |row| &row.pattern))
            .bind::<Array<Text>, _>(column(rows, |row| row.matching.text()))
            .bind::<Array<Text>, _>(column(rows, |row| &row.note))
            .bind::<Array<Text>, _>(column(rows, |row| &row.search))
            .bind::<Array<Nullable<Timestamp>>, _>(column(rows, |row| row.expires_at))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.hits))
            .bind::<Array<Nullable<Timestamp>>, _>(column(rows, |row| row.last_hit_at))
            .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.import_id.as_ref()))
            .bind::<Array<BigInt>, _>(column(rows, |row| row.version))
            .bind::<Array<Timestamp>, _>(column(rows, |row| row.created_at))
            .bind::<Array<Timestamp>, _>(column(rows, |row| row.updated_at))
            .execute(c)?;
    }
    Ok(added)
}

/// One entry.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    id: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(block_entries::table
        .find((scope.account_id(), number_id, id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// The entries with one of these patterns, exact or prefix.
///
/// # Errors
/// When the database does not answer.
pub fn with_patterns(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    patterns: &[String],
) -> Result<Vec<Row>, StoreError> {
    Ok(block_entries::table
        .filter(block_entries::account_id.eq(scope.account_id()))
        .filter(block_entries::number_id.eq(number_id))
        .filter(block_entries::pattern.eq_any(patterns))
        .order((block_entries::pattern, block_entries::matching))
        .select(Row::as_select())
        .load(conn)?)
}

row! {
    block_entries by id
    /// What an entry matches.
    #[derive(Clone, Debug)]
    struct Matched {
        id: String,
        pattern: String,
        matching: Stored<BlockMatch>,
    }
}

/// The pattern of every entry of a number that has not expired by `now`, and how it matches.
///
/// # Errors
/// When the database does not answer.
pub fn patterns(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    now: NaiveDateTime,
) -> Result<HashSet<(String, BlockMatch)>, StoreError> {
    let found = block_entries::table
        .filter(block_entries::account_id.eq(scope.account_id()))
        .filter(block_entries::number_id.eq(number_id))
        .filter(block_entries::expires_at.is_null().or(block_entries::expires_at.gt(now)))
        .select(Matched::as_select())
        .load(conn)?;
    Ok(found.into_iter().map(|entry| (entry.pattern, entry.matching.0)).collect())
}

/// The entries of a number that have expired by `now`: what they match, and their ids.
///
/// # Errors
/// When the database does not answer.
pub fn expired(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    now: NaiveDateTime,
) -> Result<HashMap<(String, BlockMatch), String>, StoreError> {
    let found = block_entries::table
        .filter(block_entries::account_id.eq(scope.account_id()))
        .filter(block_entries::number_id.eq(number_id))
        .filter(block_entries::expires_at.le(now))
        .select(Matched::as_select())
        .load(conn)?;
    let place = |entry: Matched| ((entry.pattern, entry.matching.0), entry.id);
    Ok(found.into_iter().map(place).collect())
}

/// A page of the list, and from where the next one goes on.
#[derive(Clone, Debug)]
pub struct Found {
    /// The entries, the latest first.
    pub rows: Vec<Row>,
    /// The id to go on before; `None` at the end of the list.
    pub next: Option<String>,
}

/// Which entries are wanted: those that hold one of `texts` (all if there is none), before the id
/// `before`.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Any of these texts, in small letters.
    pub texts: Vec<String>,
    /// Only entries that were added before the one with this id.
    pub before: Option<String>,
}

/// A page of the list, the latest entry first. A search looks through a bounded part of the list,
/// so its page may be short while there is a next one.
///
/// # Errors
/// When the database does not answer.
pub fn page(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    wanted: &Wanted,
    limit: i64,
) -> Result<Found, StoreError> {
    let end = if wanted.texts.is_empty() {
        None
    } else {
        end_of_part(conn, scope, number_id, wanted.before.as_deref())?
    };
    let mut query = matching(scope, number_id, wanted);
    if let Some(end) = &end {
        query = query.filter(block_entries::id.ge(end.clone()));
    }
    let mut rows: Vec<Row> = query
        .order(block_entries::id.desc())
        .limit(limit + 1)
        .select(Row::as_select())
        .load(conn)?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let next = if more { rows.last().map(|row| row.id.clone()) } else { end };
    Ok(Found { rows, next })
}

/// The id of the last entry of the part that one search looks through, if the list goes on behind
/// it.
fn end_of_part(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    before: Option<&str>,
) -> Result<Option<String>, StoreError> {
    let all = matching(
        scope,
        number_id,
        &Wanted { texts: Vec::new(), before: before.map(str::to_owned) },
    );
    let ids: Vec<String> = all
        .order(block_entries::id.desc())
        .offset(SEARCHED_AT_ONCE - 1)
        .limit(2)
        .select(block_entries::id)
        .load(conn)?;
    Ok((ids.len() == 2).then(|| ids[0].clone()))
}

/// The entries of a number that are wanted.
pub(crate) fn matching<'a>(
    scope: &Scope,
    number_id: &str,
    wanted: &Wanted,
) -> block_entries::BoxedQuery<'a, MultiBackend> {
    let mut query = block_entries::table
        .filter(block_entries::account_id.eq(scope.account_id().to_owned()))
        .filter(block_entries::number_id.eq(number_id.to_owned()))
        .into_boxed::<MultiBackend>();
    if let Some(before) = &wanted.before {
        query = query.filter(block_entries::id.lt(before.clone()));
    }
    let like = |text: &String| {
        format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
    };
    match &wanted.texts[..] {
        [] => query,
        [one] => query.filter(block_entries::search.like(like(one)).escape('\\')),
        [one, other, ..] => {
            let either = block_entries::search
                .like(like(one))
                .escape('\\')
                .or(block_entries::search.like(like(other)).escape('\\'));
            query.filter(either)
        }
    }
}

/// Changes an entry that still has `version`; answers whether it had.
///
/// # Errors
/// When the database refuses.
pub fn update(
    conn: &mut Conn,
    scope: &Scope,
    (number_id, id): (&str, &str),
    version: i64,
    changes: &Changes,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        block_entries::table
            .find((scope.account_id(), number_id, id))
            .filter(block_entries::version.eq(version)),
    )
    .set((changes, block_entries::version.eq(version + 1), block_entries::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Removes an entry for good.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, number_id: &str, id: &str) -> Result<(), StoreError> {
    diesel::delete(block_entries::table.find((scope.account_id(), number_id, id))).execute(conn)?;
    Ok(())
}

/// Hands every entry of a number to `take`, the oldest first, a part of the list at a time.
///
/// # Errors
/// When the database does not answer, and whatever `take` says.
pub fn each<E: From<StoreError>>(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    mut take: impl FnMut(&mut Conn, Vec<Row>) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let rows: Vec<Row> = matching(scope, number_id, &Wanted::default())
            .filter(block_entries::id.gt(after.clone()))
            .order(block_entries::id)
            .limit(4 * AT_ONCE as i64)
            .select(Row::as_select())
            .load(conn)
            .map_err(StoreError::from)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.id);
        take(conn, rows)?;
    }
}

/// Counts a call that an entry refused.
///
/// # Errors
/// When the database refuses.
pub fn hit(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    id: &str,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(block_entries::table.find((scope.account_id(), number_id, id)))
        .set((
            block_entries::hits.eq(block_entries::hits + 1),
            block_entries::last_hit_at.eq(Some(at)),
        ))
        .execute(conn)?;
    Ok(())
}

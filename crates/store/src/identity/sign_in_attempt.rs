//! Failed sign-ins by address and by login id, so that guessing gets slow on every replica at once.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::sign_in_attempts;
use crate::{Conn, EntranceScope, StoreError, on_each, row};

row! {
    sign_in_attempts by subject_hash
    /// The failures of one subject.
    #[derive(Clone, Debug, PartialEq, Eq, Insertable, AsChangeset)]
    pub struct Row {
        /// Keyed hash of an address or a login id.
        pub subject_hash: String,
        /// Failures in a row.
        pub failures: i32,
        /// Until when further attempts are refused unseen.
        pub blocked_until: NaiveDateTime,
        /// The last failure.
        pub updated_at: NaiveDateTime,
    }
}

/// The failures of a subject, locked until the end of the transaction so that parallel guesses
/// cannot outrun the count. A subject without failures gets a row first: what is not there cannot
/// be locked.
///
/// # Errors
/// When the database does not answer.
pub fn find_locked(
    conn: &mut Conn,
    _scope: EntranceScope,
    subject_hash: &str,
    now: NaiveDateTime,
) -> Result<Row, StoreError> {
    let fresh = Row {
        subject_hash: subject_hash.to_owned(),
        failures: 0,
        blocked_until: now,
        updated_at: now,
    };
    on_each!(conn, |c| diesel::insert_into(sign_in_attempts::table)
        .values(fresh.clone())
        .on_conflict(sign_in_attempts::subject_hash)
        .do_nothing()
        .execute(c))?;
    let key = sign_in_attempts::table.find(subject_hash);
    Ok(match conn {
        Conn::Postgres(c) => key.for_update().select(Row::as_select()).first(c)?,
        Conn::Sqlite(c) => key.select(Row::as_select()).first(c)?,
    })
}

/// Writes the failures of a subject.
///
/// # Errors
/// When the database refuses.
pub fn save(conn: &mut Conn, _scope: EntranceScope, row: &Row) -> Result<(), StoreError> {
    on_each!(conn, |c| diesel::insert_into(sign_in_attempts::table)
        .values(row.clone())
        .on_conflict(sign_in_attempts::subject_hash)
        .do_update()
        .set(row.clone())
        .execute(c))?;
    Ok(())
}

/// Forgets the failures of a subject after a success.
///
/// # Errors
/// When the database refuses.
pub fn clear(conn: &mut Conn, _scope: EntranceScope, subject_hash: &str) -> Result<(), StoreError> {
    diesel::delete(sign_in_attempts::table.find(subject_hash)).execute(conn)?;
    Ok(())
}

/// Removes subjects that have been quiet since `before`.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(sign_in_attempts::table.filter(sign_in_attempts::updated_at.lt(before)))
        .execute(conn)?)
}

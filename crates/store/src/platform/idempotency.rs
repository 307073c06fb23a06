//! Answers that were given to requests with an `Idempotency-Key`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::idempotency_keys;
use crate::{Conn, EntranceScope, StoreError, row};

row! {
    idempotency_keys by idempotency_key
    /// An answer.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// Who asked: the id of a key or an account.
        pub caller: String,
        /// The key that came with the request.
        pub idempotency_key: String,
        /// SHA-256 of method, path and body.
        pub request_hash: String,
        /// HTTP status of the answer.
        pub status: i32,
        /// The answer, sealed.
        pub sealed_answer: String,
        /// When it was given.
        pub created_at: NaiveDateTime,
    }
}

/// Keeps an answer, in the transaction of the effect.
///
/// # Errors
/// A unique violation when a request with the same key was faster.
pub fn insert(conn: &mut Conn, _scope: EntranceScope, row: Row) -> Result<(), StoreError> {
    diesel::insert_into(idempotency_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// The answer that was given to this caller under this key.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    _scope: EntranceScope,
    caller: &str,
    idempotency_key: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(idempotency_keys::table
        .find((caller, idempotency_key))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Removes answers older than `before`.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before)))
        .execute(conn)?)
}

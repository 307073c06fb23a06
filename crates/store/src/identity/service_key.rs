//! Keys of operators and switches.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::service_keys;
use crate::{Conn, EntranceScope, OperatorScope, StoreError, Stored, kinds, row};

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Opens `/operator`.
    Operator,
    /// Opens `/switch`.
    Switch,
}

kinds! {
    KeyKind { Operator = "operator", Switch = "switch" }
}

row! {
    service_keys by id
    /// A key.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// UUIDv7.
        pub id: String,
        /// Whose it is.
        pub kind: Stored<KeyKind>,
        /// What it is for.
        pub name: String,
        /// The first characters of the key.
        pub hint: String,
        /// SHA-256 of the key; keys are 256 random bits, so a slow hash would add nothing.
        pub key_hash: String,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// When it was last used, to the minute.
        pub last_used_at: Option<NaiveDateTime>,
    }
}

/// Adds a key.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, _scope: OperatorScope, row: Row) -> Result<(), StoreError> {
    diesel::insert_into(service_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// The key with this hash.
///
/// # Errors
/// When the database does not answer.
pub fn find_by_hash(
    conn: &mut Conn,
    _scope: EntranceScope,
    kind: KeyKind,
    key_hash: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(service_keys::table
        .filter(service_keys::key_hash.eq(key_hash))
        .filter(service_keys::kind.eq(Stored(kind)))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Every key of a switch: there are as many as the operator has switches.
///
/// # Errors
/// When the database does not answer.
pub fn of_switches(conn: &mut Conn, _scope: EntranceScope) -> Result<Vec<Row>, StoreError> {
    Ok(service_keys::table
        .filter(service_keys::kind.eq(Stored(KeyKind::Switch)))
        .select(Row::as_select())
        .load(conn)?)
}

/// One key of a kind.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    _scope: OperatorScope,
    kind: KeyKind,
    id: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(service_keys::table
        .find(id)
        .filter(service_keys::kind.eq(Stored(kind)))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Keys of a kind after `after` in the order of their making, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    _scope: OperatorScope,
    kind: KeyKind,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    Ok(service_keys::table
        .filter(service_keys::kind.eq(Stored(kind)))
        .filter(service_keys::id.gt(after.unwrap_or("").to_owned()))
        .order(service_keys::id)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?)
}

/// Notes that a key was used.
///
/// # Errors
/// When the database refuses.
pub fn touch(
    conn: &mut Conn,
    _scope: EntranceScope,
    id: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(service_keys::table.find(id))
        .set(service_keys::last_used_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Removes a key; answers whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(
    conn: &mut Conn,
    _scope: OperatorScope,
    kind: KeyKind,
    id: &str,
) -> Result<bool, StoreError> {
    Ok(diesel::delete(service_keys::table.find(id).filter(service_keys::kind.eq(Stored(kind))))
        .execute(conn)?
        == 1)
}

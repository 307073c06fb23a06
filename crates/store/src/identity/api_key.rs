//! Keys of integrators.

use api_types::ApiScope;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::account;
use crate::platform::schema::{accounts, api_keys};
use crate::{Conn, EntranceScope, Json, Scope, StoreError, row};

row! {
    api_keys by id
    /// A key.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// What it is for.
        pub name: String,
        /// The first characters of the key.
        pub hint: String,
        /// SHA-256 of the key; keys are 256 random bits, so a slow hash would add nothing.
        pub key_hash: String,
        /// What it opens.
        pub scopes: Json<Vec<ApiScope>>,
        /// Addresses and networks; empty = from everywhere.
        pub allowed_addresses: Json<Vec<String>>,
        /// When it ends.
        pub expires_at: Option<NaiveDateTime>,
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
pub fn insert(conn: &mut Conn, _scope: &Scope, row: Row) -> Result<(), StoreError> {
    diesel::insert_into(api_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// The key with this hash and its account, unless it has ended.
///
/// # Errors
/// When the database does not answer.
pub fn find_by_hash(
    conn: &mut Conn,
    _scope: EntranceScope,
    key_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<(Row, account::Row)>, StoreError> {
    Ok(api_keys::table
        .inner_join(accounts::table.on(accounts::id.eq(api_keys::account_id)))
        .filter(api_keys::key_hash.eq(key_hash))
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .select((Row::as_select(), account::Row::as_select()))
        .first(conn)
        .optional()?)
}

/// One key.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(api_keys::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Keys after `after` in the order of their making, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    Ok(api_keys::table
        .filter(api_keys::account_id.eq(scope.account_id()))
        .filter(api_keys::id.gt(after.unwrap_or("").to_owned()))
        .order(api_keys::id)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?)
}

/// How many keys there are.
///
/// # Errors
/// When the database does not answer.
pub fn count(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    Ok(api_keys::table
        .filter(api_keys::account_id.eq(scope.account_id()))
        .count()
        .get_result(conn)?)
}

/// Notes that a key was used.
///
/// # Errors
/// When the database refuses.
pub fn touch(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find((scope.account_id(), id)))
        .set(api_keys::last_used_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// Removes a key; answers whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(api_keys::table.find((scope.account_id(), id))).execute(conn)? == 1)
}

//! Sessions of the portal.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::account;
use crate::numbers::phone_id;
use crate::platform::schema::{accounts, phone_ids, sessions};
use crate::{Conn, EntranceScope, Scope, StoreError, row};

row! {
    sessions by id
    /// A session.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// The ID that signed in.
        pub phone_id: String,
        /// SHA-256 of the cookie: whoever reads the database cannot sign in with it.
        pub token_hash: String,
        /// When it began.
        pub created_at: NaiveDateTime,
        /// When it was last used, to the minute.
        pub last_seen_at: NaiveDateTime,
        /// When it ends if it is not used.
        pub expires_at: NaiveDateTime,
        /// Until when the password counts as just confirmed.
        pub confirmed_until: Option<NaiveDateTime>,
    }
}

/// A session with the ID and the contract that it belongs to.
pub type Known = (Row, phone_id::Row, account::Row);

/// Begins a session.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(sessions::table).values(row).execute(conn)?;
    Ok(())
}

/// The session of a cookie, unless it has ended.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    _scope: EntranceScope,
    token_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<Known>, StoreError> {
    Ok(sessions::table
        .inner_join(
            phone_ids::table.on(phone_ids::account_id
                .eq(sessions::account_id)
                .and(phone_ids::id.eq(sessions::phone_id))),
        )
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(now))
        .select((Row::as_select(), phone_id::Row::as_select(), account::Row::as_select()))
        .first(conn)
        .optional()?)
}

/// Notes that the session was used.
///
/// # Errors
/// When the database refuses.
pub fn touch(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
    expires_at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(sessions::table.find((scope.account_id(), id)))
        .set((sessions::last_seen_at.eq(now), sessions::expires_at.eq(expires_at)))
        .execute(conn)?;
    Ok(())
}

/// Notes that the password was confirmed.
///
/// # Errors
/// When the database refuses.
pub fn confirm(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    until: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(sessions::table.find((scope.account_id(), id)))
        .set(sessions::confirmed_until.eq(Some(until)))
        .execute(conn)?;
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, id: &str) -> Result<(), StoreError> {
    diesel::delete(sessions::table.find((scope.account_id(), id))).execute(conn)?;
    Ok(())
}

/// Ends every session of an ID; answers how many there were.
///
/// # Errors
/// When the database refuses.
pub fn delete_of_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        sessions::table
            .filter(sessions::account_id.eq(scope.account_id()))
            .filter(sessions::phone_id.eq(phone_id)),
    )
    .execute(conn)?)
}

/// Ends every session of an ID but one; answers how many there were.
///
/// # Errors
/// When the database refuses.
pub fn delete_others(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
    but: &str,
) -> Result<usize, StoreError> {
    let others = sessions::table
        .filter(sessions::account_id.eq(scope.account_id()))
        .filter(sessions::phone_id.eq(phone_id))
        .filter(sessions::id.ne(but));
    Ok(diesel::delete(others).execute(conn)?)
}

/// Ends every session of the account.
///
/// # Errors
/// When the database refuses.
pub fn delete_all(conn: &mut Conn, scope: &Scope) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::account_id.eq(scope.account_id())))
        .execute(conn)?)
}

/// Removes what has ended.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(conn)?)
}

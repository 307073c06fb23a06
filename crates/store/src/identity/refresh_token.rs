//! Refresh tokens of softphones: each is used once, for the next one.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::account;
use crate::numbers::phone_id;
use crate::platform::schema::{accounts, phone_ids, refresh_tokens, terminals};
use crate::softphone::terminal;
use crate::{Conn, EntranceScope, Scope, StoreError, row};

row! {
    refresh_tokens by id
    /// A refresh token.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// The ID that the terminal is signed in with.
        pub phone_id: String,
        /// The terminal.
        pub terminal_id: String,
        /// SHA-256 of the token.
        pub token_hash: String,
        /// When it was handed out.
        pub created_at: NaiveDateTime,
        /// When it ends if it is not used.
        pub expires_at: NaiveDateTime,
        /// When it was exchanged for the next one.
        pub used_at: Option<NaiveDateTime>,
        /// Keyed hash of the `Idempotency-Key` that it was exchanged under.
        pub repeat_hash: Option<String>,
    }
}

/// Keeps a token.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(refresh_tokens::table).values(row).execute(conn)?;
    Ok(())
}

/// The account of the token with this hash, used or not, unless it has expired.
///
/// # Errors
/// When the database does not answer.
pub fn account_of(
    conn: &mut Conn,
    _scope: EntranceScope,
    token_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<String>, StoreError> {
    Ok(refresh_tokens::table
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .filter(refresh_tokens::expires_at.gt(now))
        .select(refresh_tokens::account_id)
        .first(conn)
        .optional()?)
}

/// The token with this hash, used or not, with its terminal and ID.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    token_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<(Row, terminal::Row, phone_id::Row)>, StoreError> {
    Ok(refresh_tokens::table
        .inner_join(
            terminals::table.on(terminals::account_id
                .eq(refresh_tokens::account_id)
                .and(terminals::phone_id.eq(refresh_tokens::phone_id))
                .and(terminals::id.eq(refresh_tokens::terminal_id))),
        )
        .inner_join(
            phone_ids::table.on(phone_ids::account_id
                .eq(refresh_tokens::account_id)
                .and(phone_ids::id.eq(refresh_tokens::phone_id))),
        )
        .filter(refresh_tokens::account_id.eq(scope.account_id()))
        .filter(refresh_tokens::token_hash.eq(token_hash))
        .filter(refresh_tokens::expires_at.gt(now))
        .select((Row::as_select(), terminal::Row::as_select(), phone_id::Row::as_select()))
        .first(conn)
        .optional()?)
}

/// Notes that a token was exchanged.
///
/// # Errors
/// When the database refuses.
pub fn spend(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
    repeat_hash: Option<String>,
) -> Result<(), StoreError> {
    diesel::update(refresh_tokens::table.find((scope.account_id(), id)))
        .set((refresh_tokens::used_at.eq(Some(now)), refresh_tokens::repeat_hash.eq(repeat_hash)))
        .execute(conn)?;
    Ok(())
}

/// The terminal that a token speaks for, with its ID and contract, unless it was signed out or its
/// time has run out.
///
/// # Errors
/// When the database does not answer.
pub fn terminal(
    conn: &mut Conn,
    _scope: EntranceScope,
    (account_id, phone_id, terminal_id): (&str, &str, &str),
    now: NaiveDateTime,
) -> Result<Option<(terminal::Row, phone_id::Row, account::Row)>, StoreError> {
    Ok(terminals::table
        .inner_join(
            phone_ids::table.on(phone_ids::account_id
                .eq(terminals::account_id)
                .and(phone_ids::id.eq(terminals::phone_id))),
        )
        .inner_join(accounts::table.on(accounts::id.eq(terminals::account_id)))
        .filter(terminals::account_id.eq(account_id))
        .filter(terminals::phone_id.eq(phone_id))
        .filter(terminals::id.eq(terminal_id))
        .filter(terminals::expires_at.gt(now))
        .select((terminal::Row::as_select(), phone_id::Row::as_select(), account::Row::as_select()))
        .first(conn)
        .optional()?)
}

/// Removes what has expired: tokens, and the terminals that were signed in with them.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let tokens = diesel::delete(refresh_tokens::table.filter(refresh_tokens::expires_at.le(now)))
        .execute(conn)?;
    Ok(tokens
        + diesel::delete(terminals::table.filter(terminals::expires_at.le(now))).execute(conn)?)
}

//! Single-use links to set a new password.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::account;
use crate::numbers::phone_id;
use crate::platform::schema::{accounts, password_resets, phone_ids};
use crate::{Conn, EntranceScope, Scope, StoreError, row};

row! {
    password_resets by id
    /// A link that was sent.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// The ID whose password may be set.
        pub phone_id: String,
        /// SHA-256 of the token in the link.
        pub token_hash: String,
        /// When it was asked for.
        pub created_at: NaiveDateTime,
        /// When it ends.
        pub expires_at: NaiveDateTime,
    }
}

/// Keeps a link; former links of the same ID end.
///
/// # Errors
/// When the database refuses.
pub fn replace(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    delete_of_phone_id(conn, scope, &row.phone_id)?;
    diesel::insert_into(password_resets::table).values(row).execute(conn)?;
    Ok(())
}

/// The link with this token, unless it has ended, with its ID and contract.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    _scope: EntranceScope,
    token_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<(Row, phone_id::Row, account::Row)>, StoreError> {
    Ok(password_resets::table
        .inner_join(
            phone_ids::table.on(phone_ids::account_id
                .eq(password_resets::account_id)
                .and(phone_ids::id.eq(password_resets::phone_id))),
        )
        .inner_join(accounts::table.on(accounts::id.eq(password_resets::account_id)))
        .filter(password_resets::token_hash.eq(token_hash))
        .filter(password_resets::expires_at.gt(now))
        .select((Row::as_select(), phone_id::Row::as_select(), account::Row::as_select()))
        .first(conn)
        .optional()?)
}

/// Ends every link of an ID; answers how many there were, so that of two uses at once only one
/// succeeds.
///
/// # Errors
/// When the database refuses.
pub fn delete_of_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        password_resets::table
            .filter(password_resets::account_id.eq(scope.account_id()))
            .filter(password_resets::phone_id.eq(phone_id)),
    )
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
    Ok(diesel::delete(password_resets::table.filter(password_resets::expires_at.le(now)))
        .execute(conn)?)
}

//! Links that sign an app in, once.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::sign_in_links;
use crate::{Conn, EntranceScope, Scope, StoreError, row};

row! {
    sign_in_links by id
    /// A link.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// The ID that it signs in with.
        pub phone_id: String,
        /// SHA-256 of the token in the link.
        pub token_hash: String,
        /// When it was made.
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
    diesel::insert_into(sign_in_links::table).values(row).execute(conn)?;
    Ok(())
}

/// The account of the link with this token, unless it has ended.
///
/// # Errors
/// When the database does not answer.
pub fn account_of(
    conn: &mut Conn,
    _scope: EntranceScope,
    token_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<String>, StoreError> {
    Ok(sign_in_links::table
        .filter(sign_in_links::token_hash.eq(token_hash))
        .filter(sign_in_links::expires_at.gt(now))
        .select(sign_in_links::account_id)
        .first(conn)
        .optional()?)
}

/// Takes the link with this token; of two uses at once only one finds it.
///
/// # Errors
/// When the database does not answer.
pub fn take(
    conn: &mut Conn,
    scope: &Scope,
    token_hash: &str,
    now: NaiveDateTime,
) -> Result<Option<Row>, StoreError> {
    let found: Option<Row> = sign_in_links::table
        .filter(sign_in_links::account_id.eq(scope.account_id()))
        .filter(sign_in_links::token_hash.eq(token_hash))
        .filter(sign_in_links::expires_at.gt(now))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = found else { return Ok(None) };
    let taken =
        diesel::delete(sign_in_links::table.find((scope.account_id(), &row.id))).execute(conn)?;
    Ok((taken == 1).then_some(row))
}

/// Ends every link of an ID.
///
/// # Errors
/// When the database refuses.
pub fn delete_of_phone_id(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
) -> Result<(), StoreError> {
    let links = sign_in_links::table
        .filter(sign_in_links::account_id.eq(scope.account_id()))
        .filter(sign_in_links::phone_id.eq(phone_id));
    diesel::delete(links).execute(conn)?;
    Ok(())
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
    Ok(diesel::delete(sign_in_links::table.filter(sign_in_links::expires_at.le(now)))
        .execute(conn)?)
}

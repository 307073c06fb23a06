//! Terminals that switches say are registered.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::platform::schema::{phone_ids, registrations};
use crate::{Conn, EntranceScope, Scope, StoreError, SwitchScope, on_each, row};

row! {
    registrations by id
    /// A registration, or the end of one.
    #[derive(Clone, Debug, PartialEq, Eq, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// The ID that it registered as.
        pub phone_id: String,
        /// SHA-256 of the contact; empty = what was said of all contacts of the ID.
        pub contact_hash: String,
        /// UUIDv7, the same for as long as the contact is known.
        pub id: String,
        /// What the terminal calls itself; may be empty.
        pub user_agent: String,
        /// When the switch saw it, by its clock.
        pub reported_at: NaiveDateTime,
        /// Over then.
        pub expires_at: NaiveDateTime,
    }
}

/// Account and id of each of these login ids that there is: `(login_id, account_id, phone_id)`.
///
/// # Errors
/// When the database does not answer.
pub fn owners(
    conn: &mut Conn,
    _scope: SwitchScope,
    login_ids: &[&str],
) -> Result<Vec<(String, String, String)>, StoreError> {
    Ok(phone_ids::table
        .filter(phone_ids::login_id.eq_any(login_ids))
        .select((phone_ids::login_id, phone_ids::account_id, phone_ids::id))
        .load(conn)?)
}

/// What is known of these IDs, by whatever account.
///
/// # Errors
/// When the database does not answer.
pub fn known(
    conn: &mut Conn,
    _scope: SwitchScope,
    account_ids: &[&str],
    phone_ids: &[&str],
) -> Result<Vec<Row>, StoreError> {
    Ok(registrations::table
        .filter(registrations::account_id.eq_any(account_ids))
        .filter(registrations::phone_id.eq_any(phone_ids))
        .select(Row::as_select())
        .load(conn)?)
}

/// Writes what a switch has reported, unless a newer report is there meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn save(conn: &mut Conn, _scope: SwitchScope, row: &Row) -> Result<(), StoreError> {
    // For the condition of the update; elsewhere it would stand in the way of `QueryDsl`.
    use diesel::query_dsl::methods::FilterDsl as _;

    on_each!(conn, |c| diesel::insert_into(registrations::table)
        .values(row.clone())
        .on_conflict((
            registrations::account_id,
            registrations::phone_id,
            registrations::contact_hash
        ))
        .do_update()
        .set((
            registrations::user_agent.eq(excluded(registrations::user_agent)),
            registrations::reported_at.eq(excluded(registrations::reported_at)),
            registrations::expires_at.eq(excluded(registrations::expires_at)),
        ))
        .filter(registrations::reported_at.le(excluded(registrations::reported_at)))
        .execute(c))?;
    Ok(())
}

/// What is registered now in the account, in the order in which it came.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope, now: NaiveDateTime) -> Result<Vec<Row>, StoreError> {
    Ok(registrations::table
        .filter(registrations::account_id.eq(scope.account_id()))
        .filter(registrations::expires_at.gt(now))
        .order(registrations::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// Removes what was over before `before`.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(registrations::table.filter(registrations::expires_at.lt(before)))
        .execute(conn)?)
}

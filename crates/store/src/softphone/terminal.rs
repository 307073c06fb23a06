//! Terminals that are signed in.

use api_types::TerminalKind;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::terminals;
use crate::{Conn, Scope, StoreError, Stored, kinds, row};

kinds! {
    TerminalKind {
        Ios = "ios",
        Android = "android",
        Windows = "windows",
        Macos = "macos",
        IpPhone = "ip_phone",
        PremisesDevice = "premises_device",
    }
}

row! {
    terminals by id
    /// A terminal.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// The ID that it signed in with.
        pub phone_id: String,
        /// UUIDv7.
        pub id: String,
        /// 端末種類.
        pub kind: Stored<TerminalKind>,
        /// The name that it gave itself.
        pub name: String,
        /// When it was last seen.
        pub last_seen_at: NaiveDateTime,
        /// When it signed in.
        pub created_at: NaiveDateTime,
        /// Until when a softphone stays signed in without being used; `None` = entered by the operator,
        /// stays.
        pub expires_at: Option<NaiveDateTime>,
    }
}

/// Signs a terminal in.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(terminals::table).values(row).execute(conn)?;
    Ok(())
}

/// All terminals of the account, the latest sign-in last.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    Ok(terminals::table
        .filter(terminals::account_id.eq(scope.account_id()))
        .order(terminals::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// Signs a terminal out.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, phone_id: &str, id: &str) -> Result<(), StoreError> {
    diesel::delete(terminals::table.find((scope.account_id(), phone_id, id))).execute(conn)?;
    Ok(())
}

/// Changes what a terminal says of itself.
///
/// # Errors
/// When the database refuses.
pub fn rename(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
    id: &str,
    kind: TerminalKind,
    name: &str,
) -> Result<(), StoreError> {
    diesel::update(terminals::table.find((scope.account_id(), phone_id, id)))
        .set((terminals::kind.eq(Stored(kind)), terminals::name.eq(name)))
        .execute(conn)?;
    Ok(())
}

/// Notes that a terminal was seen, and until when it stays signed in; `None` leaves that as it is.
///
/// # Errors
/// When the database refuses.
pub fn touch(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
    id: &str,
    now: NaiveDateTime,
    expires_at: Option<NaiveDateTime>,
) -> Result<(), StoreError> {
    let seen = terminals::last_seen_at.eq(now);
    let key = terminals::table.find((scope.account_id(), phone_id, id));
    match expires_at {
        None => diesel::update(key).set(seen).execute(conn)?,
        Some(end) => {
            diesel::update(key).set((seen, terminals::expires_at.eq(Some(end)))).execute(conn)?
        }
    };
    Ok(())
}

/// The softphones that are signed in with an ID, the one that was seen longest ago first.
///
/// # Errors
/// When the database does not answer.
pub fn softphones(conn: &mut Conn, scope: &Scope, phone_id: &str) -> Result<Vec<Row>, StoreError> {
    Ok(terminals::table
        .filter(terminals::account_id.eq(scope.account_id()))
        .filter(terminals::phone_id.eq(phone_id))
        .filter(terminals::expires_at.is_not_null())
        .order((terminals::last_seen_at, terminals::id))
        .select(Row::as_select())
        .load(conn)?)
}

/// One terminal.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    phone_id: &str,
    id: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(terminals::table
        .find((scope.account_id(), phone_id, id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

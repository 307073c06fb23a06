//! 通知ルール.

use api_types::{NotifyEvent, NotifyLanguage};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::notify_rules;
use crate::{Conn, Json, Scope, StoreError, Stored, kinds, row};

kinds! {
    NotifyLanguage { Ja = "ja", En = "en" }
    NotifyEvent {
        MissedCall = "missed_call",
        Voicemail = "voicemail",
        Fax = "fax",
        ForwardedCall = "forwarded_call",
    }
}

row! {
    notify_rules by id
    /// A notify rule.
    #[derive(Clone, Debug, Default, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// Name of the rule.
        pub name: String,
        /// Version of this row.
        pub version: i64,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// When it was last changed.
        pub updated_at: NaiveDateTime,
        /// Mail addresses.
        pub emails: Json<Vec<String>>,
        /// The events that are told.
        pub events: Json<Vec<NotifyEvent>>,
        /// The language of its notices.
        pub language: Stored<NotifyLanguage>,
        /// Whether subjects of mails leave out the caller's number.
        pub private_subject: bool,
    }
}

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = notify_rules)]
pub struct Changes {
    /// See [`Row::name`].
    pub name: Option<String>,
    /// See [`Row::emails`].
    pub emails: Option<Json<Vec<String>>>,
    /// See [`Row::events`].
    pub events: Option<Json<Vec<NotifyEvent>>>,
    /// See [`Row::language`].
    pub language: Option<Stored<NotifyLanguage>>,
    /// See [`Row::private_subject`].
    pub private_subject: Option<bool>,
}

impl Changes {
    /// The row as it will be.
    pub fn apply_to(&self, row: &mut Row) {
        let new = self.clone();
        row.name = new.name.unwrap_or(std::mem::take(&mut row.name));
        row.emails = new.emails.unwrap_or(std::mem::take(&mut row.emails));
        row.events = new.events.unwrap_or(std::mem::take(&mut row.events));
        row.language = new.language.unwrap_or(row.language);
        row.private_subject = new.private_subject.unwrap_or(row.private_subject);
    }
}

/// Adds a rule.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(notify_rules::table).values(row).execute(conn)?;
    Ok(())
}

/// All rules of the account, in the order of their making.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    Ok(notify_rules::table
        .filter(notify_rules::account_id.eq(scope.account_id()))
        .order(notify_rules::id)
        .select(Row::as_select())
        .load(conn)?)
}

/// One rule.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(notify_rules::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Changes a rule that still has `version`; answers whether it had.
///
/// # Errors
/// When the database refuses.
pub fn update(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    version: i64,
    changes: &Changes,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        notify_rules::table
            .find((scope.account_id(), id))
            .filter(notify_rules::version.eq(version)),
    )
    .set((changes, notify_rules::version.eq(version + 1), notify_rules::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Removes a rule with its services; answers whether it was there. No number may use it any more.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(notify_rules::table.find((scope.account_id(), id))).execute(conn)? == 1)
}

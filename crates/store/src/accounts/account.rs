//! Contracts.

use api_types::{AccountOptions, AccountStatus};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::route_change;
use crate::platform::schema::accounts;
use crate::{Conn, OperatorScope, Scope, StoreError, Stored, kinds, row};

kinds! {
    AccountStatus { Active = "active", Suspended = "suspended" }
}

row! {
    accounts by id
    /// A contract.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// UUIDv7.
        pub id: String,
        /// Name of the contract holder.
        pub name: String,
        /// Where password links and warnings go.
        pub contact_mail: Option<String>,
        /// Whether it is in use.
        pub status: Stored<AccountStatus>,
        /// Why it is suspended.
        pub suspended_reason: Option<String>,
        /// The number outside the contract that its calls are forwarded from or to, in E.164.
        pub forwarding_number: Option<String>,
        /// IP電話機オプション.
        pub option_ip_phone: bool,
        /// 宅内機器オプション.
        pub option_premises_device: bool,
        /// 留守番電話.
        pub option_voicemail: bool,
        /// クラウドFAX.
        pub option_fax: bool,
        /// Grows by one with every change of any setting of the account.
        pub revision: i64,
        /// Version of this row.
        pub version: i64,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// When it was last changed.
        pub updated_at: NaiveDateTime,
        /// Until when a call-back after an emergency call is expected.
        pub callbacks_until: Option<NaiveDateTime>,
        /// The operator's own name for it; unique.
        pub reference: Option<String>,
    }
}

impl Row {
    /// Whether its numbers ring and its people may come in.
    pub fn is_active(&self) -> bool {
        self.status == AccountStatus::Active
    }

    /// What is contracted.
    pub fn options(&self) -> AccountOptions {
        AccountOptions {
            ip_phone: self.option_ip_phone,
            premises_device: self.option_premises_device,
            voicemail: self.option_voicemail,
            fax: self.option_fax,
        }
    }
}

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = accounts)]
pub struct Changes {
    /// See [`Row::name`].
    pub name: Option<String>,
    /// See [`Row::contact_mail`].
    pub contact_mail: Option<Option<String>>,
    /// See [`Row::status`].
    pub status: Option<Stored<AccountStatus>>,
    /// See [`Row::suspended_reason`].
    pub suspended_reason: Option<Option<String>>,
    /// See [`Row::forwarding_number`].
    pub forwarding_number: Option<Option<String>>,
    /// See [`Row::option_ip_phone`].
    pub option_ip_phone: Option<bool>,
    /// See [`Row::option_premises_device`].
    pub option_premises_device: Option<bool>,
    /// See [`Row::option_voicemail`].
    pub option_voicemail: Option<bool>,
    /// See [`Row::option_fax`].
    pub option_fax: Option<bool>,
    /// See [`Row::reference`].
    pub reference: Option<Option<String>>,
}

impl Changes {
    /// The row as it will be.
    pub fn apply_to(&self, row: &mut Row) {
        let Changes {
            name,
            contact_mail,
            status,
            suspended_reason,
            forwarding_number,
            option_ip_phone,
            option_premises_device,
            option_voicemail,
            option_fax,
            reference,
        } = self.clone();
        row.name = name.unwrap_or(std::mem::take(&mut row.name));
        row.contact_mail = contact_mail.unwrap_or(row.contact_mail.take());
        row.status = status.unwrap_or(row.status);
        row.forwarding_number = forwarding_number.unwrap_or(row.forwarding_number.take());
        row.suspended_reason = suspended_reason.unwrap_or(row.suspended_reason.take());
        row.option_ip_phone = option_ip_phone.unwrap_or(row.option_ip_phone);
        row.option_premises_device = option_premises_device.unwrap_or(row.option_premises_device);
        row.option_voicemail = option_voicemail.unwrap_or(row.option_voicemail);
        row.option_fax = option_fax.unwrap_or(row.option_fax);
        row.reference = reference.unwrap_or(row.reference.take());
    }
}

/// Makes a contract.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, _scope: OperatorScope, row: Row) -> Result<(), StoreError> {
    diesel::insert_into(accounts::table).values(row).execute(conn)?;
    Ok(())
}

/// The contract.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope) -> Result<Option<Row>, StoreError> {
    Ok(accounts::table.find(scope.account_id()).select(Row::as_select()).first(conn).optional()?)
}

/// The contract, locked until the end of the transaction. Every change of an account takes this
/// lock first, so that what it then reads stays true, and so that changes of one account never
/// deadlock.
///
/// # Errors
/// When the database does not answer.
pub fn lock(conn: &mut Conn, scope: &Scope) -> Result<Option<Row>, StoreError> {
    match conn {
        Conn::Postgres(c) => Ok(accounts::table
            .find(scope.account_id())
            .for_update()
            .select(Row::as_select())
            .first(c)
            .optional()?),
        // `Db::write` holds SQLite's only write lock already.
        Conn::Sqlite(_) => find(conn, scope),
    }
}

/// All contracts after `after` in the order of their ids, `limit` at most.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    _scope: OperatorScope,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    Ok(accounts::table
        .filter(accounts::id.gt(after.unwrap_or("").to_owned()))
        .order(accounts::id)
        .limit(limit)
        .select(Row::as_select())
        .load(conn)?)
}

/// The contract with this reference.
///
/// # Errors
/// When the database does not answer.
pub fn find_reference(
    conn: &mut Conn,
    _scope: OperatorScope,
    reference: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(accounts::table
        .filter(accounts::reference.eq(reference))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Changes the contract and counts its version up.
///
/// # Errors
/// When the database refuses.
pub fn update(
    conn: &mut Conn,
    scope: &Scope,
    changes: &Changes,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(accounts::table.find(scope.account_id()))
        .set((changes, accounts::version.eq(accounts::version + 1), accounts::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Removes the contract with everything in it; `numbers` are those that it has, in E.164.
///
/// # Errors
/// When the database refuses.
pub fn delete<'a>(
    conn: &mut Conn,
    scope: &Scope,
    numbers: impl IntoIterator<Item = &'a str>,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    for e164 in numbers {
        route_change::number_gone(conn, scope, e164, now)?;
    }
    diesel::delete(accounts::table.find(scope.account_id())).execute(conn)?;
    route_change::add(conn, scope, route_change::About::Account, None, now)
}

/// Counts the account revision up for a change that is about `about`, and answers the new one.
///
/// # Errors
/// When the database refuses.
pub fn next_revision(
    conn: &mut Conn,
    scope: &Scope,
    about: route_change::About,
    now: NaiveDateTime,
) -> Result<i64, StoreError> {
    diesel::update(accounts::table.find(scope.account_id()))
        .set(accounts::revision.eq(accounts::revision + 1))
        .execute(conn)?;
    let revision =
        accounts::table.find(scope.account_id()).select(accounts::revision).first(conn)?;
    route_change::add(conn, scope, about, Some(revision), now)?;
    Ok(revision)
}

/// The account has called 110, 118 or 119: it is called back until then. No change of a setting.
///
/// # Errors
/// When the database refuses.
pub fn expect_callbacks(
    conn: &mut Conn,
    scope: &Scope,
    until: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    let later = accounts::callbacks_until.is_null().or(accounts::callbacks_until.lt(until));
    let changed = diesel::update(accounts::table.find(scope.account_id()))
        .filter(later)
        .set(accounts::callbacks_until.eq(until))
        .execute(conn)?;
    if changed > 0 {
        next_revision(conn, scope, route_change::About::Account, now)?;
    }
    Ok(())
}

/// The account's contact mail.
///
/// # Errors
/// When the database does not answer.
pub fn contact_mail(conn: &mut Conn, scope: &Scope) -> Result<Option<String>, StoreError> {
    Ok(accounts::table
        .find(scope.account_id())
        .select(accounts::contact_mail)
        .first(conn)
        .optional()?
        .flatten())
}

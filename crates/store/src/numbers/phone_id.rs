//! IDs: the logins that terminals sign in with.

use api_types::{DeviceOption, PhoneIdKind};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::account;
use crate::numbers::column::columns;
use crate::platform::schema::{accounts, phone_ids};
use crate::{
    Conn, EntranceScope, Kind as _, OperatorScope, Scope, StoreError, Stored, SwitchScope, kinds,
    row,
};

kinds! {
    PhoneIdKind { Basic = "basic", Additional = "additional" }
    DeviceOption { IpPhone = "ip_phone", PremisesDevice = "premises_device" }
}

row! {
    phone_ids by id
    /// An ID.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// What the terminal signs in with; unique over all accounts.
        pub login_id: String,
        /// Basic or additional.
        pub kind: Stored<PhoneIdKind>,
        /// 内線 短縮番号.
        pub extension: String,
        /// 端末名称.
        pub terminal_name: String,
        /// What it is used with; `None` = the app only.
        pub device_option: Option<Stored<DeviceOption>>,
        /// 発信外線番号.
        pub outbound_number_id: Option<String>,
        /// Argon2id; the basic ID only.
        pub password_hash: Option<String>,
        /// Sealed; additional IDs only.
        pub sealed_password: Option<String>,
        /// Version of this row.
        pub version: i64,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// When it was last changed.
        pub updated_at: NaiveDateTime,
        /// Sealed: what digest authentication asks for; the basic ID only, once its password was seen
        /// since there is such a thing.
        pub sealed_digest: Option<String>,
        /// The operator's own name for it.
        pub reference: Option<String>,
    }
}

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = phone_ids)]
pub struct Changes {
    /// See [`Row::extension`].
    pub extension: Option<String>,
    /// See [`Row::terminal_name`].
    pub terminal_name: Option<String>,
    /// See [`Row::device_option`].
    pub device_option: Option<Option<Stored<DeviceOption>>>,
    /// See [`Row::outbound_number_id`].
    pub outbound_number_id: Option<Option<String>>,
    /// See [`Row::reference`].
    pub reference: Option<Option<String>>,
}

columns! { extension, terminal_name, device_option, outbound_number_id, reference }

impl Row {
    /// Whether it is the contract's basic ID.
    pub fn is_basic(&self) -> bool {
        self.kind == PhoneIdKind::Basic
    }
}

/// Adds an ID.
///
/// # Errors
/// A unique violation when the login id or the extension is in use, or when the account has a basic
/// ID already.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(phone_ids::table).values(row).execute(conn)?;
    Ok(())
}

/// One ID.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(phone_ids::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// The ID with this login id, and its account: for signing in.
///
/// # Errors
/// When the database does not answer.
pub fn find_by_login_id(
    conn: &mut Conn,
    _scope: EntranceScope,
    login_id: &str,
) -> Result<Option<(Row, account::Row)>, StoreError> {
    Ok(phone_ids::table
        .inner_join(accounts::table.on(accounts::id.eq(phone_ids::account_id)))
        .filter(phone_ids::login_id.eq(login_id))
        .select((Row::as_select(), account::Row::as_select()))
        .first(conn)
        .optional()?)
}

/// Which of these accounts have a basic ID.
///
/// # Errors
/// When the database does not answer.
pub fn accounts_with_basic(
    conn: &mut Conn,
    _scope: OperatorScope,
    account_ids: &[String],
) -> Result<Vec<String>, StoreError> {
    Ok(phone_ids::table
        .filter(phone_ids::account_id.eq_any(account_ids))
        .filter(phone_ids::kind.eq(PhoneIdKind::Basic.text()))
        .select(phone_ids::account_id)
        .load(conn)?)
}

/// Whether a login id is in use, in whatever account.
///
/// # Errors
/// When the database does not answer.
pub fn login_id_taken(
    conn: &mut Conn,
    _scope: EntranceScope,
    login_id: &str,
) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        phone_ids::table.filter(phone_ids::login_id.eq(login_id)),
    ))
    .get_result(conn)?)
}

/// All IDs of the account, the basic one first, then by extension.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    let mut rows: Vec<Row> = phone_ids::table
        .filter(phone_ids::account_id.eq(scope.account_id()))
        .select(Row::as_select())
        .load(conn)?;
    // Extensions sort as numbers: 99 comes before 201. They do not begin with 0, so the longer one
    // is the larger one.
    rows.sort_by(|a, b| {
        let place = |row: &Row| (!row.is_basic(), row.extension.len());
        (place(a), &a.extension).cmp(&(place(b), &b.extension))
    });
    Ok(rows)
}

/// Those of these extensions that the account has.
///
/// # Errors
/// When the database does not answer.
pub fn extensions(
    conn: &mut Conn,
    scope: &Scope,
    wanted: &[&str],
) -> Result<Vec<String>, StoreError> {
    Ok(phone_ids::table
        .filter(phone_ids::account_id.eq(scope.account_id()))
        .filter(phone_ids::extension.eq_any(wanted))
        .select(phone_ids::extension)
        .load(conn)?)
}

/// Changes an ID that still has `version`; answers whether it had.
///
/// # Errors
/// A unique violation when the extension is in use.
pub fn update(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    version: i64,
    changes: &Changes,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        phone_ids::table.find((scope.account_id(), id)).filter(phone_ids::version.eq(version)),
    )
    .set((changes, phone_ids::version.eq(version + 1), phone_ids::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// What is kept of a password: a hash and what digest authentication asks for of the basic ID, a
/// sealed text of an additional one.
#[derive(Clone, Debug, Default)]
pub struct Password {
    /// See [`Row::password_hash`].
    pub hash: Option<String>,
    /// See [`Row::sealed_password`].
    pub sealed: Option<String>,
    /// See [`Row::sealed_digest`].
    pub digest: Option<String>,
}

/// Replaces the password of an ID.
///
/// # Errors
/// When the database refuses.
pub fn set_password(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    password: Password,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(phone_ids::table.find((scope.account_id(), id)))
        .set((
            phone_ids::password_hash.eq(password.hash),
            phone_ids::sealed_password.eq(password.sealed),
            phone_ids::sealed_digest.eq(password.digest),
            phone_ids::version.eq(phone_ids::version + 1),
            phone_ids::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps what digest authentication asks for, of a password that stays the same.
///
/// # Errors
/// When the database refuses.
pub fn set_digest(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    sealed: &str,
) -> Result<(), StoreError> {
    diesel::update(phone_ids::table.find((scope.account_id(), id)))
        .set(phone_ids::sealed_digest.eq(Some(sealed)))
        .execute(conn)?;
    Ok(())
}

/// The ID that signs in with this login id, and whose it is.
///
/// # Errors
/// When the database does not answer.
pub fn of_login_id(
    conn: &mut Conn,
    _scope: SwitchScope,
    login_id: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(phone_ids::table
        .filter(phone_ids::login_id.eq(login_id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Removes an ID; answers whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, scope: &Scope, id: &str) -> Result<bool, StoreError> {
    Ok(diesel::delete(phone_ids::table.find((scope.account_id(), id))).execute(conn)? == 1)
}

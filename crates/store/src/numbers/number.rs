//! Phone numbers.

use api_types::{NumberKind, Ringtone};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::accounts::route_change;
use crate::numbers::column::columns;
use crate::{Conn, EntranceScope, Kind as _, OperatorScope, Scope, StoreError, Stored, kinds, row};

mod table {
    use crate::platform::schema::{
        accounts, attachments, block_entries, call_events, deliveries, notify_rules,
        notify_services, phone_ids, silent_targets,
    };

    diesel::table! {
        numbers (account_id, id) {
            account_id -> Text,
            id -> Text,
            e164 -> Text,
            kind -> Text,
            name -> Text,
            display_name -> Text,
            ringtone -> Text,
            priority_phone_id -> Nullable<Text>,
            notify_rule_id -> Nullable<Text>,
            channel_limit -> Integer,
            max_channels -> Integer,
            busy_announcement -> Bool,
            reject_withheld -> Bool,
            reject_pay_phone -> Bool,
            reject_out_of_range -> Bool,
            reject_service_conflict -> Bool,
            block_entry_count -> BigInt,
            version -> BigInt,
            created_at -> Timestamp,
            updated_at -> Timestamp,
            pause_until -> Nullable<Timestamp>,
            reference -> Nullable<Text>,
        }
    }

    /// Tables that appear in a query together with `numbers`.
    macro_rules! beside {
        ($($table:ident)+) => {
            $(diesel::allow_tables_to_appear_in_same_query!(numbers, $table);)+
        };
    }

    beside! {
        accounts attachments block_entries call_events deliveries notify_rules notify_services phone_ids
        silent_targets
    }
}

pub(crate) use table::numbers;

kinds! {
    NumberKind { Primary = "primary", Additional = "additional" }
    Ringtone { Ringtone1 = "ringtone_1", Ringtone2 = "ringtone_2" }
}

row! {
    numbers by id
    /// A phone number.
    #[derive(Clone, Debug, Default, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// E.164; unique over all accounts.
        pub e164: String,
        /// Primary or additional.
        pub kind: Stored<NumberKind>,
        /// 番号名称.
        pub name: String,
        /// IP電話機表示名.
        pub display_name: String,
        /// 着信音.
        pub ringtone: Stored<Ringtone>,
        /// The ID that rings first.
        pub priority_phone_id: Option<String>,
        /// The notify rule.
        pub notify_rule_id: Option<String>,
        /// Calls at once, as the holder has set it.
        pub channel_limit: i32,
        /// Calls at once, as contracted.
        pub max_channels: i32,
        /// 話中アナウンス.
        pub busy_announcement: bool,
        /// Refuses 非通知.
        pub reject_withheld: bool,
        /// Refuses 公衆電話.
        pub reject_pay_phone: bool,
        /// Refuses 表示圏外.
        pub reject_out_of_range: bool,
        /// Refuses サービス競合.
        pub reject_service_conflict: bool,
        /// Entries of the block list.
        pub block_entry_count: i64,
        /// Version of this row.
        pub version: i64,
        /// When it was made.
        pub created_at: NaiveDateTime,
        /// When it was last changed.
        pub updated_at: NaiveDateTime,
        /// 着信を休止: until when calls do not ring.
        pub pause_until: Option<NaiveDateTime>,
        /// The operator's own name for it.
        pub reference: Option<String>,
    }
}

/// What to change; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = numbers)]
pub struct Changes {
    /// See [`Row::name`].
    pub name: Option<String>,
    /// See [`Row::display_name`].
    pub display_name: Option<String>,
    /// See [`Row::ringtone`].
    pub ringtone: Option<Stored<Ringtone>>,
    /// See [`Row::priority_phone_id`].
    pub priority_phone_id: Option<Option<String>>,
    /// See [`Row::notify_rule_id`].
    pub notify_rule_id: Option<Option<String>>,
    /// See [`Row::channel_limit`].
    pub channel_limit: Option<i32>,
    /// See [`Row::max_channels`].
    pub max_channels: Option<i32>,
    /// See [`Row::busy_announcement`].
    pub busy_announcement: Option<bool>,
    /// See [`Row::reject_withheld`].
    pub reject_withheld: Option<bool>,
    /// See [`Row::reject_pay_phone`].
    pub reject_pay_phone: Option<bool>,
    /// See [`Row::reject_out_of_range`].
    pub reject_out_of_range: Option<bool>,
    /// See [`Row::reject_service_conflict`].
    pub reject_service_conflict: Option<bool>,
    /// See [`Row::pause_until`].
    pub pause_until: Option<Option<NaiveDateTime>>,
    /// See [`Row::reference`].
    pub reference: Option<Option<String>>,
}

columns! {
    name,
    display_name,
    ringtone,
    priority_phone_id,
    notify_rule_id,
    channel_limit,
    max_channels,
    busy_announcement,
    reject_withheld,
    reject_pay_phone,
    reject_out_of_range,
    reject_service_conflict,
    pause_until,
    reference,
}

impl Row {
    /// A new number with every setting at its default.
    pub fn new(
        scope: &Scope,
        id: String,
        e164: String,
        max_channels: i32,
        now: NaiveDateTime,
    ) -> Self {
        Self {
            account_id: scope.account_id().to_owned(),
            id,
            e164,
            channel_limit: max_channels,
            max_channels,
            version: 1,
            created_at: now,
            updated_at: now,
            ..Self::default()
        }
    }

    /// Whether it is the contract's primary number.
    pub fn is_primary(&self) -> bool {
        self.kind == NumberKind::Primary
    }
}

/// Adds a number.
///
/// # Errors
/// A unique violation when the number is in use, or when the account has a primary number already.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(numbers::table).values(row).execute(conn)?;
    Ok(())
}

/// One number.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(numbers::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// The account that has this number, whichever it is.
///
/// # Errors
/// When the database does not answer.
pub fn owner(
    conn: &mut Conn,
    _scope: EntranceScope,
    e164: &str,
) -> Result<Option<String>, StoreError> {
    Ok(numbers::table
        .filter(numbers::e164.eq(e164))
        .select(numbers::account_id)
        .first(conn)
        .optional()?)
}

/// All numbers of the account, the primary one first, then in the order of their digits.
///
/// # Errors
/// When the database does not answer.
pub fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Row>, StoreError> {
    Ok(numbers::table
        .filter(numbers::account_id.eq(scope.account_id()))
        .order((numbers::kind.desc(), numbers::e164))
        .select(Row::as_select())
        .load(conn)?)
}

/// Which of these accounts have a primary number.
///
/// # Errors
/// When the database does not answer.
pub fn accounts_with_primary(
    conn: &mut Conn,
    _scope: OperatorScope,
    account_ids: &[String],
) -> Result<Vec<String>, StoreError> {
    Ok(numbers::table
        .filter(numbers::account_id.eq_any(account_ids))
        .filter(numbers::kind.eq(NumberKind::Primary.text()))
        .select(numbers::account_id)
        .load(conn)?)
}

/// Changes a number that still has `version`; answers whether it had.
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
        numbers::table.find((scope.account_id(), id)).filter(numbers::version.eq(version)),
    )
    .set((changes, numbers::version.eq(version + 1), numbers::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Counts entries of the block list in or out. Not a change of the number's settings: its version
/// stays.
///
/// # Errors
/// When the database refuses.
pub fn count_block_entries(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    difference: i64,
) -> Result<(), StoreError> {
    diesel::update(numbers::table.find((scope.account_id(), id)))
        .set(numbers::block_entry_count.eq(numbers::block_entry_count + difference))
        .execute(conn)?;
    Ok(())
}

/// Gives the number its next version if it still has `version`, for a change that stands in another
/// table; answers whether it had.
///
/// # Errors
/// When the database refuses.
pub fn touch(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    version: i64,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let changed = diesel::update(
        numbers::table.find((scope.account_id(), id)).filter(numbers::version.eq(version)),
    )
    .set((numbers::version.eq(version + 1), numbers::updated_at.eq(now)))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Removes a number; answers whether it was there.
///
/// # Errors
/// When the database refuses.
pub fn delete(
    conn: &mut Conn,
    scope: &Scope,
    id: &str,
    now: NaiveDateTime,
) -> Result<bool, StoreError> {
    let Some(number) = find(conn, scope, id)? else { return Ok(false) };
    route_change::number_gone(conn, scope, &number.e164, now)?;
    Ok(diesel::delete(numbers::table.find((scope.account_id(), id))).execute(conn)? == 1)
}

//! Imports of block lists: previewed, applied, taken back.

use api_types::BlockImportState;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::block_imports;
use crate::{Conn, EntranceScope, Scope, StoreError, Stored, kinds, row};

kinds! {
    BlockImportState { Previewed = "previewed", Applied = "applied", Undone = "undone" }
}

row! {
    block_imports by id
    /// An import.
    #[derive(Clone, Debug, Insertable, AsChangeset)]
    #[diesel(primary_key(account_id, number_id, id), treat_none_as_null = true)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// The number.
        pub number_id: String,
        /// UUIDv7.
        pub id: String,
        /// What has become of it.
        pub state: Stored<BlockImportState>,
        /// The encoding of the file.
        pub encoding: String,
        /// The file, while it is only previewed.
        pub file: Option<Vec<u8>>,
        /// One byte per row, while it is only previewed.
        pub outcomes: Option<Vec<u8>>,
        /// Rows.
        pub total: i32,
        /// Rows that are (to be) added.
        pub added: i32,
        /// Rows that are to be added, with something to think about.
        pub warned: i32,
        /// Rows that stand in the list already.
        pub duplicates: i32,
        /// Rows that lost a leading 0.
        pub repairable: i32,
        /// Rows that cannot be added.
        pub invalid: i32,
        /// Empty rows.
        pub empty: i32,
        /// When it was previewed or applied.
        pub created_at: NaiveDateTime,
    }
}

/// Adds an import.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(block_imports::table).values(row).execute(conn)?;
    Ok(())
}

/// One import of a number.
///
/// # Errors
/// When the database does not answer.
pub fn find(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    id: &str,
) -> Result<Option<Row>, StoreError> {
    Ok(block_imports::table
        .find((scope.account_id(), number_id, id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// Replaces an import by what has become of it.
///
/// # Errors
/// When the database refuses.
pub fn update(conn: &mut Conn, scope: &Scope, row: &Row) -> Result<(), StoreError> {
    diesel::update(block_imports::table.find((scope.account_id(), &row.number_id, &row.id)))
        .set(row)
        .execute(conn)?;
    Ok(())
}

/// Removes previews from before `before`: they hold whole files.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
) -> Result<usize, StoreError> {
    let stale = block_imports::table
        .filter(block_imports::created_at.lt(before))
        .filter(block_imports::state.eq(Stored(BlockImportState::Previewed)));
    Ok(diesel::delete(stale).execute(conn)?)
}

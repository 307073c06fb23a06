//! Entries of block lists that were removed and may come back.

use api_types::BlockMatch;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::block_entry::{AT_ONCE, Row, Wanted, insert_missing, matching};
use crate::platform::schema::{block_entries, removed_block_entries};
use crate::{Conn, EntranceScope, Scope, StoreError, Stored, row};

/// Which entries to remove.
#[derive(Clone, Debug)]
pub enum Removed {
    /// Those with these ids.
    Ids(Vec<String>),
    /// Those that hold one of `texts` (all if there is none), but not those with the ids `except`.
    All {
        /// See [`Wanted::texts`].
        texts: Vec<String>,
        /// These stay.
        except: Vec<String>,
    },
    /// Those that an import added.
    Import(String),
    /// Those that were put back after the removal with this id.
    PutBack(String),
}

/// What is known of the entries of a removal.
#[diesel::dsl::auto_type]
fn of_deletion<'a>(scope: &'a Scope, number_id: &'a str, deletion_id: &'a str) -> _ {
    let account_id: &'a str = scope.account_id();
    removed_block_entries::table
        .filter(removed_block_entries::account_id.eq(account_id))
        .filter(removed_block_entries::number_id.eq(number_id))
        .filter(removed_block_entries::deletion_id.eq(deletion_id))
}

/// Moves entries to where they can be fetched back from under `deletion_id`; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn remove(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    removed: &Removed,
    deletion_id: &str,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    // An import that is taken back a second time uses its id again.
    let known = removed_block_entries::put_back_at.is_not_null();
    diesel::delete(of_deletion(scope, number_id, deletion_id).filter(known)).execute(conn)?;
    let mut count = 0;
    let mut before = None;
    loop {
        // In parts: neither a hundred thousand rows nor as many ids stand in memory at once.
        let mut part = |texts: &[String]| {
            let wanted = Wanted { texts: texts.to_vec(), before: before.take() };
            matching(scope, number_id, &wanted)
                .order(block_entries::id.desc())
                .limit(AT_ONCE as i64)
        };
        let wanted = match removed {
            Removed::Ids(ids) => matching(scope, number_id, &Wanted::default())
                .filter(block_entries::id.eq_any(ids.clone())),
            Removed::Import(id) => part(&[]).filter(block_entries::import_id.eq(id.clone())),
            Removed::PutBack(former) => {
                let put_back = of_deletion(scope, number_id, former).filter(known);
                let put_back = put_back.select(removed_block_entries::id);
                part(&[]).filter(block_entries::id.eq_any(put_back))
            }
            Removed::All { texts, except } if except.is_empty() => part(texts),
            Removed::All { texts, except } => {
                part(texts).filter(block_entries::id.ne_all(except.clone()))
            }
        };
        let rows: Vec<Row> = wanted.select(Row::as_select()).load(conn)?;
        let Some(last) = rows.last() else { return Ok(count) };
        before = Some(last.id.clone());
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let kept: Vec<RemovedRow> =
            rows.into_iter().map(|row| RemovedRow::new(row, deletion_id, now)).collect();
        crate::on_each!(conn, |c| diesel::insert_into(removed_block_entries::table)
            .values(&kept)
            .execute(c))?;
        let gone = block_entries::table
            .filter(block_entries::account_id.eq(scope.account_id()))
            .filter(block_entries::number_id.eq(number_id))
            .filter(block_entries::id.eq_any(&ids));
        count += diesel::delete(gone).execute(conn)?;
        if matches!(removed, Removed::Ids(_)) {
            return Ok(count);
        }
    }
}

/// How many entries of a deletion wait to be put back.
///
/// # Errors
/// When the database does not answer.
pub fn count(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    deletion_id: &str,
) -> Result<i64, StoreError> {
    Ok(of_deletion(scope, number_id, deletion_id)
        .filter(removed_block_entries::put_back_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Puts the entries of a deletion back, but not where the list has the same pattern again; answers
/// how many came back.
///
/// # Errors
/// When the database refuses.
pub fn put_back(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    deletion_id: &str,
    now: NaiveDateTime,
) -> Result<usize, StoreError> {
    let mut count = 0;
    let mut after = String::new();
    loop {
        let kept: Vec<RemovedRow> = of_deletion(scope, number_id, deletion_id)
            .filter(removed_block_entries::put_back_at.is_null())
            .filter(removed_block_entries::id.gt(&after))
            .order(removed_block_entries::id)
            .limit(AT_ONCE as i64)
            .select(RemovedRow::as_select())
            .load(conn)?;
        let Some(last) = kept.last() else { break };
        after.clone_from(&last.id);
        let rows: Vec<Row> = kept.into_iter().map(|row| row.back(now)).collect();
        count += insert_missing(conn, scope, &rows)?;
    }
    diesel::update(of_deletion(scope, number_id, deletion_id))
        .set(removed_block_entries::put_back_at.eq(Some(now)))
        .execute(conn)?;
    Ok(count)
}

/// Removes for good what was removed before `before`.
///
/// # Errors
/// When the database refuses.
pub fn purge(
    conn: &mut Conn,
    _scope: EntranceScope,
    before: NaiveDateTime,
) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        removed_block_entries::table.filter(removed_block_entries::removed_at.lt(before)),
    )
    .execute(conn)?)
}

row! {
    removed_block_entries by id
    #[derive(Clone, Debug, Insertable)]
    struct RemovedRow {
        account_id: String,
        number_id: String,
        deletion_id: String,
        id: String,
        pattern: String,
        matching: Stored<BlockMatch>,
        note: String,
        search: String,
        expires_at: Option<NaiveDateTime>,
        hits: i64,
        last_hit_at: Option<NaiveDateTime>,
        import_id: Option<String>,
        version: i64,
        created_at: NaiveDateTime,
        removed_at: NaiveDateTime,
        put_back_at: Option<NaiveDateTime>,
    }
}

impl RemovedRow {
    fn new(row: Row, deletion_id: &str, removed_at: NaiveDateTime) -> Self {
        let Row {
            account_id,
            number_id,
            id,
            pattern,
            matching,
            note,
            search,
            expires_at,
            hits,
            last_hit_at,
            import_id,
            version,
            created_at,
            ..
        } = row;
        let deletion_id = deletion_id.to_owned();
        Self {
            account_id,
            number_id,
            deletion_id,
            id,
            pattern,
            matching,
            note,
            search,
            expires_at,
            hits,
            last_hit_at,
            import_id,
            version,
            created_at,
            removed_at,
            put_back_at: None,
        }
    }

    /// As it was, in a version that nobody has read.
    fn back(self, now: NaiveDateTime) -> Row {
        Row {
            account_id: self.account_id,
            number_id: self.number_id,
            id: self.id,
            pattern: self.pattern,
            matching: self.matching,
            note: self.note,
            search: self.search,
            expires_at: self.expires_at,
            hits: self.hits,
            last_hit_at: self.last_hit_at,
            import_id: self.import_id,
            version: self.version + 1,
            created_at: self.created_at,
            updated_at: now,
        }
    }
}

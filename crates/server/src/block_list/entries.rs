//! Entries: added, changed, removed, put back.

use api_types::{
    AuditAction, AuditObject, BLOCK_ENTRIES_MAX, BlockEntriesDelete, BlockEntriesDeleted,
    BlockEntriesRestored, BlockEntry, BlockEntryCreate, BlockEntryPatch, BlockImportState,
    BlockPattern, ErrorCode, FieldCode, FieldFault, FieldValue, FieldValues, search_terms,
    search_text,
};
use chrono::{DateTime, NaiveDateTime, Timelike, Utc};
use store::block_list::block_entry::{self, Changes, Row};
use store::block_list::block_import;
use store::block_list::removed_entry::{self, Removed};
use store::numbers::number;
use store::{Conn, Scope, new_id};

use super::{entry, guard_for, is_expired, locked, number_of, pattern_of};
use crate::error::Failure;
use crate::platform::change::{Ctx, Expected, check_version, fields, record};
use crate::platform::csv::EXPIRES_LAST;

/// Whole seconds: what people type has no more, and a file could not hold more.
fn whole_seconds(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().with_nanosecond(0).unwrap_or_else(|| at.naive_utc())
}

/// An expiry must lie in the future, and on a day that a file can hold.
fn expiry_fault(at: DateTime<Utc>, now: NaiveDateTime) -> Option<FieldFault> {
    let code = match whole_seconds(at) {
        at if at <= now => FieldCode::InThePast,
        at if at.and_utc().timestamp() > EXPIRES_LAST => FieldCode::OutOfRange,
        _ => return None,
    };
    Some(FieldFault::new("/expires_at", code))
}

pub(super) fn new_row(
    scope: &Scope,
    number_id: &str,
    pattern: &BlockPattern,
    note: &str,
    expires_at: Option<DateTime<Utc>>,
    import_id: Option<&str>,
    now: NaiveDateTime,
) -> Row {
    let note = note.trim().to_owned();
    Row {
        account_id: scope.account_id().to_owned(),
        number_id: number_id.to_owned(),
        id: new_id(),
        pattern: pattern.key().to_owned(),
        matching: pattern.matching().into(),
        search: search_text(pattern, &note),
        note,
        expires_at: expires_at.map(whole_seconds),
        hits: 0,
        last_hit_at: None,
        import_id: import_id.map(str::to_owned),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Adds an entry. One with the same pattern that has expired makes room for it.
///
/// # Errors
/// `not_found`; a caller that cannot be read or must not be refused; a warning that was not
/// confirmed; an expiry in the past; a full list.
pub fn add(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    new: &BlockEntryCreate,
) -> Result<BlockEntry, Failure> {
    let contract = locked(conn, scope, number_id)?;
    let (mut faults, found) = match BlockPattern::parse(new.matching, &new.caller) {
        Err(error) => (vec![error.fault("/caller")], None),
        Ok(pattern) => {
            let guard = guard_for(conn, scope, &contract, &pattern, ctx.at())?;
            let rows =
                block_entry::with_patterns(conn, scope, number_id, &[pattern.key().to_owned()])?;
            let same = rows.into_iter().find(|row| row.matching == pattern.matching());
            let faults = match guard.refusal(&pattern) {
                Some(fault) => vec![fault],
                None => match same.as_ref().filter(|row| !is_expired(row, ctx.at())) {
                    Some(row) => {
                        vec![FieldFault::new("/caller", FieldCode::Duplicate).existing(&row.id)]
                    }
                    None if new.confirm => Vec::new(),
                    None => guard.warnings(&pattern),
                },
            };
            (faults, Some((pattern, same)))
        }
    };
    faults.extend(new.expires_at.and_then(|at| expiry_fault(at, ctx.at())));
    let Some((pattern, expired)) = found.filter(|_| faults.is_empty()) else {
        return Err(Failure::Fields(faults));
    };
    if expired.is_none() {
        check_room(number_of(&contract, number_id)?, 1)?;
    }
    let row = new_row(scope, number_id, &pattern, &new.note, new.expires_at, None, ctx.at());
    insert(conn, scope, ctx, row, expired)
}

fn insert(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    row: Row,
    expired: Option<Row>,
) -> Result<BlockEntry, Failure> {
    let number_id = row.number_id.clone();
    let before = match expired {
        None => {
            number::count_block_entries(conn, scope, &number_id, 1)?;
            FieldValues::new()
        }
        Some(old) => {
            block_entry::delete(conn, scope, &number_id, &old.id)?;
            fields::of_block_entry(&old)
        }
    };
    block_entry::insert(conn, scope, row.clone())?;
    let after = fields::of_block_entry(&row);
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, &number_id),
        AuditAction::AddEntry,
        (before, after),
    )?;
    entry(&row, ctx.at())
}

/// Refuses what would make the list too long.
///
/// # Errors
/// `limit_reached`.
pub(super) fn check_room(number: &number::Row, more: i64) -> Result<(), Failure> {
    if number.block_entry_count + more > BLOCK_ENTRIES_MAX {
        return Err(Failure::Fields(vec![
            FieldFault::new("/caller", FieldCode::LimitReached).limit(BLOCK_ENTRIES_MAX),
        ]));
    }
    Ok(())
}

/// Changes an entry's note or expiry.
///
/// # Errors
/// `not_found`, `stale`; an expiry in the past.
pub fn change(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    (number_id, id): (&str, &str),
    patch: &BlockEntryPatch,
) -> Result<BlockEntry, Failure> {
    locked(conn, scope, number_id)?;
    let before = block_entry::find(conn, scope, number_id, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    let expires_at = patch.expires_at.map(|at| at.map(whole_seconds));
    if let Some(at) = expires_at.flatten().filter(|at| Some(*at) != before.expires_at)
        && let Some(fault) = expiry_fault(at.and_utc(), ctx.at())
    {
        return Err(Failure::Fields(vec![fault]));
    }
    let note = patch.note.as_deref().map(|note| note.trim().to_owned());
    let pattern = pattern_of(&before)?;
    let changes = Changes {
        search: note.as_deref().map(|note| search_text(&pattern, note)),
        note,
        expires_at,
    };
    let mut after = before.clone();
    after.note = changes.note.clone().unwrap_or(after.note);
    after.expires_at = changes.expires_at.unwrap_or(after.expires_at);
    let differences =
        fields::differences(fields::of_block_entry(&before), fields::of_block_entry(&after));
    if differences.0 == differences.1 {
        return entry(&before, ctx.at());
    }
    if !block_entry::update(conn, scope, (number_id, id), before.version, &changes, ctx.at())? {
        return Err(Failure::Code(ErrorCode::Stale));
    }
    // The log must say whose note it was.
    let named = |mut values: FieldValues| {
        values.extend(fields::of_block_pattern(&before));
        values
    };
    let differences = (named(differences.0), named(differences.1));
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, number_id),
        AuditAction::ChangeEntry,
        differences,
    )?;
    let after = block_entry::find(conn, scope, number_id, id)?.ok_or(Failure::NOT_FOUND)?;
    entry(&after, ctx.at())
}

/// Removes one entry, for a while.
///
/// # Errors
/// `not_found`, `stale`.
pub fn remove_one(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    (number_id, id): (&str, &str),
) -> Result<(), Failure> {
    locked(conn, scope, number_id)?;
    let row = block_entry::find(conn, scope, number_id, id)?.ok_or(Failure::NOT_FOUND)?;
    check_version(row.version, if_match)?;
    remove(
        conn,
        scope,
        ctx,
        number_id,
        &BlockEntriesDelete { ids: vec![id.to_owned()], ..BlockEntriesDelete::default() },
    )?;
    Ok(())
}

/// Removes entries, for a while.
///
/// # Errors
/// `not_found`; ids together with `all`, or neither.
pub fn remove(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    wanted: &BlockEntriesDelete,
) -> Result<BlockEntriesDeleted, Failure> {
    locked(conn, scope, number_id)?;
    let removed = match (wanted.all, wanted.ids.is_empty()) {
        (false, true) => return Err(Failure::field("/ids", FieldCode::Required)),
        (true, false) => return Err(Failure::field("/ids", FieldCode::NotApplicable)),
        (false, false) if wanted.q.is_some() => {
            return Err(Failure::field("/q", FieldCode::NotApplicable));
        }
        (false, false) if !wanted.except.is_empty() => {
            return Err(Failure::field("/except", FieldCode::NotApplicable));
        }
        (false, false) => Removed::Ids(wanted.ids.clone()),
        (true, true) => {
            let texts = wanted.q.as_deref().map(search_terms).unwrap_or_default();
            Removed::All { texts, except: wanted.except.clone() }
        }
    };
    let single = match &removed {
        Removed::Ids(ids) if ids.len() == 1 => block_entry::find(conn, scope, number_id, &ids[0])?,
        _ => None,
    };
    let deletion_id = new_id();
    let count = removed_entry::remove(conn, scope, number_id, &removed, &deletion_id, ctx.at())?;
    if count == 0 {
        return Ok(BlockEntriesDeleted { deleted: 0, deletion_id: None });
    }
    number::count_block_entries(conn, scope, number_id, -counted(count))?;
    let before = single.map(|row| fields::of_block_entry(&row)).unwrap_or_default();
    let after = counts(count, "deletion_id", &deletion_id);
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, number_id),
        AuditAction::RemoveEntries,
        (before, after),
    )?;
    Ok(BlockEntriesDeleted {
        deleted: u32::try_from(count).unwrap_or(u32::MAX),
        deletion_id: Some(deletion_id),
    })
}

/// Puts removed entries back.
///
/// # Errors
/// `not_found`; `already_done` when nothing waits under this id; a full list.
pub fn put_back(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    deletion_id: &str,
) -> Result<BlockEntriesRestored, Failure> {
    let contract = locked(conn, scope, number_id)?;
    let waiting = removed_entry::count(conn, scope, number_id, deletion_id)?;
    if waiting == 0 {
        return Err(Failure::Code(ErrorCode::AlreadyDone));
    }
    check_room(number_of(&contract, number_id)?, waiting)?;
    let count = removed_entry::put_back(conn, scope, number_id, deletion_id, ctx.at())?;
    number::count_block_entries(conn, scope, number_id, counted(count))?;
    // What an undo of an import removed waits under the import's id: the import is in force again.
    if let Some(import) = block_import::find(conn, scope, number_id, deletion_id)? {
        let state = BlockImportState::Applied.into();
        block_import::update(conn, scope, &block_import::Row { state, ..import })?;
    }
    let after = counts(count, "deletion_id", deletion_id);
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, number_id),
        AuditAction::PutBackEntries,
        (FieldValues::new(), after),
    )?;
    let skipped = waiting - counted(count);
    Ok(BlockEntriesRestored {
        restored: u32::try_from(count).unwrap_or(u32::MAX),
        skipped: u32::try_from(skipped).unwrap_or(u32::MAX),
    })
}

/// Removes again, for a while, what was put back after the removal `former`.
///
/// # Errors
/// `not_found`; `already_done` when nothing of it stands in the list any more.
pub fn remove_again(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    former: &str,
) -> Result<(), Failure> {
    locked(conn, scope, number_id)?;
    // What an undo of an import had removed.
    if block_import::find(conn, scope, number_id, former)?.is_some() {
        super::undo(conn, scope, ctx, number_id, former)?;
        return Ok(());
    }
    let deletion_id = new_id();
    let count = removed_entry::remove(
        conn,
        scope,
        number_id,
        &Removed::PutBack(former.to_owned()),
        &deletion_id,
        ctx.at(),
    )?;
    if count == 0 {
        return Err(Failure::Code(ErrorCode::AlreadyDone));
    }
    number::count_block_entries(conn, scope, number_id, -counted(count))?;
    let after = counts(count, "deletion_id", &deletion_id);
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, number_id),
        AuditAction::RemoveEntries,
        (FieldValues::new(), after),
    )?;
    Ok(())
}

pub(super) fn counted(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `count` and the id by which it can be taken back, for the change log.
pub(super) fn counts(count: usize, name: &str, id: &str) -> FieldValues {
    FieldValues::from([
        ("count".into(), FieldValue::Integer(counted(count))),
        (name.into(), FieldValue::Text(id.to_owned())),
    ])
}

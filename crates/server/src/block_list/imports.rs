//! Imports: previewed, applied, taken back.

use std::collections::HashMap;

use api_types::{
    AuditAction, AuditObject, BLOCK_ENTRIES_MAX, BlockImport, BlockImportApply, BlockImportColumns,
    BlockImportRow, BlockImportState, BlockImportUndone, BlockMatch, ErrorCode, FieldCode,
    FieldFault, FieldValues, RowOutcome,
};
use store::block_list::block_entry;
use store::block_list::block_import;
use store::block_list::removed_entry::{self, Removed};
use store::numbers::number;
use store::routing::contract::{self, Contract};
use store::{Conn, Scope, new_id};

use super::entries::{counted, counts, new_row};
use super::{
    Counts, Judge, PREVIEW_KEPT, columns_of, failed_rows, locked, number_of, shown_rows, survey,
};
use crate::error::Failure;
use crate::http::paging::Window;
use crate::platform;
use crate::platform::change::{Ctx, record};
use crate::platform::csv::{Encoding, layout, rows};
use crate::platform::texts::Lang;

/// Rows that an answer begins with.
const FIRST_ROWS: usize = 200;
/// Rows that are written at once.
const AT_ONCE: usize = 5000;
/// Wrong rows that a refusal names; the preview names them all.
const NAMED_FAULTS: usize = 100;

/// A file that was read and judged, before anything is written.
pub struct Surveyed {
    /// Without the file.
    row: block_import::Row,
    file: Vec<u8>,
    outcomes: Vec<u8>,
    first: First,
    columns: BlockImportColumns,
}

/// The rows that an answer begins with, and the place of the last one when there are more.
#[derive(Clone, Default)]
struct First {
    rows: Vec<BlockImportRow>,
    more: Option<u32>,
}

impl First {
    fn of(rows: Vec<(u32, BlockImportRow)>, total: usize) -> Self {
        let last = rows.last().map(|(place, _)| *place).filter(|_| total > rows.len());
        Self { rows: rows.into_iter().map(|(_, row)| row).collect(), more: last }
    }
}

fn count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Reads and judges a file; changes nothing.
///
/// # Errors
/// `not_found`; a file that cannot be read.
pub fn read(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    lang: Lang,
    number_id: &str,
    file: Vec<u8>,
) -> Result<Surveyed, Failure> {
    let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    number_of(&contract, number_id)?;
    let judge = Judge::new(conn, scope, &contract, ctx.at())?;
    let (layout, counts, outcomes) = survey(conn, scope, &judge, number_id, &file)?;
    let first = shown_rows(&judge, lang, &file, &outcomes, 0, None, FIRST_ROWS)?;
    let first = First::of(first, outcomes.len());
    let columns = columns_of(&file, &layout)?;
    let row = new_import(scope, ctx, number_id, layout.encoding.name(), counts);
    Ok(Surveyed { row, file, outcomes, first, columns })
}

pub(super) fn new_import(
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    encoding: &str,
    counts: Counts,
) -> block_import::Row {
    block_import::Row {
        account_id: scope.account_id().to_owned(),
        number_id: number_id.to_owned(),
        id: new_id(),
        state: BlockImportState::Previewed.into(),
        encoding: encoding.to_owned(),
        file: None,
        outcomes: None,
        total: count(counts.total),
        added: count(counts.added),
        warned: count(counts.warned),
        duplicates: count(counts.duplicates),
        repairable: count(counts.repairable),
        invalid: count(counts.invalid),
        empty: count(counts.empty),
        created_at: ctx.at(),
    }
}

/// Keeps a file that was read for an hour.
///
/// # Errors
/// `not_found` when the number has gone meanwhile.
pub fn keep(conn: &mut Conn, scope: &Scope, surveyed: &Surveyed) -> Result<BlockImport, Failure> {
    let Surveyed { row, file, outcomes, first, columns } = surveyed;
    locked(conn, scope, &row.number_id)?;
    let (file, outcomes) = (Some(file.clone()), Some(outcomes.clone()));
    let row = block_import::Row { file, outcomes, ..row.clone() };
    let answer = answer(&row, first.clone(), Some(columns.clone()));
    block_import::insert(conn, scope, row)?;
    Ok(answer)
}

/// Adds the rows of a file that was just read.
///
/// # Errors
/// See [`apply`].
pub fn apply_at_once(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    surveyed: &Surveyed,
    options: BlockImportApply,
) -> Result<BlockImport, Failure> {
    let (mut row, mut first) = (surveyed.row.clone(), surveyed.first.clone());
    let contract = locked(conn, scope, &row.number_id)?;
    block_import::insert(conn, scope, row.clone())?;
    add(conn, scope, ctx, &contract, &mut row, &surveyed.file, options)?;
    for row in first
        .rows
        .iter_mut()
        .filter(|row| matches!(row.outcome, RowOutcome::Repairable | RowOutcome::Warned))
    {
        (row.outcome, row.code, row.reason) = (RowOutcome::Added, None, None);
    }
    // The file is not kept, so no cursor would lead to its other rows.
    first.more = None;
    Ok(answer(&row, first, Some(surveyed.columns.clone())))
}

fn find(
    conn: &mut Conn,
    scope: &Scope,
    number_id: &str,
    id: &str,
) -> Result<block_import::Row, Failure> {
    block_import::find(conn, scope, number_id, id)?.ok_or(Failure::NOT_FOUND)
}

/// The file of an import that is only previewed.
fn file_of<'a>(ctx: &Ctx, row: &'a block_import::Row) -> Result<(&'a [u8], &'a [u8]), Failure> {
    match (&row.file, &row.outcomes) {
        (Some(file), Some(outcomes)) if ctx.at() - row.created_at < PREVIEW_KEPT => {
            Ok((file, outcomes))
        }
        _ => Err(Failure::Code(ErrorCode::Gone)),
    }
}

/// Adds the rows of a previewed file: all, or none.
///
/// # Errors
/// `not_found`; `gone` after an hour; `already_done`; every wrong row unless they are to be left
/// out; a full list.
pub fn apply(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    id: &str,
    options: BlockImportApply,
) -> Result<BlockImport, Failure> {
    // Before its state is read: of two at once, one applies it and the other finds it applied.
    let contract = locked(conn, scope, number_id)?;
    let mut row = find(conn, scope, number_id, id)?;
    if row.state != BlockImportState::Previewed {
        return Err(Failure::Code(ErrorCode::AlreadyDone));
    }
    file_of(ctx, &row)?;
    let file = row.file.take().ok_or(Failure::Code(ErrorCode::Gone))?;
    row.outcomes = None;
    add(conn, scope, ctx, &contract, &mut row, &file, options)?;
    Ok(answer(&row, First::default(), None))
}

fn add(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    contract: &Contract,
    import: &mut block_import::Row,
    file: &[u8],
    options: BlockImportApply,
) -> Result<(), Failure> {
    let number_id = &import.number_id.clone();
    let judge = Judge::new(conn, scope, contract, ctx.at())?;
    let layout = layout(file).map_err(super::file_failure)?;
    let mut waiting = Vec::with_capacity(AT_ONCE);
    let mut adding = Adding::new(conn, scope, number_id, ctx)?;
    let mut good = 0;
    let mut wrong = Vec::new();
    let (mut repairable, mut invalid) = (0, 0);
    for row in rows(file, &layout) {
        let row = row.map_err(super::file_failure)?;
        match judge.judge(&layout, &row, options.repair) {
            Ok(new) => {
                good += 1;
                waiting.push(new_row(
                    scope,
                    number_id,
                    &new.pattern,
                    &new.note,
                    new.expires_at,
                    Some(&import.id),
                    ctx.at(),
                ));
            }
            Err((fault, proposal)) => {
                *if proposal.is_some() { &mut repairable } else { &mut invalid } += 1;
                if wrong.len() < NAMED_FAULTS {
                    wrong.push(fault);
                }
            }
        }
        if waiting.len() == AT_ONCE {
            adding.write(conn, scope, &waiting)?;
            waiting.clear();
        }
    }
    if !wrong.is_empty() && !options.skip_invalid {
        return Err(Failure::Fields(wrong));
    }
    adding.write(conn, scope, &waiting)?;
    let (added, more) = (adding.added, adding.growth());
    if number_of(contract, number_id)?.block_entry_count + more > BLOCK_ENTRIES_MAX {
        return Err(Failure::Fields(vec![
            FieldFault::new("", FieldCode::LimitReached).limit(BLOCK_ENTRIES_MAX),
        ]));
    }
    import.state = BlockImportState::Applied.into();
    import.added = i32::try_from(added).unwrap_or(i32::MAX);
    import.duplicates = i32::try_from(good - added).unwrap_or(i32::MAX);
    // Of what was added nobody has to think any more.
    (import.warned, import.repairable, import.invalid) = (0, repairable, invalid);
    import.created_at = ctx.at();
    block_import::update(conn, scope, import)?;
    if added > 0 {
        number::count_block_entries(conn, scope, number_id, more)?;
        let after = counts(added, "import_id", &import.id);
        record(
            conn,
            scope,
            ctx,
            (AuditObject::BlockList, number_id),
            AuditAction::Import,
            (FieldValues::new(), after),
        )?;
    }
    Ok(())
}

/// Writes rows to the list, in the place of entries that have expired where there are any.
pub(super) struct Adding {
    expired: HashMap<(String, BlockMatch), String>,
    added: usize,
    replaced: usize,
}

impl Adding {
    pub(super) fn new(
        conn: &mut Conn,
        scope: &Scope,
        number_id: &str,
        ctx: &Ctx,
    ) -> Result<Self, Failure> {
        Ok(Self {
            expired: block_entry::expired(conn, scope, number_id, ctx.at())?,
            added: 0,
            replaced: 0,
        })
    }

    pub(super) fn write(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        rows: &[block_entry::Row],
    ) -> Result<(), Failure> {
        if !self.expired.is_empty() {
            for row in rows {
                if let Some(id) = self.expired.remove(&(row.pattern.clone(), row.matching.0)) {
                    block_entry::delete(conn, scope, &row.number_id, &id)?;
                    self.replaced += 1;
                }
            }
        }
        self.added += block_entry::insert_missing(conn, scope, rows)?;
        Ok(())
    }

    /// By how many the list has grown.
    pub(super) fn growth(&self) -> i64 {
        counted(self.added) - counted(self.replaced)
    }
}

/// Takes an import back: removes exactly the entries that it added and that are still there.
///
/// # Errors
/// `not_found`; `already_done` when it was not applied or was taken back.
pub fn undo(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    id: &str,
) -> Result<BlockImportUndone, Failure> {
    locked(conn, scope, number_id)?;
    let mut row = find(conn, scope, number_id, id)?;
    if row.state != BlockImportState::Applied {
        return Err(Failure::Code(ErrorCode::AlreadyDone));
    }
    // Under the import's own id, so that the undo can be undone.
    let removed = removed_entry::remove(
        conn,
        scope,
        number_id,
        &Removed::Import(id.to_owned()),
        id,
        ctx.at(),
    )?;
    row.state = BlockImportState::Undone.into();
    block_import::update(conn, scope, &row)?;
    number::count_block_entries(conn, scope, number_id, -counted(removed))?;
    let after = counts(removed, "import_id", id);
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, number_id),
        AuditAction::UndoImport,
        (FieldValues::new(), after),
    )?;
    Ok(BlockImportUndone { removed: u32::try_from(removed).unwrap_or(u32::MAX) })
}

/// An import, with its first rows while it is only previewed.
///
/// # Errors
/// `not_found`.
pub fn import(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    lang: Lang,
    number_id: &str,
    id: &str,
) -> Result<BlockImport, Failure> {
    let row = find(conn, scope, number_id, id)?;
    let (first, columns) = match file_of(ctx, &row) {
        Ok((file, outcomes)) => {
            let first =
                shown_rows(&judge(conn, scope, ctx)?, lang, file, outcomes, 0, None, FIRST_ROWS)?;
            let layout = layout(file).map_err(super::file_failure)?;
            (First::of(first, outcomes.len()), Some(columns_of(file, &layout)?))
        }
        Err(_) => (First::default(), None),
    };
    Ok(answer(&row, first, columns))
}

fn judge(conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<Judge, Failure> {
    let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    Judge::new(conn, scope, &contract, ctx.at())
}

/// Rows of a previewed import behind a place among them, each with its place.
///
/// # Errors
/// `not_found`; `gone`.
pub fn import_rows(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    lang: Lang,
    (number_id, id): (&str, &str),
    (after, only, limit): (u32, Option<RowOutcome>, usize),
) -> Result<Vec<(u32, BlockImportRow)>, Failure> {
    let row = find(conn, scope, number_id, id)?;
    let (file, outcomes) = file_of(ctx, &row)?;
    shown_rows(&judge(conn, scope, ctx)?, lang, file, outcomes, after, only, limit)
}

/// The rows of a previewed import that are not added as they stand, as a file.
///
/// # Errors
/// `not_found`; `gone`.
pub fn import_failed_rows(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    lang: Lang,
    (number_id, id): (&str, &str),
) -> Result<(Vec<u8>, Encoding), Failure> {
    let row = find(conn, scope, number_id, id)?;
    let (file, outcomes) = file_of(ctx, &row)?;
    let encoding = layout(file).map_err(super::file_failure)?.encoding;
    Ok((failed_rows(&judge(conn, scope, ctx)?, lang, file, outcomes)?, encoding))
}

fn answer(
    row: &block_import::Row,
    first: First,
    columns: Option<BlockImportColumns>,
) -> BlockImport {
    let count = platform::wire::count;
    let next_cursor = first.more.map(|place| Window::cursor(&place.to_string()));
    BlockImport {
        import_id: row.id.clone(),
        state: row.state.0,
        encoding: row.encoding.clone(),
        total: count(row.total),
        added: count(row.added),
        warned: count(row.warned),
        duplicates: count(row.duplicates),
        repairable: count(row.repairable),
        invalid: count(row.invalid),
        empty: count(row.empty),
        columns,
        rows: first.rows,
        next_cursor,
        created_at: row.created_at.and_utc(),
    }
}

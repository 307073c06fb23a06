//! Entries of one list that another one gets too.

use api_types::{
    AuditAction, AuditObject, BLOCK_ENTRIES_MAX, BlockImportState, BlockPattern, FieldCode,
    FieldFault, FieldValues,
};
use store::block_list::{block_entry, block_import};
use store::numbers::number;
use store::{Conn, Scope};

use super::entries::{counted, counts, new_row};
use super::imports::{Adding, new_import};
use super::{Counts, locked, number_of};
use crate::block_list::rules::guard::Guard;
use crate::error::Failure;
use crate::platform::change::{Ctx, record};

/// Adds entries of another number's list, as an import that can be taken back. Answers its id, how
/// many were added and how many must not be.
///
/// # Errors
/// `not_found`; a full list.
pub fn copy(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    from: &str,
    to: &str,
    dry_run: bool,
) -> Result<(Option<String>, usize, usize), Failure> {
    let contract = locked(conn, scope, to)?;
    number_of(&contract, from)?;
    // Only what must not be refused: the holder has thought about these entries before.
    let guard = Guard::new(&contract, Vec::new());
    let mut present = block_entry::patterns(conn, scope, to, ctx.at())?;
    let mut import = new_import(scope, ctx, to, "copy", Counts::default());
    let mut adding = Adding::new(conn, scope, to, ctx)?;
    let (mut added, mut refused) = (0, 0);
    block_entry::each(conn, scope, from, |conn, rows| {
        let mut fresh = Vec::new();
        for row in rows.into_iter().filter(|row| !super::is_expired(row, ctx.at())) {
            let pattern: BlockPattern = super::pattern_of(&row)?;
            if !present.insert((row.pattern.clone(), row.matching.0)) {
                continue;
            }
            if guard.refusal(&pattern).is_some() {
                refused += 1;
                continue;
            }
            let expires_at = row.expires_at.map(|at| at.and_utc());
            fresh.push(new_row(
                scope,
                to,
                &pattern,
                &row.note,
                expires_at,
                Some(&import.id),
                ctx.at(),
            ));
        }
        added += fresh.len();
        if !dry_run {
            adding.write(conn, scope, &fresh)?;
        }
        Ok::<(), Failure>(())
    })?;
    if number_of(&contract, to)?.block_entry_count + counted(added) > BLOCK_ENTRIES_MAX {
        return Err(Failure::Fields(vec![
            FieldFault::new("/parts", FieldCode::LimitReached).limit(BLOCK_ENTRIES_MAX),
        ]));
    }
    if dry_run || added == 0 {
        return Ok((None, added, refused));
    }
    import.state = BlockImportState::Applied.into();
    (import.total, import.added) =
        (i32::try_from(added).unwrap_or(i32::MAX), i32::try_from(added).unwrap_or(i32::MAX));
    let after = counts(added, "import_id", &import.id);
    let id = import.id.clone();
    block_import::insert(conn, scope, import)?;
    number::count_block_entries(conn, scope, to, adding.growth())?;
    record(
        conn,
        scope,
        ctx,
        (AuditObject::BlockList, to),
        AuditAction::Import,
        (FieldValues::new(), after),
    )?;
    Ok((Some(id), added, refused))
}

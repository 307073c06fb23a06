//! What becomes of the rows of a file.

use std::collections::HashSet;

use api_types::{
    BlockImportRow, BlockMatch, BlockPattern, ErrorCode, FieldCode, FieldFault, RowOutcome,
};
use chrono::NaiveDateTime;
use store::block_list::block_entry;
use store::calls::call_event;
use store::routing::contract;
use store::{Conn, Scope};

use super::LOOK_BACK;
use crate::block_list::rules::guard::Guard;
use crate::error::Failure;
use crate::platform::csv::{
    FileFault, Layout, MAX_ROWS, NewRow, Row, RowFault, RowFaultKind, layout, rows,
};
use crate::platform::texts::{Lang, field_message};

/// Different numbers that were called or answered lately, at most: more would only make the guard
/// slow.
const KNOWN_AT_MOST: i64 = 50_000;

/// Patterns, and how they match.
type Seen = HashSet<(String, BlockMatch)>;

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows, without the empty ones.
    pub total: u32,
    /// To be added.
    pub added: u32,
    /// To be added, with something to think about first.
    pub warned: u32,
    /// In the list already, or twice in the file.
    pub duplicates: u32,
    /// To be added with the 0 that they lost.
    pub repairable: u32,
    /// Not to be added.
    pub invalid: u32,
    /// Empty.
    pub empty: u32,
}

/// The judge of rows: everything that it looks at besides the row.
pub struct Judge {
    guard: Guard,
    now: NaiveDateTime,
}

impl Judge {
    /// The judge for a contract.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn new(
        conn: &mut Conn,
        scope: &Scope,
        contract: &contract::Contract,
        now: NaiveDateTime,
    ) -> Result<Self, Failure> {
        let known = call_event::known_parties(conn, scope, "+", now - LOOK_BACK, KNOWN_AT_MOST)?;
        Ok(Self { guard: Guard::new(contract, known), now })
    }

    /// The entry that a row would make.
    ///
    /// # Errors
    /// Why it would make none; for a lost 0 beside the entry that it would be with it.
    pub fn judge<'r>(
        &self,
        layout: &Layout,
        row: &'r Row,
        repair: bool,
    ) -> Result<&'r NewRow, (FieldFault, Option<&'r NewRow>)> {
        let pointer = format!("#line={}", row.line);
        let allowed = |new: &NewRow| {
            if new.expires_at.is_some_and(|at| at.naive_utc() <= self.now) {
                return Err(FieldFault::new(pointer.clone(), FieldCode::InThePast));
            }
            let fault = self.guard.refusal(&new.pattern);
            fault.map_or(Ok(()), |fault| Err(FieldFault { pointer: pointer.clone(), ..fault }))
        };
        match &row.reading {
            Ok(new) => allowed(new).map(|()| new).map_err(|fault| (fault, None)),
            Err(fault) => match &fault.proposal {
                // A number that could not be added with its 0 either is no proposal.
                Some(new) => match allowed(new) {
                    Ok(()) if repair => Ok(new),
                    Ok(()) => Err((row_fault(&pointer, layout, row, fault), Some(new))),
                    Err(fault) => Err((fault, None)),
                },
                None => Err((row_fault(&pointer, layout, row, fault), None)),
            },
        }
    }
}

impl Judge {
    /// What to think about before a row is added. The preview shows it; it does not stop the
    /// import, or a list that was exported could not come back.
    fn warning(&self, row: &Row, new: &NewRow) -> Option<FieldFault> {
        let fault = self.guard.warnings(&new.pattern).into_iter().next()?;
        Some(FieldFault { pointer: format!("#line={}", row.line), ..fault })
    }
}

fn row_fault(pointer: &str, layout: &Layout, row: &Row, fault: &RowFault) -> FieldFault {
    let new = |code| FieldFault::new(pointer, code);
    match &fault.fault {
        RowFaultKind::Caller(error) => error.fault(pointer),
        RowFaultKind::UnknownMatch => {
            new(FieldCode::UnknownChoice).value(matching_cell(layout, row))
        }
        RowFaultKind::NoteTooLong { limit } => {
            new(FieldCode::TooLong).limit(i64::try_from(*limit).unwrap_or(i64::MAX))
        }
        RowFaultKind::ControlCharacter => new(FieldCode::ControlCharacter),
        RowFaultKind::BadDate => new(FieldCode::InvalidDate),
    }
}

/// What stands in the column of the match; short, since it is shown in a sentence.
fn matching_cell(layout: &Layout, row: &Row) -> String {
    layout
        .columns
        .matching
        .map_or("", |column| row.cells.get(column))
        .trim()
        .chars()
        .take(20)
        .collect()
}

/// Why a file as a whole cannot be taken.
pub fn file_failure(fault: FileFault) -> Failure {
    let at = |line: u32, code| FieldFault::new(format!("#line={line}"), code);
    let whole = |code| FieldFault::new("", code);
    let fault = match fault {
        FileFault::TooLarge => return Failure::Code(ErrorCode::BodyTooLarge),
        FileFault::Empty => whole(FieldCode::Required),
        FileFault::TooManyRows { line } => {
            at(line, FieldCode::TooManyRows).limit(i64::try_from(MAX_ROWS).unwrap_or(i64::MAX))
        }
        FileFault::NotText(_) => whole(FieldCode::NotText),
        FileFault::Spreadsheet => whole(FieldCode::Spreadsheet),
        FileFault::BadEncoding { line } => at(line, FieldCode::BadEncoding),
        FileFault::BrokenQuote { line } => at(line, FieldCode::BrokenQuote),
        FileFault::LineTooLong { line } => at(line, FieldCode::TooLong).limit(1024 * 1024),
        FileFault::NoCallerColumn => whole(FieldCode::NoCallerColumn),
    };
    Failure::Fields(vec![fault])
}

/// Judges a whole file against the list: how many rows come to what, and one byte for each.
///
/// # Errors
/// A file that cannot be read.
pub fn survey(
    conn: &mut Conn,
    scope: &Scope,
    judge: &Judge,
    number_id: &str,
    file: &[u8],
) -> Result<(Layout, Counts, Vec<u8>), Failure> {
    let layout = layout(file).map_err(file_failure)?;
    // What has expired makes room, so it is not among them.
    let mut seen: Seen = block_entry::patterns(conn, scope, number_id, judge.now)?;
    let mut outcomes = Vec::new();
    let mut file_rows = rows(file, &layout);
    for row in &mut file_rows {
        let row = row.map_err(file_failure)?;
        let (pattern, outcome) = match judge.judge(&layout, &row, false) {
            Ok(new) if judge.warning(&row, new).is_some() => (&new.pattern, RowOutcome::Warned),
            Ok(new) => (&new.pattern, RowOutcome::Added),
            Err((_, Some(proposal))) => (&proposal.pattern, RowOutcome::Repairable),
            Err((_, None)) => {
                outcomes.push(byte_of(RowOutcome::Invalid));
                continue;
            }
        };
        let place = (pattern.key().to_owned(), pattern.matching());
        outcomes.push(byte_of(if seen.insert(place) { outcome } else { RowOutcome::Duplicate }));
    }
    if outcomes.is_empty() {
        return Err(file_failure(FileFault::Empty));
    }
    let counts = Counts { empty: file_rows.empty(), ..counts_of(&outcomes) };
    Ok((layout, counts, outcomes))
}

fn counts_of(outcomes: &[u8]) -> Counts {
    let mut counts = Counts::default();
    for outcome in outcomes {
        counts.total += 1;
        *match outcome_of(*outcome) {
            RowOutcome::Added => &mut counts.added,
            RowOutcome::Warned => &mut counts.warned,
            RowOutcome::Duplicate => &mut counts.duplicates,
            RowOutcome::Repairable => &mut counts.repairable,
            RowOutcome::Invalid => &mut counts.invalid,
        } += 1;
    }
    counts
}

fn byte_of(outcome: RowOutcome) -> u8 {
    match outcome {
        RowOutcome::Added => b'a',
        RowOutcome::Warned => b'w',
        RowOutcome::Duplicate => b'd',
        RowOutcome::Repairable => b'r',
        RowOutcome::Invalid => b'i',
    }
}

fn outcome_of(byte: u8) -> RowOutcome {
    match byte {
        b'a' => RowOutcome::Added,
        b'w' => RowOutcome::Warned,
        b'd' => RowOutcome::Duplicate,
        b'r' => RowOutcome::Repairable,
        _ => RowOutcome::Invalid,
    }
}

/// Rows of a surveyed file behind the line `after`, with one outcome or any, `limit` at most.
///
/// # Errors
/// A file that cannot be read.
pub fn shown_rows(
    judge: &Judge,
    lang: Lang,
    file: &[u8],
    outcomes: &[u8],
    after: u32,
    only: Option<RowOutcome>,
    limit: usize,
) -> Result<Vec<BlockImportRow>, Failure> {
    let layout = layout(file).map_err(file_failure)?;
    let mut found = Vec::new();
    for (row, outcome) in rows(file, &layout).zip(outcomes) {
        let (row, outcome) = (row.map_err(file_failure)?, outcome_of(*outcome));
        if row.line <= after || only.is_some_and(|only| only != outcome) {
            continue;
        }
        if found.len() == limit {
            break;
        }
        found.push(shown(judge, &layout, lang, row, outcome));
    }
    Ok(found)
}

fn shown(
    judge: &Judge,
    layout: &Layout,
    lang: Lang,
    row: Row,
    outcome: RowOutcome,
) -> BlockImportRow {
    let (pattern, fault) = match judge.judge(layout, &row, false) {
        Ok(new) => (Some(&new.pattern), judge.warning(&row, new)),
        Err((fault, proposal)) => (proposal.map(|new| &new.pattern), Some(fault)),
    };
    let duplicate = || Some(FieldFault::new(format!("#line={}", row.line), FieldCode::Duplicate));
    let fault = match outcome {
        RowOutcome::Added => None,
        RowOutcome::Duplicate => duplicate(),
        RowOutcome::Warned | RowOutcome::Repairable | RowOutcome::Invalid => fault,
    };
    BlockImportRow {
        caller_text: pattern.map(BlockPattern::japanese),
        code: fault.as_ref().map(|fault| fault.code),
        reason: fault.as_ref().map(|fault| field_message(lang, fault)),
        line: row.line,
        matching: row.matching,
        value: row.value,
        outcome,
    }
}

/// The rows of a surveyed file that are not added as they stand, and why, in the file's own
/// encoding.
///
/// # Errors
/// A file that cannot be read.
pub fn failed_rows(
    judge: &Judge,
    lang: Lang,
    file: &[u8],
    outcomes: &[u8],
) -> Result<Vec<u8>, Failure> {
    let layout = layout(file).map_err(file_failure)?;
    let heading = crate::platform::texts::text(lang, "csv.reason", &[]);
    let mut failed =
        crate::platform::csv::FailedRows::new(file, &layout, &heading).map_err(file_failure)?;
    for (row, outcome) in rows(file, &layout).zip(outcomes) {
        let row = row.map_err(file_failure)?;
        if matches!(outcome_of(*outcome), RowOutcome::Invalid | RowOutcome::Repairable)
            && let Err((fault, _)) = judge.judge(&layout, &row, false)
        {
            failed.push(&row.cells, &field_message(lang, &fault));
        }
    }
    Ok(failed.finish())
}

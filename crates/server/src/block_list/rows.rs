//! What becomes of the rows of a file.

use std::collections::HashSet;

use api_types::{
    BlockImportColumns, BlockImportFormat, BlockImportRow, BlockMatch, ErrorCode, FieldCode,
    FieldFault, RowOutcome,
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
    FileFault, Format, Layout, MAX_ROWS, NewRow, Row, RowFault, RowFaultKind, describe, layout,
    rows,
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
    /// To be added as they were probably meant.
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
    /// Why it would make none, beside the entry that was probably meant.
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
                // What could not be added either is no proposal.
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

/// Rows of a surveyed file behind the place `after`, with one outcome or any, `limit` at most; each
/// with its place, from 1, since several may stand in one line.
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
) -> Result<Vec<(u32, BlockImportRow)>, Failure> {
    let layout = layout(file).map_err(file_failure)?;
    let mut found = Vec::new();
    for ((place, row), outcome) in (1..).zip(rows(file, &layout)).zip(outcomes) {
        let (row, outcome) = (row.map_err(file_failure)?, outcome_of(*outcome));
        if place <= after || only.is_some_and(|only| only != outcome) {
            continue;
        }
        if found.len() == limit {
            break;
        }
        found.push((place, shown(judge, &layout, lang, row, outcome)));
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
    let (new, fault, proposal) = match judge.judge(layout, &row, false) {
        Ok(new) => (Some(new), judge.warning(&row, new), None),
        Err((fault, proposal)) => (proposal, Some(fault), proposal.map(|new| new.pattern.clone())),
    };
    let duplicate = || Some(FieldFault::new(format!("#line={}", row.line), FieldCode::Duplicate));
    let fault = match outcome {
        RowOutcome::Added => None,
        RowOutcome::Duplicate => duplicate(),
        RowOutcome::Warned | RowOutcome::Repairable | RowOutcome::Invalid => fault,
    };
    let proposal = proposal.filter(|_| outcome == RowOutcome::Repairable);
    // What a proposal covers has to be thought about as well.
    let warning = new.filter(|_| proposal.is_some()).and_then(|new| judge.warning(&row, new));
    let reason = |fault: &FieldFault| {
        let warning = warning.as_ref().map(|warning| field_message(lang, warning));
        let message = super::message(lang, fault, proposal.as_ref());
        [Some(message), warning].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    BlockImportRow {
        caller_text: new.map(|new| new.pattern.japanese()),
        note: new.map(|new| new.note.clone()),
        expires_at: new.and_then(|new| new.expires_at),
        code: fault.as_ref().map(|fault| fault.code),
        reason: fault.as_ref().map(reason),
        line: row.line,
        matching: new.map_or(row.matching, |new| new.pattern.matching()),
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
    // A record with several numbers is one row of the file, with all its reasons.
    let mut waiting: Option<(Row, String)> = None;
    for (row, outcome) in rows(file, &layout).zip(outcomes) {
        let row = row.map_err(file_failure)?;
        if !matches!(outcome_of(*outcome), RowOutcome::Invalid | RowOutcome::Repairable) {
            continue;
        }
        let Err((fault, proposal)) = judge.judge(&layout, &row, false) else { continue };
        let reason = super::message(lang, &fault, proposal.map(|new| &new.pattern));
        match &mut waiting {
            Some((first, reasons)) if first.line == row.line && layout.format == Format::Table => {
                reasons.push_str(&format!(" / {}: {reason}", row.value));
            }
            waiting => {
                if let Some((row, reason)) = waiting.replace((row, reason)) {
                    failed.push(&row.cells, &reason);
                }
            }
        }
    }
    if let Some((row, reason)) = waiting {
        failed.push(&row.cells, &reason);
    }
    Ok(failed.finish())
}

/// What of a file is read and what is left out, by the names of its columns.
///
/// # Errors
/// A file that cannot be read.
pub fn columns_of(file: &[u8], layout: &Layout) -> Result<BlockImportColumns, Failure> {
    let found = describe(file, layout).map_err(file_failure)?;
    Ok(BlockImportColumns {
        format: match layout.format {
            Format::Table => BlockImportFormat::Csv,
            Format::Cards => BlockImportFormat::Vcard,
        },
        header_line: found.header,
        callers: found.callers,
        notes: found.notes,
        matching: found.matching,
        expires_at: found.expires_at,
        left_out: found.left_out,
    })
}

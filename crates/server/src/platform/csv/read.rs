//! From records to rows.

use api_types::{
    BlockMatch, BlockPattern, CALLER_MAX, CallerError, NOTE_MAX, no_control_characters,
};
use chrono::{DateTime, Utc};

use super::columns::normalised;
use super::record::Records;
use super::{
    Cells, Column, Columns, FileFault, Layout, MAX_ROWS, NewRow, Row, RowFault, RowFaultKind,
    SHOWN_MAX, expiry, unguarded,
};

/// The rows of a file, without its header and its empty ones.
///
/// The file is decoded and split while the rows are taken. After a fault of the file there are no
/// more.
pub fn rows<'a>(bytes: &'a [u8], layout: &Layout) -> Rows<'a> {
    let (records, fault) = match layout.records(bytes) {
        Ok(records) => (Some(records), None),
        Err(fault) => (None, Some(fault)),
    };
    Rows {
        records,
        fault,
        header: layout.header,
        columns: layout.columns,
        taken: 0,
        empty: 0,
        room: (0, 0),
    }
}

/// See [`rows`].
pub struct Rows<'a> {
    records: Option<Records<'a>>,
    fault: Option<FileFault>,
    header: bool,
    columns: Columns,
    taken: usize,
    empty: u32,
    /// What the row before needed: the next one is likely to need the same.
    room: (usize, usize),
}

impl Rows<'_> {
    /// Empty rows that were passed over so far: blank lines, and lines of nothing but delimiters.
    pub fn empty(&self) -> u32 {
        self.empty + self.records.as_ref().map_or(0, Records::empty)
    }

    fn next_row(&mut self) -> Result<Option<Row>, FileFault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let Some(records) = &mut self.records else { return Ok(None) };
        let mut cells = Cells::with_room(self.room);
        while let Some(line) = records.next(&mut cells)? {
            if cells.is_blank() {
                self.empty += 1;
            } else if std::mem::take(&mut self.header) {
                continue;
            } else if self.taken == MAX_ROWS {
                return Err(FileFault::TooManyRows { line });
            } else {
                self.taken += 1;
                self.room = cells.room();
                return Ok(Some(row(line, cells, &self.columns)));
            }
        }
        Ok(None)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_row().transpose();
        if !matches!(next, Some(Ok(_))) {
            self.empty = self.empty();
            self.records = None;
        }
        next
    }
}

fn row(line: u32, cells: Cells, columns: &Columns) -> Row {
    let value = shown(cells.get(columns.caller));
    let (matching, reading) = judged(&cells, columns);
    Row { line, value, matching, cells, reading }
}

fn judged(cells: &Cells, columns: &Columns) -> (BlockMatch, Result<NewRow, RowFault>) {
    let cell = |column: Option<usize>| column.map_or("", |column| cells.get(column).trim());
    let match_read = matching(cell(columns.matching));
    let matching = match_read.unwrap_or(BlockMatch::Exact);
    let caller = unguarded(cell(Some(columns.caller)));
    // Everything is read before anything is reported: a lost 0 is worth a proposal only where
    // nothing else is wrong.
    let rest = match_read
        .ok_or(RowFaultKind::UnknownMatch)
        .map_err(|fault| fault_of(Column::Match, fault))
        .and_then(|_| {
            let note = note(cell(columns.note)).map_err(|fault| fault_of(Column::Note, fault))?;
            Ok((
                note,
                expires_at(cell(columns.expires_at))
                    .map_err(|fault| fault_of(Column::ExpiresAt, fault))?,
            ))
        });
    let reading = match (read_caller(matching, caller), rest) {
        (Ok(pattern), Ok((note, expires_at))) => Ok(NewRow { pattern, note, expires_at }),
        (Ok(_), Err(fault)) => Err(fault),
        (Err(error), rest) => {
            let proposal = match (&error, rest) {
                (CallerError::LostZero(number), Ok((note, expires_at))) => {
                    BlockPattern::parse(matching, number.e164()).ok().map(|pattern| NewRow {
                        pattern,
                        note,
                        expires_at,
                    })
                }
                _ => None,
            };
            Err(RowFault { proposal, ..fault_of(Column::Caller, RowFaultKind::Caller(error)) })
        }
    };
    (matching, reading)
}

fn fault_of(column: Column, fault: RowFaultKind) -> RowFault {
    RowFault { column, fault, proposal: None }
}

fn read_caller(matching: BlockMatch, text: &str) -> Result<BlockPattern, CallerError> {
    if is_longer(text, CALLER_MAX) {
        return Err(CallerError::TooLong);
    }
    BlockPattern::parse(matching, text)
}

fn matching(text: &str) -> Option<BlockMatch> {
    match text {
        // What nearly every row has, without taking it to pieces.
        "" | "完全一致" => return Some(BlockMatch::Exact),
        "前方一致" => return Some(BlockMatch::Prefix),
        _ => {}
    }
    match normalised(text).as_str() {
        "" | "完全一致" | "完全" | "全部" | "exact" | "exactmatch" | "full" => {
            Some(BlockMatch::Exact)
        }
        "前方一致" | "先頭一致" | "前方" | "先頭" | "prefix" | "prefixmatch" | "startswith" => {
            Some(BlockMatch::Prefix)
        }
        _ => None,
    }
}

fn note(text: &str) -> Result<String, RowFaultKind> {
    let text = unguarded(text).trim();
    if no_control_characters(text).is_err() {
        return Err(RowFaultKind::ControlCharacter);
    }
    if is_longer(text, NOTE_MAX) {
        return Err(RowFaultKind::NoteTooLong { limit: NOTE_MAX });
    }
    Ok(text.to_owned())
}

fn expires_at(text: &str) -> Result<Option<DateTime<Utc>>, RowFaultKind> {
    match unguarded(text) {
        "" => Ok(None),
        text => expiry::parse(text).map(Some).ok_or(RowFaultKind::BadDate),
    }
}

/// Whether a text has more than so many characters; does not walk through the whole of a very long
/// one.
fn is_longer(text: &str, most: u64) -> bool {
    text.chars().nth(most as usize).is_some()
}

/// A cell as it may be shown: short, and on one line.
fn shown(text: &str) -> String {
    let text = text.trim();
    let end = text.char_indices().nth(SHOWN_MAX).map_or(text.len(), |(end, _)| end);
    text[..end].replace(char::is_control, " ")
}

//! From records to rows.

use std::borrow::Cow;
use std::collections::VecDeque;

use api_types::{
    BlockMatch, BlockPattern, CALLER_MAX, CallerError, NOTE_MAX, no_control_characters,
};
use chrono::{DateTime, Utc};

use super::cards::{Cards, in_order};
use super::decode::Text;
use super::headings::normalised;
use super::record::Records;
use super::{
    Cells, Column, Columns, FileFault, Format, Layout, MAX_ROWS, NewRow, Row, RowFault,
    RowFaultKind, expiry, shown, unguarded,
};

/// What Google writes between several numbers in one cell.
const SURE_SEPARATOR: &str = ":::";

/// What else stands between several numbers in one cell.
const SEPARATORS: [&str; 11] = ["\n", ";", "；", ",", "，", "、", "/", "／", "または", "及び", "&"];

/// The rows of a file, without its header and its empty ones. A record with several numbers is
/// several rows of the same line.
///
/// The file is decoded and split while the rows are taken. After a fault of the file there are no
/// more.
pub fn rows<'a>(bytes: &'a [u8], layout: &Layout) -> Rows<'a> {
    let source = match layout.format {
        Format::Cards => Ok(Source::Cards(Cards::new(Text::new(bytes, layout.encoding)))),
        Format::Table => layout.records(bytes).map(Source::Table),
    };
    let (source, fault) = match source {
        Ok(source) => (Some(source), None),
        Err(fault) => (None, Some(fault)),
    };
    Rows {
        source,
        fault,
        header: layout.header,
        columns: layout.columns.clone(),
        waiting: VecDeque::new(),
        taken: 0,
        empty: 0,
        room: (0, 0),
    }
}

/// Where records come from.
enum Source<'a> {
    Table(Records<'a>),
    Cards(Cards<'a>),
}

impl Source<'_> {
    fn next(&mut self, cells: &mut Cells) -> Result<Option<u32>, FileFault> {
        match self {
            Source::Table(records) => records.next(cells),
            Source::Cards(cards) => cards.next(cells),
        }
    }

    fn empty(&self) -> u32 {
        match self {
            Source::Table(records) => records.empty(),
            Source::Cards(_) => 0,
        }
    }

    /// Whether a record without anything in it means nothing.
    fn has_blanks(&self) -> bool {
        matches!(self, Source::Table(_))
    }
}

/// See [`rows`].
pub struct Rows<'a> {
    source: Option<Source<'a>>,
    fault: Option<FileFault>,
    /// The line of the header, as long as it is still to come.
    header: Option<u32>,
    columns: Columns,
    /// The other numbers of a record of which one row was taken.
    waiting: VecDeque<Row>,
    taken: usize,
    empty: u32,
    /// What the row before needed: the next one is likely to need the same.
    room: (usize, usize),
}

impl Rows<'_> {
    /// Empty rows that were passed over so far: blank lines, and lines of nothing but delimiters.
    pub fn empty(&self) -> u32 {
        self.empty + self.source.as_ref().map_or(0, Source::empty)
    }

    fn next_row(&mut self) -> Result<Option<Row>, FileFault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if let Some(row) = self.waiting.pop_front() {
            return self.counted(row).map(Some);
        }
        let Some(source) = &mut self.source else { return Ok(None) };
        let mut cells = Cells::with_room(self.room);
        while let Some(line) = source.next(&mut cells)? {
            if source.has_blanks() && cells.is_blank() {
                self.empty += 1;
                continue;
            }
            if let Some(header) = self.header {
                // What stands above it is a title.
                self.header = self.header.filter(|_| line < header);
                continue;
            }
            self.room = cells.room();
            let row = first_row(line, cells, &self.columns, &mut self.waiting);
            return self.counted(row).map(Some);
        }
        Ok(None)
    }

    fn counted(&mut self, row: Row) -> Result<Row, FileFault> {
        if self.taken == MAX_ROWS {
            return Err(FileFault::TooManyRows { line: row.line });
        }
        self.taken += 1;
        Ok(row)
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.next_row().transpose();
        if !matches!(next, Some(Ok(_))) {
            self.empty = self.empty();
            self.source = None;
            self.waiting.clear();
        }
        next
    }
}

/// What stands beside a number: note and expiry.
type Beside = Result<(String, Option<DateTime<Utc>>), RowFault>;

/// The first row of a record; its others go to `waiting`.
fn first_row(line: u32, cells: Cells, columns: &Columns, waiting: &mut VecDeque<Row>) -> Row {
    let cell = |column: Option<usize>| column.map_or("", |column| cells.get(column).trim());
    let match_read = matching(cell(columns.matching));
    let matching = match_read.unwrap_or(BlockMatch::Exact);
    // Everything is read before anything is reported: a proposal is worth something only where
    // nothing else is wrong.
    let beside: Beside = match_read
        .ok_or_else(|| fault_of(Column::Match, RowFaultKind::UnknownMatch))
        .and_then(|_| {
            let note = note(&cells, columns).map_err(|fault| fault_of(Column::Note, fault))?;
            let expires_at = expires_at(cell(columns.expires_at))
                .map_err(|fault| fault_of(Column::ExpiresAt, fault))?;
            Ok((note, expires_at))
        });
    // What nearly every row is: one number, and it can be read.
    if let [column] = columns.callers[..]
        && columns.labels.is_empty()
        && let Ok(pattern) = read_caller(matching, unguarded(cell(Some(column))))
    {
        let value = shown(cells.get(column));
        let reading = beside.map(|(note, expires_at)| NewRow { pattern, note, expires_at });
        return Row { line, value, matching, cells, reading };
    }
    let mut found = Vec::new();
    for &column in &columns.callers {
        let text = cells.get(column).trim();
        if !text.is_empty() && !columns.is_machine(&cells, column) {
            found
                .extend(numbers(matching, unguarded(text)).map(|(text, read)| (shown(text), read)));
        }
    }
    if found.is_empty() {
        found.push((String::new(), Number { pattern: Err(CallerError::Empty), proposal: None }));
    }
    let mut rows = found.into_iter().map(|(value, number)| {
        let reading = number.beside(beside.clone());
        Row { line, value, matching, cells: cells.clone(), reading }
    });
    let first = rows.next();
    waiting.extend(rows);
    first.unwrap_or_else(|| unreachable!("there is one at least"))
}

/// A number as it was read.
struct Number {
    pattern: Result<BlockPattern, CallerError>,
    proposal: Option<BlockPattern>,
}

impl Number {
    fn read(matching: BlockMatch, text: &str) -> Self {
        let pattern = read_caller(matching, text);
        let proposal = pattern.is_err().then(|| BlockPattern::propose(matching, text)).flatten();
        Self { pattern, proposal }
    }

    fn is_some(&self) -> bool {
        self.pattern.is_ok() || self.proposal.is_some()
    }

    fn beside(self, beside: Beside) -> Result<NewRow, RowFault> {
        let error = match self.pattern {
            Ok(pattern) => {
                return beside.map(|(note, expires_at)| NewRow { pattern, note, expires_at });
            }
            Err(error) => error,
        };
        let proposal = self.proposal.zip(beside.ok()).map(|(pattern, (note, expires_at))| NewRow {
            pattern,
            note,
            expires_at,
        });
        Err(RowFault { proposal, ..fault_of(Column::Caller, RowFaultKind::Caller(error)) })
    }
}

/// The numbers of a cell: one, unless it is none and all of its parts are.
fn numbers(matching: BlockMatch, text: &str) -> impl Iterator<Item = (&str, Number)> {
    // Whatever the parts are: nothing else has this between them.
    if text.contains(SURE_SEPARATOR) {
        return parts_of(matching, text.split(SURE_SEPARATOR)).into_iter();
    }
    let whole = Number::read(matching, text);
    if !whole.is_some() {
        let by_separator =
            SEPARATORS.iter().map(|&separator| parts_of(matching, text.split(separator)));
        let by_blanks = std::iter::once_with(|| parts_of(matching, text.split_whitespace()));
        let is_list = |parts: &Vec<(&str, Number)>| {
            parts.len() > 1 && parts.iter().all(|(_, number)| number.is_some())
        };
        if let Some(parts) = by_separator.chain(by_blanks).find(is_list) {
            return parts.into_iter();
        }
    }
    vec![(text, whole)].into_iter()
}

fn parts_of<'t>(
    matching: BlockMatch,
    parts: impl Iterator<Item = &'t str>,
) -> Vec<(&'t str, Number)> {
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| (part, Number::read(matching, part))).collect()
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

/// The word for a whole number or a beginning; nothing when it is neither.
pub(super) fn matching(text: &str) -> Option<BlockMatch> {
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

/// The note: what stands in the best of its columns that are not blank.
fn note(cells: &Cells, columns: &Columns) -> Result<String, RowFaultKind> {
    let text = |column: &usize| unguarded(cells.get(*column).trim()).trim();
    let filled = |group: &&Vec<usize>| group.iter().any(|column| !text(column).is_empty());
    let note = match columns.notes.iter().find(filled).map(Vec::as_slice) {
        None => return Ok(String::new()),
        Some([column]) => on_one_line(text(column)),
        Some(parts) => {
            match parts.iter().map(|part| on_one_line(text(part))).collect::<Vec<_>>().as_slice() {
                [family, given] => in_order(family, given).into(),
                parts => parts.join(" ").into(),
            }
        }
    };
    if no_control_characters(&note).is_err() {
        return Err(RowFaultKind::ControlCharacter);
    }
    if is_longer(&note, NOTE_MAX) {
        return Err(RowFaultKind::NoteTooLong { limit: NOTE_MAX });
    }
    Ok(note.into_owned())
}

/// A text with a blank for each break of a line, and for tabs.
fn on_one_line(text: &str) -> Cow<'_, str> {
    let is_break = |c: char| matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    if !text.contains(is_break) {
        return Cow::Borrowed(text);
    }
    let parts: Vec<&str> =
        text.split(is_break).map(str::trim).filter(|part| !part.is_empty()).collect();
    Cow::Owned(parts.join(" "))
}

fn expires_at(text: &str) -> Result<Option<DateTime<Utc>>, RowFaultKind> {
    match unguarded(text) {
        "" | "-" | "なし" | "無し" | "無期限" | "期限なし" | "無制限" => Ok(None),
        text => expiry::parse(text).map(Some).ok_or(RowFaultKind::BadDate),
    }
}

/// Whether a text has more than so many characters; does not walk through the whole of a very long
/// one.
fn is_longer(text: &str, most: u64) -> bool {
    text.chars().nth(most as usize).is_some()
}

//! Our own files: the export, the sample, and what could not be read.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::layout::{header_record, our_headings};
use super::{Cells, Column, Encoding, FileFault, Format, Layout, NewRow, expiry, needs_guard};

/// The sign that Japanese typesetters put where a character is missing.
const MISSING: &str = "〓";

/// A character that the encoding of an export does not have. Writing another in its place would
/// change the list when it is read again, so the export is refused; UTF-8 has them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRepresentable {
    /// Which row it is in, from 1, the header not counted.
    pub row: usize,
    /// The caller of that row, as the file would have it.
    pub caller: String,
    /// The character.
    pub character: char,
}

/// Writes an export, row by row: take the bytes away now and then, and no long list ever stands in
/// memory as a whole.
#[derive(Debug)]
pub struct Writer {
    encoding: Encoding,
    pub(super) bytes: Vec<u8>,
    rows: usize,
}

impl Writer {
    /// Begins a file, with its header.
    pub fn new(encoding: Encoding) -> Self {
        let mut writer = Self { encoding, bytes: encoding.mark().to_vec(), rows: 0 };
        // CP932 has every character of our headings; a test holds them to that.
        let _ = writer.push_cells(Column::ALL.map(Column::heading));
        writer
    }

    /// Writes a row.
    ///
    /// # Errors
    /// The encoding lacks a character of its note. The row is left out then. Where a file is sent
    /// while it is written, ask [`Encoding::lacks`] about all notes first.
    pub fn push(&mut self, row: &NewRow) -> Result<(), NotRepresentable> {
        let caller = row.pattern.csv();
        let guarded = if needs_guard(&row.note) { format!("'{}", row.note) } else { String::new() };
        let note = if guarded.is_empty() { &row.note } else { &guarded };
        let matching = match row.pattern.matching() {
            api_types::BlockMatch::Exact => "完全一致",
            api_types::BlockMatch::Prefix => "前方一致",
        };
        let expires_at = row.expires_at.map(expiry::print).unwrap_or_default();
        let written = self.push_cells([caller.as_str(), note, matching, &expires_at]);
        self.rows += 1;
        written.map_err(|character| NotRepresentable { row: self.rows, caller, character })
    }

    fn push_cells(&mut self, cells: [&str; 4]) -> Result<(), char> {
        self.encoding.encode(&line(cells.into_iter(), b','), &mut self.bytes)
    }

    /// Takes away what has been written since the last time.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Ends the file: what has not been taken away yet.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// A file that shows what can be written: a number with a note, a beginning, an expiry, a number
/// from abroad.
pub fn sample(encoding: Encoding) -> Vec<u8> {
    let mut writer = Writer::new(encoding);
    let rows = [
        ["090-1234-5678", "しつこい営業", "完全一致", ""],
        ["0800", "フリーダイヤルからの勧誘", "前方一致", ""],
        ["03-1234-5678", "間違い電話（年内のみ拒否）", "完全一致", "2030-12-31"],
        ["010-1-2125550123", "海外からの着信", "完全一致", ""],
    ];
    for row in rows {
        // CP932 has these, too; the same test.
        let _ = writer.push_cells(row);
    }
    writer.finish()
}

/// Writes the rows of a file that could not be taken, as they are, with one column more for the
/// reason: in the file's own encoding and with its own delimiter and header, so that they can be
/// put right and sent again.
#[derive(Debug)]
pub struct FailedRows {
    encoding: Encoding,
    delimiter: u8,
    width: usize,
    /// Whether the column behind has the reasons of the time before.
    reasons: bool,
    bytes: Vec<u8>,
}

impl FailedRows {
    /// Begins the file. Where the original has a header, it is kept and `heading` is the one of the
    /// column with the reasons; one with that heading is taken for the reasons of the time before,
    /// and replaced.
    ///
    /// # Errors
    /// The first row of the original cannot be read.
    pub fn new(original: &[u8], layout: &Layout, heading: &str) -> Result<Self, FileFault> {
        // The rows of cards are those of a table.
        let (first, header) = match layout.format {
            Format::Cards => (Cells::of(our_headings()), true),
            Format::Table => {
                (header_record(original, layout)?.unwrap_or_default(), layout.header.is_some())
            }
        };
        // Without a header a column has its meaning by its place; the reason must not take that of
        // the match or the expiry.
        let width = if header { used(&first) } else { used(&first).max(Column::ALL.len()) };
        let reasons = header && width > 1 && first.get(width - 1) == heading;
        let mut rows = Self {
            encoding: layout.encoding,
            delimiter: layout.delimiter,
            width: width - usize::from(reasons),
            reasons,
            bytes: layout.encoding.mark().to_vec(),
        };
        if header {
            rows.push(&first, heading);
        } else if !matches!(layout.delimiter, b',' | b'\t' | b';') {
            // Nobody would guess it without being told.
            rows.write(&format!("sep={}\r\n", char::from(rows.delimiter)));
        }
        Ok(rows)
    }

    /// Writes a row and why it failed.
    pub fn push(&mut self, cells: &Cells, reason: &str) {
        let original = (0..used(cells).max(self.width))
            .filter(|&column| !(self.reasons && column == self.width));
        let guarded: Vec<String> =
            original.map(|column| cells.get(column)).chain([reason]).map(guarded_once).collect();
        self.write(&line(guarded.iter().map(String::as_str), self.delimiter));
    }

    /// What came out of this encoding goes back into it; only a reason may have a character that it
    /// lacks.
    fn write(&mut self, line: &str) {
        let mut line = Cow::Borrowed(line);
        while let Err(lost) = self.encoding.encode(&line, &mut self.bytes) {
            line = Cow::Owned(line.replace(lost, MISSING));
        }
    }

    /// Takes away what has been written since the last time.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Ends the file: what has not been taken away yet.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// How many cells a row has without the blank ones at its end.
fn used(cells: &Cells) -> usize {
    (0..cells.len())
        .rev()
        .find(|&column| !cells.get(column).trim().is_empty())
        .map_or(0, |last| last + 1)
}

/// A cell of someone else's file in ours: computed by nobody, but with the meaning that it had.
/// What has its apostrophe already keeps that one.
fn guarded_once(cell: &str) -> String {
    if needs_guard(cell) && !cell.trim_start().starts_with('\'') {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// A line of cells.
fn line<'a>(cells: impl Iterator<Item = &'a str> + Clone, delimiter: u8) -> String {
    let needs_quotes = |cell: &str| cell.contains([char::from(delimiter), '"', '\n', '\r']);
    // Blanks at the ends, since some programs take them away, and whatever others take for a
    // delimiter.
    let is_odd = |cell: &str| cell.trim() != cell || cell.contains([';', ',', '\t']);
    let style = match cells.clone().any(|cell| is_odd(cell) && !needs_quotes(cell)) {
        true => QuoteStyle::Always,
        false => QuoteStyle::Necessary,
    };
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(style)
        .terminator(Terminator::CRLF)
        .buffer_capacity(256)
        .from_writer(Vec::new());
    let written = writer.write_record(cells).and_then(|()| Ok(writer.flush()?));
    let line = written.map(|()| String::from_utf8_lossy(writer.get_ref()).into_owned());
    line.unwrap_or_else(|error| unreachable!("memory takes every line: {error}"))
}

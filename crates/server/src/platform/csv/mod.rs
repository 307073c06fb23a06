//! Block lists as CSV files: read as Excel and people leave them, written as both can read them.
//! Address books as vCards are read like such files.
//!
//! From bytes to rows and back, without I/O and without a clock. [`layout`] looks at the whole file
//! once and says how it is written; [`rows`] then walks through it with a buffer of a few
//! kilobytes, however long it is; [`Writer`] writes our own files, and [`FailedRows`] gives back
//! what could not be read, with the reason beside it.
//!
//! The crate `csv` splits and writes. What it cannot know is ours: encodings and line breaks, the
//! delimiter and the columns, what Excel does to numbers, and a quote that is never closed, which it
//! takes for a cell that reaches to the end of the file, so that rows would vanish without a word.

mod cards;
mod columns;
mod decode;
mod expiry;
mod headings;
mod layout;
mod read;
mod record;
#[cfg(test)]
mod tests;
mod write;

use api_types::{BlockMatch, BlockPattern, CallerError};
use chrono::{DateTime, Utc};

pub use columns::{Column, Columns};
pub use decode::Encoding;
pub use expiry::EXPIRES_LAST;
pub use layout::{Description, Format, Layout, describe, layout};
pub use read::{Rows, rows};
pub use record::Cells;
pub use write::{FailedRows, NotRepresentable, Writer, sample};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// The most rows that a file may have, without its header and its empty lines.
pub const MAX_ROWS: usize = 100_000;
/// How much of a cell is shown beside a row, in characters.
pub const SHOWN_MAX: usize = 80;

/// Why a file as a whole cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It has more than [`MAX_BYTES`].
    TooLarge,
    /// Nothing stands in it but blanks.
    Empty,
    /// It has more than [`MAX_ROWS`].
    TooManyRows {
        /// Where the first row too many begins.
        line: u32,
    },
    /// It is no text.
    NotText(FileKind),
    /// It is a workbook of a spreadsheet program: it has to be saved as CSV first.
    Spreadsheet,
    /// A byte does not belong into the encoding that the file is written in.
    BadEncoding {
        /// The line with the first such byte.
        line: u32,
    },
    /// A quoted cell is not closed.
    BrokenQuote {
        /// Where the cell begins.
        line: u32,
    },
    /// A row is so long or has so many cells that it cannot be one.
    LineTooLong {
        /// Where the row begins.
        line: u32,
    },
    /// The header names columns of ours, but none with callers.
    NoCallerColumn,
}

/// What a file that is no text seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A PDF.
    Pdf,
    /// An archive.
    Archive,
    /// A picture.
    Image,
    /// HTML or another markup.
    Markup,
    /// Nobody knows.
    Unknown,
}

/// An entry as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    /// Whom it refuses.
    pub pattern: BlockPattern,
    /// What stands beside it.
    pub note: String,
    /// From when it no longer refuses.
    pub expires_at: Option<DateTime<Utc>>,
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The physical line in which the row begins, from 1.
    pub line: u32,
    /// The caller as it stands in the file, cut to [`SHOWN_MAX`] characters.
    pub value: String,
    /// Whether the row means a whole number or a beginning; exact where that cannot be read.
    pub matching: BlockMatch,
    /// Everything that stands in its record, for [`FailedRows`].
    pub cells: Cells,
    /// What it means.
    pub reading: Result<NewRow, RowFault>,
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The column at fault.
    pub column: Column,
    /// What is wrong with it.
    pub fault: RowFaultKind,
    /// The row as it was probably meant: with the 0 that a number lost, as a beginning.
    pub proposal: Option<NewRow>,
}

/// What is wrong with a cell. Whether an expiry lies in the past is not judged here, since there is
/// no clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFaultKind {
    /// The caller cannot be read.
    Caller(CallerError),
    /// Neither a word for the whole number nor one for a beginning.
    UnknownMatch,
    /// The note is longer than so many characters.
    NoteTooLong {
        /// The limit.
        limit: u64,
    },
    /// The note has a line break or another control character.
    ControlCharacter,
    /// The expiry is no date that we understand.
    BadDate,
}

/// What makes a spreadsheet program compute a cell instead of showing it.
fn is_formula(text: &str) -> bool {
    matches!(
        text.chars().next(),
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
    )
}

/// Whether a cell gets an apostrophe in front. Those that have one already get another, so that
/// taking one away gives back what was.
fn needs_guard(text: &str) -> bool {
    is_formula(text.trim_start_matches('\''))
        || is_formula(text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace()))
}

/// Takes away the apostrophe that [`needs_guard`] asked for.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(text)
}

/// Full-width ASCII as half-width, for what is compared with words and read as dates.
fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from((c as u32 - '！' as u32) as u8 + b'!'),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A cell as it may be shown: short, and on one line.
fn shown(text: &str) -> String {
    let text = text.trim();
    let end = text.char_indices().nth(SHOWN_MAX).map_or(text.len(), |(end, _)| end);
    text[..end].replace(char::is_control, " ")
}

//! From text to records: quotes, delimiters, line breaks.

use super::FileFault;
use super::decode::Text;

/// No row is longer, in bytes: Excel's own cells end at 32,767 characters.
const RECORD_BYTES: usize = 1024 * 1024;
/// No row has more cells: Excel's last column is XFD.
const RECORD_CELLS: usize = 16_384;
/// A quoted cell with more lines, or more bytes, is a quote that someone forgot to close.
const QUOTED_LINES: u32 = 500;
const QUOTED_BYTES: usize = 256 * 1024;

/// The cells of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    ends: Vec<u32>,
}

impl Cells {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// One of them; empty where the row is shorter.
    pub fn get(&self, column: usize) -> &str {
        let Some(&end) = self.ends.get(column) else { return "" };
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.text[start..end as usize]
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.get(column))
    }

    /// Whether there is nothing to be seen in any of them.
    pub(super) fn is_blank(&self) -> bool {
        self.text.chars().all(|c| c.is_whitespace() || c.is_control())
    }

    /// With room for so much text and so many cells.
    pub(super) fn with_room((text, ends): (usize, usize)) -> Self {
        Self { text: String::with_capacity(text), ends: Vec::with_capacity(ends) }
    }

    /// How much room they take.
    pub(super) fn room(&self) -> (usize, usize) {
        (self.text.len(), self.ends.len())
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn end_cell(&mut self) {
        // RECORD_BYTES keeps it far below.
        self.ends.push(self.text.len() as u32);
    }
}

#[derive(Clone, Copy)]
enum State {
    /// Before the first character of a cell.
    Start,
    /// In a cell without quotes, or behind its quoted part.
    Plain,
    /// Between quotes.
    Quoted,
    /// Behind a quote that closes the cell, unless another follows.
    Closing,
}

/// Splits a text into records.
pub(super) struct Records<'a> {
    text: Text<'a>,
    place: usize,
    delimiter: u8,
    line: u32,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: Text<'a>, delimiter: u8) -> Self {
        Self { text, place: 0, delimiter, line: 1 }
    }

    /// Reads the next record, blank or not, and says in which line it begins; `None` at the end.
    ///
    /// # Errors
    /// A bad byte, a quote without an end, a row without an end.
    pub(super) fn next(&mut self, cells: &mut Cells) -> Result<Option<u32>, FileFault> {
        cells.clear();
        let began = self.line;
        let mut quote_line = began;
        let mut quote_start = 0;
        let mut state = State::Start;
        let mut any = false;
        loop {
            if self.place == self.text.piece().len() {
                if !self.text.advance()? {
                    break;
                }
                self.place = 0;
                continue;
            }
            any = true;
            let rest = &self.text.piece()[self.place..];
            let first = rest.as_bytes()[0];
            match state {
                State::Start if first == b'"' => {
                    (quote_line, quote_start, state) = (self.line, cells.text.len(), State::Quoted);
                    self.place += 1;
                }
                State::Start | State::Plain => {
                    state = State::Plain;
                    let end = rest.bytes().position(|byte| byte == self.delimiter || byte == b'\n');
                    cells.text.push_str(&rest[..end.unwrap_or(rest.len())]);
                    self.place += end.map_or(rest.len(), |end| end + 1);
                    if let Some(end) = end {
                        cells.end_cell();
                        state = State::Start;
                        if rest.as_bytes()[end] == b'\n' {
                            self.line += 1;
                            return Ok(Some(began));
                        }
                    }
                }
                State::Quoted => {
                    let end = rest.bytes().position(|byte| byte == b'"');
                    let part = &rest[..end.unwrap_or(rest.len())];
                    cells.text.push_str(part);
                    self.line += part.bytes().filter(|&byte| byte == b'\n').count() as u32;
                    self.place += end.map_or(part.len(), |end| end + 1);
                    if end.is_some() {
                        state = State::Closing;
                    }
                    if self.line - quote_line > QUOTED_LINES
                        || cells.text.len() - quote_start > QUOTED_BYTES
                    {
                        return Err(FileFault::BrokenQuote { line: quote_line });
                    }
                }
                State::Closing if first == b'"' => {
                    cells.text.push('"');
                    self.place += 1;
                    state = State::Quoted;
                }
                // Within one line `"a"b` is bad style. Over several it means that the quote which
                // seems to close this cell opens another: everything between was swallowed.
                State::Closing
                    if self.line > quote_line
                        && first != self.delimiter
                        && !matches!(first, b'\n' | b' ') =>
                {
                    return Err(FileFault::BrokenQuote { line: quote_line });
                }
                State::Closing => state = State::Plain,
            }
            if cells.text.len() > RECORD_BYTES || cells.ends.len() >= RECORD_CELLS {
                return Err(FileFault::LineTooLong { line: began });
            }
        }
        if matches!(state, State::Quoted) {
            return Err(FileFault::BrokenQuote { line: quote_line });
        }
        if any {
            cells.end_cell();
        }
        Ok(any.then_some(began))
    }
}

//! From text to records. The crate `csv` splits; what it would take without a word is found here.

use std::io;

use csv::{Reader, ReaderBuilder, StringRecord, Terminator};

use super::FileFault;
use super::decode::Text;

/// No row is longer, in bytes: Excel's own cells end at 32,767 characters.
const RECORD_BYTES: usize = 1024 * 1024;
/// No row has more cells: Excel's last column is XFD.
const RECORD_CELLS: usize = 16_384;
/// A quoted cell with more lines, or more bytes, is a quote that someone forgot to close.
const QUOTED_LINES: u32 = 500;
const QUOTED_BYTES: usize = 256 * 1024;
/// How much of what was read is kept before the present record, in bytes.
const KEPT: u64 = 64 * 1024;

/// The cells of one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(StringRecord);

impl Cells {
    /// These.
    pub(super) fn of<'c>(cells: impl IntoIterator<Item = &'c str>) -> Self {
        Self(StringRecord::from_iter(cells))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One of them; empty where the row is shorter.
    pub fn get(&self, column: usize) -> &str {
        self.0.get(column).unwrap_or_default()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter()
    }

    /// Whether there is nothing to be seen in any of them.
    pub(super) fn is_blank(&self) -> bool {
        self.0.as_slice().chars().all(|c| c.is_whitespace() || c.is_control())
    }

    /// With room for so much text and so many cells.
    pub(super) fn with_room((text, cells): (usize, usize)) -> Self {
        Self(StringRecord::with_capacity(text, cells))
    }

    /// How much room they take.
    pub(super) fn room(&self) -> (usize, usize) {
        (self.0.as_slice().len(), self.0.len())
    }
}

/// Splits a text into records.
pub(super) struct Records<'a> {
    reader: Reader<Tap<'a>>,
    delimiter: u8,
    empty: u32,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: Text<'a>, delimiter: u8) -> Self {
        let tap = Tap { text, place: 0, kept: Vec::new(), kept_from: 0, fault: None };
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(tap);
        Self { reader, delimiter, empty: 0 }
    }

    /// How many empty lines were passed over so far.
    pub(super) fn empty(&self) -> u32 {
        self.empty
    }

    /// Reads the next record and says in which line it begins; `None` at the end. Empty lines are
    /// passed over.
    ///
    /// # Errors
    /// A bad byte, a quote without an end, a row without an end.
    pub(super) fn next(&mut self, cells: &mut Cells) -> Result<Option<u32>, FileFault> {
        // MAX_BYTES keeps lines far below.
        let (first, began) = (self.reader.position().byte(), self.reader.position().line() as u32);
        self.reader.get_mut().forget(first);
        let found = self.reader.read_record(&mut cells.0);
        let tap = self.reader.get_mut();
        if let Some(fault) = tap.fault.take() {
            return Err(fault);
        }
        let found = found.map_err(|_| FileFault::BadEncoding { line: began })?;
        let read = self.reader.get_ref().between(first, self.reader.position().byte());
        let empty = read.iter().take_while(|&&byte| byte == b'\n').count();
        self.empty += empty as u32;
        let line = began + empty as u32;
        if let Some(after) = broken_quote(&read[empty..], self.delimiter) {
            return Err(FileFault::BrokenQuote { line: line + after });
        }
        if cells.0.as_slice().len() > RECORD_BYTES || cells.len() > RECORD_CELLS {
            return Err(FileFault::LineTooLong { line });
        }
        Ok(found.then_some(line))
    }
}

/// The text as bytes, of which the last ones are kept: what a quote means that spans several lines
/// is seen only in what was read.
struct Tap<'a> {
    text: Text<'a>,
    place: usize,
    kept: Vec<u8>,
    /// Where in the text the kept bytes begin.
    kept_from: u64,
    fault: Option<FileFault>,
}

impl Tap<'_> {
    /// What stands before a place is not asked for again.
    fn forget(&mut self, before: u64) {
        if before - self.kept_from > KEPT {
            self.kept.drain(..(before - self.kept_from) as usize);
            self.kept_from = before;
        }
    }

    fn between(&self, first: u64, last: u64) -> &[u8] {
        &self.kept[(first - self.kept_from) as usize..(last - self.kept_from) as usize]
    }
}

impl io::Read for Tap<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.place == self.text.piece().len() {
            match self.text.advance() {
                Ok(true) => self.place = 0,
                Ok(false) => return Ok(0),
                Err(fault) => {
                    self.fault = Some(fault);
                    return Err(io::ErrorKind::InvalidData.into());
                }
            }
        }
        let rest = &self.text.piece().as_bytes()[self.place..];
        let part = &rest[..rest.len().min(buffer.len())];
        buffer[..part.len()].copy_from_slice(part);
        self.kept.extend_from_slice(part);
        self.place += part.len();
        Ok(part.len())
    }
}

/// In which line of a record, from 0, a quote begins that someone forgot to close.
fn broken_quote(record: &[u8], delimiter: u8) -> Option<u32> {
    if !record.contains(&b'"') {
        return None;
    }
    let lines = |part: &[u8]| part.iter().filter(|&&byte| byte == b'\n').count() as u32;
    let mut place = 0;
    loop {
        if record.get(place) == Some(&b'"') {
            let broken = Some(lines(&record[..place]));
            let Some(closing) = closing_quote(record, place + 1) else { return broken };
            let quoted = &record[place + 1..closing];
            // Within one line `"a"b` is bad style. Over several it means that the quote which seems
            // to close this cell opens another: everything between was swallowed.
            let swallows = lines(quoted) > 0
                && record
                    .get(closing + 1)
                    .is_some_and(|&next| next != delimiter && !matches!(next, b'\n' | b' '));
            if swallows || lines(quoted) > QUOTED_LINES || quoted.len() > QUOTED_BYTES {
                return broken;
            }
            place = closing + 1;
        }
        let rest = &record[place..];
        let end = rest.iter().position(|&byte| byte == delimiter || byte == b'\n')?;
        if rest[end] == b'\n' {
            return None;
        }
        place += end + 1;
    }
}

/// Where the quote stands that closes a cell; two of them are one of its characters.
fn closing_quote(record: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + record.get(from..)?.iter().position(|&byte| byte == b'"')?;
        if record.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

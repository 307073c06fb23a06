//! How a file is written, as far as it can be seen from the file itself.

use super::columns::{Columns, normalised};
use super::decode::{Encoding, Text, detect};
use super::record::{Cells, Records};
use super::{Column, FileFault, MAX_BYTES};

/// How many records are looked at to tell the delimiter.
const SAMPLE: usize = 30;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between its cells; a comma where each row has only one.
    pub delimiter: u8,
    /// Whether its first row says what the columns are.
    pub header: bool,
    /// Where the columns stand.
    pub columns: Columns,
    /// Whether its first line is `sep=;`, which is for Excel alone.
    pub separator_line: bool,
}

impl Layout {
    /// The records from the first on that is not for Excel alone.
    ///
    /// # Errors
    /// The first line cannot be read.
    pub(super) fn records<'a>(&self, bytes: &'a [u8]) -> Result<Records<'a>, FileFault> {
        let mut records = Records::new(Text::new(bytes, self.encoding), self.delimiter);
        if self.separator_line {
            records.next(&mut Cells::default())?;
        }
        Ok(records)
    }
}

/// Looks at a file: its encoding, its delimiter, its header.
///
/// # Errors
/// The file cannot be read at all. That a row cannot be, comes with the rows.
pub fn layout(bytes: &[u8]) -> Result<Layout, FileFault> {
    if bytes.len() > MAX_BYTES {
        return Err(FileFault::TooLarge);
    }
    let encoding = detect(bytes)?;
    let announced = separator_line(bytes, encoding)?;
    let mut layout = Layout {
        encoding,
        delimiter: announced.unwrap_or(b','),
        header: false,
        columns: Columns::BY_POSITION,
        separator_line: announced.is_some(),
    };
    if announced.is_none() {
        layout.delimiter = delimiter(bytes, encoding);
    }
    let first = first_record(bytes, &layout)?.ok_or(FileFault::Empty)?;
    match Columns::from_header(&first) {
        Some(columns) => Ok(Layout {
            header: true,
            columns: columns.ok_or(FileFault::NoCallerColumn)?,
            ..layout
        }),
        None => Ok(layout),
    }
}

/// The first record that is not blank.
pub(super) fn first_record(bytes: &[u8], layout: &Layout) -> Result<Option<Cells>, FileFault> {
    let mut records = layout.records(bytes)?;
    let mut cells = Cells::default();
    while records.next(&mut cells)?.is_some() {
        if !cells.is_blank() {
            return Ok(Some(cells));
        }
    }
    Ok(None)
}

/// The delimiter that a first line `sep=;` names.
fn separator_line(bytes: &[u8], encoding: Encoding) -> Result<Option<u8>, FileFault> {
    let mut text = Text::new(bytes, encoding);
    text.advance()?;
    let line = text.piece().split('\n').next().unwrap_or_default();
    let line = line.strip_prefix('"').map_or(line, |line| line.strip_suffix('"').unwrap_or(line));
    Ok(match line.as_bytes() {
        [s, e, p, b'=', delimiter] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => {
            Some(*delimiter).filter(|d| {
                matches!(d, b'\t' | b'!'..=b'~') && *d != b'"' && !d.is_ascii_alphanumeric()
            })
        }
        _ => None,
    })
}

/// The delimiter by which the file looks most like a table.
fn delimiter(bytes: &[u8], encoding: Encoding) -> u8 {
    // The last of equals wins, and most files have commas.
    [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|&delimiter| likeness(bytes, encoding, delimiter))
        .unwrap_or(b',')
}

/// How much like a table: headings that are known, then rows as wide as the first, then rows with
/// more than one cell.
fn likeness(bytes: &[u8], encoding: Encoding, delimiter: u8) -> (usize, usize, usize) {
    let mut records = Records::new(Text::new(bytes, encoding), delimiter);
    let mut cells = Cells::default();
    let (mut headings, mut width, mut alike, mut several) = (0, 0, 0, 0);
    let mut seen = 0;
    // What is broken with this delimiter may be whole with another; what is broken with all of them
    // is reported later.
    while seen < SAMPLE && matches!(records.next(&mut cells), Ok(Some(_))) {
        if cells.is_blank() {
            continue;
        }
        if seen == 0 {
            width = cells.len();
            let known =
                |cell: &str| Column::ALL.iter().any(|column| column.is_heading(&normalised(cell)));
            headings = if width > 1 { cells.iter().filter(|cell| known(cell)).count() } else { 0 };
        }
        seen += 1;
        alike += usize::from(width > 1 && cells.len() == width);
        several += usize::from(cells.len() > 1);
    }
    (headings, alike, several)
}

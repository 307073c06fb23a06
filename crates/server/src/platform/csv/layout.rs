//! How a file is written, as far as it can be seen from the file itself.

use super::cards;
use super::columns::{Columns, Header, letters};
use super::decode::{Encoding, Text, detect};
use super::headings::is_heading;
use super::record::{Cells, Records};
use super::{Column, FileFault, MAX_BYTES, shown};

/// How many records are looked at to tell the delimiter.
const SAMPLE: usize = 30;
/// How many records may stand above the header: a title, a date, who made the file.
const TITLES: usize = 20;
/// How many names of columns that are left out are told.
const NAMED: usize = 200;
/// Within how many records the widest is expected: of a long file without columns that are left out
/// the rest need not be looked at.
const WIDEST_WITHIN: usize = 1000;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Rows of cells.
    Table,
    /// vCards, of which each number is a row with a name beside it.
    Cards,
}

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What kind of file it is.
    pub format: Format,
    /// Its encoding.
    pub encoding: Encoding,
    /// What stands between its cells; a comma where each row has only one.
    pub delimiter: u8,
    /// The line of the row that says what the columns are. What stands above it is a title.
    pub header: Option<u32>,
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
    if cards::begin(bytes, encoding)? {
        return Ok(Layout {
            format: Format::Cards,
            encoding,
            delimiter: b',',
            header: None,
            columns: cards::columns(),
            separator_line: false,
        });
    }
    let announced = separator_line(bytes, encoding)?;
    let layout = Layout {
        format: Format::Table,
        encoding,
        delimiter: announced.unwrap_or_else(|| delimiter(bytes, encoding)),
        header: None,
        columns: Columns::by_position(),
        separator_line: announced.is_some(),
    };
    let sample = sample(layout.records(bytes)?, TITLES + SAMPLE)?;
    if sample.is_empty() {
        return Err(FileFault::Empty);
    }
    match header(&sample) {
        Some((line, Header { columns, .. })) => Ok(Layout {
            header: Some(line),
            columns: columns.ok_or(FileFault::NoCallerColumn)?,
            ..layout
        }),
        None => Ok(Layout {
            columns: Columns::of_rows(sample.iter().map(|(_, cells)| cells)),
            ..layout
        }),
    }
}

/// The first records that are not blank, with their lines. What is broken further down comes with
/// the rows.
fn sample(mut records: Records<'_>, most: usize) -> Result<Vec<(u32, Cells)>, FileFault> {
    let mut found = Vec::new();
    let mut cells = Cells::default();
    while found.len() < most {
        match records.next(&mut cells) {
            Ok(Some(line)) if !cells.is_blank() => found.push((line, std::mem::take(&mut cells))),
            Ok(Some(_)) => {}
            Err(fault) if found.is_empty() => return Err(fault),
            Ok(None) | Err(_) => break,
        }
    }
    Ok(found)
}

/// The row that says best what the columns are, if there is one: with callers, with the most
/// headings that are known, and without a number above it in its columns.
fn header(sample: &[(u32, Cells)]) -> Option<(u32, Header)> {
    let mut best: Option<(u32, Header)> = None;
    for (at, (line, cells)) in sample.iter().enumerate().take(TITLES) {
        let Some(header) = Columns::from_header(cells, &sample[at + 1..]) else { continue };
        let is_below_numbers = |columns: &Columns| {
            let above = sample[..at].iter();
            above.clone().any(|(_, row)| {
                columns.callers.iter().any(|&column| super::columns::is_caller(row.get(column)))
            })
        };
        let is_one = match &header.columns {
            Some(columns) => !is_below_numbers(columns),
            // Without callers only a row that cannot be data.
            None => at == 0 || header.known > 1,
        };
        let rank = |header: &Header| (header.columns.is_some(), header.known);
        if is_one && best.as_ref().is_none_or(|(_, found)| rank(found) < rank(&header)) {
            best = Some((*line, header));
        }
    }
    best
}

/// The record that is the header.
pub(super) fn header_record(bytes: &[u8], layout: &Layout) -> Result<Option<Cells>, FileFault> {
    let mut records = layout.records(bytes)?;
    let mut cells = Cells::default();
    while let Some(line) = records.next(&mut cells)? {
        if !cells.is_blank() && layout.header.is_none_or(|header| line >= header) {
            return Ok(Some(cells));
        }
    }
    Ok(None)
}

/// What of a file is read and what is not, by the names of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The line of the header.
    pub header: Option<u32>,
    /// The columns with callers.
    pub callers: Vec<String>,
    /// The columns that become notes, the best first.
    pub notes: Vec<String>,
    /// The column with the match.
    pub matching: Option<String>,
    /// The column with the expiries.
    pub expires_at: Option<String>,
    /// The columns in which something stands that is not read.
    pub left_out: Vec<String>,
}

/// Says what of a file is read.
///
/// # Errors
/// As [`layout`].
pub fn describe(bytes: &[u8], layout: &Layout) -> Result<Description, FileFault> {
    if layout.format == Format::Cards {
        return cards::describe(bytes, layout.encoding);
    }
    let first = header_record(bytes, layout)?.unwrap_or_default();
    let name = |column: usize| {
        let heading = layout.header.map(|_| shown(first.get(column))).unwrap_or_default();
        if heading.is_empty() { letters(column) } else { heading }
    };
    let columns = &layout.columns;
    // By their places a file has only the columns that are there.
    let there = |column: &usize| layout.header.is_some() || *column < first.len();
    let one = |column: Option<usize>| column.filter(there).map(name);
    let names =
        |columns: &mut dyn Iterator<Item = usize>| columns.filter(there).map(name).collect();
    // Of a column that is read only the numbers of machines are left out.
    let left_out = |column: usize| {
        let machines = if columns.has(column) { " (FAX)" } else { "" };
        format!("{}{machines}", name(column))
    };
    Ok(Description {
        header: layout.header,
        callers: names(&mut columns.callers.iter().copied()),
        notes: names(&mut columns.notes.iter().flatten().copied()),
        matching: one(columns.matching),
        expires_at: one(columns.expires_at),
        left_out: filled(bytes, layout)?.into_iter().take(NAMED).map(left_out).collect(),
    })
}

/// The columns that are not read and have something in them, and those of callers in which numbers
/// of machines stand.
fn filled(bytes: &[u8], layout: &Layout) -> Result<Vec<usize>, FileFault> {
    let (mut open, mut filled, mut width) = (Vec::new(), Vec::new(), 0);
    let mut records = layout.records(bytes)?;
    let (mut cells, mut seen) = (Cells::default(), 0);
    while let Some(line) = records.next(&mut cells)? {
        if layout.header.is_some_and(|header| line < header) {
            continue;
        }
        seen += 1;
        if seen > WIDEST_WITHIN && open.is_empty() && layout.columns.labels.is_empty() {
            break;
        }
        if cells.len() > width {
            open.extend((width..cells.len()).filter(|&column| !layout.columns.has(column)));
            width = cells.len();
        }
        if layout.header != Some(line) {
            for &(caller, _) in &layout.columns.labels {
                if !filled.contains(&caller)
                    && !cells.get(caller).trim().is_empty()
                    && layout.columns.is_machine(&cells, caller)
                {
                    filled.push(caller);
                }
            }
            open.retain(|&column| {
                let is_blank = cells.get(column).trim().is_empty();
                if !is_blank {
                    filled.push(column);
                }
                is_blank
            });
        }
    }
    filled.sort_unstable();
    Ok(filled)
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

/// How much like a table: headings that are known, then rows as wide as the row with the most of
/// them, then rows with more than one cell.
fn likeness(bytes: &[u8], encoding: Encoding, delimiter: u8) -> (usize, usize, usize) {
    // What is broken with this delimiter may be whole with another; what is broken with all of them
    // is reported later.
    let rows = sample(Records::new(Text::new(bytes, encoding), delimiter), SAMPLE);
    let rows = rows.unwrap_or_default();
    let (mut headings, mut width) = (0, rows.first().map_or(0, |(_, cells)| cells.len()));
    for (_, cells) in rows.iter().take(TITLES).filter(|(_, cells)| cells.len() > 1) {
        let known = cells.iter().filter(|cell| is_heading(cell)).count();
        if known > headings {
            (headings, width) = (known, cells.len());
        }
    }
    let alike = rows.iter().filter(|(_, cells)| width > 1 && cells.len() == width).count();
    let several = rows.iter().filter(|(_, cells)| cells.len() > 1).count();
    (headings, alike, several)
}

/// The headings of our own files, for rows that have none of their own.
pub(super) fn our_headings() -> [&'static str; 2] {
    [Column::Caller.heading(), Column::Note.heading()]
}

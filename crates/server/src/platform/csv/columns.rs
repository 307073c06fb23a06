//! Which column is which.

use api_types::{BlockPattern, Caller, CallerError};

use super::half_width;
use super::headings::{Kind, folded, is_machine, normalised};
use super::read::matching;
use super::record::Cells;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// Whom an entry refuses.
    Caller,
    /// What stands beside it.
    Note,
    /// Whether the whole number must be the same or only its beginning.
    Match,
    /// Until when it refuses.
    ExpiresAt,
}

impl Column {
    /// In the order of our own files.
    pub const ALL: [Column; 4] = [Column::Caller, Column::Note, Column::Match, Column::ExpiresAt];

    /// The heading in our own files.
    pub fn heading(self) -> &'static str {
        match self {
            Column::Caller => "電話番号",
            Column::Note => "メモ",
            Column::Match => "一致",
            Column::ExpiresAt => "有効期限",
        }
    }
}

/// Where the columns stand, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The callers: each of them is an entry.
    pub callers: Vec<usize>,
    /// The notes, the best first: where all columns of one are blank, the next is taken. The parts
    /// of a name are one, the family's first.
    pub notes: Vec<Vec<usize>>,
    /// Whole number or beginning.
    pub matching: Option<usize>,
    /// The expiries.
    pub expires_at: Option<usize>,
    /// Columns with callers beside which another says of what kind each number is.
    pub labels: Vec<(usize, usize)>,
}

/// What a row says as a header.
pub(super) struct Header {
    /// How many of its headings are known.
    pub(super) known: usize,
    /// Where the columns stand; nothing when none has callers.
    pub(super) columns: Option<Columns>,
}

impl Columns {
    /// As in our own files.
    pub(super) fn by_position() -> Self {
        Self {
            callers: vec![0],
            notes: vec![vec![1]],
            matching: Some(2),
            expires_at: Some(3),
            labels: Vec::new(),
        }
    }

    /// For rows without a header. Where nothing in the first column is a number, but another column
    /// has them, that one is taken.
    pub(super) fn of_rows<'c>(rows: impl Iterator<Item = &'c Cells> + Clone) -> Self {
        let numbers = |column: usize| rows.clone().filter(|row| is_caller(row.get(column))).count();
        let width = rows.clone().map(Cells::len).max().unwrap_or(0);
        if width < 2 || numbers(0) > 0 {
            return Self::by_position();
        }
        let count = rows.clone().count();
        match (1..width.min(64)).find(|&column| numbers(column) * 2 > count) {
            Some(column) => Self {
                callers: vec![column],
                notes: vec![vec![0]],
                matching: None,
                expires_at: None,
                labels: Vec::new(),
            },
            None => Self::by_position(),
        }
    }

    /// Reads a row as a header, with some of the rows below it; nothing when it is none.
    pub(super) fn from_header(cells: &Cells, below: &[(u32, Cells)]) -> Option<Header> {
        let kinds: &[Option<Kind>] = &cells.iter().map(Kind::of).collect::<Vec<_>>();
        let known = kinds.iter().flatten().filter(|kind| kind.is_sure()).count();
        if known == 0 || cells.iter().any(is_caller) {
            return None;
        }
        let of = |wanted: Kind| (0..kinds.len()).filter(move |&at| kinds[at] == Some(wanted));
        let below = || below.iter().map(|(_, cells)| cells);
        let first = |wanted: Kind| of(wanted).next();
        let matching = first(Kind::Match).or_else(|| {
            of(Kind::PerhapsMatch).find(|&at| {
                let mut filled = below()
                    .map(|row| row.get(at))
                    .filter(|cell| !cell.trim().is_empty())
                    .peekable();
                filled.peek().is_none() || filled.any(|cell| matching(cell).is_some())
            })
        });
        let name: Vec<usize> = match first(Kind::Name) {
            Some(name) => vec![name],
            None => first(Kind::Family).into_iter().chain(first(Kind::Given)).collect(),
        };
        let note = first(Kind::Note);
        // A company is a name where there is no other word for what the note is.
        let company = first(Kind::Company).filter(|_| note.is_none() || !name.is_empty());
        let notes = [Vec::from_iter(note), name, Vec::from_iter(company)];
        let callers = callers(kinds, &|at| {
            let mut filled = below().map(|row| row.get(at)).filter(|cell| !cell.trim().is_empty());
            let digits = |cell: &str| looks_like_number(cell) || Caller::parse(cell).is_ok();
            filled.clone().next().is_none() || filled.any(digits)
        });
        let taken = if callers.is_empty() { &[0][..] } else { &callers };
        // "電話番号（10桁または11桁）" is a heading all the same.
        if taken.iter().any(|&at| looks_like_number(&normalised(cells.get(at)))) {
            return None;
        }
        let columns = (!callers.is_empty()).then(|| Columns {
            labels: labels(cells, &callers),
            callers,
            notes: notes.into_iter().filter(|columns| !columns.is_empty()).collect(),
            matching,
            expires_at: first(Kind::ExpiresAt),
        });
        Some(Header { known, columns })
    }

    /// Whether a number of a row is one of a fax or a pager, by what stands beside it.
    pub(super) fn is_machine(&self, cells: &Cells, caller: usize) -> bool {
        self.labels.iter().any(|&(of, label)| of == caller && is_machine(&folded(cells.get(label))))
    }

    /// Whether a column is read.
    pub(super) fn has(&self, column: usize) -> bool {
        let others = [self.matching, self.expires_at];
        self.callers.iter().chain(self.notes.iter().flatten()).any(|&at| at == column)
            || others.contains(&Some(column))
    }
}

/// The columns that say of what kind the numbers of others are: `Phone 1 - Label` (Google; `Type`
/// before 2024) for `Phone 1 - Value`, 電話番号1種別 for 電話番号1.
fn labels(cells: &Cells, callers: &[usize]) -> Vec<(usize, usize)> {
    let words: Vec<String> = cells.iter().map(normalised).collect();
    let mut found = Vec::new();
    for &caller in callers {
        let stem = words[caller].strip_suffix("value").unwrap_or(&words[caller]);
        let label = words.iter().position(|word| {
            word.strip_prefix(stem).is_some_and(|rest| {
                ["label", "type", "ラベル", "種別", "種類", "区分"].contains(&rest)
            })
        });
        found.extend(label.map(|label| (caller, label)));
    }
    found
}

/// The columns with callers. Those in which no number stands are not meant by their heading, unless
/// there is no other.
fn callers(kinds: &[Option<Kind>], has_numbers: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let of = |wanted: &dyn Fn(Kind) -> bool| {
        let all: Vec<usize> =
            (0..kinds.len()).filter(|&at| kinds[at].is_some_and(wanted)).collect();
        let held: Vec<usize> = all.iter().copied().filter(|&at| has_numbers(at)).collect();
        if held.is_empty() { all } else { held }
    };
    for kind in [Kind::Caller, Kind::Phone] {
        let found = of(&|other| other == kind);
        if !found.is_empty() {
            return found;
        }
    }
    let rank = |at: &usize| match kinds[*at] {
        Some(Kind::Perhaps(rank)) => rank,
        _ => usize::MAX,
    };
    of(&|kind| matches!(kind, Kind::Perhaps(_))).into_iter().min_by_key(rank).into_iter().collect()
}

/// A number, however broken, is data: a header has at most a digit to tell two columns apart.
fn looks_like_number(cell: &str) -> bool {
    cell.chars().map(half_width).filter(char::is_ascii_digit).count() >= 3
}

/// Whether a cell is a number that can be read, or nearly.
pub(super) fn is_caller(cell: &str) -> bool {
    looks_like_number(cell)
        && match Caller::parse(cell) {
            Ok(_) | Err(CallerError::LostZero(_)) => true,
            Err(_) => BlockPattern::propose(api_types::BlockMatch::Exact, cell).is_some(),
        }
}

/// The name of a column that has no heading: A, B, … as spreadsheets call it.
pub(super) fn letters(mut column: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + (column % 26) as u8));
        column /= 26;
        if column == 0 {
            return name;
        }
        column -= 1;
    }
}

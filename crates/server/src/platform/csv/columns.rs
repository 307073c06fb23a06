//! Which column is which.

use api_types::{BlockPattern, Caller, CallerError};

use super::half_width;
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

/// What a heading says of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Whoever calls: no other column with numbers is meant then.
    Caller,
    /// A telephone number of somebody; a file may have many such columns.
    Phone,
    /// Perhaps a telephone number, if nothing says it better; by how surely.
    Perhaps(usize),
    Note,
    Name,
    Family,
    Given,
    Company,
    Match,
    /// A match where its cells say so; else the kind of a number or whatever.
    PerhapsMatch,
    ExpiresAt,
}

/// Headings that are known by the whole word.
const WORDS: &[(Kind, &[&str])] = &[
    (
        Kind::Caller,
        &[
            "着信拒否番号",
            "着信拒否電話番号",
            "拒否番号",
            "拒否電話番号",
            "発信者番号",
            "発信者電話番号",
            "発信番号",
            "発信元番号",
            "発信元電話番号",
            "相手番号",
            "相手電話番号",
            "相手先番号",
            "相手先電話番号",
            "callernumber",
            "callingnumber",
            "callerphonenumber",
            "blockednumber",
        ],
    ),
    (
        Kind::Note,
        &[
            "メモ",
            "ﾒﾓ",
            "memo",
            "note",
            "notes",
            "備考",
            "ビコウ",
            "ﾋﾞｺｳ",
            "コメント",
            "comment",
            "comments",
            "摘要",
            "説明",
            "description",
            "理由",
            "拒否理由",
            "reason",
        ],
    ),
    (
        Kind::Name,
        &[
            "名称",
            "名前",
            "氏名",
            "お名前",
            "表示名",
            "連絡先名",
            "顧客名",
            "相手先",
            "相手先名",
            "発信者名",
            "name",
            "fullname",
            "displayname",
            "contactname",
            "callername",
            "label",
        ],
    ),
    (Kind::Family, &["姓", "苗字", "名字", "lastname", "familyname", "surname"]),
    (Kind::Given, &["名", "firstname", "givenname"]),
    (
        Kind::Company,
        &[
            "会社名",
            "会社",
            "社名",
            "法人名",
            "屋号",
            "団体名",
            "勤務先",
            "勤務先名",
            "company",
            "companyname",
            "organization",
            "organizationname",
            "organization1name",
        ],
    ),
    (
        Kind::Match,
        &["一致", "一致方法", "一致条件", "一致種別", "照合", "match", "matching", "matchtype"],
    ),
    (Kind::PerhapsMatch, &["type", "種別", "種類"]),
    (
        Kind::ExpiresAt,
        &[
            "有効期限",
            "期限",
            "有効期間",
            "拒否期限",
            "期日",
            "終了日",
            "終了日時",
            "解除日",
            "expiresat",
            "expires",
            "expireson",
            "expiry",
            "expirydate",
            "expiration",
            "expirationdate",
            "until",
            "validuntil",
        ],
    ),
];

/// Headings of a column with callers where none says it better, the surest first.
const PERHAPS: &[&str] = &[
    "caller",
    "callerid",
    "発信者",
    "発信元",
    "番号",
    "number",
    "numbers",
    "contactno",
    "contactnumber",
    "msisdn",
    "cli",
    "ani",
    "src",
    "連絡先",
    "ご連絡先",
    "ｺﾞﾚﾝﾗｸｻｷ",
];

/// What headings of telephone numbers end with: 会社電話, 携帯, Home Phone, 自宅TEL.
const PHONES: &[&str] = &[
    "電話",
    "でんわ",
    "デンワ",
    "ﾃﾞﾝﾜ",
    "携帯",
    "ケータイ",
    "ｹｰﾀｲ",
    "スマホ",
    "スマートフォン",
    "コールバック",
    "直通",
    "phone",
    "tel",
    "mobile",
    "cell",
    "cellular",
    "callback",
    "isdn",
    "phs",
];

/// What may follow that without a meaning of its own.
const NUMBERS: &[&str] = &[
    "番号",
    "ばんごう",
    "バンゴウ",
    "ﾊﾞﾝｺﾞｳ",
    "ナンバー",
    "ﾅﾝﾊﾞｰ",
    "number",
    "num",
    "no",
    "value",
    "値",
    "#",
];

/// Machines, which call nobody.
const MACHINES: &[&str] = &[
    "fax",
    "ファックス",
    "ファクス",
    "ファクシミリ",
    "ﾌｧｯｸｽ",
    "ﾌｧｸｽ",
    "ﾌｧｸｼﾐﾘ",
    "pager",
    "ポケットベル",
    "ポケベル",
    "ﾎﾟｹｯﾄﾍﾞﾙ",
    "telex",
    "テレックス",
    "ﾃﾚｯｸｽ",
];

/// What else makes a column one without callers: the called side, numbers that are no telephone's.
const NOT_CALLERS: &[&str] = &[
    "phonetic",
    "hotel",
    "motel",
    "mail",
    "メール",
    "ﾒｰﾙ",
    "アドレス",
    "address",
    "着信先",
    "着番号",
    "着信番号",
    "着信電話",
    "被呼",
    "called",
    "callee",
    "dialed",
    "dialled",
    "転送",
    "郵便",
    "〒",
    "postal",
    "zip",
    "口座",
    "会員",
    "社員",
    "顧客番号",
    "お客様番号",
    "伝票",
    "受付",
    "注文",
    "管理番号",
    "国番号",
    "countrycode",
    "extension",
    "内線",
];

/// What makes it a column about a number, not of numbers: Phone 1 - Label, 電話番号種別, 電話番号一覧.
const ABOUT: &[&str] = &[
    "label",
    "ラベル",
    "type",
    "タイプ",
    "種別",
    "種類",
    "区分",
    "名",
    "者",
    "担当",
    "日",
    "日時",
    "時刻",
    "時間",
    "回数",
    "件数",
    "帳",
    "一覧",
    "リスト",
    "表",
    "名簿",
    "list",
    "book",
    "内容",
    "メモ",
    "備考",
    "可否",
    "状態",
    "status",
    "carrier",
    "キャリア",
    "機種",
    "model",
    "name",
    "date",
    "time",
    "id",
];

impl Kind {
    fn of(heading: &str) -> Option<Self> {
        let word = normalised(heading);
        let by_word = WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
        // What stands in brackets does not name a column, but may say of what kind it is.
        let whole = folded(heading);
        by_word.map(|(kind, _)| *kind).or_else(|| Self::with_numbers(&word, &whole))
    }

    fn with_numbers(word: &str, whole: &str) -> Option<Self> {
        if word.is_empty() {
            return None;
        }
        if MACHINES.iter().chain(NOT_CALLERS).any(|part| whole.contains(part)) {
            // One number for both.
            let both = whole.contains("fax") && (whole.contains("tel") || whole.contains("電話"));
            return both.then_some(Kind::Perhaps(PERHAPS.len()));
        }
        let bare = word.trim_end_matches(char::is_numeric);
        if let Some(rank) = PERHAPS.iter().position(|&known| known == bare) {
            return Some(Kind::Perhaps(rank));
        }
        if ABOUT.iter().any(|part| bare.ends_with(part)) {
            return None;
        }
        let stem = NUMBERS.iter().find_map(|part| bare.strip_suffix(part)).unwrap_or(bare);
        let stem = stem.trim_end_matches(char::is_numeric);
        let names_phones = PHONES.iter().any(|part| stem.ends_with(part))
            || ["電話番号", "携帯番号", "phonenumber"].iter().any(|part| word.contains(part))
            // "TEL会社", "電話1自宅"
            || ["tel", "phone"].iter().any(|part| {
                word.strip_prefix(part)
                    .is_some_and(|rest| rest.starts_with(|c: char| !c.is_ascii_alphabetic()))
            });
        if names_phones {
            return Some(Kind::Phone);
        }
        ["電話", "携帯", "番号", "tel", "phone", "caller"]
            .iter()
            .any(|part| word.contains(part))
            .then_some(Kind::Perhaps(PERHAPS.len()))
    }

    /// Whether such a heading alone shows that a row is a header.
    fn is_sure(self) -> bool {
        self != Kind::Perhaps(PERHAPS.len())
    }
}

/// Whether a cell is a heading that we know.
pub(super) fn is_heading(cell: &str) -> bool {
    Kind::of(cell).is_some_and(Kind::is_sure)
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
        self.labels.iter().any(|&(of, label)| {
            let label = || folded(cells.get(label));
            of == caller && MACHINES.iter().any(|part| label().contains(part))
        })
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

/// A heading or a word as it is compared: half-width, small, without what people put around it.
pub(super) fn normalised(text: &str) -> String {
    let text: String = text.chars().map(half_width).collect();
    let text = text.trim().trim_start_matches('\'');
    // "電話番号（必須）", "有効期限【任意】"
    folded(text.split(['(', '[', '【', '〔']).next().unwrap_or_default())
}

/// A text half-width and small, without blanks and what people put between words.
fn folded(text: &str) -> String {
    let ignored = |c: &char| {
        c.is_whitespace()
            || matches!(c, '_' | '-' | '.' | ':' | '*' | '※' | '"' | '\u{FEFF}' | '\u{200B}')
    };
    text.chars().map(half_width).filter(|c| !ignored(c)).flat_map(char::to_lowercase).collect()
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

//! Which column is which.

use super::half_width;
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
        self.words()[0]
    }

    /// Whether a heading, once normalised, is one of its words.
    pub(super) fn is_heading(self, heading: &str) -> bool {
        self.words().contains(&heading)
    }

    /// Headings that are understood, the one that is meant most surely first: where a file has two,
    /// that one is taken.
    fn words(self) -> &'static [&'static str] {
        match self {
            Column::Caller => &[
                "電話番号",
                "発信者番号",
                "発信番号",
                "着信拒否番号",
                "拒否番号",
                "発信者",
                "発信元",
                "相手番号",
                "caller",
                "callerid",
                "callernumber",
                "phonenumber",
                "telephonenumber",
                "telephone",
                "phone",
                "telno",
                "tel",
                "携帯電話番号",
                "携帯番号",
                "携帯電話",
                "携帯",
                "電話",
                "でんわ",
                "ﾃﾞﾝﾜﾊﾞﾝｺﾞｳ",
                "電話no",
                "番号",
                "number",
            ],
            Column::Note => &[
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
                "名称",
                "名前",
                "氏名",
                "お名前",
                "相手先",
                "相手先名",
                "会社名",
                "name",
                "label",
            ],
            Column::Match => &[
                "一致",
                "一致方法",
                "一致条件",
                "一致種別",
                "照合",
                "match",
                "matching",
                "matchtype",
                "type",
                "種別",
                "種類",
            ],
            Column::ExpiresAt => &[
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
                "until",
                "validuntil",
            ],
        }
    }
}

/// Where the columns stand, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The callers.
    pub caller: usize,
    /// The notes.
    pub note: Option<usize>,
    /// Whole number or beginning.
    pub matching: Option<usize>,
    /// The expiries.
    pub expires_at: Option<usize>,
}

impl Columns {
    /// As in our own files.
    pub(super) const BY_POSITION: Columns =
        Columns { caller: 0, note: Some(1), matching: Some(2), expires_at: Some(3) };

    /// Reads a row as a header. `None` when it is none; `Some(None)` when it is one without
    /// callers.
    pub(super) fn from_header(cells: &Cells) -> Option<Option<Columns>> {
        let headings: Vec<String> = cells.iter().map(normalised).collect();
        let find = |column: Column| {
            column
                .words()
                .iter()
                .find_map(|word| headings.iter().position(|heading| heading == word))
        };
        let [caller, note, matching, expires_at] = Column::ALL.map(find);
        // "顧客電話", "TEL1": only where no heading says it better, and not in a column that is known
        // to be another.
        let similar = || {
            (0..headings.len()).find(|&column| {
                ![note, matching, expires_at].contains(&Some(column))
                    && ["電話", "携帯", "番号", "tel", "phone", "caller"]
                        .iter()
                        .any(|part| headings[column].contains(part))
            })
        };
        if [caller, note, matching, expires_at].iter().all(Option::is_none) {
            return None;
        }
        let caller = caller.or_else(similar);
        if looks_like_number(cells.get(caller.unwrap_or(0))) {
            return None;
        }
        Some(caller.map(|caller| Columns { caller, note, matching, expires_at }))
    }
}

/// A number, however broken, is data: a header has at most a digit to tell two columns apart.
fn looks_like_number(cell: &str) -> bool {
    cell.chars().map(half_width).filter(char::is_ascii_digit).count() >= 3
}

/// A heading or a word as it is compared: half-width, small, without what people put around it.
pub(super) fn normalised(text: &str) -> String {
    let text: String = text.chars().map(half_width).collect();
    let text = text.trim().trim_start_matches('\'');
    // "電話番号（必須）", "有効期限【任意】"
    let text = text.split(['(', '[', '【', '〔']).next().unwrap_or_default();
    let ignored = |c: &char| {
        c.is_whitespace()
            || matches!(c, '_' | '-' | '.' | ':' | '*' | '※' | '"' | '\u{FEFF}' | '\u{200B}')
    };
    text.chars().filter(|c| !ignored(c)).flat_map(char::to_lowercase).collect()
}

//! The headings that people and programs write above their columns.

use super::half_width;

/// What a heading says of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
    /// What a heading says; nothing when it is not known.
    pub(super) fn of(heading: &str) -> Option<Self> {
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
        if is_machine(whole) || NOT_CALLERS.iter().any(|part| whole.contains(part)) {
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
    pub(super) fn is_sure(self) -> bool {
        self != Kind::Perhaps(PERHAPS.len())
    }
}

/// Whether a cell is a heading that we know.
pub(super) fn is_heading(cell: &str) -> bool {
    Kind::of(cell).is_some_and(Kind::is_sure)
}

/// Whether folded words name a fax or a pager.
pub(super) fn is_machine(words: &str) -> bool {
    MACHINES.iter().any(|part| words.contains(part))
}

/// A heading or a word as it is compared: half-width, small, without what people put around it.
pub(super) fn normalised(text: &str) -> String {
    let text: String = text.chars().map(half_width).collect();
    let text = text.trim().trim_start_matches('\'');
    // "電話番号（必須）", "有効期限【任意】"
    folded(text.split(['(', '[', '【', '〔']).next().unwrap_or_default())
}

/// A text half-width and small, without blanks and what people put between words.
pub(super) fn folded(text: &str) -> String {
    let ignored = |c: &char| {
        c.is_whitespace()
            || matches!(c, '_' | '-' | '.' | ':' | '*' | '※' | '"' | '\u{FEFF}' | '\u{200B}')
    };
    text.chars().map(half_width).filter(|c| !ignored(c)).flat_map(char::to_lowercase).collect()
}

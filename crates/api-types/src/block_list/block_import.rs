//! The block list as a CSV file: import with a preview, export, sample.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{BlockMatch, FieldCode};

/// How an import is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BlockImportQuery {
    /// `true` reads and judges the file, keeps it for an hour and changes nothing.
    #[serde(default)]
    #[param(example = true)]
    pub dry_run: bool,
    /// `true` adds rows whose outcome is `repairable` as they are proposed.
    #[serde(default)]
    #[param(example = false)]
    pub repair: bool,
}

/// How a previewed import is to be applied.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate,
)]
#[serde(deny_unknown_fields)]
pub struct BlockImportApply {
    /// `true` adds rows whose outcome is `repairable` as they are proposed; else such rows count as
    /// wrong.
    #[serde(default)]
    #[schema(example = true)]
    pub repair: bool,
    /// `true` leaves out the rows that are wrong and adds the others; else one wrong row refuses
    /// the whole file.
    #[serde(default)]
    #[schema(example = false)]
    pub skip_invalid: bool,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockImportState {
    /// Previewed; nothing was added yet.
    Previewed,
    /// Added.
    Applied,
    /// Taken back.
    Undone,
}

/// What becomes of one row.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// It is (to be) added.
    Added,
    /// It is (to be) added, and there is something to think about first.
    Warned,
    /// It stands in the list already, or further up in the file.
    Duplicate,
    /// Its number cannot be read as it stands, but what was meant can be told: the leading 0 or the
    /// `+` is lost, words stand around it, a `*` behind it. `repair` adds what is proposed.
    Repairable,
    /// It cannot be added, and why.
    Invalid,
}

/// One row of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "line": 12, "value": "9012345678", "outcome": "repairable", "caller_text": "090-1234-5678",
    "match": "exact", "note": "しつこい営業", "expires_at": null, "code": "lost_zero",
    "reason": "先頭の0が消えています。090-1234-5678として登録できます。",
}))]
pub struct BlockImportRow {
    /// Line of the file where the row begins, from 1. A row with several numbers is listed once for
    /// each.
    #[schema(example = 12)]
    pub line: u32,
    /// The number as it stands in the file.
    #[schema(example = "9012345678")]
    pub value: String,
    /// What becomes of it.
    #[schema(example = "repairable")]
    pub outcome: RowOutcome,
    /// How the number was understood, as it is written in Japan; `null` when it was not.
    #[schema(example = "090-1234-5678")]
    pub caller_text: Option<String>,
    /// Whether the whole number must be the same or only its beginning.
    #[serde(rename = "match")]
    #[schema(example = "exact")]
    pub matching: BlockMatch,
    /// The note that the entry gets; `null` when the row cannot be added.
    #[schema(example = "しつこい営業")]
    pub note: Option<String>,
    /// Until when the entry refuses; `null` without an end, or when the row cannot be added.
    #[schema(example = json!(null))]
    pub expires_at: Option<DateTime<Utc>>,
    /// Stable code of the reason; `null` when there is none.
    #[schema(example = "lost_zero")]
    pub code: Option<FieldCode>,
    /// The reason and the way out, in the language of `Accept-Language`; `null` when there is none.
    #[schema(example = "先頭の0が消えています。090-1234-5678として登録できます。")]
    pub reason: Option<String>,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockImportFormat {
    /// A table.
    Csv,
    /// An address book of vCards.
    Vcard,
}

/// What of a file is read and what is left out, by the headings of its columns: by letters (`A`,
/// `B`) where they have none, by the names of properties (`TEL`, `FN`) in vCards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "format": "csv", "header_line": 1, "callers": ["携帯電話", "会社電話"], "notes": ["メモ"],
    "match": null, "expires_at": "期限", "left_out": ["会社名", "登録日", "会社FAX"],
}))]
pub struct BlockImportColumns {
    /// What kind of file it is.
    #[schema(example = "csv")]
    pub format: BlockImportFormat,
    /// Line of the header; what stands above it is not read. `null` when there is none.
    #[schema(example = 1)]
    pub header_line: Option<u32>,
    /// Columns with numbers: each number is an entry.
    #[schema(example = json!(["携帯電話", "会社電話"]))]
    pub callers: Vec<String>,
    /// Columns with notes: where one is blank, the next is taken.
    #[schema(example = json!(["メモ"]))]
    pub notes: Vec<String>,
    /// Column that says whether a number is whole or a beginning.
    #[serde(rename = "match")]
    #[schema(example = json!(null))]
    pub matching: Option<String>,
    /// Column with the last day.
    #[schema(example = "期限")]
    pub expires_at: Option<String>,
    /// Columns in which something stands that is not read.
    #[schema(example = json!(["会社名", "登録日", "会社FAX"]))]
    pub left_out: Vec<String>,
}

/// An import, before or after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockImport {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29")]
    pub import_id: String,
    /// Where it stands.
    #[schema(example = "previewed")]
    pub state: BlockImportState,
    /// The encoding that was recognised: `utf-8`, `utf-8-bom`, `utf-16le`, `utf-16be`, `shift_jis`,
    /// `euc-jp`, `iso-2022-jp`.
    #[schema(example = "shift_jis")]
    pub encoding: String,
    /// Rows, without the header and the empty ones.
    #[schema(example = 120)]
    pub total: u32,
    /// Rows that are (to be) added; in a preview without those of `warned`.
    #[schema(example = 100)]
    pub added: u32,
    /// Rows of a preview that will be added, but that one should think about first: beginnings that
    /// cover numbers which were called or answered lately, or a whole country.
    #[schema(example = 0)]
    pub warned: u32,
    /// Rows that stand in the list already or twice in the file.
    #[schema(example = 10)]
    pub duplicates: u32,
    /// Rows that cannot be read as they stand, but as they are proposed.
    #[schema(example = 8)]
    pub repairable: u32,
    /// Rows that cannot be added.
    #[schema(example = 2)]
    pub invalid: u32,
    /// Empty rows that were passed over.
    #[schema(example = 1)]
    pub empty: u32,
    /// What of the file is read and what is left out; `null` when the file is no longer kept.
    pub columns: Option<BlockImportColumns>,
    /// The first rows of the file, at most 200.
    pub rows: Vec<BlockImportRow>,
    /// `cursor` for the rows that follow: `GET …/imports/{import_id}/rows`; `null` when these are
    /// all.
    #[schema(example = json!(null))]
    pub next_cursor: Option<String>,
    /// When it was previewed or applied.
    #[schema(example = "2026-11-22T09:04:12Z")]
    pub created_at: DateTime<Utc>,
}

/// Which rows of an import are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BlockImportRowQuery {
    /// How many rows at most, 1 to 200; 100 when absent.
    #[param(minimum = 1, maximum = 200, example = 100)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only rows with this outcome.
    #[param(inline, example = "invalid")]
    pub outcome: Option<RowOutcome>,
}

/// What an undo of an import took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockImportUndone {
    /// How many entries were removed; those that had been removed before are not counted.
    #[schema(example = 100)]
    pub removed: u32,
}

/// In which encoding a file is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CsvEncoding {
    /// UTF-8 with a byte order mark, as Excel wants it.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Shift_JIS (CP932).
    ShiftJis,
}

/// How a file is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CsvQuery {
    /// Its encoding.
    #[serde(default)]
    #[param(inline, example = "utf-8")]
    pub encoding: CsvEncoding,
}

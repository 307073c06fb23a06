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
    /// `true` adds rows whose number lost its leading 0 with that 0.
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
    /// `true` adds rows whose number lost its leading 0 with that 0; else such rows count as wrong.
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
    /// Its number lost its leading 0; `repair` adds it with that 0.
    Repairable,
    /// It cannot be added, and why.
    Invalid,
}

/// One row of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "line": 12, "value": "9012345678", "outcome": "repairable", "caller_text": "090-1234-5678",
        "match": "exact", "code": "lost_zero",
    "reason": "先頭の0が消えています。090-1234-5678として登録できます。",
}))]
pub struct BlockImportRow {
    /// Line of the file where the row begins, from 1.
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
    /// Stable code of the reason; `null` when there is none.
    #[schema(example = "lost_zero")]
    pub code: Option<FieldCode>,
    /// The reason and the way out, in the language of `Accept-Language`; `null` when there is none.
    #[schema(example = "先頭の0が消えています。090-1234-5678として登録できます。")]
    pub reason: Option<String>,
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
    /// The encoding that was recognised: `utf-8`, `utf-8-bom`, `utf-16le`, `utf-16be`, `shift_jis`.
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
    /// Rows that lost a leading 0 and can be repaired.
    #[schema(example = 8)]
    pub repairable: u32,
    /// Rows that cannot be added.
    #[schema(example = 2)]
    pub invalid: u32,
    /// Empty rows that were passed over.
    #[schema(example = 1)]
    pub empty: u32,
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

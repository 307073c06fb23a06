//! 着信拒否: whom a number refuses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::platform::validation::{CALLER_MAX, NOTE_MAX, no_control_characters};
use crate::{BlockMatch, FieldError, given, present};

/// The most entries that a number's list holds.
pub const BLOCK_ENTRIES_MAX: i64 = 200_000;

/// The four switches for calls without a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockList {
    /// 非通知: the caller hides the number.
    #[schema(example = true)]
    pub reject_withheld: bool,
    /// 公衆電話: a pay phone calls.
    #[schema(example = false)]
    pub reject_pay_phone: bool,
    /// 表示圏外: the number cannot be shown, for example from abroad.
    #[schema(example = false)]
    pub reject_out_of_range: bool,
    /// サービス競合: the number is lost because another service of the network stands in the way.
    #[schema(example = false)]
    pub reject_service_conflict: bool,
    /// Entries in the list.
    #[schema(example = 128)]
    pub entry_count: u32,
    /// The most entries that the list holds.
    #[schema(example = 200_000)]
    pub entry_limit: u32,
}

/// Changes to the switches. Absent fields stay as they are.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate,
)]
#[serde(deny_unknown_fields)]
pub struct BlockListPatch {
    /// 非通知.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, example = true)]
    pub reject_withheld: Option<bool>,
    /// 公衆電話.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, example = false)]
    pub reject_pay_phone: Option<bool>,
    /// 表示圏外.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, example = false)]
    pub reject_out_of_range: Option<bool>,
    /// サービス競合.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, example = false)]
    pub reject_service_conflict: Option<bool>,
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockEntry {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b27")]
    pub id: String,
    /// The number in E.164, or the digits that a number begins with.
    #[schema(example = "+819012345678")]
    pub caller: String,
    /// The same as it is written in Japan.
    #[schema(example = "090-1234-5678")]
    pub caller_text: String,
    /// Whether the whole number must be the same or only its beginning.
    #[serde(rename = "match")]
    #[schema(example = "exact")]
    pub matching: BlockMatch,
    /// What the holder wrote beside it; empty when nothing.
    #[schema(example = "しつこい営業")]
    pub note: String,
    /// From when it no longer refuses; `null` = never.
    #[schema(example = json!(null))]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it has expired: it stays in the list until it is removed, but refuses nobody.
    #[schema(example = false)]
    pub expired: bool,
    /// Calls that it refused.
    #[schema(example = 12)]
    pub hits: u64,
    /// When it last refused a call; `null` = never yet.
    #[schema(example = "2026-11-20T01:12:00Z")]
    pub last_hit_at: Option<DateTime<Utc>>,
    /// The import that added it; `null` when it was added by itself.
    #[schema(example = json!(null))]
    pub import_id: Option<String>,
    /// When it was added.
    #[schema(example = "2026-11-01T03:00:00Z")]
    pub created_at: DateTime<Utc>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 1)]
    pub version: u64,
}

/// One page of the list, the latest entry first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockEntryPage {
    /// The entries of this page. With `q` a page may hold fewer than `limit`, even none, while
    /// there is a next one: each page looks through a bounded part of the list.
    pub items: Vec<BlockEntry>,
    /// Send it as `cursor` to get the next page; `null` on the last one.
    #[schema(example = json!(null))]
    pub next_cursor: Option<String>,
    /// Entries in the whole list, whatever `q` is.
    #[schema(example = 128)]
    pub total: u32,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BlockEntryQuery {
    /// How many entries at most, 1 to 200; 100 when absent.
    #[param(minimum = 1, maximum = 200, example = 100)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Part of a number, in whatever way it is written, or of a note.
    #[param(example = "090-1234", max_length = 100)]
    pub q: Option<String>,
}

/// A new entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BlockEntryCreate {
    /// A phone number as people write it, E.164, or a SIP or tel address; with `match: prefix` the
    /// digits that it begins with.
    #[validate(length(min = 1, max = "CALLER_MAX"))]
    #[schema(example = "090-1234-5678", min_length = 1, max_length = 256)]
    pub caller: String,
    /// Whether the whole number must be the same or only its beginning.
    #[serde(default, rename = "match")]
    #[schema(example = "exact")]
    pub matching: BlockMatch,
    /// What to write beside it, at most 100 characters.
    #[serde(default)]
    #[validate(length(max = "NOTE_MAX"), custom(function = no_control_characters))]
    #[schema(example = "しつこい営業", max_length = 100)]
    pub note: String,
    /// From when it no longer refuses, in the future; `null` or absent = never.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub expires_at: Option<DateTime<Utc>>,
    /// `true` adds it in spite of a warning (`covers_recent_calls`, `covers_country`). What is
    /// refused for other reasons stays refused.
    #[serde(default)]
    #[schema(example = false)]
    pub confirm: bool,
}

/// Changes to an entry. Absent fields stay as they are; whom it refuses is another entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BlockEntryPatch {
    /// What to write beside it, at most 100 characters; empty removes it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "NOTE_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "しつこい営業", max_length = 100)]
    pub note: Option<String>,
    /// From when it no longer refuses; `null` = never.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime<Utc>>, example = json!(null))]
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

/// A caller that may become an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BlockCheckRequest {
    /// What was typed.
    #[validate(length(max = "CALLER_MAX"))]
    #[schema(example = "0120", max_length = 256)]
    pub caller: String,
    /// Whether the whole number must be the same or only its beginning.
    #[serde(default, rename = "match")]
    #[schema(example = "prefix")]
    pub matching: BlockMatch,
}

/// What adding an entry would mean. Nothing is changed by asking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "caller": "+81120", "caller_text": "0120", "proposal": null, "proposal_match": null,
    "refusal": null,
    "warnings": [{
        "pointer": "/caller", "code": "covers_recent_calls",
        "message": "この30日に発信または応答した番号（0120-123-456など）が含まれます。",
    }],
    "covered_by": null, "effect": {"days": 30, "calls": 37, "answered": 5},
}))]
pub struct BlockCheck {
    /// What was typed as an entry would hold it; `null` when it cannot be read.
    #[schema(example = "+81120")]
    pub caller: Option<String>,
    /// The same as it is written in Japan.
    #[schema(example = "0120")]
    pub caller_text: Option<String>,
    /// What was probably meant where it cannot be read: a number with the 0 or the `+` that it lost,
    /// without the words around it, or the beginning before a `*`.
    #[schema(example = json!(null))]
    pub proposal: Option<String>,
    /// Whether the proposal is a whole number or a beginning; `null` without a proposal.
    #[schema(example = json!(null))]
    pub proposal_match: Option<BlockMatch>,
    /// Why it cannot be added; `null` when it can.
    pub refusal: Option<FieldError>,
    /// What to think about first; adding it needs `confirm`.
    pub warnings: Vec<FieldError>,
    /// An entry that refuses the same callers already.
    pub covered_by: Option<BlockEntry>,
    /// What it would have done lately; `null` when it cannot be read.
    pub effect: Option<BlockEffect>,
}

/// What an entry would have done in the days past, by the calls that were reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockEffect {
    /// How many days back were looked at.
    #[schema(example = 30)]
    pub days: u32,
    /// Calls that it would have stopped.
    #[schema(example = 37)]
    pub calls: u32,
    /// Those of them that were answered.
    #[schema(example = 5)]
    pub answered: u32,
}

/// Which entries to remove: some by their ids, or all, or all that a search finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BlockEntriesDelete {
    /// These.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 1000))]
    #[schema(example = json!(["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b27"]), max_items = 1000)]
    pub ids: Vec<String>,
    /// All; then `ids` must be empty.
    #[serde(default)]
    #[schema(example = false)]
    pub all: bool,
    /// With `all`: only those that this search finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = 100))]
    #[schema(max_length = 100, example = json!(null))]
    pub q: Option<String>,
    /// With `all`: not these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 1000))]
    #[schema(example = json!([]), max_items = 1000)]
    pub except: Vec<String>,
}

/// What was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockEntriesDeleted {
    /// How many entries.
    #[schema(example = 3)]
    pub deleted: u32,
    /// Takes it back within 30 days: `POST …/block-list/deletions/{deletion_id}/undo`; `null` when
    /// nothing was removed.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b28")]
    pub deletion_id: Option<String>,
}

/// What an undo put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockEntriesRestored {
    /// How many entries are in the list again.
    #[schema(example = 3)]
    pub restored: u32,
    /// How many were not put back because the same entry had been added again.
    #[schema(example = 0)]
    pub skipped: u32,
}

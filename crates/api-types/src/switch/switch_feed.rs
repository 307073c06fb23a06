//! What a switch keeps of all numbers, so that calls are decided while nobody can be asked: a
//! snapshot, and what has changed since.
//!
//! Both are texts of lines (`application/x-ndjson`), each a JSON object: a header, the numbers, an
//! end. Without the end something is missing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{Ringtone, RouteLater, RtJson, SipAnswer};

/// The longest wait for a change, in seconds.
pub const CHANGES_WAIT_MAX_S: u32 = 30;

/// A line of a snapshot or of changes. Kinds and fields that you do not know are to be read past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SwitchLine {
    /// The first line.
    Header(SwitchHeader),
    /// A number as it is now, instead of what was known of it.
    Number(SwitchNumber),
    /// A number that belongs to nobody any more; in changes only.
    Removed(SwitchRemoved),
    /// The last line.
    End(SwitchEnd),
}

/// The first line: what holds for all numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchHeader {
    /// The form of the lines: 1.
    #[schema(example = 1)]
    pub format: u32,
    /// The position that these changes begin after; `null` in a snapshot.
    #[schema(example = json!(null))]
    pub since: Option<u64>,
    /// Where in the history of all changes this stands: below 2^53, only growing, else without
    /// meaning. It is nobody's `revision`.
    #[schema(example = 1_795_316_400_000_000_u64)]
    pub position: u64,
    /// The host of addresses of record.
    #[schema(example = "sip.example.jp")]
    pub sip_domain: String,
    /// What refused calls are answered with.
    pub sip_codes: SwitchSipCodes,
    /// Callers that no setting refuses: emergency numbers call back.
    #[schema(example = json!(["110", "118", "119"]))]
    pub never_refused: Vec<String>,
}

/// What refused calls are answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchSipCodes {
    /// A switch refuses calls without a number.
    pub no_number: SipAnswer,
    /// An entry of the block list refuses the caller.
    pub blocked: SipAnswer,
    /// Every channel of the number is in use.
    pub busy: SipAnswer,
    /// No ID rings for the number.
    pub no_terminal: SipAnswer,
    /// The number belongs to no contract.
    pub unknown_number: SipAnswer,
    /// The contract is suspended.
    pub suspended: SipAnswer,
}

/// All that decides about calls to a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchNumber {
    /// The number, in E.164.
    #[schema(example = "+81312345678")]
    pub number: String,
    /// How it is dialled: E.164, and as in Japan.
    #[schema(example = json!(["+81312345678", "0312345678"]))]
    pub dialled: Vec<String>,
    /// Whether the contract is suspended; nothing else counts then, and nothing else is told.
    #[schema(example = false)]
    pub suspended: bool,
    /// Refuses 非通知.
    #[schema(example = true)]
    pub reject_withheld: bool,
    /// Refuses 公衆電話.
    #[schema(example = false)]
    pub reject_pay_phone: bool,
    /// Refuses 表示圏外.
    #[schema(example = false)]
    pub reject_out_of_range: bool,
    /// Refuses サービス競合.
    #[schema(example = false)]
    pub reject_service_conflict: bool,
    /// Callers that are refused, and from when no longer; `null` = for ever.
    #[schema(example = json!({"+819012345678": null, "+81120444555": "2026-12-01T00:00:00Z"}))]
    pub exact: BTreeMap<String, Option<DateTime<Utc>>>,
    /// How callers begin that are refused, and from when no longer; `null` = for ever.
    #[schema(example = json!({"+8150": null}))]
    pub prefix: BTreeMap<String, Option<DateTime<Utc>>>,
    /// Calls at once on the number.
    #[schema(example = 3)]
    pub channel_limit: u8,
    /// What the caller hears when every channel is in use: `busy`; `null` = the call is refused.
    #[schema(example = "busy")]
    pub busy_announcement: Option<String>,
    /// The terminals that ring at once; `null` = none rings.
    pub rtjson: Option<RtJson>,
    /// The others, where one terminal rings before them.
    pub later: Option<RouteLater>,
    /// 番号名称.
    #[schema(example = "代表番号")]
    pub number_name: String,
    /// What the display of an IP phone shows.
    #[schema(example = "東京代表")]
    pub display_name: String,
    /// 着信音.
    #[schema(example = "ringtone_1")]
    pub ringtone: Ringtone,
}

/// A number that belongs to nobody any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchRemoved {
    /// The number, in E.164.
    #[schema(example = "+81312345679")]
    pub number: String,
    /// How it was dialled.
    #[schema(example = json!(["+81312345679", "0312345679"]))]
    pub dialled: Vec<String>,
}

/// The last line: what must have come before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchEnd {
    /// The position of the header again: ask for the changes since it.
    #[schema(example = 1_795_316_400_000_000_u64)]
    pub position: u64,
    /// Lines of kind `number`.
    #[schema(example = 1)]
    pub numbers: u64,
    /// Lines of kind `removed`.
    #[schema(example = 0)]
    pub removed: u64,
    /// Entries of block lists in all of them.
    #[schema(example = 3)]
    pub entries: u64,
}

/// From where changes are wanted.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SwitchChangesQuery {
    /// The position that you serve.
    #[param(example = 1_795_316_400_000_000_u64)]
    pub since: u64,
    /// How many seconds to wait for a change where there is none yet.
    #[serde(default)]
    #[param(example = 25, default = 0, maximum = 30)]
    pub wait_s: u32,
}

/// What a switch serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"position": 1_795_316_400_000_000_u64}))]
pub struct SwitchApplied {
    /// The position whose lines are in force.
    #[schema(example = 1_795_316_400_000_000_u64)]
    pub position: u64,
}

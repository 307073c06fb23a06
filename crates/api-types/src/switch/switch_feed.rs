//! What a switch keeps of all numbers and IDs, so that calls are decided while nobody can be asked:
//! a snapshot, and what has changed since.
//!
//! Both are texts of lines (`application/x-ndjson`), each a JSON object: a header, the
//! contracts with their IDs, the numbers, an end. Without the end something is missing.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{SipAnswer, SwitchNumber};

/// The longest wait for a change, in seconds.
pub const CHANGES_WAIT_MAX_S: u32 = 30;

/// A line of a snapshot or of changes. Kinds and fields that you do not know are to be read past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SwitchLine {
    /// The first line.
    Header(SwitchHeader),
    /// The IDs of a contract as they are now, instead of all that was known of them.
    Contract(SwitchContract),
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

/// The IDs of a contract: they call each other by their extensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchContract {
    /// Names the contract.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b20")]
    pub account_id: String,
    /// Whether the contract is suspended: none of them can call.
    #[schema(example = false)]
    pub suspended: bool,
    /// All of them; none where the contract is gone.
    pub ids: Vec<SwitchExtension>,
}

/// An ID, as the others of its contract call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchExtension {
    /// What its terminal signs in with.
    #[schema(example = "minato001")]
    pub login_id: String,
    /// 内線 短縮番号.
    #[schema(example = "201")]
    pub extension: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "営業 山田")]
    pub terminal_name: String,
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
    /// Lines of kind `contract`.
    #[serde(default)]
    #[schema(example = 1)]
    pub contracts: u64,
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

//! Phone numbers of the account.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// 基本番号 or 追加番号.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// The number that comes with the basic ID.
    Primary,
    /// A further number.
    #[default]
    Additional,
}

/// 着信音: which of the two ringtones plays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ringtone {
    /// 着信音1.
    #[default]
    #[serde(rename = "ringtone_1")]
    Ringtone1,
    /// 着信音2.
    #[serde(rename = "ringtone_2")]
    Ringtone2,
}

/// How many calls at once a number takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelLimit {
    /// Calls at once, 1 to `max`.
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub limit: u8,
    /// The most that the contract allows for this number.
    #[schema(example = 9, minimum = 1, maximum = 9)]
    pub max: u8,
}

/// A new channel limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChannelLimitPut {
    /// Calls at once, 1 to the contract's maximum.
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub limit: u8,
}

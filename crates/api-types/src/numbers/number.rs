//! Phone numbers of the account and their general settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::platform::validation::{DISPLAY_NAME_MAX, NAME_MAX, no_control_characters};
use crate::{Capability, given, present};

/// 基本番号 or 追加番号.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// The number that comes with the basic ID.
    Primary,
    /// A further number.
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

/// A phone number of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Number {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub id: String,
    /// The number in E.164.
    #[schema(example = "+815012345678")]
    pub e164: String,
    /// 基本番号 or 追加番号.
    #[schema(example = "primary")]
    pub kind: NumberKind,
    /// 番号名称; empty when none is set.
    #[schema(example = "代表番号")]
    pub name: String,
    /// What the display of an IP phone shows on a call to this number; empty when none is set.
    #[schema(example = "東京代表")]
    pub display_name: String,
    /// 着信音.
    #[schema(example = "ringtone_1")]
    pub ringtone: Ringtone,
    /// The ID that rings first; `null` = 優先しない.
    #[schema(example = json!(null))]
    pub priority_phone_id: Option<String>,
    /// The notify rule of this number; `null` = no notices.
    #[schema(example = json!(null))]
    pub notify_rule_id: Option<String>,
    /// Calls at once.
    #[schema(example = 3, minimum = 1, maximum = 9)]
    pub channel_limit: u8,
    /// The most calls at once that the contract allows.
    #[schema(example = 9, minimum = 1, maximum = 9)]
    pub max_channels: u8,
    /// The IDs that ring for this number, in the order of their extensions: the choices for
    /// `priority_phone_id`.
    #[schema(example = json!(["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23"]))]
    pub ringing_phone_ids: Vec<String>,
    /// The settings that apply to this number.
    #[schema(example = json!(["name", "ringtone", "priority", "channel_limit", "notify_rule"]))]
    pub capabilities: Vec<Capability>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 7)]
    pub version: u64,
}

impl Number {
    /// Whether `capability` applies to this number.
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

/// Changes to the general settings of a number. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NumberPatch {
    /// 番号名称, at most 40 characters; empty removes it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "代表番号（東京）", max_length = 40)]
    pub name: Option<String>,
    /// IP電話機表示名, at most 20 characters; needs the IP-phone option, else it must stay empty.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "DISPLAY_NAME_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "東京代表", max_length = 20)]
    pub display_name: Option<String>,
    /// 着信音; where the account has two or more numbers.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Ringtone, example = "ringtone_2")]
    pub ringtone: Option<Ringtone>,
    /// The ID that rings first, one of `ringing_phone_ids`; `null` = 優先しない.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub priority_phone_id: Option<Option<String>>,
    /// The notify rule; `null` = no notices.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub notify_rule_id: Option<Option<String>>,
}

impl NumberPatch {
    /// Whether the patch changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
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

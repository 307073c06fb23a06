//! Settings of numbers and IDs, each declared once.
//!
//! [`SETTINGS`] says what a setting is: validation, capabilities, change log, restore, copy and the
//! portal's rows follow from it. The structs below are the forms that a setting has on the wire: as
//! the portal reads it, as a request changes it, as a switch keeps it, as a decision names it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::platform::validation::{DISPLAY_NAME_MAX, NAME_MAX, no_control_characters};
use crate::{
    AuditObject, Capability, CopyPart, FieldCode, NumberKind, Ringtone, RouteLater, RtJson, given,
    present,
};

/// What a setting holds, and its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingType {
    /// Text of at most so many characters; empty = none.
    Text {
        /// The limit.
        max: u64,
    },
    /// One of these words; the first is the default.
    Choice(&'static [&'static str]),
    /// The id of something else, or `null`.
    Reference(Referent),
    /// A count of calls, from 1 to what the contract allows.
    Count,
    /// On or off.
    Switch,
    /// An instant that lies ahead, but at most so many days, or `null`.
    Instant {
        /// The limit.
        max_days: i64,
    },
}

/// What a [`SettingType::Reference`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Referent {
    /// An ID that rings for the number.
    RingingId,
    /// A notify rule.
    NotifyRule,
    /// A number of the contract.
    Number,
}

/// What has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A number.
    Number,
    /// An ID.
    PhoneId,
}

/// When a setting applies to its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// To every one.
    Always,
    /// Where the contract has the IP-phone option.
    IpPhoneOption,
    /// Where the contract has two or more numbers.
    TwoNumbers,
    /// Where two or more IDs ring for the number.
    TwoRinging,
    /// To IDs with a device option in force, where the contract has two or more numbers.
    DeviceOption,
    /// To additional IDs.
    AdditionalId,
}

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Name of the field in requests, answers, database and change log; key of its words.
    pub name: &'static str,
    /// What has it.
    pub owner: Owner,
    /// What it holds.
    pub holds: SettingType,
    /// How clients learn that it applies; `None` = it always does.
    pub capability: Option<Capability>,
    /// When it applies.
    pub applies: Applies,
    /// What is said where it does not apply.
    pub refusal: FieldCode,
    /// The screen that shows it, as the change log names it.
    pub screen: AuditObject,
    /// The part in which it is copied to another number.
    pub copied: Option<CopyPart>,
}

impl Setting {
    /// A setting of a number.
    const fn number(name: &'static str, holds: SettingType) -> Self {
        Self {
            name,
            owner: Owner::Number,
            holds,
            capability: None,
            applies: Applies::Always,
            refusal: FieldCode::NotApplicable,
            screen: AuditObject::Number,
            copied: None,
        }
    }

    /// A setting of an ID.
    const fn phone_id(name: &'static str, holds: SettingType) -> Self {
        Self { owner: Owner::PhoneId, screen: AuditObject::PhoneId, ..Self::number(name, holds) }
    }

    const fn applies(self, capability: Capability, applies: Applies) -> Self {
        Self { capability: Some(capability), applies, ..self }
    }

    const fn copied(self, part: CopyPart) -> Self {
        Self { copied: Some(part), ..self }
    }

    /// A switch of the block list.
    const fn rejects(self) -> Self {
        self.applies(Capability::BlockList, Applies::Always)
            .on(AuditObject::BlockList)
            .copied(CopyPart::BlockList)
    }

    const fn on(self, screen: AuditObject) -> Self {
        Self { screen, ..self }
    }

    /// The setting of this name.
    pub fn find(owner: Owner, name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.owner == owner && setting.name == name)
    }

    /// All settings of an owner.
    pub fn of(owner: Owner) -> impl Iterator<Item = &'static Self> {
        SETTINGS.iter().filter(move |setting| setting.owner == owner)
    }
}

/// Every setting, in the order of the screens.
pub const SETTINGS: &[Setting] = &[
    Setting::number("name", SettingType::Text { max: NAME_MAX })
        .applies(Capability::Name, Applies::Always),
    Setting {
        refusal: FieldCode::NotContracted,
        ..Setting::number("display_name", SettingType::Text { max: DISPLAY_NAME_MAX })
            .applies(Capability::DisplayName, Applies::IpPhoneOption)
    },
    Setting::phone_id("terminal_name", SettingType::Text { max: NAME_MAX })
        .applies(Capability::TerminalName, Applies::Always),
    Setting::number("ringtone", SettingType::Choice(&["ringtone_1", "ringtone_2"]))
        .applies(Capability::Ringtone, Applies::TwoNumbers)
        .copied(CopyPart::General),
    Setting::number("priority_phone_id", SettingType::Reference(Referent::RingingId))
        .applies(Capability::Priority, Applies::TwoRinging)
        .copied(CopyPart::General),
    Setting::number("channel_limit", SettingType::Count)
        .applies(Capability::ChannelLimit, Applies::Always)
        .copied(CopyPart::General),
    Setting::number("notify_rule_id", SettingType::Reference(Referent::NotifyRule))
        .applies(Capability::NotifyRule, Applies::Always)
        .copied(CopyPart::General),
    // Not copied: a break is a matter of this number and this hour.
    Setting::number("pause_until", SettingType::Instant { max_days: 366 }),
    Setting::number("busy_announcement", SettingType::Switch)
        .applies(Capability::BusyAnnouncement, Applies::Always)
        .on(AuditObject::Ringing)
        .copied(CopyPart::Ringing),
    Setting::number("reject_withheld", SettingType::Switch).rejects(),
    Setting::number("reject_pay_phone", SettingType::Switch).rejects(),
    Setting::number("reject_out_of_range", SettingType::Switch).rejects(),
    Setting::number("reject_service_conflict", SettingType::Switch).rejects(),
    Setting::phone_id("outbound_number_id", SettingType::Reference(Referent::Number))
        .applies(Capability::OutboundNumber, Applies::DeviceOption),
];

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
    /// 着信を休止: until when calls do not ring; `null`, or an instant that has passed = they do.
    #[schema(example = json!(null))]
    pub pause_until: Option<DateTime<Utc>>,
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
    /// 着信を休止: until when callers hear the announcement or a busy tone instead of ringing
    /// terminals; at most 366 days ahead, to the second. `null` ends it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DateTime<Utc>>, example = json!(null))]
    pub pause_until: Option<Option<DateTime<Utc>>>,
}

impl NumberPatch {
    /// Whether the patch changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Changes to the general settings of an ID. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PhoneIdPatch {
    /// 端末名称, at most 40 characters; empty removes it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(value_type = String, example = "受付 iPhone", max_length = 40)]
    pub terminal_name: Option<String>,
}

impl PhoneIdPatch {
    /// Whether the patch changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The setting that decided.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MatchedRule {
    /// 非通知 is refused.
    RejectWithheld,
    /// 公衆電話 is refused.
    RejectPayPhone,
    /// 表示圏外 is refused.
    RejectOutOfRange,
    /// サービス競合 is refused.
    RejectServiceConflict,
    /// An entry of the block list.
    BlockEntry,
    /// 着信を休止.
    Paused,
    /// Every channel of the number is in use.
    ChannelLimit,
    /// No ID rings for the number.
    NoTerminalRings,
    /// Nothing stands in the way: the IDs that ring.
    Ringing,
    /// The called number belongs to no contract; never in a preview.
    UnknownNumber,
    /// The contract is suspended; never in a preview.
    Suspended,
    /// An ID of the contract calls another one; never in a preview.
    InternalCall,
    /// No ID of the contract has the extension; never in a preview.
    UnknownExtension,
}

impl MatchedRule {
    /// Whether the caller meets a busy line, so that the call counts as missed.
    pub fn is_busy(self) -> bool {
        matches!(self, Self::ChannelLimit | Self::Paused)
    }

    /// Whether it refuses this caller, and not everybody.
    pub fn refuses_caller(self) -> bool {
        matches!(
            self,
            Self::RejectWithheld
                | Self::RejectPayPhone
                | Self::RejectOutOfRange
                | Self::RejectServiceConflict
                | Self::BlockEntry
        )
    }
}

/// All that decides about calls to a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// 着信を休止: until when nobody rings, and the caller hears what is heard when every channel is
    /// in use. Absent where no pause is set; one that has passed counts no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = DateTime<Utc>, example = "2026-12-01T00:00:00Z")]
    pub pause_until: Option<DateTime<Utc>>,
    /// Until when a call with `Priority: psap-callback` is believed: for a while after the contract
    /// has made an emergency call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = DateTime<Utc>, example = "2026-11-22T01:15:00Z")]
    pub callbacks_until: Option<DateTime<Utc>>,
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
    /// After how many seconds without an answer the caller may leave a message. Absent where the
    /// contract has no 留守番電話, or none rings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, example = 20)]
    pub voicemail_after_s: Option<u32>,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::PartialSchema;

    use super::*;

    fn fields<T: PartialSchema>() -> BTreeSet<String> {
        let schema = serde_json::to_value(T::schema()).expect("a schema");
        schema["properties"].as_object().expect("an object").keys().cloned().collect()
    }

    #[test]
    fn what_is_declared_is_what_is_read_and_changed() {
        let on_screen = |owner: Owner, screen| -> BTreeSet<String> {
            let own = Setting::of(owner).filter(|setting| setting.screen == screen);
            own.map(|setting| setting.name.to_owned()).collect()
        };
        let general = on_screen(Owner::Number, AuditObject::Number);
        assert!(general.is_subset(&fields::<Number>()), "{general:?}");
        // The number of channels has a request of its own, which tells the most there can be.
        let mut patched = fields::<NumberPatch>();
        patched.insert("channel_limit".to_owned());
        assert_eq!(patched, general);
        let block_list = on_screen(Owner::Number, AuditObject::BlockList);
        assert_eq!(fields::<crate::BlockListPatch>(), block_list);
        assert!(block_list.is_subset(&fields::<SwitchNumber>()));
        let mut of_id = fields::<PhoneIdPatch>();
        of_id.insert("outbound_number_id".to_owned());
        assert_eq!(of_id, on_screen(Owner::PhoneId, AuditObject::PhoneId));
    }
}

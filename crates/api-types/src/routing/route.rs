//! 「この番号から掛かってきたら?」: what becomes of a call.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::platform::validation::CALLER_MAX;
use crate::{Caller, MatchedRule, NoNumber, Ringtone};

/// A call that might come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RoutePreviewRequest {
    /// The caller as people write it, or `withheld`, `pay_phone`, `out_of_range`,
    /// `service_conflict`.
    #[validate(length(min = 1, max = "CALLER_MAX"))]
    #[schema(example = "090-1234-5678", min_length = 1, max_length = 256)]
    pub caller: String,
    /// When the call comes; absent or `null` = now.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub at: Option<DateTime<Utc>>,
    /// Calls that are under way on the number at that moment.
    #[serde(default)]
    #[validate(range(max = 99))]
    #[schema(example = 0, minimum = 0, maximum = 99)]
    pub active_calls: u8,
    /// Whether the call calls back after an emergency call (RFC 7090).
    #[serde(default)]
    #[schema(example = false)]
    pub emergency_callback: bool,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteAction {
    /// The terminals in `devices` ring.
    Ring,
    /// It is refused with `sip`.
    Reject,
    /// The caller hears `announcement`.
    Announce,
}

/// The setting that decided, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "rule": "block_entry", "entry_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b27",
        "reason": "着信拒否に登録された「0120」で始まる番号です。",
}))]
pub struct Matched {
    /// Which setting.
    #[schema(example = "block_entry")]
    pub rule: MatchedRule,
    /// The entry of the block list, with `block_entry`.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b27")]
    pub entry_id: Option<String>,
    /// Why, in the language of `Accept-Language`.
    #[schema(example = "着信拒否に登録された「0120」で始まる番号です。")]
    pub reason: String,
}

/// What the switch answers the caller's side with (RFC 3261, 21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SipAnswer {
    /// Status code.
    #[schema(example = 603)]
    pub code: u16,
    /// Reason phrase.
    #[schema(example = "Decline")]
    pub reason: String,
}

/// A terminal that rings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouteDevice {
    /// The ID.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: String,
    /// What its terminal signs in with.
    #[schema(example = "minato002")]
    pub login_id: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "受付 iPhone")]
    pub terminal_name: String,
    /// 内線 短縮番号.
    #[schema(example = "202")]
    pub extension: String,
    /// Seconds after which it begins to ring.
    #[schema(example = 0)]
    pub ring_after_s: u32,
    /// 着信音.
    #[schema(example = "ringtone_1")]
    pub ringtone: Ringtone,
    /// What the display of an IP phone shows.
    #[schema(example = "東京代表")]
    pub display_name: String,
    /// 番号名称 of the called number.
    #[schema(example = "代表番号")]
    pub number_name: String,
}

/// The caller as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"text": "090-1234-5678", "e164": "+819012345678", "no_number": null,
    "international": false}))]
pub struct RouteCaller {
    /// A number as it is written in Japan; without one why there is none, in the language of
    /// `Accept-Language`.
    #[schema(example = "090-1234-5678")]
    pub text: String,
    /// E.164, or three digits of a service; `null` without a number.
    #[schema(example = "+819012345678")]
    pub e164: Option<String>,
    /// The kind of call without a number; `null` with one.
    #[schema(example = json!(null))]
    pub no_number: Option<NoNumber>,
    /// Whether it came in as an international call.
    #[schema(example = false)]
    pub international: bool,
    /// 内線 短縮番号 of an ID of the same contract that called; absent for everybody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "201")]
    pub extension: Option<String>,
}

impl From<&Caller> for RouteCaller {
    fn from(caller: &Caller) -> Self {
        Self {
            text: caller.japanese(),
            e164: caller.key().map(str::to_owned),
            no_number: if let Caller::NoNumber(kind) = caller { Some(*kind) } else { None },
            international: matches!(caller, Caller::Number { international: true, .. }),
            extension: match caller {
                Caller::Extension(extension) => Some(extension.clone()),
                _ => None,
            },
        }
    }
}

/// An ID that calls another one of its contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouteCalling {
    /// The ID.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24")]
    pub phone_id: String,
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

/// Who would be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RouteNotice {
    /// The notify rule.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24")]
    pub rule_id: String,
    /// Its name.
    #[schema(example = "営業チーム")]
    pub rule_name: String,
    /// When, in words.
    #[schema(example = "だれも出なかったとき")]
    pub when: String,
    /// Whom it tells, in words: mail addresses first, then services.
    #[schema(example = json!(["メール soumu@minato.example", "Slack #営業"]))]
    pub destinations: Vec<String>,
}

/// The decision about a call, as the switch gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "revision": 42, "caller": {"text": "090-1234-5678", "e164": "+819012345678", "no_number": null,
        "international": false},
    "action": "ring",
    "matched": {"rule": "ringing", "entry_id": null, "reason": "この番号で鳴る設定の端末を呼び出します。"},
    "sip": null, "announcement": null,
    "devices": [{
        "phone_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23", "login_id": "minato002",
            "terminal_name": "受付 iPhone", "extension": "202",
        "ring_after_s": 0, "ringtone": "ringtone_1", "display_name": "東京代表", "number_name": "代表番号",
    }],
    "channel_limit": 3,
    "notices": [{"rule_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24", "rule_name": "営業チーム",
        "when": "だれも出なかったとき",
        "destinations": ["メール soumu@minato.example", "Slack #営業"]}],
}))]
pub struct RouteDecision {
    /// The account revision that decided.
    #[schema(example = 42)]
    pub revision: u64,
    /// The caller as it was understood.
    pub caller: RouteCaller,
    /// What becomes of the call.
    #[schema(example = "ring")]
    pub action: RouteAction,
    /// The setting that decided.
    pub matched: Matched,
    /// What the switch answers with; with `reject` only.
    pub sip: Option<SipAnswer>,
    /// What the caller hears: `busy`; with `announce` only.
    #[schema(example = json!(null))]
    pub announcement: Option<String>,
    /// The terminals that ring, in the order in which they begin; with `ring` only.
    pub devices: Vec<RouteDevice>,
    /// Calls at once on the number.
    #[schema(example = 3)]
    pub channel_limit: u8,
    /// Who would be told.
    pub notices: Vec<RouteNotice>,
}

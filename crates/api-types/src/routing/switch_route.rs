//! What a switch asks about a call, and what it is told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    Caller, Matched, NoNumber, RouteAction, RouteCaller, RouteCalling, RouteDevice, RouteLater,
    RtJson, SipAnswer, SipIdentity, header, some_count, some_header,
};

/// A call that has come in, as the switch sees it: the identity of the caller is sent as it stands
/// in the SIP headers. Of a longer one than 1,024 characters the rest is read past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "call_id": "1a2b3c@pbx.example", "called": "+81312345678", "from_user": "anonymous",
        "from_display": "Coin line/payphone",
    "pai": "<tel:+819012345678>", "privacy": "id", "active_calls": 1,
}))]
pub struct RouteQuestion {
    /// Call-ID (RFC 3261, 8.1.1.4), where there is one.
    #[serde(default, deserialize_with = "header")]
    #[schema(example = "1a2b3c@pbx.example")]
    pub call_id: String,
    /// The number that is called, as a number or as a `tel:` or `sip:` address; with
    /// `calling_login_id`, an extension of its contract will do.
    #[serde(deserialize_with = "header")]
    #[validate(length(min = 1))]
    #[schema(example = "+81312345678", min_length = 1)]
    pub called: String,
    /// What the terminal that calls signs in with, where one does: only an ID whose password you
    /// have checked.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub calling_login_id: Option<String>,
    /// User part of From, or its whole address.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = "anonymous")]
    pub from_user: Option<String>,
    /// The name beside the address in From: Japan's networks say there why there is no number.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = "Coin line/payphone")]
    pub from_display: Option<String>,
    /// P-Asserted-Identity (RFC 3325, 9.1), as it stands.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = "<tel:+819012345678>")]
    pub pai: Option<String>,
    /// Privacy (RFC 3323, 4.2), as it stands.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = "id")]
    pub privacy: Option<String>,
    /// Diversion (RFC 5806) or History-Info, as it stands; it decides nothing yet.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub diversion: Option<String>,
    /// Priority (RFC 3261, 20.26): `psap-callback` is a call-back after an emergency call (RFC
    /// 7090), which nothing refuses.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub priority: Option<String>,
    /// Calls that are under way on the number, without this one; what is no count is 0.
    #[serde(default, deserialize_with = "some_count")]
    #[schema(example = 1)]
    pub active_calls: u32,
    /// When the call came; absent = now.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub at: Option<DateTime<Utc>>,
}

impl RouteQuestion {
    /// Who calls. An identity without a readable number is one that cannot be shown.
    pub fn caller(&self) -> Caller {
        let identity = SipIdentity {
            from_display: self.from_display.as_deref(),
            from_user: self.from_user.as_deref(),
            p_asserted_identity: self.pai.as_deref(),
            privacy: self.privacy.as_deref(),
        };
        Caller::from_sip(&identity).unwrap_or(Caller::NoNumber(NoNumber::OutOfRange))
    }
}

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "decision_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29", "revision": 42,
    "caller": {"text": "090-1234-5678", "e164": "+819012345678", "no_number": null,
        "international": false},
    "calling": null, "action": "ring",
    "matched": {"rule": "ringing", "entry_id": null, "reason": "この番号で鳴る設定の端末を呼び出します。"},
    "sip": null, "announcement": null,
    "devices": [{
        "phone_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23", "login_id": "minato002",
            "terminal_name": "受付 iPhone", "extension": "202",
        "ring_after_s": 0, "ringtone": "ringtone_1", "display_name": "東京代表", "number_name": "代表番号",
    }],
    "channel_limit": 3,
    "rtjson": {"version": "1.0", "routing": "parallel",
        "routes": [{"uri": "sip:minato002@sip.example.jp"}]}, "later": null,
    "voicemail_after_s": 20, "ttl_s": 0,
}))]
pub struct SwitchDecision {
    /// Names the decision in logs.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29")]
    pub decision_id: String,
    /// The account revision that decided; 0 where the number or the ID belongs to nobody.
    #[schema(example = 42)]
    pub revision: u64,
    /// The caller as it was understood. One whose identity has no readable number counts as 表示圏外.
    /// An ID that calls an extension has neither `e164` nor `no_number`.
    pub caller: RouteCaller,
    /// The ID that calls an extension: show it to who is called. `null` with every other call.
    pub calling: Option<RouteCalling>,
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
    /// Calls at once on the number; 0 where none of the contract's is called.
    #[schema(example = 3)]
    pub channel_limit: u8,
    /// The terminals that ring at once, for Kamailio; with `ring` only.
    pub rtjson: Option<RtJson>,
    /// The others, where one terminal rings before them.
    pub later: Option<RouteLater>,
    /// After how many seconds without an answer the caller may leave a message: nobody has answered,
    /// wants to or is there. `null` where the contract has no 留守番電話, and with everything but `ring`
    /// for a number.
    #[schema(example = 20)]
    pub voicemail_after_s: Option<u32>,
    /// For how many seconds the decision may be used for another call: 0, since the next caller may
    /// be another one.
    #[schema(example = 0)]
    pub ttl_s: u32,
}

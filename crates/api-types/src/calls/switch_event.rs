//! What the operator's switch reports.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::platform::validation::{CALLER_MAX, no_control_characters};
use crate::{Caller, FieldError, MissedReason, NoNumber, SipIdentity, header, some_header};

/// The most events, or reports of registrations, of one request.
pub const SWITCH_EVENTS_MAX: usize = 1_000;
/// Longest transcript, in characters.
pub const TRANSCRIPT_MAX: u64 = 50_000;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchEventType {
    /// Nobody answered; one per call, or one per terminal under the same `call_id`: one notice is
    /// sent.
    MissedCall,
    /// Somebody answered: a missed call of the same `call_id` is none.
    AnsweredCall,
    /// The account called somebody.
    OutgoingCall,
    /// A message was left.
    Voicemail,
    /// What was said in the voicemail of the same `call_id`, where it is known later.
    Transcript,
    /// A fax came.
    Fax,
    /// A call was forwarded.
    ForwardedCall,
}

/// Something that happened, as the switch saw it. Of a header longer than 1,024 characters the rest
/// is read past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "evt-20261122-000123", "type": "voicemail", "call_id": "a84b4c76e66710@192.0.2.1",
        "called": "+815012345678",
    "caller": "09012345678", "at": "2026-11-22T00:15:00Z", "duration_s": 23,
        "transcript": "田中です。折り返しお電話ください。",
    "attachment_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29",
}))]
pub struct SwitchEvent {
    /// The switch's own id of the event, 1 to 128 characters: the same one twice is one event.
    #[validate(length(min = 1, max = 128), custom(function = no_control_characters))]
    #[schema(example = "evt-20261122-000123", min_length = 1, max_length = 128)]
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "voicemail")]
    pub kind: SwitchEventType,
    /// The switch's name for the call; SIP's Call-ID will do. An event where it is empty is about a
    /// call of its own.
    #[schema(example = "a84b4c76e66710@192.0.2.1")]
    pub call_id: String,
    /// The account's number: the one that was called, or with `outgoing_call` the one that was
    /// shown.
    #[serde(deserialize_with = "header")]
    #[validate(length(min = 1))]
    #[schema(example = "+815012345678", min_length = 1)]
    pub called: String,
    /// The other side as text: a number in any form, an extension of the contract, or `withheld`,
    /// `pay_phone`, `out_of_range`, `service_conflict`. What is none of these is a caller who
    /// cannot be shown.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = "09012345678")]
    pub caller: Option<String>,
    /// Or as SIP has it: the user part of From.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub from_user: Option<String>,
    /// The name beside the address in From.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub from_display: Option<String>,
    /// P-Asserted-Identity, as it stands.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub pai: Option<String>,
    /// Privacy, as it stands.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub privacy: Option<String>,
    /// Diversion, as it stands; it decides nothing yet.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub diversion: Option<String>,
    /// When the call came.
    #[schema(example = "2026-11-22T00:15:00Z")]
    pub at: DateTime<Utc>,
    /// Why nobody answered; with `missed_call`, where absent `no_answer`.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub reason: Option<MissedReason>,
    /// Length of the recording, or for how long it rang, in seconds.
    #[serde(default)]
    #[validate(range(max = 86400))]
    #[schema(example = 23)]
    pub duration_s: Option<u32>,
    /// Pages of a fax.
    #[serde(default)]
    #[validate(range(max = 10000))]
    #[schema(example = json!(null))]
    pub pages: Option<u32>,
    /// What was said, at most 50,000 characters.
    #[serde(default)]
    #[validate(length(max = "TRANSCRIPT_MAX"))]
    #[schema(example = "田中です。折り返しお電話ください。", max_length = 50000)]
    pub transcript: Option<String>,
    /// Where a forwarded call went; what is no number is left out.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = json!(null))]
    pub forwarded_to: Option<String>,
    /// What `POST /switch/attachments` answered for the recording or the fax.
    #[serde(default)]
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29")]
    pub attachment_id: Option<String>,
}

/// Who called, as an event says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventCaller {
    /// The caller; who cannot be read is one who cannot be shown.
    pub caller: Caller,
    /// Whose extension it would be, where the contract has it.
    pub extension: Option<String>,
    /// What cannot be read, as it came; of a longer text the first [`CALLER_MAX`] characters.
    pub unread: Option<String>,
}

impl SwitchEvent {
    /// Who called. An odd caller is no reason to lose an event.
    pub fn other_side(&self) -> EventCaller {
        let text = self.caller.as_deref().filter(|text| !text.trim().is_empty());
        let read = match text {
            Some(text) => Caller::from_network(text),
            None => Caller::from_sip(&SipIdentity {
                from_display: self.from_display.as_deref(),
                from_user: self.from_user.as_deref(),
                p_asserted_identity: self.pai.as_deref(),
                privacy: self.privacy.as_deref(),
            }),
        };
        match read {
            // Emergency services are nobody's extension.
            Ok(Caller::Service(service)) if !service.is_emergency() => EventCaller {
                extension: Some(service.as_str().to_owned()),
                caller: Caller::Service(service),
                unread: None,
            },
            Ok(caller) => EventCaller { caller, extension: None, unread: None },
            Err(_) => {
                let sent = text.or(self.from_user.as_deref()).or(self.pai.as_deref());
                let first = |sent: &str| sent.chars().take(CALLER_MAX as usize).collect();
                EventCaller {
                    caller: Caller::NoNumber(NoNumber::OutOfRange),
                    extension: sent.and_then(Caller::extension),
                    unread: sent.filter(|sent| !sent.trim().is_empty()).map(first),
                }
            }
        }
    }
}

/// What became of one event of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchEventOutcome {
    /// It is kept, and its notices are under way.
    Accepted,
    /// It was kept before; nothing else happens.
    Duplicate,
    /// It is wrong: sending it again as it is does not help.
    Rejected,
}

/// The answer to one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchEventAnswer {
    /// The switch's id of the event; empty where it has none.
    #[schema(example = "evt-20261122-000123")]
    pub id: String,
    /// What became of it.
    #[schema(example = "accepted")]
    pub outcome: SwitchEventOutcome,
    /// What is wrong; with `rejected` only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// The answers, in the order of the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"items": [
    {"id": "evt-20261122-000123", "outcome": "accepted"},
    {"id": "evt-20261122-000124", "outcome": "rejected", "errors": [
        {"pointer": "/1/called", "code": "not_found", "message": "この番号は登録されていません。"},
    ]},
]}))]
pub struct SwitchEventAnswers {
    /// One per event.
    pub items: Vec<SwitchEventAnswer>,
}

/// A file that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SwitchAttachment {
    /// To be named as `attachment_id` of an event within a day; then it is removed.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29")]
    pub attachment_id: String,
    /// Media type, as we recognised it.
    #[schema(example = "audio/mp4")]
    pub content_type: String,
    /// Bytes.
    #[schema(example = 48211)]
    pub size: u64,
}

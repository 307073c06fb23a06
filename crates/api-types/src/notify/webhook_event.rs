//! What a service of type `webhook` is sent: the bodies, by Standard Webhooks 1.0.0.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AttachmentKind, MissedReason, RouteCaller};

/// Largest body that a webhook is sent, in bytes: a longer transcript is cut.
pub const WEBHOOK_BODY_MAX: usize = 20_000;

/// What a webhook tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum WebhookCallType {
    /// 不在着信.
    #[serde(rename = "call.missed")]
    Missed,
    /// 留守番電話.
    #[serde(rename = "voicemail.received")]
    Voicemail,
    /// What was said in a voicemail that was told of before.
    #[serde(rename = "voicemail.transcribed")]
    Transcribed,
    /// クラウドFAX.
    #[serde(rename = "fax.received")]
    Fax,
    /// 転送電話.
    #[serde(rename = "call.forwarded")]
    Forwarded,
}

impl WebhookCallType {
    /// All five, in the order in which they are documented.
    pub const ALL: [WebhookCallType; 5] = [
        WebhookCallType::Missed,
        WebhookCallType::Voicemail,
        WebhookCallType::Transcribed,
        WebhookCallType::Fax,
        WebhookCallType::Forwarded,
    ];

    /// As it stands in `type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            WebhookCallType::Missed => "call.missed",
            WebhookCallType::Voicemail => "voicemail.received",
            WebhookCallType::Transcribed => "voicemail.transcribed",
            WebhookCallType::Fax => "fax.received",
            WebhookCallType::Forwarded => "call.forwarded",
        }
    }
}

/// Something that happened on a number of the account, as an endpoint of the account's own is told
/// of it.
///
/// Fields may be added; those that stand here stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookCallEvent {
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "voicemail.received")]
    pub kind: WebhookCallType,
    /// When the call came; the header `webhook-timestamp` says when this attempt was made.
    #[schema(example = "2026-11-22T00:15:00Z")]
    pub timestamp: DateTime<Utc>,
    /// The call.
    pub data: WebhookCall,
}

/// The call that a webhook tells of. Every field is always there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookCall {
    /// The delivery, as in the header `webhook-id`: the same on every attempt, so that what comes
    /// twice is recognised.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31")]
    pub delivery_id: String,
    /// What people read of it.
    #[schema(example = "K7QX-2M9D")]
    pub short_id: String,
    /// The event, the same for every destination and for the transcript that comes later.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30")]
    pub call_event_id: String,
    /// The same id, as `GET /call-events/{event_id}` calls it.
    #[serde(default)]
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30")]
    pub id: String,
    /// When the call came, as in `timestamp`.
    #[schema(example = "2026-11-22T00:15:00Z")]
    pub at: DateTime<Utc>,
    /// Id of the number that was called.
    #[serde(default)]
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub number_id: String,
    /// The number that was called, in E.164.
    #[schema(example = "+815012345678")]
    pub number: String,
    /// Its name; empty when it has none.
    #[schema(example = "代表番号")]
    pub number_name: String,
    /// Who called.
    pub caller: RouteCaller,
    /// Why nobody answered; with `call.missed`.
    #[schema(example = json!(null))]
    pub reason: Option<MissedReason>,
    /// Length of the recording, or for how long it rang, in seconds; `null` where it is not known.
    #[schema(example = 23)]
    pub duration_s: Option<u32>,
    /// Pages; with `fax.received`.
    #[schema(example = json!(null))]
    pub pages: Option<u32>,
    /// Where the call went, in E.164; with `call.forwarded`.
    #[schema(example = json!(null))]
    pub forwarded_to: Option<String>,
    /// What was said, where it is known.
    #[schema(example = "田中です。折り返しお電話ください。")]
    pub transcript: Option<String>,
    /// Whether the transcript was cut so that the body stays below 20 kB; the whole one stands on
    /// `page_url` and in the API.
    #[schema(example = false)]
    pub transcript_cut: bool,
    /// The recording or the fax.
    pub attachment: Option<WebhookAttachment>,
}

/// The file of an event, behind links that expire and need no sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookAttachment {
    /// What kind of file.
    #[schema(example = "audio")]
    pub kind: AttachmentKind,
    /// Media type.
    #[schema(example = "audio/mp4")]
    pub content_type: String,
    /// What it is called.
    #[schema(example = "voicemail-20261122-0915.m4a")]
    pub file_name: String,
    /// Bytes.
    #[schema(example = 48211)]
    pub size: u64,
    /// The bytes.
    #[schema(example = "https://portal.example.jp/downloads/Zk3…/voicemail-20261122-0915.m4a")]
    pub url: String,
    /// A page with player and transcript for people.
    #[schema(example = "https://portal.example.jp/downloads/Zk3…")]
    pub page_url: String,
    /// Until when both work.
    #[schema(example = "2026-11-29T00:15:00Z")]
    pub expires_at: DateTime<Utc>,
}

/// A test, asked for by the owner of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookTestEvent {
    /// Always `test`.
    #[serde(rename = "type")]
    #[schema(example = "test")]
    pub kind: WebhookTestType,
    /// When it was asked for.
    #[schema(example = "2026-11-22T00:15:00Z")]
    pub timestamp: DateTime<Utc>,
    /// What is tested.
    pub data: WebhookTest,
}

/// The one type of a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookTestType {
    /// A test.
    #[default]
    Test,
}

/// What is tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookTest {
    /// The delivery, as in the header `webhook-id`.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31")]
    pub delivery_id: String,
    /// What people read of it.
    #[schema(example = "K7QX-2M9D")]
    pub short_id: String,
    /// Name of the notify rule.
    #[schema(example = "営業チーム")]
    pub rule_name: String,
}

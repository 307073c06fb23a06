//! What happened on the account's numbers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::RouteCaller;

/// What a rule can tell of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NotifyEvent {
    /// 不在着信.
    MissedCall,
    /// 留守番電話.
    Voicemail,
    /// クラウドFAX.
    Fax,
    /// 転送電話.
    ForwardedCall,
}

impl NotifyEvent {
    /// All four, in the order in which they are shown.
    pub const ALL: [NotifyEvent; 4] = [
        NotifyEvent::MissedCall,
        NotifyEvent::Voicemail,
        NotifyEvent::Fax,
        NotifyEvent::ForwardedCall,
    ];
}

/// Why nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissedReason {
    /// It rang and nobody answered.
    NoAnswer,
    /// Every channel was in use.
    Busy,
    /// A terminal or the block list refused it.
    Refused,
    /// The caller hung up; `duration_s` says after how long.
    HungUp,
}

/// What kind of file an event has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A recording.
    Audio,
    /// A fax as PDF or TIFF.
    Fax,
}

/// The file of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallAttachment {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29")]
    pub id: String,
    /// What kind of file.
    #[schema(example = "audio")]
    pub kind: AttachmentKind,
    /// Media type.
    #[schema(example = "audio/mp4")]
    pub content_type: String,
    /// What it is called when it is downloaded.
    #[schema(example = "voicemail-20261122-0915.m4a")]
    pub file_name: String,
    /// Bytes.
    #[schema(example = 48211)]
    pub size: u64,
    /// Until when the link in notices works; `null` when it does not work any more.
    #[schema(example = "2026-11-29T00:15:00Z")]
    pub link_expires_at: Option<DateTime<Utc>>,
    /// How often the file was fetched through the link.
    #[schema(example = 2)]
    pub downloads: u32,
    /// When it last was.
    #[schema(example = json!(null))]
    pub last_download_at: Option<DateTime<Utc>>,
}

/// What became of the notices of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryCounts {
    /// Delivered or handed over.
    #[schema(example = 2)]
    pub sent: u32,
    /// Waiting, being sent, or held back.
    #[schema(example = 0)]
    pub waiting: u32,
    /// Given up.
    #[schema(example = 0)]
    pub failed: u32,
}

/// Something that happened on a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallEvent {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30")]
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "voicemail")]
    pub kind: NotifyEvent,
    /// The number that was called.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub number_id: String,
    /// The same number in E.164.
    #[serde(default)]
    #[schema(example = "+815012345678")]
    pub number: String,
    /// Its name; empty when it has none.
    #[serde(default)]
    #[schema(example = "代表番号")]
    pub number_name: String,
    /// The switch's name for the call.
    #[schema(example = "a84b4c76e66710@192.0.2.1")]
    pub call_id: String,
    /// Who called.
    pub caller: RouteCaller,
    /// Why nobody answered; with `missed_call` only.
    #[schema(example = json!(null))]
    pub reason: Option<MissedReason>,
    /// When the call came.
    #[schema(example = "2026-11-22T00:15:00Z")]
    pub at: DateTime<Utc>,
    /// When the switch reported it.
    #[serde(default)]
    #[schema(example = "2026-11-22T00:15:31Z")]
    pub received_at: Option<DateTime<Utc>>,
    /// Length of the recording, or for how long it rang, in seconds.
    #[schema(example = 23)]
    pub duration_s: Option<u32>,
    /// Pages of a fax.
    #[schema(example = json!(null))]
    pub pages: Option<u32>,
    /// What was said.
    #[schema(example = "田中です。折り返しお電話ください。")]
    pub transcript: Option<String>,
    /// Where a forwarded call went, in E.164.
    #[schema(example = json!(null))]
    pub forwarded_to: Option<String>,
    /// Its file; the bytes are at `/call-events/{id}/attachment`.
    pub attachment: Option<CallAttachment>,
    /// What became of its notices.
    pub deliveries: DeliveryCounts,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CallEventQuery {
    /// How many items at most, 1 to 200; 100 when absent.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only of this kind.
    #[serde(rename = "type")]
    pub kind: Option<NotifyEvent>,
    /// Only on this number.
    pub number_id: Option<String>,
}

/// Something that changed while one looks: a message of `GET /call-events/stream` (server-sent
/// events), whose `event` is `change`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LiveChange {
    /// An event that came or changed.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30")]
    pub call_event_id: Option<String>,
    /// A delivery whose state changed.
    #[schema(example = json!(null))]
    pub delivery_id: Option<String>,
    /// A service whose state changed.
    #[schema(example = json!(null))]
    pub service_id: Option<String>,
}

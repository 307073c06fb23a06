//! What was sent, to whom, and what came of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{Channel, ServiceProblem};

/// What has become of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits for its time.
    Waiting,
    /// It is being sent.
    Sending,
    /// It waits until its service is switched on again.
    Held,
    /// It is there.
    Delivered,
    /// The service took it and does not say what becomes of it.
    HandedOver,
    /// It was given up.
    Failed,
    /// It was not needed any more: the call was answered after all.
    Canceled,
    /// Its owner chose not to send it.
    Skipped,
}

/// What one attempt came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// It is there.
    Delivered,
    /// The service took it and does not say what becomes of it.
    HandedOver,
    /// It can be tried again.
    Retry,
    /// The service's settings are wrong.
    BadConfig,
    /// The service does not take this content.
    BadPayload,
    /// No answer came: it may be there.
    Unknown,
    /// The process that sent it ended meanwhile: it may be there.
    Interrupted,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryAttempt {
    /// When it began.
    #[schema(example = "2026-11-22T00:15:04Z")]
    pub at: DateTime<Utc>,
    /// What it came to.
    #[schema(example = "retry")]
    pub outcome: AttemptOutcome,
    /// HTTP status or SMTP code, where one came.
    #[schema(example = 429)]
    pub status: Option<u16>,
    /// The same in words.
    #[schema(example = "Slackが混み合っています。")]
    pub message: String,
    /// The service's answer, shortened and without secrets.
    #[schema(example = "ratelimited")]
    pub detail: String,
    /// How long it took.
    #[schema(example = 212)]
    pub duration_ms: u32,
}

/// A notice to one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31")]
    pub id: String,
    /// What stands in the notice, so that one that arrives twice is recognised.
    #[schema(example = "K7QX-2M9D")]
    pub short_id: String,
    /// The event that it tells of; `null` for a mail about a service that was switched off.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30")]
    pub call_event_id: Option<String>,
    /// The rule that asked for it.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24")]
    pub rule_id: Option<String>,
    /// The service that it goes to; `null` for mail.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b28")]
    pub service_id: Option<String>,
    /// Where it goes.
    #[schema(example = "slack")]
    pub channel: Channel,
    /// The mail address, or the label of the service at that time.
    #[schema(example = "#営業")]
    pub destination: String,
    /// What has become of it.
    #[schema(example = "delivered")]
    pub state: DeliveryState,
    /// The same in words, in the language of `Accept-Language`.
    #[schema(example = "届きました。")]
    pub message: String,
    /// What is wrong and what to do about it; `null` while nothing is.
    #[schema(example = json!(null))]
    pub problem: Option<ServiceProblem>,
    /// How often it was tried.
    #[schema(example = 1)]
    pub attempt_count: u32,
    /// Each attempt, the first one first; only where one delivery is asked for, else empty.
    pub attempts: Vec<DeliveryAttempt>,
    /// When it is tried next; with `waiting` only.
    #[schema(example = json!(null))]
    pub next_at: Option<DateTime<Utc>>,
    /// When it was planned.
    #[schema(example = "2026-11-22T00:15:03Z")]
    pub created_at: DateTime<Utc>,
    /// When it came to an end.
    #[schema(example = "2026-11-22T00:15:04Z")]
    pub finished_at: Option<DateTime<Utc>>,
    /// Whether it can be sent again.
    #[schema(example = true)]
    pub resendable: bool,
}

/// Which deliveries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    /// How many items at most, 1 to 200; 100 when absent.
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only of this event.
    pub call_event_id: Option<String>,
    /// Only to this service.
    pub service_id: Option<String>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
}

/// Which deliveries are to be sent again: those that failed or were skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesResend {
    /// Planned at this time or later.
    #[schema(example = "2026-11-22T00:00:00Z")]
    pub since: DateTime<Utc>,
    /// And before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub until: Option<DateTime<Utc>>,
    /// Only of this rule.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub rule_id: Option<String>,
    /// Only of this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(null))]
    pub service_id: Option<String>,
}

/// How many are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveriesResent {
    /// How many.
    #[schema(example = 12)]
    pub resent: u32,
}

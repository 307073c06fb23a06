//! Which terminals are registered, as switches report it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{FieldError, some_header};

/// What a terminal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationEvent {
    /// It has registered, or done so again.
    Registered,
    /// It has gone.
    Unregistered,
}

/// A registration, as a switch saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "event": "registered", "login_id": "minato001",
    "contact": "sip:minato001@192.0.2.10:5062;transport=udp",
    "user_agent": "Yealink SIP-T46U 108.86.0.20", "expires_at": "2026-11-22T01:15:00Z",
    "at": "2026-11-22T00:15:00Z",
}))]
pub struct Registration {
    /// What it did.
    #[schema(example = "registered")]
    pub event: RegistrationEvent,
    /// What the terminal signs in with: the user part of its address of record.
    #[schema(example = "minato001")]
    pub login_id: String,
    /// The address that it registered: always the same text for the same terminal. With
    /// `unregistered` it may be absent or `*`: all terminals of the ID have gone.
    #[serde(default)]
    #[schema(example = "sip:minato001@192.0.2.10:5062;transport=udp")]
    pub contact: Option<String>,
    /// User-Agent, as it stands. The portal finds make and kind of the terminal in it.
    #[serde(default, deserialize_with = "some_header")]
    #[schema(example = "Yealink SIP-T46U 108.86.0.20")]
    pub user_agent: Option<String>,
    /// When the registration ends unless it is made again; with `registered`. The portal shows it
    /// until then, and for 30 days at the most.
    #[serde(default)]
    #[schema(example = "2026-11-22T01:15:00Z")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it happened, by the switch's clock. A time that has not come yet is taken for now.
    #[schema(example = "2026-11-22T00:15:00Z")]
    pub at: DateTime<Utc>,
}

/// What became of one report of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationOutcome {
    /// The portal shows it so.
    Accepted,
    /// Something newer is known: it changes nothing.
    Outdated,
    /// It is wrong: sending it again as it is does not help.
    Rejected,
}

/// The answer to one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegistrationAnswer {
    /// The report's `login_id`; empty where it has none.
    #[schema(example = "minato001")]
    pub login_id: String,
    /// What became of it.
    #[schema(example = "accepted")]
    pub outcome: RegistrationOutcome,
    /// What is wrong; with `rejected` only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// The answers, in the order of the reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"items": [
    {"login_id": "minato001", "outcome": "accepted"},
    {"login_id": "nobody", "outcome": "rejected", "errors": [
        {"pointer": "/1/login_id", "code": "not_found", "message": "このIDは登録されていません。"},
    ]},
]}))]
pub struct RegistrationAnswers {
    /// One per report.
    pub items: Vec<RegistrationAnswer>,
}

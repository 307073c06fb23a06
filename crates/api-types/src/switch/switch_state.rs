//! 保存済み → 交換機に反映済み: whether calls are decided by what was saved last.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far the last change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchProgress {
    /// Every switch decides by it.
    Applied,
    /// It is on its way; look again.
    Waiting,
    /// A switch has not been heard of for a while: it decides by what it knew last.
    Silent,
    /// No switch is in operation.
    NoSwitch,
}

/// How far the last change of the account has come that decides about calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "state": "applied", "revision": 42, "saved_at": "2026-11-22T03:00:00Z",
        "applied_at": "2026-11-22T03:00:00.800Z", "lag_ms": 800,
    "last_seen_at": null,
}))]
pub struct SwitchState {
    /// How far it has come.
    #[schema(example = "applied")]
    pub state: SwitchProgress,
    /// The revision of the change; `null` = there was none for days.
    #[schema(example = 42)]
    pub revision: Option<u64>,
    /// When it was saved.
    #[schema(example = "2026-11-22T03:00:00Z")]
    pub saved_at: Option<DateTime<Utc>>,
    /// Since when every switch decides by it; a switch that asks about each call counts as a second
    /// behind. With `applied` only.
    #[schema(example = "2026-11-22T03:00:00.800Z")]
    pub applied_at: Option<DateTime<Utc>>,
    /// How long it took, in milliseconds.
    #[schema(example = 800)]
    pub lag_ms: Option<u64>,
    /// When the switch that is silent was last heard of; with `silent` only.
    #[schema(example = json!(null))]
    pub last_seen_at: Option<DateTime<Utc>>,
}

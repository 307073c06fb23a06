//! Lines of the change log as they go over the wire.

use crate::error::Failure;
use crate::platform::stored::{from_text, version};
use api_types::AuditEntry;
use store::history::audit;

/// A line of the change log.
///
/// # Errors
/// `internal` when it cannot be read.
pub fn audit_entry(row: &audit::Row) -> Result<AuditEntry, Failure> {
    let unreadable =
        |what: &str| Failure::Internal(format!("audit_log.{what} of {} cannot be read", row.id));
    Ok(AuditEntry {
        id: row.id.clone(),
        at: row.at.and_utc(),
        actor_kind: from_text(&row.actor_kind).ok_or_else(|| unreadable("actor_kind"))?,
        actor: row.actor.clone(),
        object_kind: from_text(&row.object_kind).ok_or_else(|| unreadable("object_kind"))?,
        object_id: row.object_id.clone(),
        action: from_text(&row.action).ok_or_else(|| unreadable("action"))?,
        before: serde_json::from_str(&row.before).map_err(|_| unreadable("before"))?,
        after: serde_json::from_str(&row.after).map_err(|_| unreadable("after"))?,
        revision: version(row.revision),
        restorable: crate::history::rules::restore::restorable(row),
    })
}

//! Lines of the change log as they go over the wire.

use crate::platform::wire::unsigned;
use api_types::AuditEntry;
use store::history::audit;

/// A line of the change log.
pub fn audit_entry(row: &audit::Row) -> AuditEntry {
    AuditEntry {
        id: row.id.clone(),
        at: row.at.and_utc(),
        actor_kind: row.actor_kind.0,
        actor: row.actor.clone(),
        object_kind: row.object_kind.0,
        object_id: row.object_id.clone(),
        action: row.action.0,
        before: row.before.clone().into_inner(),
        after: row.after.clone().into_inner(),
        revision: unsigned(row.revision),
        restorable: crate::history::rules::restore::restorable(row),
    }
}

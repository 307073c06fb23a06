//! Lines of the change log as they go over the wire.

use std::collections::{BTreeMap, BTreeSet};

use api_types::{AuditEntry, FieldValue};
use store::history::audit;
use store::notify::notify_rule;
use store::{Conn, Scope, StoreError};

use crate::platform::wire::unsigned;

/// The ids of notify rules in a line.
fn rules_in(row: &audit::Row) -> impl Iterator<Item = &str> {
    [&row.before, &row.after].into_iter().filter_map(|values| match values.get("notify_rule_id") {
        Some(FieldValue::Text(id)) => Some(id.as_str()),
        _ => None,
    })
}

/// What the notify rules in these lines are called, or were called last; by id.
///
/// # Errors
/// When the database does not answer.
pub fn names(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[audit::Row],
) -> Result<BTreeMap<String, String>, StoreError> {
    let wanted: BTreeSet<&str> = rows.iter().flat_map(rules_in).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rules = notify_rule::list(conn, scope)?.into_iter();
    let mut names: BTreeMap<String, String> = rules.map(|rule| (rule.id, rule.name)).collect();
    let gone = wanted.into_iter().filter(|id| !names.contains_key(*id));
    let gone: Vec<String> = gone.map(str::to_owned).collect();
    for row in audit::deletions(conn, scope, &gone)? {
        if let Some(FieldValue::Text(name)) = row.before.get("name") {
            names.insert(row.object_id.clone(), name.clone());
        }
    }
    Ok(names)
}

/// A line of the change log; `names` are those of [`names`].
pub fn audit_entry(row: &audit::Row, names: &BTreeMap<String, String>) -> AuditEntry {
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
        names: rules_in(row)
            .filter_map(|id| Some((id.to_owned(), names.get(id)?.clone())))
            .collect(),
        revision: unsigned(row.revision),
        restorable: crate::history::rules::restore::restorable(row),
    }
}

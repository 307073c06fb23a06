//! Which changes can be taken back, and what that means.

use crate::platform;
use api_types::{AuditAction, AuditObject, FieldValue, FieldValues, Owner, Setting};
use store::history::audit;

/// The settings of a notify rule.
pub const NOTIFY_RULE_FIELDS: [&str; 5] =
    ["name", "emails", "events", "language", "private_subject"];

/// The settings of a notify service that are kept in the log; former credentials are kept nowhere.
pub const NOTIFY_SERVICE_FIELDS: [&str; 2] = ["label", "enabled"];

/// What putting the values from before a change back means.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// Settings of the contract.
    Account,
    /// Settings of a number.
    Number,
    /// Settings of an ID.
    PhoneId,
    /// Which IDs ring.
    Ringing,
    /// An added entry is removed; where it took the place of an expired one, that is not worth
    /// coming back.
    RemoveEntry,
    /// An entry gets its former note and expiry.
    ChangeEntry,
    /// Removed entries come back.
    PutBack {
        /// The removal.
        deletion_id: String,
    },
    /// Entries that were put back are removed again.
    RemoveAgain {
        /// The former removal.
        deletion_id: String,
    },
    /// Settings of a notify rule.
    NotifyRule,
    /// Settings of a notify service.
    NotifyService,
    /// An import is taken back.
    UndoImport {
        /// The import.
        import_id: String,
    },
}

/// What restoring a change means; `None` where it cannot be: passwords are not kept, and what the
/// operator made only the operator can unmake.
pub fn plan(row: &audit::Row) -> Option<Plan> {
    let action: AuditAction = platform::stored::from_text(&row.action)?;
    let object: AuditObject = platform::stored::from_text(&row.object_kind)?;
    let after: FieldValues = serde_json::from_str(&row.after).ok()?;
    let only = |allowed: &[&str]| {
        !after.is_empty() && after.keys().all(|name| allowed.contains(&name.as_str()))
    };
    let settings =
        |owner| !after.is_empty() && after.keys().all(|name| Setting::find(owner, name).is_some());
    let id = |name: &str| match after.get(name) {
        Some(FieldValue::Text(id)) => Some(id.clone()),
        _ => None,
    };
    match (object, action) {
        (AuditObject::Account, AuditAction::Update) if only(&["contact_mail"]) => {
            Some(Plan::Account)
        }
        // The switches of the block list and the announcement are settings of the number, shown on
        // screens of their own.
        (AuditObject::Number | AuditObject::BlockList, AuditAction::Update)
            if settings(Owner::Number) =>
        {
            Some(Plan::Number)
        }
        (AuditObject::PhoneId, AuditAction::Update) if settings(Owner::PhoneId) => {
            Some(Plan::PhoneId)
        }
        (AuditObject::Ringing, AuditAction::Update) => Some(Plan::Ringing),
        (AuditObject::NotifyRule, AuditAction::Update) if only(&NOTIFY_RULE_FIELDS) => {
            Some(Plan::NotifyRule)
        }
        (AuditObject::NotifyService, AuditAction::Update) if only(&NOTIFY_SERVICE_FIELDS) => {
            Some(Plan::NotifyService)
        }
        (AuditObject::BlockList, AuditAction::AddEntry) => Some(Plan::RemoveEntry),
        (AuditObject::BlockList, AuditAction::ChangeEntry) => Some(Plan::ChangeEntry),
        (AuditObject::BlockList, AuditAction::RemoveEntries) => {
            id("deletion_id").map(|deletion_id| Plan::PutBack { deletion_id })
        }
        (AuditObject::BlockList, AuditAction::PutBackEntries) => {
            id("deletion_id").map(|deletion_id| Plan::RemoveAgain { deletion_id })
        }
        // What an undo of an import removed waits under the import's id.
        (AuditObject::BlockList, AuditAction::UndoImport) => {
            id("import_id").map(|deletion_id| Plan::PutBack { deletion_id })
        }
        (AuditObject::BlockList, AuditAction::Import) => {
            id("import_id").map(|import_id| Plan::UndoImport { import_id })
        }
        _ => None,
    }
}

/// Whether the values from before a change can be put back.
pub fn restorable(row: &audit::Row) -> bool {
    plan(row).is_some()
}

/// Whether the fields of a change still have the values that it gave them.
pub fn is_unchanged(present: &FieldValues, after: &FieldValues) -> bool {
    after.iter().all(|(name, value)| present.get(name).unwrap_or(&FieldValue::Null(())) == value)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn row(object: &str, action: &str, after: &str) -> audit::Row {
        audit::Row {
            account_id: "account".into(),
            id: "change".into(),
            at: DateTime::UNIX_EPOCH.naive_utc(),
            actor_kind: "holder".into(),
            actor: "minato001".into(),
            object_kind: object.into(),
            object_id: "object".into(),
            action: action.into(),
            before: "{}".into(),
            after: after.into(),
            revision: 1,
        }
    }

    #[test]
    fn what_a_holder_changed_can_be_taken_back_and_nothing_else() {
        let table = [
            ("number", "update", r#"{"name":"代表"}"#, Some(Plan::Number)),
            ("number", "update", r#"{"channel_limit":2,"max_channels":2}"#, None),
            ("block_list", "update", r#"{"reject_withheld":true}"#, Some(Plan::Number)),
            ("number", "create", r#"{"name":"代表"}"#, None),
            ("phone_id", "update", r#"{"terminal_name":"受付"}"#, Some(Plan::PhoneId)),
            ("phone_id", "update", r#"{"extension":"301"}"#, None),
            ("phone_id", "set_password", "{}", None),
            ("phone_id", "reveal_password", "{}", None),
            ("ringing", "update", r#"{"rings:p1":false}"#, Some(Plan::Ringing)),
            ("notify_rule", "update", r#"{"emails":"a@example.jp"}"#, Some(Plan::NotifyRule)),
            ("notify_rule", "create", r#"{"name":"営業"}"#, None),
            ("notify_rule", "delete", "{}", None),
            ("notify_service", "update", r#"{"label":"営業"}"#, Some(Plan::NotifyService)),
            (
                "notify_service",
                "update",
                r#"{"changed_credentials":"bot_token","label":"営業"}"#,
                None,
            ),
            ("account", "update", r#"{"contact_mail":null}"#, Some(Plan::Account)),
            ("account", "update", r#"{"status":"active"}"#, None),
            ("block_list", "add_entry", "{}", Some(Plan::RemoveEntry)),
            (
                "block_list",
                "remove_entries",
                r#"{"count":2,"deletion_id":"d"}"#,
                Some(Plan::PutBack { deletion_id: "d".into() }),
            ),
            (
                "block_list",
                "import",
                r#"{"count":2,"import_id":"i"}"#,
                Some(Plan::UndoImport { import_id: "i".into() }),
            ),
            (
                "block_list",
                "undo_import",
                r#"{"count":2,"import_id":"i"}"#,
                Some(Plan::PutBack { deletion_id: "i".into() }),
            ),
            (
                "block_list",
                "put_back_entries",
                r#"{"count":2,"deletion_id":"d"}"#,
                Some(Plan::RemoveAgain { deletion_id: "d".into() }),
            ),
        ];
        for (object, action, after, expected) in table {
            assert_eq!(plan(&row(object, action, after)), expected, "{object} {action} {after}");
        }
    }
}

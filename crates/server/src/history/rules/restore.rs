//! Which changes can be taken back, and what that means.

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
    let after = &row.after;
    let only = |allowed: &[&str]| {
        !after.is_empty() && after.keys().all(|name| allowed.contains(&name.as_str()))
    };
    let settings =
        |owner| !after.is_empty() && after.keys().all(|name| Setting::find(owner, name).is_some());
    let id = |name: &str| match after.get(name) {
        Some(FieldValue::Text(id)) => Some(id.clone()),
        _ => None,
    };
    match (row.object_kind.0, row.action.0) {
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
    use api_types::ActorKind;
    use chrono::DateTime;

    use super::*;

    fn row(object: AuditObject, action: AuditAction, after: &str) -> audit::Row {
        audit::Row {
            account_id: "account".into(),
            id: "change".into(),
            at: DateTime::UNIX_EPOCH.naive_utc(),
            actor_kind: ActorKind::Holder.into(),
            actor: "minato001".into(),
            object_kind: object.into(),
            object_id: "object".into(),
            action: action.into(),
            before: FieldValues::new().into(),
            after: serde_json::from_str::<FieldValues>(after).unwrap().into(),
            revision: 1,
        }
    }

    #[test]
    fn what_a_holder_changed_can_be_taken_back_and_nothing_else() {
        let table = [
            (AuditObject::Number, AuditAction::Update, r#"{"name":"代表"}"#, Some(Plan::Number)),
            (
                AuditObject::Number,
                AuditAction::Update,
                r#"{"channel_limit":2,"max_channels":2}"#,
                None,
            ),
            (
                AuditObject::BlockList,
                AuditAction::Update,
                r#"{"reject_withheld":true}"#,
                Some(Plan::Number),
            ),
            (AuditObject::Number, AuditAction::Create, r#"{"name":"代表"}"#, None),
            (
                AuditObject::PhoneId,
                AuditAction::Update,
                r#"{"terminal_name":"受付"}"#,
                Some(Plan::PhoneId),
            ),
            (AuditObject::PhoneId, AuditAction::Update, r#"{"extension":"301"}"#, None),
            (AuditObject::PhoneId, AuditAction::SetPassword, "{}", None),
            (AuditObject::PhoneId, AuditAction::RevealPassword, "{}", None),
            (
                AuditObject::Ringing,
                AuditAction::Update,
                r#"{"rings:p1":false}"#,
                Some(Plan::Ringing),
            ),
            (
                AuditObject::NotifyRule,
                AuditAction::Update,
                r#"{"emails":"a@example.jp"}"#,
                Some(Plan::NotifyRule),
            ),
            (AuditObject::NotifyRule, AuditAction::Create, r#"{"name":"営業"}"#, None),
            (AuditObject::NotifyRule, AuditAction::Delete, "{}", None),
            (
                AuditObject::NotifyService,
                AuditAction::Update,
                r#"{"label":"営業"}"#,
                Some(Plan::NotifyService),
            ),
            (
                AuditObject::NotifyService,
                AuditAction::Update,
                r#"{"changed_credentials":"bot_token","label":"営業"}"#,
                None,
            ),
            (
                AuditObject::Account,
                AuditAction::Update,
                r#"{"contact_mail":null}"#,
                Some(Plan::Account),
            ),
            (AuditObject::Account, AuditAction::Update, r#"{"status":"active"}"#, None),
            (AuditObject::BlockList, AuditAction::AddEntry, "{}", Some(Plan::RemoveEntry)),
            (
                AuditObject::BlockList,
                AuditAction::RemoveEntries,
                r#"{"count":2,"deletion_id":"d"}"#,
                Some(Plan::PutBack { deletion_id: "d".into() }),
            ),
            (
                AuditObject::BlockList,
                AuditAction::Import,
                r#"{"count":2,"import_id":"i"}"#,
                Some(Plan::UndoImport { import_id: "i".into() }),
            ),
            (
                AuditObject::BlockList,
                AuditAction::UndoImport,
                r#"{"count":2,"import_id":"i"}"#,
                Some(Plan::PutBack { deletion_id: "i".into() }),
            ),
            (
                AuditObject::BlockList,
                AuditAction::PutBackEntries,
                r#"{"count":2,"deletion_id":"d"}"#,
                Some(Plan::RemoveAgain { deletion_id: "d".into() }),
            ),
        ];
        for (object, action, after, expected) in table {
            assert_eq!(
                plan(&row(object, action, after)),
                expected,
                "{object:?} {action:?} {after}"
            );
        }
    }
}

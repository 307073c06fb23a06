//! The change log in words: names instead of field names, ids and codes.

use api_types::{ActorKind, AuditAction, AuditEntry, AuditObject, FieldValue};

use crate::directory::{Rows, id_label, number_label};
use crate::format;
use crate::t;

/// What was changed, as a person calls it.
pub(super) fn object(entry: &AuditEntry, rows: Option<&Rows>) -> String {
    let known = match entry.object_kind {
        AuditObject::Number | AuditObject::Ringing | AuditObject::BlockList => {
            rows.and_then(|rows| rows.number(&entry.object_id)).map(number_label)
        }
        AuditObject::PhoneId => rows.and_then(|rows| rows.phone_id(&entry.object_id)).map(id_label),
        AuditObject::Terminal => match entry.after.get("name").or(entry.before.get("name")) {
            Some(FieldValue::Text(name)) if !name.is_empty() => Some(name.clone()),
            _ => None,
        },
        AuditObject::Account => None,
    };
    known.unwrap_or_else(|| {
        let kind = match entry.object_kind {
            AuditObject::Account => t!(audit.account),
            AuditObject::Number | AuditObject::Ringing | AuditObject::BlockList => t!(audit.number),
            AuditObject::PhoneId => t!(audit.phone_id),
            AuditObject::Terminal => t!(audit.terminal),
        };
        kind.to_owned()
    })
}

/// What was done to it.
pub(super) fn action(entry: &AuditEntry) -> &'static str {
    match entry.action {
        AuditAction::Create => t!(audit.create),
        AuditAction::Update => t!(audit.update),
        AuditAction::Delete => t!(audit.delete),
        AuditAction::SetPassword => t!(audit.set_password),
        _ => t!(audit.update),
    }
}

/// Who did it.
pub(super) fn actor(entry: &AuditEntry) -> String {
    match entry.actor_kind {
        ActorKind::Holder => t!(audit.holder, name = entry.actor.clone()),
        ActorKind::Operator => t!(audit.operator, name = entry.actor.clone()),
    }
}

/// One changed field: its name, the value before, the value after.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) field: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// Every changed field, in the order of the log.
pub(super) fn changes(entry: &AuditEntry, rows: Option<&Rows>) -> Vec<Change> {
    let mut names: Vec<_> = entry.before.keys().collect();
    names.extend(entry.after.keys().filter(|name| !entry.before.contains_key(*name)));
    // Of a thing that is new or gone, what was never set is not worth a line.
    if entry.action != AuditAction::Update {
        names.retain(|name| [entry.before.get(*name), entry.after.get(*name)].into_iter().flatten().any(says_something));
    }
    let show = |name: &str, value: Option<&FieldValue>| value.map(|value| value_words(name, value, rows));
    names
        .into_iter()
        .map(|name| Change {
            field: field_words(name),
            before: show(name, entry.before.get(name)),
            after: show(name, entry.after.get(name)),
        })
        .collect()
}

fn says_something(value: &FieldValue) -> bool {
    !matches!(value, FieldValue::Null(()) | FieldValue::Bool(false)) && !matches!(value, FieldValue::Text(text) if text.is_empty())
}

/// A field that a later version of the server knows is shown by its own name rather than hidden.
fn field_words(name: &str) -> String {
    let name = name.strip_prefix("option_").unwrap_or(name);
    let words = match name {
        "name" => t!(audit.f_name),
        "display_name" => t!(general.display_name),
        "terminal_name" => t!(general.terminal_name),
        "ringtone" => t!(general.ringtone),
        "priority_phone_id" => t!(general.priority),
        "notify_rule_id" => t!(general.rule),
        "channel_limit" | "limit" => t!(general.channels),
        "max_channels" => t!(audit.f_max_channels),
        "extension" => t!(general.extension),
        "contact_mail" => t!(account.mail),
        "outbound_number_id" => t!(audit.f_outbound),
        "number_id" | "e164" => t!(audit.number),
        "login_id" => t!(account.login_id),
        "kind" => t!(audit.f_kind),
        "status" => t!(audit.f_status),
        "suspended_reason" => t!(audit.f_reason),
        "device_option" => t!(audit.f_device_option),
        "busy_announcement" => t!(audit.f_busy_announcement),
        "ip_phone" => t!(option.ip_phone),
        "premises_device" => t!(option.premises_device),
        "voicemail" => t!(option.voicemail),
        "fax" => t!(option.fax),
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

fn value_words(name: &str, value: &FieldValue, rows: Option<&Rows>) -> String {
    let words = match (name, value) {
        ("priority_phone_id", FieldValue::Null(())) => t!(general.no_priority),
        ("notify_rule_id", FieldValue::Null(())) => t!(general.no_rule),
        (_, FieldValue::Null(())) => t!(app.none),
        (_, FieldValue::Bool(true)) => t!(audit.on),
        (_, FieldValue::Bool(false)) => t!(audit.off),
        (_, FieldValue::Integer(number)) => return number.to_string(),
        (_, FieldValue::Text(text)) => return text_words(name, text, rows),
    };
    words.to_owned()
}

fn text_words(name: &str, text: &str, rows: Option<&Rows>) -> String {
    let words = match (name, text) {
        (_, "") => t!(app.none),
        ("ringtone", "ringtone_1") => t!(general.ringtone_1),
        ("ringtone", "ringtone_2") => t!(general.ringtone_2),
        ("notify_rule_id", _) => t!(general.some_rule),
        ("status", "active") => t!(audit.active),
        ("status", "suspended") => t!(audit.suspended),
        ("kind" | "device_option", "ip_phone") => t!(terminal.ip_phone),
        ("kind" | "device_option", "premises_device") => t!(terminal.premises_device),
        ("kind", "ios") => t!(terminal.ios),
        ("kind", "android") => t!(terminal.android),
        ("kind", "windows") => t!(terminal.windows),
        ("kind", "macos") => t!(terminal.macos),
        ("kind", "primary") => t!(list.primary),
        ("kind", "additional") => t!(audit.additional),
        ("kind", "basic") => t!(audit.basic),
        ("e164", _) => return format::phone(text),
        ("priority_phone_id", id) => return rows.and_then(|rows| rows.phone_id(id)).map_or_else(|| t!(audit.gone).to_owned(), id_label),
        ("number_id" | "outbound_number_id", id) => {
            return rows.and_then(|rows| rows.number(id)).map_or_else(|| t!(audit.gone).to_owned(), number_label);
        }
        _ => return text.to_owned(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use api_types::FieldValues;

    use super::*;

    #[test]
    fn a_change_reads_as_words() {
        let values = |value: FieldValue| FieldValues::from([("ringtone".to_owned(), value)]);
        let entry = AuditEntry {
            id: String::new(),
            at: chrono::DateTime::UNIX_EPOCH,
            actor_kind: ActorKind::Holder,
            actor: "minato001".into(),
            object_kind: AuditObject::Number,
            object_id: "n1".into(),
            action: AuditAction::Update,
            before: values(FieldValue::Text("ringtone_1".into())),
            after: values(FieldValue::Text("ringtone_2".into())),
            revision: 1,
            restorable: false,
        };
        let expected = Change { field: "着信音".into(), before: Some("着信音1".into()), after: Some("着信音2".into()) };
        assert_eq!(changes(&entry, None), [expected]);
        assert_eq!(object(&entry, None), "電話番号");
    }
}

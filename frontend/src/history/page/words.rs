//! The change log in words: names instead of field names, ids and codes.

use api_types::{
    ActorKind, AuditAction, AuditEntry, AuditObject, FieldValue, NotifyEvent, ServiceType,
};

use crate::notify::channel_words;
use crate::notify::service::words as service;
use crate::numbers::directory::{Rows, id_label, number_label};
use crate::numbers::words as numbers;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::t;
use crate::ui::change::Change;

/// What was changed, as a person calls it.
pub(super) fn object(entry: &AuditEntry, rows: Option<&Rows>) -> String {
    let known = match entry.object_kind {
        AuditObject::Number | AuditObject::Ringing | AuditObject::BlockList => {
            rows.and_then(|rows| rows.number(&entry.object_id)).map(number_label)
        }
        AuditObject::PhoneId => rows.and_then(|rows| rows.phone_id(&entry.object_id)).map(id_label),
        AuditObject::Terminal => name_of(entry, "name"),
        AuditObject::NotifyRule | AuditObject::ApiKey => name_of(entry, "name"),
        AuditObject::NotifyService => name_of(entry, "label"),
        AuditObject::Account => None,
    };
    known.unwrap_or_else(|| {
        let kind = match entry.object_kind {
            AuditObject::Account => t!(audit.account),
            AuditObject::Number | AuditObject::Ringing | AuditObject::BlockList => t!(audit.number),
            AuditObject::PhoneId => t!(audit.phone_id),
            AuditObject::Terminal => t!(audit.terminal),
            AuditObject::NotifyRule => t!(audit.notify_rule),
            AuditObject::NotifyService => t!(audit.notify_service),
            AuditObject::ApiKey => t!(audit.api_key),
        };
        kind.to_owned()
    })
}

/// What a thing is called that the log names itself.
fn name_of(entry: &AuditEntry, field: &str) -> Option<String> {
    match entry.after.get(field).or(entry.before.get(field)) {
        Some(FieldValue::Text(name)) if !name.is_empty() => Some(name.clone()),
        _ => None,
    }
}

/// What was done to it.
pub(super) fn action(entry: &AuditEntry) -> &'static str {
    match (entry.action, entry.object_kind) {
        // The screen says more than that something was changed.
        (AuditAction::Update, AuditObject::Ringing) => t!(audit.ringing),
        (AuditAction::Update, AuditObject::BlockList) => t!(audit.block_list),
        (AuditAction::Create, _) => t!(audit.create),
        (AuditAction::Update, _) => t!(audit.update),
        (AuditAction::Delete, _) => t!(audit.delete),
        (AuditAction::SetPassword, _) => t!(audit.set_password),
        (AuditAction::RevealPassword, _) => t!(audit.reveal_password),
        (AuditAction::AddEntry, _) => t!(audit.add_entry),
        (AuditAction::ChangeEntry, _) => t!(audit.change_entry),
        (AuditAction::RemoveEntries, _) => t!(audit.remove_entries),
        (AuditAction::PutBackEntries, _) => t!(audit.put_back_entries),
        (AuditAction::Import, _) => t!(audit.import),
        (AuditAction::UndoImport, _) => t!(audit.undo_import),
        (AuditAction::CreateSignInLink, _) => t!(audit.create_sign_in_link),
        (AuditAction::SignOutReused, _) => t!(audit.sign_out_reused),
    }
}

/// Who did it.
pub(super) fn actor(entry: &AuditEntry) -> String {
    match entry.actor_kind {
        ActorKind::Holder => t!(audit.holder, name = entry.actor.clone()),
        ActorKind::Operator => t!(audit.operator, name = entry.actor.clone()),
        ActorKind::Service => t!(audit.service, name = entry.actor.clone()),
        ActorKind::ApiKey => t!(audit.by_key, name = entry.actor.clone()),
        ActorKind::App => t!(audit.by_app, name = entry.actor.clone()),
    }
}

/// What only the server works with.
const HIDDEN: [&str; 3] = ["import_id", "deletion_id", "rule_id"];

/// Every changed field, in the order of the log.
pub(super) fn changes(entry: &AuditEntry, rows: Option<&Rows>) -> Vec<Change> {
    let mut names: Vec<_> = entry.before.keys().collect();
    names.extend(entry.after.keys().filter(|name| !entry.before.contains_key(*name)));
    names.retain(|name| !HIDDEN.contains(&name.as_str()));
    // Of a thing that is new or gone, what was never set is not worth a line.
    if !matches!(entry.action, AuditAction::Update | AuditAction::ChangeEntry) {
        names.retain(|name| {
            [entry.before.get(*name), entry.after.get(*name)]
                .into_iter()
                .flatten()
                .any(says_something)
        });
    }
    // A removed entry says which one it was; that it was one goes without saying.
    if entry.action == AuditAction::RemoveEntries && entry.before.contains_key("caller") {
        names.retain(|name| *name != "count");
    }
    let show = |name: &str, value: Option<&FieldValue>| match (name, value) {
        ("notify_rule_id", Some(FieldValue::Text(id))) if entry.names.contains_key(id) => {
            entry.names.get(id).cloned()
        }
        (name, value) => value.map(|value| value_words(name, value, rows)),
    };
    let change = |name: &String| {
        let (before, after) = (entry.before.get(name), entry.after.get(name));
        // What names the entry and did not change itself stands once.
        let before = before.filter(|before| after != Some(before));
        Change {
            field: field_words(name, rows),
            before: show(name, before),
            after: show(name, after),
        }
    };
    names.into_iter().map(change).collect()
}

fn says_something(value: &FieldValue) -> bool {
    !matches!(value, FieldValue::Null(()) | FieldValue::Bool(false))
        && !matches!(value, FieldValue::Text(text) if text.is_empty())
}

/// The name of a field. One that a later version of the server knows is shown by its own name
/// rather than hidden.
fn field_words(name: &str, rows: Option<&Rows>) -> String {
    if let Some(words) = numbers::field(name, rows) {
        return words;
    }
    let name = name.strip_prefix("option_").unwrap_or(name);
    let words = match name {
        "scopes" => t!(keys.scopes),
        "contact_mail" => t!(account.mail),
        "login_id" => t!(account.login_id),
        "kind" => t!(audit.f_kind),
        "status" => t!(audit.f_status),
        "suspended_reason" => t!(audit.f_reason),
        "reference" => t!(audit.f_reference),
        "device_option" => t!(audit.f_device_option),
        "ip_phone" => t!(option.ip_phone),
        "premises_device" => t!(option.premises_device),
        "voicemail" => t!(option.voicemail),
        "fax" => t!(option.fax),
        "caller" => t!(audit.f_caller),
        "match" => t!(audit.f_match),
        "note" => t!(audit.f_note),
        "expires_at" => t!(audit.f_expires),
        "count" => t!(audit.f_count),
        "emails" => t!(audit.f_emails),
        "events" => t!(audit.f_events),
        "language" => t!(audit.f_language),
        "private_subject" => t!(audit.f_private_subject),
        "label" => t!(audit.f_label),
        "type" => t!(audit.f_type),
        "enabled" => t!(audit.f_enabled),
        "changed_credentials" => t!(audit.f_credentials),
        other => return other.replace('_', " "),
    };
    words.to_owned()
}

/// A value as a person says it.
fn value_words(name: &str, value: &FieldValue, rows: Option<&Rows>) -> String {
    match (name, value) {
        ("expires_at", FieldValue::Null(())) => t!(audit.no_expiry).to_owned(),
        ("count", FieldValue::Integer(count)) => t!(audit.count, count = *count),
        (_, FieldValue::Text(text)) => {
            numbers::value(name, value, rows).unwrap_or_else(|| text_words(name, text))
        }
        _ => numbers::value(name, value, rows).unwrap_or_default(),
    }
}

fn event_key(event: NotifyEvent) -> &'static str {
    match event {
        NotifyEvent::MissedCall => "missed_call",
        NotifyEvent::Voicemail => "voicemail",
        NotifyEvent::Fax => "fax",
        NotifyEvent::ForwardedCall => "forwarded_call",
    }
}

/// A credential as its field is called, whichever service has it.
fn credential_words(name: &str) -> String {
    if name == "signing_secret" {
        return t!(audit.signing_secret).to_owned();
    }
    let kind = ServiceType::ALL
        .into_iter()
        .find(|kind| kind.fields().iter().any(|field| field.name == name));
    kind.map_or_else(|| name.replace('_', " "), |kind| channel_words::label(kind, name).to_owned())
}

fn text_words(name: &str, text: &str) -> String {
    let words = match (name, text) {
        ("language", "ja") => t!(audit.japanese),
        ("language", "en") => t!(audit.english),
        ("type", kind) => ServiceType::of_key(kind).map_or("", ServiceType::name),
        ("events", list) => {
            let known = |name: &str| {
                NotifyEvent::ALL
                    .into_iter()
                    .find(|event| event_key(*event) == name)
                    .map_or("", service::event)
            };
            return list.split(", ").map(known).collect::<Vec<_>>().join(t!(audit.list_comma));
        }
        ("changed_credentials", list) => {
            return list
                .split(", ")
                .map(credential_words)
                .collect::<Vec<_>>()
                .join(t!(audit.list_comma));
        }
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
        ("match", "exact") => t!(audit.exact),
        ("match", "prefix") => t!(audit.prefix),
        // The beginning of a number is no number yet and stays as it is.
        ("caller", _) => return format::phone(text),
        ("expires_at", _) => {
            return text.parse().map_or_else(
                |_| text.to_owned(),
                |at| format!("{} {}", format::day(locale(), at), format::time(at)),
            );
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
            names: Default::default(),
            revision: 1,
            restorable: false,
        };
        let expected = Change {
            field: "着信音".into(),
            before: Some("着信音1".into()),
            after: Some("着信音2".into()),
        };
        assert_eq!(changes(&entry, None), [expected]);
        assert_eq!(object(&entry, None), "電話番号");
    }

    #[test]
    fn what_only_the_server_needs_is_left_out() {
        let text = |text: &str| FieldValue::Text(text.to_owned());
        let entry = AuditEntry {
            id: String::new(),
            at: chrono::DateTime::UNIX_EPOCH,
            actor_kind: ActorKind::Holder,
            actor: "minato001".into(),
            object_kind: AuditObject::BlockList,
            object_id: "n1".into(),
            action: AuditAction::ChangeEntry,
            before: FieldValues::from([
                ("caller".to_owned(), text("+819012345678")),
                ("note".to_owned(), text("")),
            ]),
            after: FieldValues::from([
                ("caller".to_owned(), text("+819012345678")),
                ("note".to_owned(), text("営業電話")),
            ]),
            names: Default::default(),
            revision: 1,
            restorable: true,
        };
        let change = |field: &str, before: Option<&str>, after: &str| Change {
            field: field.into(),
            before: before.map(str::to_owned),
            after: Some(after.into()),
        };
        assert_eq!(
            changes(&entry, None),
            [change("番号", None, "090-1234-5678"), change("メモ", Some("未設定"), "営業電話")]
        );
        let import = FieldValues::from([
            ("count".to_owned(), FieldValue::Integer(12)),
            ("import_id".to_owned(), text("x")),
        ]);
        let entry = AuditEntry {
            action: AuditAction::Import,
            before: FieldValues::default(),
            after: import,
            ..entry
        };
        assert_eq!(changes(&entry, None), [change("件数", None, "12件")]);
        assert_eq!(action(&entry), "CSVを取り込み");
    }
}

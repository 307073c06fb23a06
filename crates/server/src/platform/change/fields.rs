//! What is written into the change log.

use api_types::{AuditObject, FieldValue, FieldValues, Owner, Setting};
use store::Kind as _;
use store::accounts::account;
use store::block_list::block_entry;
use store::notify::{notify_rule, notify_service};
use store::numbers::{number, phone_id};

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

fn optional(value: &Option<String>) -> FieldValue {
    value.as_deref().map_or(FieldValue::Null(()), text)
}

/// The settings of a contract that the log follows.
pub fn of_account(row: &account::Row) -> FieldValues {
    FieldValues::from([
        ("name".into(), text(&row.name)),
        ("contact_mail".into(), optional(&row.contact_mail)),
        ("status".into(), text(row.status.text())),
        ("suspended_reason".into(), optional(&row.suspended_reason)),
        ("forwarding_number".into(), optional(&row.forwarding_number)),
        ("reference".into(), optional(&row.reference)),
        ("option_ip_phone".into(), FieldValue::Bool(row.option_ip_phone)),
        ("option_premises_device".into(), FieldValue::Bool(row.option_premises_device)),
        ("option_voicemail".into(), FieldValue::Bool(row.option_voicemail)),
        ("option_fax".into(), FieldValue::Bool(row.option_fax)),
    ])
}

/// The settings of a number that the log follows.
pub fn of_number(row: &number::Row) -> FieldValues {
    let mut values = row.values();
    values.insert("e164".into(), text(&row.e164));
    values
}

/// The settings of an ID that the log follows; never its password.
pub fn of_phone_id(row: &phone_id::Row) -> FieldValues {
    let mut values = row.values();
    values.insert("login_id".into(), text(&row.login_id));
    values
}

/// A list of texts in one value, as it can be read again: `a, b`.
fn list<'t>(items: impl Iterator<Item = &'t str>) -> FieldValue {
    text(&items.collect::<Vec<_>>().join(LIST_COMMA))
}

/// What stands between the items of a list; none of them has it inside.
pub const LIST_COMMA: &str = ", ";

/// The settings of a notify rule.
pub fn of_notify_rule(row: &notify_rule::Row) -> FieldValues {
    FieldValues::from([
        ("name".into(), text(&row.name)),
        ("emails".into(), list(row.emails.iter().map(String::as_str))),
        ("events".into(), list(row.events.iter().map(|event| event.text()))),
        ("language".into(), text(row.language.text())),
        ("private_subject".into(), FieldValue::Bool(row.private_subject)),
    ])
}

/// The settings of a service; never its credentials.
pub fn of_notify_service(row: &notify_service::Row) -> FieldValues {
    FieldValues::from([
        ("rule_id".into(), text(&row.rule_id)),
        ("type".into(), text(row.kind.text())),
        ("label".into(), text(&row.label)),
        ("enabled".into(), FieldValue::Bool(row.is_on())),
    ])
}

/// How the log names the credentials that changed.
pub const CHANGED_CREDENTIALS: &str = "changed_credentials";

/// Names of credentials that changed.
pub fn of_credentials(names: &[String]) -> FieldValue {
    text(&names.join(LIST_COMMA))
}

/// How the log names whether an ID rings.
pub fn ringing_field(phone_id: &str) -> String {
    format!("rings:{phone_id}")
}

/// The screen that a change of a number belongs to, by the fields that changed.
pub fn screen_of_number(changed: &FieldValues) -> AuditObject {
    let screen = |name: &String| {
        Setting::find(Owner::Number, name).map_or(AuditObject::Number, |setting| setting.screen)
    };
    let mut screens = changed.keys().map(screen);
    match screens.next() {
        Some(first) if screens.all(|screen| screen == first) => first,
        _ => AuditObject::Number,
    }
}

/// Whom an entry of a block list refuses.
pub fn of_block_pattern(row: &block_entry::Row) -> FieldValues {
    FieldValues::from([
        ("caller".into(), text(&row.pattern)),
        ("match".into(), text(row.matching.text())),
    ])
}

/// An entry of a block list.
pub fn of_block_entry(row: &block_entry::Row) -> FieldValues {
    let mut values = of_block_pattern(row);
    let expires_at = row.expires_at.map_or(FieldValue::Null(()), |at| {
        FieldValue::Text(at.and_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    });
    values.extend([("note".into(), text(&row.note)), ("expires_at".into(), expires_at)]);
    values
}

/// Keeps only what differs, on both sides.
pub fn differences(before: FieldValues, after: FieldValues) -> (FieldValues, FieldValues) {
    let changed = |mine: &FieldValues, other: &FieldValues| {
        mine.iter()
            .filter(|(name, value)| other.get(*name) != Some(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    (changed(&before, &after), changed(&after, &before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written_down() {
        let values = |pairs: &[(&str, FieldValue)]| {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect::<FieldValues>()
        };
        let before =
            values(&[("a", text("1")), ("b", FieldValue::Null(())), ("c", FieldValue::Bool(true))]);
        let after =
            values(&[("a", text("2")), ("b", FieldValue::Null(())), ("c", FieldValue::Bool(true))]);
        assert_eq!(
            differences(before.clone(), after),
            (values(&[("a", text("1"))]), values(&[("a", text("2"))]))
        );
        assert_eq!(
            differences(before.clone(), before.clone()),
            (FieldValues::new(), FieldValues::new())
        );
        assert_eq!(differences(FieldValues::new(), before.clone()), (FieldValues::new(), before));
    }
}

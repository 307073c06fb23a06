//! The settings of numbers and IDs in words: names instead of field names, ids and codes.

use api_types::{FieldValue, SETTINGS, SettingType};

use super::directory::{Rows, id_label, number_label};
use crate::platform::format;
use crate::platform::i18n::{locale, setting_words};
use crate::t;

/// The name of a setting; `None` for what is none of a number or an ID.
pub fn field(name: &str, rows: Option<&Rows>) -> Option<String> {
    if let Some(id) = name.strip_prefix("rings:") {
        return Some(id_words(id, rows));
    }
    let words = match name {
        "limit" => t!(setting.channel_limit),
        "max_channels" => t!(audit.f_max_channels),
        "extension" => t!(general.extension),
        "number_id" | "e164" => t!(audit.number),
        setting => return setting_words(setting).map(str::to_owned),
    };
    Some(words.to_owned())
}

/// A value as a person says it; `None` for what is none of a number or an ID.
pub fn value(name: &str, value: &FieldValue, rows: Option<&Rows>) -> Option<String> {
    let words = match (name, value) {
        ("priority_phone_id", FieldValue::Null(())) => t!(general.no_priority),
        ("notify_rule_id", FieldValue::Null(())) => t!(general.no_rule),
        ("outbound_number_id", FieldValue::Null(())) => t!(list.primary),
        (_, FieldValue::Null(())) => t!(app.none),
        (_, FieldValue::Bool(true)) => t!(audit.on),
        (_, FieldValue::Bool(false)) => t!(audit.off),
        (_, FieldValue::Integer(number)) => return Some(number.to_string()),
        (_, FieldValue::Text(text)) => return text_words(name, text, rows),
    };
    Some(words.to_owned())
}

fn text_words(name: &str, text: &str, rows: Option<&Rows>) -> Option<String> {
    Some(match (name, text) {
        (_, "") => t!(app.none).to_owned(),
        ("ringtone", "ringtone_1") => t!(general.ringtone_1).to_owned(),
        ("ringtone", "ringtone_2") => t!(general.ringtone_2).to_owned(),
        ("notify_rule_id", _) => t!(general.some_rule).to_owned(),
        ("e164", _) => format::phone(text),
        ("priority_phone_id", id) => id_words(id, rows),
        ("number_id" | "outbound_number_id", id) => rows
            .and_then(|rows| rows.number(id))
            .map_or_else(|| t!(audit.gone).to_owned(), number_label),
        (name, _) if is_instant(name) => {
            let at = text.parse().ok()?;
            format!("{} {}", format::day(locale(), at), format::time(at))
        }
        _ => return None,
    })
}

fn id_words(id: &str, rows: Option<&Rows>) -> String {
    rows.and_then(|rows| rows.phone_id(id)).map_or_else(|| t!(audit.gone).to_owned(), id_label)
}

fn is_instant(name: &str) -> bool {
    SETTINGS
        .iter()
        .any(|setting| setting.name == name && matches!(setting.holds, SettingType::Instant { .. }))
}

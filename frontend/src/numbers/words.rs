//! The settings of numbers and IDs in words: names instead of field names, ids and codes.

use api_types::FieldValue;

use super::directory::{Rows, id_label, number_label};
use crate::platform::format;
use crate::t;

/// The name of a setting; `None` for what is none of a number or an ID.
pub fn field(name: &str, rows: Option<&Rows>) -> Option<String> {
    if let Some(id) = name.strip_prefix("rings:") {
        return Some(id_words(id, rows));
    }
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
        "outbound_number_id" => t!(audit.f_outbound),
        "number_id" | "e164" => t!(audit.number),
        "busy_announcement" => t!(audit.f_busy_announcement),
        "reject_withheld" => t!(audit.f_withheld),
        "reject_pay_phone" => t!(audit.f_pay_phone),
        "reject_out_of_range" => t!(audit.f_out_of_range),
        "reject_service_conflict" => t!(audit.f_service_conflict),
        _ => return None,
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
        _ => return None,
    })
}

fn id_words(id: &str, rows: Option<&Rows>) -> String {
    rows.and_then(|rows| rows.phone_id(id)).map_or_else(|| t!(audit.gone).to_owned(), id_label)
}

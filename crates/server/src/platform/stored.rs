//! Stored texts as the enums that they stand for.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The text that an enum has in JSON and in the database.
pub fn text_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// The enum that stands for a stored text.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// The enum that stands for a stored text that only we write; the first variant if somebody else
/// did, with a line in the log.
pub fn known<T: DeserializeOwned + Default>(what: &'static str, text: &str) -> T {
    from_text(text).unwrap_or_else(|| {
        tracing::error!(what, text, "a stored value is none of ours");
        T::default()
    })
}

/// A small stored count as it goes over the wire.
pub fn count(value: i32) -> u8 {
    u8::try_from(value).unwrap_or_default()
}

/// A version or a count as it goes over the wire.
pub fn version(value: i64) -> u64 {
    u64::try_from(value).unwrap_or_default()
}

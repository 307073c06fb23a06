//! Headers of calls, as switches send them: of any length.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// The longest header of a call that is kept, in characters.
pub const HEADER_MAX: usize = 1_024;

/// The first characters of a header, [`HEADER_MAX`] at most: what is too long to decide with is no
/// reason to lose a call.
pub fn shortened(mut header: String) -> String {
    if let Some((end, _)) = header.char_indices().nth(HEADER_MAX) {
        header.truncate(end);
    }
    header
}

/// Deserialises a header, [`shortened`].
///
/// # Errors
/// Whatever the deserialiser says of a value of another type.
pub fn header<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(shortened)
}

/// Deserialises a header that may be absent, [`shortened`].
///
/// # Errors
/// Whatever the deserialiser says of a value of another type.
pub fn some_header<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(shortened))
}

/// Deserialises a count that a switch could not always find out: what is none is 0.
///
/// # Errors
/// Where it is not even JSON.
pub fn some_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Sent {
        Number(f64),
        Text(String),
        Else(IgnoredAny),
    }
    Ok(match Sent::deserialize(deserializer)? {
        // Saturates; what is less than nothing is nothing.
        Sent::Number(count) => count as u32,
        Sent::Text(text) => text.trim().parse().unwrap_or_default(),
        Sent::Else(_) => 0,
    })
}

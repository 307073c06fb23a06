//! Headers of calls, as switches send them: of any length.

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

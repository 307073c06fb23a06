//! Fields that are read in a way of their own: those of a PATCH, which can be absent, `null` or a
//! value, or only absent or a value; and headers of calls.

use serde::{Deserialize, Deserializer};

/// Deserialises a present field, `null` included, to `Some`. Together with `#[serde(default)]` an
/// absent field stays `None`, so that `None`, `Some(None)` and `Some(Some(value))` mean leave,
/// clear and set.
///
/// # Errors
/// Whatever the deserialiser says of a value of another type.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Deserialises a present field to `Some` and refuses `null`. Without it serde takes `null` for
/// absent, and a client that meant to empty the field would be told that all is well.
///
/// # Errors
/// Whatever the deserialiser says of a value of another type, `null` included.
pub fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

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

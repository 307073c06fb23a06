//! PATCH fields that can be absent, `null` or a value; or only absent or a value.

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

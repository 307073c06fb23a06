//! Values as they are pasted: what the readers of all channels have in common.

mod address;
mod url;

use crate::FieldCode;

pub(crate) use address::is_private;
pub use url::{PastedUrl, host_allowed};
pub(crate) use url::{fault, healed, secure, usual_port};

/// Why a value is refused: the code, and what its message names.
pub type Fault = (FieldCode, Option<String>);

/// What the server's configuration has to say.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Hosts of the service's URLs; see [`host_allowed`].
    pub hosts: &'a str,
    /// Our own `host:port`, which webhooks must not lead back to; empty where it is not known.
    pub own_authority: &'a str,
    /// Whether private addresses, any port and plain http are good enough.
    pub allow_private: bool,
}

/// A value of so many characters, all of them good.
pub(crate) fn pattern(
    value: &str,
    length: std::ops::RangeInclusive<usize>,
    good: fn(char) -> bool,
) -> Result<String, Fault> {
    if length.contains(&value.chars().count()) && value.chars().all(good) {
        Ok(value.to_owned())
    } else {
        invalid()
    }
}

/// It does not look like what it should be.
pub(crate) fn invalid<T>() -> Result<T, Fault> {
    Err((FieldCode::InvalidFormat, None))
}

/// Examples in documents show tokens behind the word that stands before them in a header.
pub(crate) fn without_bearer(value: &str) -> &str {
    match value.get(..7) {
        Some(word) if word.eq_ignore_ascii_case("bearer ") => value[7..].trim(),
        _ => value,
    }
}

//! Words and numbers as they go over the wire.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

struct Word<'a, T>(&'a T);

impl<T: Serialize> fmt::Display for Word<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

/// The word that an enum without data is over the wire.
pub fn word<T: Serialize>(value: &T) -> String {
    Word(value).to_string()
}

/// The enum without data that a word stands for.
pub fn read_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<Error>::new(word)).ok()
}

/// A stored count or version; none is negative, which every row that is read has been checked for.
pub fn unsigned(value: i64) -> u64 {
    value.unsigned_abs()
}

/// A stored count that fits: none is negative, and no column holds larger ones.
pub fn count(value: i32) -> u32 {
    value.unsigned_abs()
}

/// Channels of a number; the database holds 1 to 9.
pub fn channels(value: i32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use api_types::{CsvEncoding, Ringtone};

    use super::*;

    #[test]
    fn a_word_is_what_json_says_without_its_quotes() {
        assert_eq!(word(&Ringtone::Ringtone1), "ringtone_1");
        assert_eq!(word(&CsvEncoding::Utf8), "utf-8");
        assert_eq!(read_word("ringtone_2"), Some(Ringtone::Ringtone2));
        assert_eq!(read_word::<Ringtone>("Ringtone1"), None);
        assert_eq!(read_word::<Ringtone>("\"ringtone_1\""), None);
    }
}

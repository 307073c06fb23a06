//! A place in a log that is ordered by time.

use chrono::{DateTime, NaiveDateTime};

/// The place of a row: its time, and its id among those of the same time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it was.
    pub at: NaiveDateTime,
    /// Its id.
    pub id: String,
}

impl Place {
    /// The place of a row.
    pub fn new(at: NaiveDateTime, id: &str) -> Self {
        Self { at, id: id.to_owned() }
    }

    /// For a cursor: microseconds since 1970, and the id.
    pub fn text(&self) -> String {
        format!("{}.{}", self.at.and_utc().timestamp_micros(), self.id)
    }

    /// Reads what [`Place::text`] wrote.
    pub fn of_text(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?.naive_utc();
        Some(Self { at, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let at = DateTime::from_timestamp_micros(1_795_306_500_123_456).unwrap().naive_utc();
        let place = Place::new(at, "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30");
        assert_eq!(Place::of_text(&place.text()), Some(place));
        for wrong in ["", "x", "1", "x.y", "99999999999999999999.a"] {
            assert_eq!(Place::of_text(wrong), None, "{wrong}");
        }
    }
}

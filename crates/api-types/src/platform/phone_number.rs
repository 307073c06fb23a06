//! Phone numbers: read as people write them in Japan, kept as E.164, printed Japanese style.

use std::fmt;

use crate::CallerError;
use crate::platform::caller::reader::scan;
use crate::platform::number_plan::JAPAN;

/// A phone number in E.164: `+`, country code, at most 15 digits (ITU-T E.164, 6.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads a number in E.164 or as it is written in Japan: full-width digits, every look-alike of
    /// a hyphen, spaces and brackets are accepted, `010` and `00` lead out of the country, a
    /// leading 0 means a Japanese number.
    ///
    /// [`crate::Caller::parse`] reads more: addresses, what spreadsheets leave behind, short
    /// numbers.
    ///
    /// # Errors
    /// Says what is wrong with the first thing that does not fit.
    pub fn parse(text: &str) -> Result<Self, CallerError> {
        Ok(scan(text)?.number()?.0)
    }

    /// From country code and number without `+`, which the reader has checked.
    pub(crate) fn from_checked(international: &str) -> Self {
        Self(format!("+{international}"))
    }

    /// The number in E.164.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The number as it is written in Japan: `03-1234-5678`, `0120-345-678`; a foreign number as it
    /// is in E.164.
    pub fn japanese(&self) -> String {
        self.national().map_or_else(|| self.0.clone(), |national| grouped(&national))
    }

    /// The digits as they are dialled within Japan, for a Japanese number.
    pub fn national(&self) -> Option<String> {
        self.0.strip_prefix("+81").map(|rest| format!("0{rest}"))
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.japanese())
    }
}

/// How many digits a Japanese number has that begins with these, trunk prefix 0 included.
///
/// Ten, and eleven where the third is 0: mobile (060, 070, 080, 090), IP phones (050), machines
/// (020) and 0800 (番号規則 of the Ministry of Internal Affairs; libphonenumber says the same, see
/// `tests/caller_golden.rs`).
pub(crate) fn japanese_length(national: &str) -> usize {
    match national.as_bytes() {
        // Machines of 0200 have eleven, or fourteen.
        [b'0', b'2', b'0', b'0', ..] if national.len() > 11 => 14,
        [b'0', b'2' | b'5'..=b'9', b'0', ..] => 11,
        _ => 10,
    }
}

/// Whether Japan's number plan has such a number.
pub(crate) fn is_planned(national: &str) -> bool {
    split(national).is_some()
}

/// With hyphens between area code, exchange and line; the beginning of a number as far as the plan
/// can tell.
pub(crate) fn grouped(national: &str) -> String {
    let mut text = national.to_owned();
    if let Some((area, exchange)) = split(national) {
        for at in [area + exchange, area] {
            if at < national.len() {
                text.insert(at, '-');
            }
        }
    }
    text
}

/// Lengths of the first and second group of a national number (leading 0 included), by the longest
/// matching prefix of the plan.
fn split(national: &str) -> Option<(usize, usize)> {
    if national.len() == 14 {
        return national.starts_with("0200").then_some((4, 5));
    }
    (1..=national.len().min(7)).rev().find_map(|length| {
        let prefix = &national[..length];
        let found = JAPAN.binary_search_by(|row| row.0.cmp(prefix)).ok()?;
        let (_, total, area, exchange) = JAPAN[found];
        (usize::from(total) == japanese_length(national))
            .then_some((usize::from(area), usize::from(exchange)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them_and_printed_japanese_style() {
        let table = [
            ("0312345678", "+81312345678", "03-1234-5678"),
            ("０３（１２３４）５６７８", "+81312345678", "03-1234-5678"),
            ("+81 (0)3 1234 5678", "+81312345678", "03-1234-5678"),
            ("050−1234−5678", "+815012345678", "050-1234-5678"),
            ("０９０ー１２３４ー５６７８", "+819012345678", "090-1234-5678"),
            ("0120345678", "+81120345678", "0120-345-678"),
            ("08001234567", "+818001234567", "0800-123-4567"),
            ("0451234567", "+81451234567", "045-123-4567"),
            ("0466123456", "+81466123456", "0466-12-3456"),
            ("0499212345", "+81499212345", "04992-1-2345"),
            ("+12125550123", "+12125550123", "+12125550123"),
            ("010 1 212 555 0123", "+12125550123", "+12125550123"),
        ];
        for (text, e164, printed) in table {
            let number =
                PhoneNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!((number.e164(), number.japanese().as_str()), (e164, printed), "{text}");
            assert_eq!(
                PhoneNumber::parse(&number.japanese()),
                Ok(number),
                "{text} does not survive printing"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_reason() {
        let table = [
            ("", CallerError::Empty),
            ("- -", CallerError::Empty),
            ("03-1234-567x", CallerError::UnexpectedCharacter('x')),
            ("03*", CallerError::StarOrHash('*')),
            ("12345678", CallerError::NoPrefix),
            ("110", CallerError::NoPrefix),
            ("03-1234-567", CallerError::TooShort),
            ("090-1234-567", CallerError::TooShort),
            ("03-1234-56789", CallerError::TooLong),
            ("090-1234-56789", CallerError::TooLong),
            ("+1234567890123456", CallerError::TooLong),
        ];
        for (text, reason) in table {
            assert_eq!(PhoneNumber::parse(text), Err(reason), "{text}");
        }
    }
}

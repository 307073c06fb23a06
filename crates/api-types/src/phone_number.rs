//! Phone numbers: read as people write them in Japan, kept as E.164, printed Japanese style.

use std::fmt;

use crate::number_plan::JAPAN;

/// A phone number in E.164: `+`, country code, at most 15 digits (ITU-T E.164, 6.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

/// Why a text is not a phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneNumberError {
    /// Nothing is left after removing separators.
    Empty,
    /// Contains something that does not belong into a number.
    UnexpectedCharacter(char),
    /// Too few digits for the number plan.
    TooShort,
    /// Too many digits for the number plan.
    TooLong,
    /// Begins neither with `+` nor with 0.
    NoPrefix,
}

impl PhoneNumber {
    /// Reads a number in E.164 or as it is written in Japan: full-width digits, every look-alike of a hyphen, spaces and
    /// brackets are accepted, `010` and `00` lead out of the country, a leading 0 means a Japanese number.
    ///
    /// # Errors
    /// Says what is wrong with the first thing that does not fit.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let mut digits = String::with_capacity(16);
        let mut plus = false;
        for c in text.chars() {
            match half_width(c) {
                d @ '0'..='9' => digits.push(d),
                '+' if digits.is_empty() && !plus => plus = true,
                c if is_separator(c) => {}
                c => return Err(PhoneNumberError::UnexpectedCharacter(c)),
            }
        }
        if digits.is_empty() {
            return Err(PhoneNumberError::Empty);
        }
        let international = if plus {
            digits
        } else if let Some(rest) = digits.strip_prefix("010").or_else(|| digits.strip_prefix("00")).filter(|rest| rest.len() > 8) {
            rest.to_owned()
        } else if let Some(rest) = digits.strip_prefix('0') {
            format!("81{rest}")
        } else {
            return Err(PhoneNumberError::NoPrefix);
        };
        let international = match international.strip_prefix("810") {
            // "+81 (0)3 …": the trunk prefix was written inside the international form.
            Some(rest) => format!("81{rest}"),
            None => international,
        };
        check_length(&international)?;
        Ok(Self(format!("+{international}")))
    }

    /// The number in E.164.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The number as it is written in Japan: `03-1234-5678`, `0120-345-678`; a foreign number as `+1 212…` in groups.
    pub fn japanese(&self) -> String {
        match self.0.strip_prefix("+81") {
            Some(national) => {
                let national = format!("0{national}");
                match split(&national) {
                    Some((area, exchange)) => {
                        format!("{}-{}-{}", &national[..area], &national[area..area + exchange], &national[area + exchange..])
                    }
                    None => national,
                }
            }
            None => self.0.clone(),
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.japanese())
    }
}

/// Lengths of the first and second group of a national number (leading 0 included), by the longest matching prefix of the plan.
fn split(national: &str) -> Option<(usize, usize)> {
    (1..=national.len().min(7)).rev().find_map(|length| {
        let prefix = &national[..length];
        let found = JAPAN.binary_search_by(|row| row.0.cmp(prefix)).ok()?;
        let (_, total, area, exchange) = JAPAN[found];
        (usize::from(total) == national.len()).then_some((usize::from(area), usize::from(exchange)))
    })
}

fn check_length(international: &str) -> Result<(), PhoneNumberError> {
    let (least, most) = match international.strip_prefix("81") {
        // Japan: 9 digits after the trunk prefix, 10 for mobile, IP and free dial.
        Some(_) => (11, 12),
        None => (8, 15),
    };
    match international.len() {
        n if n < least => Err(PhoneNumberError::TooShort),
        n if n > most => Err(PhoneNumberError::TooLong),
        _ => Ok(()),
    }
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
        '＋' => '+',
        other => other,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '（' | '）' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | 'ー' | 'ｰ' | '\u{2500}' | '\u{FE63}' | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}'
        )
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
            let number = PhoneNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!((number.e164(), number.japanese().as_str()), (e164, printed), "{text}");
            assert_eq!(PhoneNumber::parse(&number.japanese()), Ok(number), "{text} does not survive printing");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_reason() {
        let table = [
            ("", PhoneNumberError::Empty),
            ("- -", PhoneNumberError::Empty),
            ("03-1234-567x", PhoneNumberError::UnexpectedCharacter('x')),
            ("03*", PhoneNumberError::UnexpectedCharacter('*')),
            ("12345678", PhoneNumberError::NoPrefix),
            ("03-1234-567", PhoneNumberError::TooShort),
            ("090-1234-56789", PhoneNumberError::TooLong),
            ("+1234567890123456", PhoneNumberError::TooLong),
        ];
        for (text, reason) in table {
            assert_eq!(PhoneNumber::parse(text), Err(reason), "{text}");
        }
    }
}

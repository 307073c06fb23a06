//! The one reader of digits: what stands between them, what leads out of the country, how many
//! there must be.

use crate::platform::phone_number::japanese_length;
use crate::{CallerError, PhoneNumber};

/// What was dialled: digits, and whether a `+` stood before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dial {
    pub(crate) plus: bool,
    pub(crate) digits: String,
    /// Where among the digits a `(0)` stood: the trunk prefix, written inside an international
    /// number.
    pub(crate) trunk: Option<usize>,
}

/// Takes the digits out of a text.
///
/// # Errors
/// The first character that belongs neither into a number nor between its digits.
pub(crate) fn scan(text: &str) -> Result<Dial, CallerError> {
    let mut dial = Dial::default();
    let mut before = ' ';
    let mut chars = text.chars().map(half_width).peekable();
    while let Some(c) = chars.next() {
        match c {
            '0'..='9' => {
                if c == '0' && before == '(' && chars.peek() == Some(&')') {
                    dial.trunk = dial.trunk.or(Some(dial.digits.len()));
                }
                dial.digits.push(c);
            }
            '+' if dial.digits.is_empty() && !dial.plus => dial.plus = true,
            '*' | '#' | '♯' => return Err(CallerError::StarOrHash(c)),
            'E' | 'e' if !dial.digits.is_empty() && is_exponent(chars.clone()) => {
                return Err(CallerError::ScientificNotation);
            }
            c if is_separator(c) => {}
            c => return Err(CallerError::UnexpectedCharacter(c)),
        }
        before = c;
    }
    Ok(dial)
}

impl Dial {
    /// The number, and whether it came in as an international call.
    pub(crate) fn number(&self) -> Result<(PhoneNumber, bool), CallerError> {
        let (digits, abroad) = self.international()?;
        let (least, most) = lengths(&digits);
        match digits.len() {
            n if n < least => Err(CallerError::TooShort),
            n if n > most => Err(CallerError::TooLong),
            _ => Ok((PhoneNumber::from_checked(&digits), abroad)),
        }
    }

    /// The digits as the beginning of an international number, without `+`.
    pub(crate) fn beginning(&self) -> Result<String, CallerError> {
        let (digits, _) = self.international()?;
        match digits.len() {
            0 => Err(CallerError::TooShort),
            n if n > lengths(&digits).1 => Err(CallerError::TooLong),
            _ => Ok(digits),
        }
    }

    /// What follows the prefixes 184 and 186.
    pub(crate) fn without_186(&self) -> Option<Self> {
        let rest = self.digits.strip_prefix("184").or_else(|| self.digits.strip_prefix("186"))?;
        let trunk = self.trunk.and_then(|at| at.checked_sub(3));
        (!self.plus && rest.starts_with('0')).then(|| Self {
            plus: false,
            digits: rest.to_owned(),
            trunk,
        })
    }

    /// The digits with the country code before them, and whether they came in as an international
    /// call.
    fn international(&self) -> Result<(String, bool), CallerError> {
        // No country code begins with 0: the plus is a slip of whoever wrote a national number.
        let plus = self.plus && !self.digits.starts_with('0');
        let (mut digits, behind_010) = if plus {
            (self.digits.clone(), false)
        } else if let Some(rest) = dialled_abroad(&self.digits) {
            (rest.to_owned(), true)
        } else if let Some(rest) = self.digits.strip_prefix('0') {
            // The rest of a lone 0 would be all of Japan.
            if rest.is_empty() {
                return Err(CallerError::TooShort);
            }
            (format!("81{rest}"), false)
        } else if self.digits.is_empty() {
            return Err(if self.plus { CallerError::TooShort } else { CallerError::Empty });
        } else {
            return Err(CallerError::NoPrefix);
        };
        let trunk = self.trunk.and_then(|at| (at + digits.len()).checked_sub(self.digits.len()));
        // "+44 (0)20 …": not dialled from abroad. Italy's is: it belongs to the number.
        if trunk == Some(country_code(&digits)) && (plus || behind_010) && !digits.starts_with("39")
        {
            digits.remove(country_code(&digits));
        }
        if let Some(rest) = digits.strip_prefix("81") {
            // "+81 03 …", without the brackets.
            digits = format!("81{}", rest.trim_start_matches('0'));
        }
        // No country code begins with 0, and no Japanese number with 010: it leads out of the
        // country.
        if digits.starts_with('0') || digits.starts_with("8110") {
            return Err(CallerError::Unreadable);
        }
        let abroad = behind_010 || !digits.starts_with("81");
        Ok((digits, abroad))
    }
}

/// How many digits the country code takes (ITU-T E.164, list of assigned codes): one, two, else
/// three.
pub(crate) fn country_code(digits: &str) -> usize {
    let length = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..] => 2,
        [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    };
    length.min(digits.len())
}

/// The fewest and the most digits of a number that begins with these, country code included.
pub(crate) fn lengths(international: &str) -> (usize, usize) {
    if let Some(rest) = international.strip_prefix("81") {
        let all = japanese_length(&format!("0{rest}")) + 1;
        return (all, all);
    }
    // North America: always ten behind the 1. Elsewhere Niue's are the shortest, E.164 bounds the
    // longest.
    if international.starts_with('1') { (11, 11) } else { (7, 15) }
}

/// What follows 010 or 00, or a carrier's code where nothing else can be meant.
fn dialled_abroad(digits: &str) -> Option<&str> {
    if let Some(rest) = digits.strip_prefix("010") {
        return Some(rest);
    }
    // 0033-010 and 0061-010 through a carrier. Numbers of France and Australia would be too long in
    // this reading.
    let carrier = digits.strip_prefix("0033010").or_else(|| digits.strip_prefix("0061010"));
    if let Some(rest) = carrier.filter(|rest| rest.len() >= 8) {
        return Some(rest);
    }
    let rest = digits.strip_prefix("00")?;
    match rest.strip_prefix('1') {
        // 001 is KDDI's code where what follows 00 is too long for North America, or has 010 before
        // the country code as well.
        Some(more) if more.starts_with("010") => Some(&more[3..]),
        Some(more) if more.len() > 10 => Some(more),
        _ => Some(rest),
    }
}

/// `+09` to the end: digits of a spreadsheet's `9.01E+09`.
fn is_exponent(chars: impl Iterator<Item = char>) -> bool {
    let text: String = chars.take(8).collect();
    let digits = text.strip_prefix('+').unwrap_or(&text).trim_end();
    (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Latin letters, digits and marks of Japanese keyboards as the ASCII that they stand for.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from((c as u32 - '！' as u32) as u8 + b'!'),
        other => other,
    }
}

/// Marks that nobody sees: zero width, direction, soft hyphen, variants.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
    )
}

/// What people write between the digits. Not 〜, which is a range in Japan, and not 一, which is a
/// digit.
pub(crate) fn is_separator(c: char) -> bool {
    let dash = matches!(
        c,
        '-' | '_' | '\u{02D7}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{30FC}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF70}'
    );
    let bracket = matches!(
        c,
        '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '\u{207D}' | '\u{207E}' | '\u{27E8}' | '\u{27E9}' | '\u{3008}'..='\u{3011}'
            | '\u{3014}'..='\u{301B}' | '\u{FE35}'..='\u{FE44}' | '\u{FE59}'..='\u{FE5E}' | '\u{FF5F}' | '\u{FF60}' | '\u{FF62}' | '\u{FF63}'
    );
    let dot = matches!(
        c,
        '.' | '/'
            | '\u{00B7}'
            | '\u{2022}'
            | '\u{2024}'
            | '\u{2044}'
            | '\u{2215}'
            | '\u{30FB}'
            | '\u{FF65}'
    );
    dash || bracket || dot || c.is_whitespace() || is_invisible(c)
}

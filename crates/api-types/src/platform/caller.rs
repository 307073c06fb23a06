//! Who calls: a number, a short number of a service, or one of the four ways in which a call comes
//! without a number.
//!
//! Read from what people type, what spreadsheets leave behind and what switches send; one key each,
//! so that lists compare.

mod pattern;
mod proposal;
pub(crate) mod reader;
mod search;
mod sip;

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use pattern::{BlockMatch, BlockPattern};
pub use search::{search_terms, search_text};
pub use sip::{SipIdentity, called_extension};

use crate::PhoneNumber;
use crate::platform::error::FieldCode;
use crate::platform::phone_number::is_planned;
use crate::platform::validation::FieldFault;
use reader::{Dial, half_width, is_invisible, scan};

/// The four ways in which a call comes without a number: the reasons of NTT's number display, and
/// of 3GPP TS 24.008, 10.5.4.30.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum NoNumber {
    /// 非通知: the caller hides the number.
    Withheld,
    /// 公衆電話: a pay phone.
    PayPhone,
    /// 表示圏外: the number cannot be shown, for example from abroad.
    OutOfRange,
    /// サービス競合: another service of the network stands in the way.
    ServiceConflict,
}

impl NoNumber {
    /// All four.
    pub const ALL: [NoNumber; 4] =
        [NoNumber::Withheld, NoNumber::PayPhone, NoNumber::OutOfRange, NoNumber::ServiceConflict];

    /// The word on a Japanese telephone's display.
    pub fn japanese(self) -> &'static str {
        match self {
            NoNumber::Withheld => "非通知",
            NoNumber::PayPhone => "公衆電話",
            NoNumber::OutOfRange => "表示圏外",
            NoNumber::ServiceConflict => "サービス競合",
        }
    }

    /// By the words that displays, switches and SIP networks use; single letters are the reason
    /// codes of NTT's number display.
    fn from_words(text: &str) -> Option<Self> {
        let loose =
            |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '"' | '-' | '_' | '/');
        let word: String = text
            .chars()
            .map(half_width)
            .filter(|&c| !loose(c))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Some(match word.as_str() {
            "非通知" | "非通知設定" | "番号非通知" | "anonymous" | "private" | "privatenumber"
            | "restricted" | "withheld" | "rejectbyuser" | "p" => NoNumber::Withheld,
            "公衆電話" | "公衆" | "payphone" | "coinline" | "coinlinepayphone" | "c" => {
                NoNumber::PayPhone
            }
            "表示圏外" | "圏外" | "通知不可能" | "通知不可" | "unknown" | "unavailable"
            | "outofarea" | "outofrange" | "o" => NoNumber::OutOfRange,
            "サービス競合"
            | "ｻｰﾋﾞｽ競合"
            | "interactionwithotherservice"
            | "serviceconflict"
            | "s" => NoNumber::ServiceConflict,
            _ => return None,
        })
    }
}

/// A short number of a service: three digits beginning with 1, as 110 or 117.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceNumber(String);

impl ServiceNumber {
    /// The three digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Police, coast guard, fire brigade and ambulance.
    pub fn is_emergency(&self) -> bool {
        matches!(self.0.as_str(), "110" | "118" | "119")
    }
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A phone number.
    Number {
        /// The number.
        number: PhoneNumber,
        /// Came in as an international call: behind 010 or 00, or from a foreign country code,
        /// which always is one.
        international: bool,
    },
    /// 110, 104, 117, 119 and the like.
    Service(ServiceNumber),
    /// 内線: somebody of the same contract, by the extension. Whether there is one is for the
    /// contract to say, so no reader answers with it.
    Extension(String),
    /// No number came with the call.
    NoNumber(NoNumber),
}

/// Why a text is not a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallerError {
    /// Nothing is left after removing separators.
    Empty,
    /// Contains something that does not belong into a number.
    UnexpectedCharacter(char),
    /// `*` and `#` control a telephone or a switch, no caller has them.
    StarOrHash(char),
    /// Too few digits for the number plan.
    TooShort,
    /// Too many digits for the number plan.
    TooLong,
    /// Begins neither with `+` nor with 0.
    NoPrefix,
    /// The leading 0 is lost, as spreadsheets do: this is what it would be with it.
    LostZero(PhoneNumber),
    /// `9.01E+09`: a spreadsheet has turned the number into something that has lost digits.
    ScientificNotation,
    /// 非通知 and the like where a number is needed.
    NoNumberGiven,
    /// An address without a number, or digits that nobody can call.
    Unreadable,
}

impl CallerError {
    /// What is wrong at a field, and how to mend it.
    pub fn fault(&self, pointer: &str) -> FieldFault {
        let fault = |code| FieldFault::new(pointer, code);
        match self {
            CallerError::Empty => fault(FieldCode::Required),
            CallerError::UnexpectedCharacter(c) => {
                fault(FieldCode::UnexpectedCharacter).value(c.to_string())
            }
            CallerError::StarOrHash(c) => fault(FieldCode::StarOrHash).value(c.to_string()),
            CallerError::TooShort => fault(FieldCode::NumberTooShort),
            CallerError::TooLong => fault(FieldCode::NumberTooLong),
            CallerError::NoPrefix => fault(FieldCode::NoPrefix),
            CallerError::LostZero(number) => fault(FieldCode::LostZero).value(number.japanese()),
            CallerError::ScientificNotation => fault(FieldCode::ScientificNotation),
            CallerError::NoNumberGiven => fault(FieldCode::NoNumberGiven),
            CallerError::Unreadable => fault(FieldCode::InvalidFormat),
        }
    }
}

impl Caller {
    /// Reads a caller from what people type, what spreadsheets leave behind and what switches send.
    ///
    /// # Errors
    /// Says what is wrong with the first thing that does not fit.
    pub fn parse(text: &str) -> Result<Caller, CallerError> {
        match read(text)? {
            Reading::Caller(caller) => Ok(caller),
            Reading::Digits(dial) => Caller::from_dial(&dial),
        }
    }

    fn from_dial(dial: &Dial) -> Result<Caller, CallerError> {
        if let Some(service) = service(dial)? {
            return Ok(Caller::Service(service));
        }
        // 184 hides the number and 186 shows it: dialled before it, kept in telephone books, no
        // part of it.
        let shown = dial.without_186();
        match shown.as_ref().unwrap_or(dial).number() {
            Ok((number, international)) => Ok(Caller::Number { number, international }),
            Err(error) => Err(lost_zero(dial).map_or(error, CallerError::LostZero)),
        }
    }

    /// What entries of block lists are compared with: `+81312345678`, `110`; nothing without a
    /// number.
    pub fn key(&self) -> Option<&str> {
        match self {
            Caller::Number { number, .. } => Some(number.e164()),
            Caller::Service(service) => Some(service.as_str()),
            Caller::Extension(_) | Caller::NoNumber(_) => None,
        }
    }

    /// Police, coast guard, fire brigade and ambulance: 110, 118, 119.
    pub fn is_emergency(&self) -> bool {
        matches!(self, Caller::Service(service) if service.is_emergency())
    }

    /// As it is written in Japan: `03-1234-5678`, `非通知`; `010-81-90-1234-5678` for a Japanese
    /// number that called from abroad.
    pub fn japanese(&self) -> String {
        match self {
            Caller::Number { number, international } => {
                let text = number.japanese();
                match text.strip_prefix('0') {
                    Some(rest) if *international => format!("010-81-{rest}"),
                    _ => text,
                }
            }
            Caller::Service(service) => service.as_str().to_owned(),
            Caller::Extension(extension) => format!("内線{extension}"),
            Caller::NoNumber(kind) => kind.japanese().to_owned(),
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.japanese())
    }
}

/// A text after everything around the number is taken off.
enum Reading {
    Caller(Caller),
    Digits(Dial),
}

fn read(text: &str) -> Result<Reading, CallerError> {
    let text: String = text.chars().map(half_width).collect();
    let text = undressed(&text);
    if let Some(found) = sip::address(text) {
        return found.map(Reading::Caller);
    }
    if let Some(kind) = NoNumber::from_words(text) {
        return Ok(Reading::Caller(Caller::NoNumber(kind)));
    }
    Ok(Reading::Digits(scan(without_fraction(text))?))
}

/// Without the marks by which spreadsheets keep a number a text: `'090…`, `="090…"`, quotation
/// marks.
fn undressed(text: &str) -> &str {
    let around = |c: char| {
        c.is_whitespace()
            || is_invisible(c)
            || matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’')
    };
    text.trim_start_matches(|c| around(c) || c == '=').trim_end_matches(around)
}

/// `9012345678.0`: what a program that takes everything for a decimal makes of a number. A number
/// with its 0 never comes so.
fn without_fraction(text: &str) -> &str {
    let is_decimal = |whole: &&str| {
        whole.len() >= 9 && !whole.starts_with('0') && whole.bytes().all(|b| b.is_ascii_digit())
    };
    text.strip_suffix(".0").filter(is_decimal).unwrap_or(text)
}

fn service(dial: &Dial) -> Result<Option<ServiceNumber>, CallerError> {
    match (dial.plus, dial.digits.as_str()) {
        // Dialled before a number; nobody calls from it.
        (false, "184" | "186") => Err(CallerError::TooShort),
        (false, digits) if digits.len() == 3 && digits.starts_with('1') => {
            Ok(Some(ServiceNumber(digits.to_owned())))
        }
        _ => Ok(None),
    }
}

fn lost_zero(dial: &Dial) -> Option<PhoneNumber> {
    if dial.plus || dial.digits.starts_with('0') {
        return None;
    }
    let (number, international) =
        Dial { digits: format!("0{}", dial.digits), ..Dial::default() }.number().ok()?;
    (!international && is_planned(&number.national()?)).then_some(number)
}

//! Limits and checks that the SPA and the server share.

use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::FieldCode;

/// Longest name of a number or a terminal, in characters.
pub const NAME_MAX: u64 = 40;
/// Longest name on the display of an IP phone, in characters.
pub const DISPLAY_NAME_MAX: u64 = 20;
/// Longest mail address, in characters (RFC 5321, 4.5.3.1.3 less the brackets).
pub const MAIL_MAX: u64 = 254;
/// Shortest password, in characters.
pub const PASSWORD_MIN: u64 = 10;
/// Longest password, in characters: bounds the work of hashing.
pub const PASSWORD_MAX: u64 = 128;
/// Longest note of an entry of a block list, in characters.
pub const NOTE_MAX: u64 = 100;
/// Longest text that is read as a caller, in characters: a SIP address with its parameters fits.
pub const CALLER_MAX: u64 = 256;
/// Longest login id, in characters.
pub const LOGIN_ID_MAX: u64 = 64;

/// Refuses control characters and line breaks: they would break a phone's display, a mail header or
/// a log line.
///
/// # Errors
/// `control_character`.
pub fn no_control_characters(value: &str) -> Result<(), ValidationError> {
    let bad = |c: char| {
        c.is_control()
            || matches!(c,
                '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if value.chars().any(bad) { Err(ValidationError::new("control_character")) } else { Ok(()) }
}

/// A mail address as HTML's e-mail field understands it, with domains in other scripts; no quoted
/// local part, no address literal.
///
/// By hand, since validator's own check brings a regular-expression engine and Unicode's tables to
/// every visitor's phone.
///
/// # Errors
/// `invalid_format`.
pub fn mail_address(value: &str) -> Result<(), ValidationError> {
    let local_part = |text: &str| {
        (1..=64).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
    };
    let label = |text: &str| {
        (1..=63).contains(&text.chars().count())
            && text.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    let good = value.split_once('@').is_some_and(|(local, domain)| {
        local_part(local) && domain.len() <= 255 && domain.split('.').all(label)
    });
    if good { Ok(()) } else { Err(ValidationError::new("invalid_format")) }
}

/// Refuses a text in which nothing is to be seen: names are trimmed, so nothing would be left of
/// it.
///
/// # Errors
/// `required`.
pub fn not_blank(value: &str) -> Result<(), ValidationError> {
    if value.trim().is_empty() { Err(ValidationError::new("required")) } else { Ok(()) }
}

/// A login id is 4 to 64 of `a-z 0-9 . _ -`, so that it can stand in a SIP URI unescaped.
///
/// # Errors
/// `invalid_format`.
pub fn login_id_characters(value: &str) -> Result<(), ValidationError> {
    let good =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if value.chars().all(good) { Ok(()) } else { Err(ValidationError::new("invalid_format")) }
}

/// An extension is 2 to 6 digits and does not begin with 0, so that it cannot be mistaken for an
/// outside number.
///
/// # Errors
/// `invalid_format`.
pub fn extension_digits(value: &str) -> Result<(), ValidationError> {
    let good = (2..=6).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_digit())
        && !value.starts_with('0');
    if good { Ok(()) } else { Err(ValidationError::new("invalid_format")) }
}

/// One field that validation refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldFault {
    /// JSON pointer to the field.
    pub pointer: String,
    /// What is wrong.
    pub code: FieldCode,
    /// The limit that was passed, where there is one.
    pub limit: Option<i64>,
    /// What the message names, where it names something: a character, a number.
    pub value: Option<String>,
    /// Key of the channel whose credential it is: it has words of its own.
    pub channel: Option<&'static str>,
    /// What would do, and what is in the way, where that can be said.
    pub hint: Option<Box<FaultHint>>,
}

/// What helps whoever has to mend a fault. Apart, since few faults have it and each would be larger.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultHint {
    /// The values that may stand there, where it is a choice.
    pub allowed: Vec<String>,
    /// Id of what is there already.
    pub existing_id: Option<String>,
}

impl FieldFault {
    /// A fault without a limit.
    pub fn new(pointer: impl Into<String>, code: FieldCode) -> Self {
        Self { pointer: pointer.into(), code, limit: None, value: None, channel: None, hint: None }
    }

    /// The same fault, naming the limit that was passed.
    pub fn limit(self, limit: i64) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The same fault, of a credential of this channel.
    pub fn of_channel(self, key: &'static str) -> Self {
        Self { channel: Some(key), ..self }
    }

    /// Where the words of the channel are: `slack.fault.bot_token.invalid_format`.
    pub fn words_key(&self) -> Option<String> {
        let (key, (_, field)) = (self.channel?, self.pointer.rsplit_once('/')?);
        Some(format!("{key}.fault.{field}.{}", self.code.as_str()))
    }

    /// The same fault, naming the values that may stand there; with none it stays as it is.
    pub fn allowed(self, allowed: Vec<String>) -> Self {
        if allowed.is_empty() {
            return self;
        }
        let hint = FaultHint { allowed, ..FaultHint::default() };
        Self { hint: Some(Box::new(hint)), ..self }
    }

    /// The same fault, naming what is there already.
    pub fn existing(self, id: &str) -> Self {
        let hint = FaultHint { existing_id: Some(id.to_owned()), ..FaultHint::default() };
        Self { hint: Some(Box::new(hint)), ..self }
    }

    /// The same fault, naming a value.
    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..self }
    }
}

/// Flattens validator's tree, in the order of the pointers.
pub fn field_faults(errors: &ValidationErrors) -> Vec<FieldFault> {
    let mut found = Vec::new();
    walk(errors, "", &mut found);
    found.sort();
    found
}

fn walk(errors: &ValidationErrors, prefix: &str, found: &mut Vec<FieldFault>) {
    for (field, kind) in errors.errors() {
        let pointer = format!("{prefix}/{field}");
        match kind {
            ValidationErrorsKind::Field(list) => {
                found.extend(list.iter().map(|error| fault(pointer.clone(), error)))
            }
            ValidationErrorsKind::Struct(inner) => walk(inner, &pointer, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    walk(inner, &format!("{pointer}/{index}"), found);
                }
            }
        }
    }
}

fn fault(pointer: String, error: &ValidationError) -> FieldFault {
    let parameter = |name: &str| error.params.get(name).and_then(|value| value.as_i64());
    match error.code.as_ref() {
        "length" => {
            let length = error
                .params
                .get("value")
                .and_then(|value| value.as_str())
                .map_or(0, |value| value.chars().count() as i64);
            match (parameter("min"), parameter("max")) {
                (Some(1), _) if length == 0 => FieldFault::new(pointer, FieldCode::Required),
                (Some(min), _) if length < min => {
                    FieldFault::new(pointer, FieldCode::TooShort).limit(min)
                }
                (_, max) => {
                    FieldFault { limit: max, ..FieldFault::new(pointer, FieldCode::TooLong) }
                }
            }
        }
        "range" => FieldFault::new(pointer, FieldCode::OutOfRange),
        other => {
            let code = FieldCode::ALL.iter().copied().find(|code| code.as_str() == other);
            FieldFault {
                limit: parameter("max"),
                ..FieldFault::new(pointer, code.unwrap_or(FieldCode::InvalidFormat))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mail_address;

    #[test]
    fn mail_addresses() {
        let long_label = "a".repeat(64);
        for (value, good) in [
            ("soumu@minato.example", true),
            ("tanaka.taro+denwa@mail.minato.co.jp", true),
            ("root@localhost", true),
            ("soumu@みなと商会.example", true),
            ("", false),
            ("soumu", false),
            ("@minato.example", false),
            ("soumu@", false),
            ("a@b@minato.example", false),
            ("sou mu@minato.example", false),
            ("soumu@minato..example", false),
            ("soumu@-minato.example", false),
            ("soumu@minato.example\r\nBcc: all@minato.example", false),
            ("総務@minato.example", false),
            ("\"sou mu\"@minato.example", false),
            ("soumu@[127.0.0.1]", false),
            (&format!("{long_label}@minato.example"), true),
            (&format!("a{long_label}@minato.example"), false),
            (&format!("soumu@{long_label}.example"), false),
        ] {
            assert_eq!(mail_address(value).is_ok(), good, "{value:?}");
        }
    }
}

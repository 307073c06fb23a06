//! Credentials of services as people paste them: links instead of ids, line breaks as `\n`, `&amp;`
//! from a web page, tokens of things that ended. Pure, so that the portal says the same while
//! typing as the server does on saving.

mod address;
mod url;

use crate::{Credentials, Fault, FieldCode, FieldFault, ServiceType, ValueKind};

pub(crate) use address::is_private;
pub use url::{PastedUrl, host_allowed};
pub(crate) use url::{fault, healed, secure, usual_port};

/// The longest credential but a private key, in characters: a Teams URL has about 400, a LINE token
/// 172.
const VALUE_MAX: usize = 2_048;
/// The longest private key, in characters: one of 4,096 bits has 3,272.
const KEY_MAX: usize = 8_192;

/// What the server's configuration has to say.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Hosts of the service's URLs; see [`host_allowed`]. `None` where only the server knows them.
    pub hosts: Option<&'a str>,
    /// Our own `host:port`, which webhooks must not lead back to; empty where it is not known.
    pub own_authority: &'a str,
    /// Whether private addresses, any port and plain http are good enough.
    pub allow_private: bool,
}

impl Rules<'_> {
    /// Whether a URL of the service may lead to this host.
    pub(crate) fn allow(&self, host: &str) -> bool {
        self.hosts.is_none_or(|hosts| host_allowed(hosts, host))
    }
}

impl Rules<'static> {
    /// As a service's own defaults are.
    pub fn of(kind: ServiceType) -> Self {
        let settings = kind.describe().settings.iter();
        let mut hosts =
            settings.filter(|(name, _)| *name == "allowed_hosts").map(|(_, hosts)| *hosts);
        Self {
            hosts: Some(hosts.next_back().unwrap_or_default()),
            own_authority: "",
            allow_private: false,
        }
    }
}

/// Credentials as they are kept. With `partial` only those that are given are looked at, and an
/// empty one that is not required means that it is to be removed; without it, what is missing is a
/// fault.
///
/// # Errors
/// Every one that is missing, unknown or wrong, as `/credentials/bot_token`.
pub fn read(
    kind: ServiceType,
    given: &Credentials,
    partial: bool,
    rules: &Rules,
) -> Result<Credentials, Vec<FieldFault>> {
    let (mut kept, mut faults) = (Credentials::new(), Vec::new());
    let at = |name: &str| format!("/credentials/{}", name.replace('~', "~0").replace('/', "~1"));
    for name in given.keys().filter(|name| !kind.fields().iter().any(|field| field.name == **name))
    {
        faults.push(FieldFault::new(at(name), FieldCode::UnknownField));
    }
    for field in kind.fields() {
        let Some(value) = given.get(field.name) else {
            if field.required && !partial {
                faults.push(FieldFault::new(at(field.name), FieldCode::Required));
            }
            continue;
        };
        let multiline = field.is_multiline();
        let limit = if multiline { KEY_MAX } else { VALUE_MAX };
        let value = if multiline { value.trim().to_owned() } else { clean(value) };
        if value.chars().count() > limit {
            faults.push(FieldFault {
                limit: i64::try_from(limit).ok(),
                ..FieldFault::new(at(field.name), FieldCode::TooLong)
            });
        } else if value.is_empty() {
            if field.required {
                faults.push(FieldFault::new(at(field.name), FieldCode::Required));
            } else if partial {
                kept.insert(field.name.to_owned(), value);
            }
        } else {
            match (field.read)(&value, rules) {
                Ok(value) => _ = kept.insert(field.name.to_owned(), value),
                Err((code, value)) => {
                    faults.push(FieldFault { value, ..FieldFault::new(at(field.name), code) })
                }
            }
        }
    }
    let one_of = kind.describe().one_of;
    if let Some(first) = one_of.first()
        && !partial
        && one_of.iter().all(|name| !given.contains_key(*name))
    {
        faults.push(FieldFault::new(at(first), FieldCode::Required));
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

/// As much of a secret as may be shown: how it `begins` where that tells its kind, and its last four
/// characters. Of a URL also its host.
pub fn hint(kind: ValueKind, begins: &str, value: &str) -> String {
    let last = |text: &str| match text.char_indices().rev().nth(3) {
        // Of a short one four characters would be a good part.
        Some((index, _)) if text.chars().count() >= 16 => text[index..].to_owned(),
        _ => String::new(),
    };
    match kind {
        ValueKind::Url => {
            let host = PastedUrl::parse(value).map(|url| url.host).unwrap_or_default();
            format!("{host}/…{}", last(value))
        }
        ValueKind::Key => {
            let body: String = value.lines().filter(|line| !line.starts_with('-')).collect();
            format!("PRIVATE KEY …{}", last(&body))
        }
        ValueKind::Line => {
            let begins = if value.starts_with(begins) { begins } else { "" };
            format!("{begins}…{}", last(value))
        }
    }
}

/// Takes away what comes along when one copies: space, invisible characters, quotation marks,
/// brackets; full-width letters become plain.
fn clean(value: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c,
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}')
    };
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    let text: String = value.chars().filter(|c| !invisible(*c)).map(narrow).collect();
    let mut text = text.trim();
    for (open, close) in
        [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('「', '」'), ('<', '>')]
    {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            text = inner.trim();
        }
    }
    text.to_owned()
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

#[cfg(test)]
mod tests;

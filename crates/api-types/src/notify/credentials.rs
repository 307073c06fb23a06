//! Credentials of services as people paste them: links instead of ids, line breaks as `\n`, `&amp;`
//! from a web page, tokens of things that ended. Pure, so that the portal says the same while
//! typing as the server does on saving.

mod address;
mod key;
mod url;

use crate::{Credentials, FieldCode, FieldFault, ServiceType};

pub use url::{PastedUrl, host_allowed};

/// Where Teams' workflows are.
pub const TEAMS_HOSTS: &str = "*.environment.api.powerplatform.com,*.logic.azure.com";
/// Where Google Chat's webhooks are.
pub const GOOGLE_CHAT_HOSTS: &str = "chat.googleapis.com";

/// Where Office 365 connectors were until Microsoft ended them in May 2026.
const RETIRED_CONNECTOR_HOSTS: &str =
    "*.webhook.office.com,webhook.office.com,outlook.office.com,outlook.office365.com";
/// Where Teams' workflows were at first; Microsoft has announced their end more than once.
const OLD_TEAMS_HOSTS: &str = "*.logic.azure.com";

/// The longest credential but a private key, in characters: a Teams URL has about 400, a LINE token
/// 172.
const VALUE_MAX: usize = 2_048;
/// The longest private key, in characters: one of 4,096 bits has 3,272.
const KEY_MAX: usize = 8_192;

/// What the server's configuration has to say.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Hosts of Teams' workflows; see [`host_allowed`].
    pub teams_hosts: &'a str,
    /// Hosts of Google Chat's webhooks; see [`host_allowed`].
    pub google_chat_hosts: &'a str,
    /// Our own `host:port`, which webhooks must not lead back to; empty where it is not known.
    pub own_authority: &'a str,
    /// Whether private addresses, any port and plain http are good enough.
    pub allow_private: bool,
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Self {
            teams_hosts: TEAMS_HOSTS,
            google_chat_hosts: GOOGLE_CHAT_HOSTS,
            own_authority: "",
            allow_private: false,
        }
    }
}

/// Why a value is refused: the code, and what its message names.
type Fault = (FieldCode, Option<String>);

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
        let limit = if field.multiline { KEY_MAX } else { VALUE_MAX };
        let value = if field.multiline { value.trim().to_owned() } else { clean(value) };
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
            match one(kind, field.name, &value, rules) {
                Ok(value) => _ = kept.insert(field.name.to_owned(), value),
                Err((code, value)) => {
                    faults.push(FieldFault { value, ..FieldFault::new(at(field.name), code) })
                }
            }
        }
    }
    // Without a destination somebody must be able to send the word that fills it in, and that is
    // signed with the secret.
    let nobody_can_say = kind == ServiceType::Line
        && ["to", "channel_secret"].iter().all(|name| !given.contains_key(*name));
    if nobody_can_say && !partial {
        faults.push(FieldFault::new(at("to"), FieldCode::Required));
    }
    if faults.is_empty() { Ok(kept) } else { Err(faults) }
}

/// Code of what works now and may not for long, as a code of the doctor.
pub fn warning(kind: ServiceType, credentials: &Credentials) -> Option<&'static str> {
    let url = PastedUrl::parse(credentials.get("url")?)?;
    (kind == ServiceType::Teams && host_allowed(OLD_TEAMS_HOSTS, &url.host))
        .then_some("teams.old_url")
}

/// As much of a secret as may be shown: how it begins where that tells its kind, and its last four
/// characters. Of a URL also its host.
pub fn hint(name: &str, value: &str) -> String {
    let last = |text: &str| match text.char_indices().rev().nth(3) {
        // Of a short one four characters would be a good part.
        Some((index, _)) if text.chars().count() >= 16 => text[index..].to_owned(),
        _ => String::new(),
    };
    if name == "url" {
        let host = PastedUrl::parse(value).map(|url| url.host).unwrap_or_default();
        return format!("{host}/…{}", last(value));
    }
    if name == "private_key" {
        return format!("PRIVATE KEY …{}", last(&key::body(value)));
    }
    let begins = ["xoxb-", "whsec_"]
        .into_iter()
        .find(|begins| value.starts_with(begins))
        .unwrap_or_default();
    format!("{begins}…{}", last(value))
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

fn one(kind: ServiceType, name: &str, value: &str, rules: &Rules) -> Result<String, Fault> {
    match (kind, name) {
        (ServiceType::Slack, "bot_token") => slack_token(value),
        (ServiceType::Slack, "channel_id") => slack_channel(value),
        (ServiceType::Chatwork, "api_token") => {
            pattern(without_bearer(value), 32..=128, |c| c.is_ascii_alphanumeric())
        }
        (ServiceType::Chatwork, "room_id") => chatwork_room(value),
        (ServiceType::Teams, "url") => url::teams(value, rules),
        (ServiceType::GoogleChat, "url") => url::google_chat(value, rules),
        (ServiceType::Webhook, "url") => url::webhook(value, rules),
        (ServiceType::Line, "channel_access_token") => line_token(value),
        (ServiceType::Line, "channel_secret") => {
            pattern(value, 32..=32, |c| c.is_ascii_hexdigit()).map(|text| text.to_ascii_lowercase())
        }
        (ServiceType::Line, "to") => line_destination(value),
        (ServiceType::LineWorks, "client_id") => {
            pattern(value, 10..=64, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        }
        (ServiceType::LineWorks, "client_secret") => {
            pattern(value, 6..=128, |c| c.is_ascii_graphic())
        }
        (ServiceType::LineWorks, "service_account") => service_account(value),
        (ServiceType::LineWorks, "private_key") => key::read(value),
        (ServiceType::LineWorks, "bot_id") => pattern(value, 1..=12, |c| c.is_ascii_digit()),
        (ServiceType::LineWorks, "channel_id") => line_works_channel(value),
        _ => Err((FieldCode::UnknownField, None)),
    }
}

fn pattern(
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

fn invalid<T>() -> Result<T, Fault> {
    Err((FieldCode::InvalidFormat, None))
}

/// Examples in documents show tokens behind the word that stands before them in a header.
fn without_bearer(value: &str) -> &str {
    match value.get(..7) {
        Some(word) if word.eq_ignore_ascii_case("bearer ") => value[7..].trim(),
        _ => value,
    }
}

fn slack_token(value: &str) -> Result<String, Fault> {
    let value = without_bearer(value);
    if value.starts_with("xoxe") {
        return Err((FieldCode::RotatingToken, None));
    }
    if let Some(begins) = ["xoxp-", "xapp-", "xoxa-", "xoxs-", "xoxc-", "xoxd-"]
        .into_iter()
        .find(|begins| value.starts_with(begins))
    {
        return Err((FieldCode::NotBotToken, Some(begins.to_owned())));
    }
    let rest = value.strip_prefix("xoxb-").ok_or((FieldCode::InvalidFormat, None))?;
    pattern(rest, 10..=250, |c| c.is_ascii_alphanumeric() || c == '-')?;
    Ok(value.to_owned())
}

/// The id of a channel, from itself or from any of Slack's links to it or to a message in it.
fn slack_channel(value: &str) -> Result<String, Fault> {
    let is_id = |part: &&str| {
        part.len() >= 9
            && part.len() <= 24
            && part.starts_with(['C', 'G', 'D', 'U'])
            && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    if is_id(&value) {
        return Ok(value.to_owned());
    }
    let parts: Vec<&str> = value.split(['/', '|', '?', '&', '=', '#', '<', '>']).collect();
    let is_link = parts.len() > 1 && !value.starts_with('#')
        || value.starts_with("#C")
        || value.starts_with("#G");
    if let Some(id) = parts.into_iter().rev().find(is_id).filter(|_| is_link) {
        return Ok(id.to_owned());
    }
    Err((FieldCode::ChannelName, None))
}

/// The digits of a room, from themselves or from the room's address, which ends in `#!rid123` or,
/// for a message, `#!rid123-456`.
fn chatwork_room(value: &str) -> Result<String, Fault> {
    let digits = match value.rsplit_once("rid") {
        Some((_, rest)) => rest.chars().take_while(char::is_ascii_digit).collect(),
        None => value.to_owned(),
    };
    pattern(&digits, 1..=12, |c| c.is_ascii_digit())
}

fn line_token(value: &str) -> Result<String, Fault> {
    let value: String = without_bearer(value).split_whitespace().collect();
    if value.len() == 43 && value.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err((FieldCode::LineNotifyToken, None));
    }
    pattern(&value, 80..=1_024, |c| c.is_ascii_alphanumeric() || "+/=._-".contains(c))
}

/// The id that programs see: of a user, a group or a room.
fn line_destination(value: &str) -> Result<String, Fault> {
    let is_hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    match (value.chars().next(), value.get(1..)) {
        (Some('U' | 'C' | 'R'), Some(rest)) if rest.len() == 32 && is_hex(rest) => {
            Ok(format!("{}{}", &value[..1], rest.to_ascii_lowercase()))
        }
        // Part of it is missing.
        (Some('U' | 'C' | 'R'), Some(rest)) if rest.len() >= 20 && is_hex(rest) => invalid(),
        _ => Err((FieldCode::LineDisplayId, None)),
    }
}

fn service_account(value: &str) -> Result<String, Fault> {
    let good = value.split_once('@').is_some_and(|(local, domain)| {
        local.ends_with("serviceaccount")
            && !domain.is_empty()
            && !domain.contains('@')
            && value.chars().all(|c| c.is_ascii_graphic())
    });
    if good { Ok(value.to_owned()) } else { invalid() }
}

/// A room, or a person by id or by login.
fn line_works_channel(value: &str) -> Result<String, Fault> {
    if value.contains('@') {
        let good = value.len() <= 128 && crate::mail_address(value).is_ok();
        return if good { Ok(value.to_owned()) } else { invalid() };
    }
    pattern(value, 20..=64, |c| c.is_ascii_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests;

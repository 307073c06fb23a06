//! URLs as they are pasted. By hand: what `url` brings along for names in other scripts would
//! double what a visitor loads, and a secret URL has to stay byte for byte as its provider made it.

use super::Rules;
use crate::{Fault, FieldCode};

/// The parts of a web address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastedUrl<'a> {
    /// `https` or `http`.
    pub scheme: &'static str,
    /// What stands before an `@`.
    pub user: Option<&'a str>,
    /// In ASCII lower case, without the port; an IPv6 address in its brackets.
    pub host: String,
    /// Where it is given.
    pub port: Option<u16>,
    /// Begins with `/`, or is empty.
    pub path: &'a str,
    /// Without the `?`.
    pub query: &'a str,
}

impl<'a> PastedUrl<'a> {
    /// The parts; `None` for what is no web address.
    pub fn parse(text: &'a str) -> Option<Self> {
        let begins = |scheme: &str| {
            text.get(..scheme.len()).is_some_and(|front| front.eq_ignore_ascii_case(scheme))
        };
        let (scheme, rest) = match () {
            () if begins("https://") => ("https", &text[8..]),
            () if begins("http://") => ("http", &text[7..]),
            () => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '\\']).unwrap_or(rest.len()));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (user, place) = authority
            .rsplit_once('@')
            .map_or((None, authority), |(user, place)| (Some(user), place));
        let split = place.rfind(':').filter(|colon| !place[*colon..].contains(']'));
        let (host, port) =
            split.map_or((place, None), |colon| (&place[..colon], Some(&place[colon + 1..])));
        let port = match port {
            None | Some("") => None,
            Some(digits) => Some(digits.parse().ok()?),
        };
        let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let good = match inner {
            Some(address) => {
                address.chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'))
            }
            None => host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_')),
        };
        (good && !host.is_empty() && !path.contains('\\')).then(|| Self {
            scheme,
            user,
            // Names in other scripts are compared with nothing, and Unicode's table would weigh 4 KB.
            host: host.to_ascii_lowercase(),
            port,
            path,
            query,
        })
    }

    /// Whether the query has this parameter with a value.
    pub fn has(&self, name: &str) -> bool {
        self.query.split('&').any(|pair| {
            pair.split_once('=').is_some_and(|(known, value)| known == name && !value.is_empty())
        })
    }

    /// `host:port`, the port always given.
    pub fn authority(&self) -> String {
        format!(
            "{}:{}",
            self.host,
            self.port.unwrap_or(if self.scheme == "https" { 443 } else { 80 })
        )
    }
}

/// Whether a host, in lower case and without a port, fits one of the rules: exact or `*.suffix`,
/// with commas between them.
pub fn host_allowed(rules: &str, host: &str) -> bool {
    rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).any(|rule| {
        match rule.strip_prefix("*.") {
            Some(suffix) => host
                .strip_suffix(suffix)
                .is_some_and(|front| front.len() > 1 && front.ends_with('.')),
            None => rule.eq_ignore_ascii_case(host),
        }
    })
}

/// A URL has no space in it: what is there came from a line that was broken. Web pages and mails
/// show `&` as `&amp;`.
pub(crate) fn healed(value: &str) -> String {
    let text: String = value.split_whitespace().collect();
    text.replace("&amp;", "&")
}

/// Refuses a value.
pub(crate) fn fault<T>(code: FieldCode) -> Result<T, Fault> {
    Err((code, None))
}

/// Refuses what is not encrypted, and what has a name or a password in it.
pub(crate) fn secure(url: &PastedUrl, rules: &Rules) -> Result<(), Fault> {
    if url.scheme != "https" && !rules.allow_private {
        return fault(FieldCode::NotHttps);
    }
    if url.user.is_some() {
        return fault(FieldCode::UrlCredentials);
    }
    Ok(())
}

/// Whether it is the port of https, where private addresses are not good enough.
pub(crate) fn usual_port(url: &PastedUrl, rules: &Rules) -> bool {
    rules.allow_private || url.port.is_none_or(|port| port == 443)
}

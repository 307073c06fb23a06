//! Callers as SIP networks name them: tel and sip addresses, and the headers of a call.

use super::reader::{Dial, half_width, scan};
use super::{Caller, CallerError, NoNumber, ServiceNumber, undressed};
use crate::platform::phone_number::is_planned;
use crate::platform::validation::extension_digits;

/// What a SIP network says of a caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SipIdentity<'a> {
    /// The name beside the address in From.
    pub from_display: Option<&'a str>,
    /// The user part of From, or its whole address.
    pub from_user: Option<&'a str>,
    /// P-Asserted-Identity (RFC 3325, 9.1), as it stands: one or more addresses with commas between
    /// them.
    pub p_asserted_identity: Option<&'a str>,
    /// Privacy (RFC 3323, 4.2; RFC 3325, 9.3), as it stands.
    pub privacy: Option<&'a str>,
}

impl Caller {
    /// The caller of a SIP call. Who asks for privacy has no number, whatever the network knows;
    /// what the network asserts comes before what the caller says. Without a number, the name
    /// beside From tells why: Japan's networks send it there.
    ///
    /// # Errors
    /// Why From is no caller, when no address has a number.
    pub fn from_sip(identity: &SipIdentity<'_>) -> Result<Caller, CallerError> {
        let from = from_header(
            identity.from_display.unwrap_or_default(),
            identity.from_user.unwrap_or_default(),
        );
        let hides = |value: &str| {
            ["id", "user", "header", "full"].iter().any(|hidden| value.eq_ignore_ascii_case(hidden))
        };
        if identity.privacy.unwrap_or_default().split([';', ',', ' ', '\t']).any(hides) {
            return Ok(match from {
                Ok(Caller::NoNumber(kind)) => Caller::NoNumber(kind),
                _ => Caller::NoNumber(NoNumber::Withheld),
            });
        }
        let mut asserted = Err(CallerError::Empty);
        for entry in entries(identity.p_asserted_identity.unwrap_or_default()) {
            match Caller::from_network(entry) {
                Ok(caller)
                    if caller.key().is_some() || caller == Caller::NoNumber(NoNumber::PayPhone) =>
                {
                    return Ok(caller);
                }
                other if asserted.is_err() => asserted = other,
                _ => {}
            }
        }
        match (from, asserted) {
            (Ok(caller), _) | (Err(_), Ok(caller)) => Ok(caller),
            (Err(CallerError::Empty), Err(error)) | (Err(error), Err(_)) => Err(error),
        }
    }

    /// The digits of who calls, where they can be an extension: `1001`, `<sip:201@pbx.example>`.
    pub fn extension(text: &str) -> Option<String> {
        let is_scheme = |text: &str| !text.contains(|c: char| c.is_ascii_digit());
        let digits = user_of(text, is_scheme)?.trim().to_owned();
        extension_digits(&digits).is_ok().then_some(digits)
    }

    /// A number as a network or a switch writes it, of whoever is called or calls: with or without
    /// scheme, host and parameters, `+` or 0. Without both it is read where only one number can be
    /// meant.
    ///
    /// # Errors
    /// Why it is none.
    pub fn from_network(text: &str) -> Result<Caller, CallerError> {
        from_header("", text).or_else(|_| Caller::parse(text))
    }
}

/// The user of an address, in half width, without name, scheme, host and parameters.
fn user_of(text: &str, is_scheme: impl Fn(&str) -> bool) -> Option<String> {
    let folded: String = text.chars().map(half_width).collect();
    let address = undressed(&folded).rsplit('<').next().unwrap_or_default();
    let rest = match address.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => address,
    };
    let user = rest.split(['@', ';', ':', '?', '>']).next().unwrap_or_default();
    unescaped(user)
}

/// The extension that a telephone calls, as a switch or a person writes it: `201`, `２０１`,
/// `sip:201@host`. Nothing where it is none: too long, with a 0 or `+` before it, or 110, 118 and
/// 119, which must lead outside whatever IDs there are.
pub fn called_extension(text: &str) -> Option<String> {
    let is_scheme = |text: &str| ["sip", "sips", "tel"].contains(&text.to_lowercase().as_str());
    let user = user_of(text, is_scheme)?;
    let Dial { plus, digits, .. } = scan(user.trim_end_matches(['#', '♯', '*'])).ok()?;
    let is_one = !plus && extension_digits(&digits).is_ok();
    (is_one && !ServiceNumber(digits.clone()).is_emergency()).then_some(digits)
}

fn from_header(display: &str, user: &str) -> Result<Caller, CallerError> {
    let folded: String = user.chars().map(half_width).collect();
    let user = undressed(&folded);
    let caller = if user.is_empty() {
        Err(CallerError::Empty)
    } else {
        address(user).unwrap_or_else(|| sip_user(user))
    };
    match (caller, NoNumber::from_words(display)) {
        (Ok(Caller::NoNumber(_)) | Err(CallerError::Empty), Some(kind)) => {
            Ok(Caller::NoNumber(kind))
        }
        (caller, _) => caller,
    }
}

/// The caller in `tel:…`, `sip:…`, `sips:…` or `"name" <sip:…>;tag=…`; nothing when it is no such
/// address.
pub(super) fn address(text: &str) -> Option<Result<Caller, CallerError>> {
    let (display, address) = match text.rfind('<') {
        Some(at) => (&text[..at], text[at + 1..].split('>').next().unwrap_or_default()),
        None => ("", text),
    };
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.trim();
    let caller = if scheme.eq_ignore_ascii_case("tel") {
        let (number, parameters) = rest.split_once(';').unwrap_or((rest, ""));
        subscriber(number, parameters)
    } else if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") {
        sip_user(rest)
    } else {
        return None;
    };
    Some(match (caller, NoNumber::from_words(display)) {
        (Ok(Caller::NoNumber(_)), Some(kind)) => Ok(Caller::NoNumber(kind)),
        (caller, _) => caller,
    })
}

/// What follows `sip:`, which may carry a telephone subscriber in its user part (RFC 3261, 19.1.6).
fn sip_user(rest: &str) -> Result<Caller, CallerError> {
    let (user, host) = match rest.split_once('@') {
        Some((user, host)) => (user, host),
        None => (rest.split('?').next().unwrap_or_default(), ""),
    };
    let (number, parameters) = user.split_once(';').unwrap_or((user, ""));
    // Without @ it is a host: only a gateway's bare digits are a number, an address such as
    // 192.0.2.1 is not. No address begins as a number with dots in it does.
    if host.is_empty() && number.contains('.') && !number.starts_with(['0', '+']) {
        return Err(CallerError::Unreadable);
    }
    let number = number.split(':').next().unwrap_or_default();
    // Some gateways write the category behind the host instead.
    let behind = host.split_once(';').map_or("", |(_, behind)| behind);
    if is_pay_phone(behind) {
        return Ok(Caller::NoNumber(NoNumber::PayPhone));
    }
    subscriber(number, parameters).or_else(|error| {
        // RFC 3323, 4.1.1.3: who stays anonymous has an address there.
        let name = host.split([':', ';', '>', '?']).next().unwrap_or_default();
        if name.eq_ignore_ascii_case("anonymous.invalid") {
            Ok(Caller::NoNumber(NoNumber::Withheld))
        } else {
            Err(error)
        }
    })
}

/// A telephone subscriber (RFC 3966, 3): `+81-3-…`, or a local number in the context of its
/// parameters.
fn subscriber(number: &str, parameters: &str) -> Result<Caller, CallerError> {
    let number = unescaped(number).ok_or(CallerError::Unreadable)?;
    if is_pay_phone(parameters) {
        return Ok(Caller::NoNumber(NoNumber::PayPhone));
    }
    // Single letters are user names here, not reason codes.
    if let Some(kind) = NoNumber::from_words(&number).filter(|_| number.chars().nth(1).is_some()) {
        return Ok(Caller::NoNumber(kind));
    }
    // Dialled to say that the number is complete.
    let number = number.trim_end_matches(['#', '♯', '*']);
    let dial = match scan(number) {
        Err(error @ CallerError::StarOrHash(_)) => return Err(error),
        Err(_) => return Err(CallerError::Unreadable),
        Ok(dial) if dial.digits.is_empty() => return Err(CallerError::Unreadable),
        Ok(dial) => dial,
    };
    let context = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("phone-context").then(|| unescaped(value)).flatten()
    });
    if let Some(context) =
        context.and_then(|context| scan(&context).ok()).filter(|context| context.plus && !dial.plus)
    {
        let japan = context.digits.starts_with("81");
        let service = dial.digits.len() == 3 && dial.digits.starts_with('1');
        // A Japanese number with its 0 is complete, and 010 leads out of Japan; elsewhere the 0 is
        // the trunk prefix, save in Italy.
        let complete = service || japan && dial.digits.starts_with('0');
        let rest = match context.digits.starts_with("39") {
            true => &dial.digits,
            false => dial.digits.trim_start_matches('0'),
        };
        let digits = format!("{}{rest}", context.digits);
        let local = Dial { digits, plus: true, trunk: None };
        // Some trunks send the country code in the number, too.
        if let Some(caller) = (!complete).then(|| Caller::from_dial(&local).ok()).flatten() {
            return Ok(caller);
        }
    }
    match Caller::from_dial(&dial) {
        Err(CallerError::LostZero(number)) => Ok(Caller::Number { number, international: false }),
        Err(CallerError::NoPrefix) => without_plus(dial).ok_or(CallerError::NoPrefix),
        read => read,
    }
}

/// Digits that can only be an international number whose `+` was left out: a Japanese one of the
/// plan, or more than any number has within Japan.
fn without_plus(dial: Dial) -> Option<Caller> {
    let digits = dial.digits.len();
    let caller = Caller::from_dial(&Dial { plus: true, ..dial }).ok()?;
    let Caller::Number { number, .. } = &caller else { return None };
    let fits = match number.national() {
        Some(national) => is_planned(&national),
        None => digits >= 11,
    };
    fits.then_some(caller)
}

/// Whether the parameters of a number say that it is a pay phone's: the calling party's category
/// (draft-mahy-iptel-cpc), or the originating line's of North America (ANI II: 27 coin, 70 private
/// pay station).
fn is_pay_phone(parameters: &str) -> bool {
    parameters.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
        let (name, value) = (name.trim(), value.trim().trim_matches('"'));
        name.eq_ignore_ascii_case("cpc") && value.eq_ignore_ascii_case("payphone")
            || name.eq_ignore_ascii_case("isup-oli") && matches!(value, "27" | "70")
    })
}

/// Without percent escapes (RFC 3986, 2.1); nothing when what they stand for is no text.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |at: usize| after.get(at).and_then(|&digit| char::from(digit).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The entries of a header's list: between commas that stand neither in quotation marks nor in an
/// address.
fn entries(header: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped, mut inside) = (false, false, false);
    header.split(move |c: char| {
        match c {
            _ if escaped => {
                escaped = false;
                return false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => inside = true,
            '>' if !quoted => inside = false,
            _ => {}
        }
        matches!(c, ',' | '\n') && !quoted && !inside
    })
}

#[cfg(test)]
mod tests {
    use super::called_extension;

    #[test]
    fn extensions_as_switches_write_them() {
        for (text, expected) in [
            ("201", "201"),
            ("２０１", "201"),
            (" 20-1 ", "201"),
            ("201#", "201"),
            ("sip:201@host", "201"),
            ("SIPS:201@host:5061;transport=tls", "201"),
            ("\"受付\" <sip:201@host>;tag=1", "201"),
            ("sip:201;phone-context=sip.example.jp@host;user=phone", "201"),
            ("sip:%EF%BC%92%EF%BC%90%EF%BC%91@host", "201"),
            ("tel:201;phone-context=example.jp", "201"),
            ("99", "99"),
            ("999999", "999999"),
            ("117", "117"),
        ] {
            assert_eq!(called_extension(text).as_deref(), Some(expected), "{text}");
        }
        let others = "9 9999999 0201 +201 *98 2*1 0312345678 +81312345678 110 118 1１9 \
            sip:119@host alice sip:alice@host mailto:201@host https://201";
        for text in others.split(' ').chain([""]) {
            assert_eq!(called_extension(text), None, "{text}");
        }
    }
}

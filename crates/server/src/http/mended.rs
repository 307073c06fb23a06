//! JSON as switches write it, with headers of calls in it, which hold anything.

use std::borrow::Cow;

use super::read::without_mark;

/// The same JSON with nothing in its texts that no text can hold: bytes that are not UTF-8 and
/// halves of surrogates become U+FFFD, bare control characters blanks, and NUL, which PostgreSQL
/// does not keep, goes. An odd header is no reason to lose a call or an event.
pub fn mended(bytes: &[u8]) -> Cow<'_, str> {
    let may_be_odd = |c: char| c == '\\' || c < ' ';
    let text = String::from_utf8_lossy(without_mark(bytes));
    if !text.contains(may_be_odd) {
        return text;
    }
    let mut found = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(may_be_odd) {
        found.push_str(&rest[..at]);
        rest = &rest[at..];
        let (put, length) = match rest.strip_prefix('\\') {
            // Between the texts they are blanks anyhow.
            None => (" ", 1),
            Some(escape) => match escape.chars().next() {
                Some('u') => unit(rest),
                escaped => {
                    let length = 1 + escaped.map_or(0, char::len_utf8);
                    (&rest[..length], length)
                }
            },
        };
        found.push_str(put);
        rest = &rest[length..];
    }
    found.push_str(rest);
    found.into()
}

/// What to write for the `\u….` that `text` begins with, and how long that is.
fn unit(text: &str) -> (&str, usize) {
    let is_low = |at: usize| matches!(code(text, at), Some(0xDC00..=0xDFFF));
    match code(text, 0) {
        Some(0) => ("", 6),
        Some(0xD800..=0xDBFF) if is_low(6) => (&text[..12], 12),
        Some(0xD800..=0xDFFF) => ("\\ufffd", 6),
        Some(_) => (&text[..6], 6),
        None => (&text[..2], 2),
    }
}

/// The number in the `\u….` at `at`.
fn code(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_no_text_can_hold_is_mended_and_the_rest_stays() {
        for (sent, text) in [
            (&br#"{"a":"x"}"#[..], "x"),
            (b"\xef\xbb\xbf{\"a\":\"x\"}", "x"),
            // Shift_JIS in a display name.
            (b"{\"a\":\"\x91\xe3\"}", "\u{fffd}\u{fffd}"),
            (b"{\"a\":\n\t\"x\ty\"}\r\n", "x y"),
            (br#"{"a":"x\u0000y"}"#, "xy"),
            (br#"{"a":"\\u0000\n\""}"#, "\\u0000\n\""),
            (br#"{"a":"\ud83d\ude00"}"#, "😀"),
            (br#"{"a":"\udc8f\ud83dx\ud83d"}"#, "\u{fffd}\u{fffd}x\u{fffd}"),
            (br#"{"a":"\u3042\u00e9"}"#, "あé"),
        ] {
            let read: Value = serde_json::from_str(&mended(sent)).expect("JSON");
            assert_eq!(read, json!({"a": text}), "{}", String::from_utf8_lossy(sent));
        }
        for broken in
            [&b"{\"a\":\"\\"[..], b"{\"a\":\"\\u00", b"{\"a\":\"\\u+123\"}", b"\\\xe3", b""]
        {
            assert!(serde_json::from_str::<Value>(&mended(broken)).is_err());
        }
    }
}

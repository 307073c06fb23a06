//! LINE, by the Messaging API of an official account.

use super::description::*;
use crate::FieldCode;
use crate::credentials::{Rules, invalid, pattern, without_bearer};

pub(super) const CHANNEL: Description = Description {
    key: "line",
    name: "LINE",
    icon: r#"<path d="M7.9 20A9 9 0 1 0 4 16.1L2 22Z"/>"#,
    fields: &[
        CredentialField::secret("channel_access_token", token),
        CredentialField::secret("channel_secret", |value, _| {
            pattern(value, 32..=32, |c| c.is_ascii_hexdigit()).map(|text| text.to_ascii_lowercase())
        })
        .optional(),
        CredentialField::open("to", destination).optional().looks("C0123456789abcdef…"),
    ],
    // Without a destination somebody must be able to send the word that fills it in, and that is
    // signed with the secret.
    one_of: &["to", "channel_secret"],
    added: Added::Callback,
    destination: |all| of(all, "to"),
    warning: no_warning,
    blames: &[
        ("to", &["destination", "friend", "group", "room", "user", "not_found"]),
        ("channel_access_token", &[""]),
    ],
    carries: Carries { json: false, audio: Carried::ANY, fax: Carried::Link },
    late_transcript: LateTranscript::Follows,
    merges: 1,
    // 2,000 a second and channel: the provider is never what is waited for.
    pace: None,
    // In UTF-16 units.
    text_max: 5_000,
    settings: &[("base_url", "https://api.line.me")],
    place: Place {
        url: "https://developers.line.biz/console/",
        query: "",
        name: "LINE Developers",
    },
};

fn token(value: &str, _: &Rules) -> Result<String, Fault> {
    let value: String = without_bearer(value).split_whitespace().collect();
    if value.len() == 43 && value.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err((FieldCode::LineNotifyToken, None));
    }
    pattern(&value, 80..=1_024, |c| c.is_ascii_alphanumeric() || "+/=._-".contains(c))
}

/// The id that programs see: of a user, a group or a room.
fn destination(value: &str, _: &Rules) -> Result<String, Fault> {
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

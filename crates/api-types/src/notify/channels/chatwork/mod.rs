//! Chatwork, by an API token.

use super::description::*;
use crate::credentials::{Rules, pattern, without_bearer};

pub(super) const CHANNEL: Description = Description {
    key: "chatwork",
    name: "Chatwork",
    icon: r#"<path d="M14 9a2 2 0 0 1-2 2H6l-4 4V4a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2z"/><path d="M18 9h2a2 2 0 0 1 2 2v11l-4-4h-6a2 2 0 0 1-2-2v-1"/>"#,
    fields: &[
        CredentialField::secret("api_token", |value, _| {
            pattern(without_bearer(value), 32..=128, |c| c.is_ascii_alphanumeric())
        }),
        CredentialField::open("room_id", room).looks("https://www.chatwork.com/#!rid…"),
    ],
    one_of: &[],
    added: Added::Nothing,
    destination: |all| of(all, "room_id"),
    warning: no_warning,
    blames: &[("api_token", &["token", "unauthorized", "401"]), ("room_id", &[""])],
    carries: Carries { json: false, audio: Carried::File(5 << 20), fax: Carried::File(5 << 20) },
    late_transcript: LateTranscript::Follows,
    merges: 1,
    // Ten posts in ten seconds and room: five at once and five more within ten seconds.
    pace: Some(Pace { interval_ms: 2_000, burst: 5 }),
    // 65,535 is documented without a unit, and this many characters are fewer bytes than that.
    text_max: 15_000,
    settings: &[("base_url", "https://api.chatwork.com/v2")],
    place: Place { url: "https://www.chatwork.com/", query: "", name: "Chatwork" },
};

/// The digits of a room, from themselves or from the room's address, which ends in `#!rid123` or,
/// for a message, `#!rid123-456`.
fn room(value: &str, _: &Rules) -> Result<String, Fault> {
    let digits = match value.rsplit_once("rid") {
        Some((_, rest)) => rest.chars().take_while(char::is_ascii_digit).collect(),
        None => value.to_owned(),
    };
    pattern(&digits, 1..=12, |c| c.is_ascii_digit())
}

//! LINE WORKS, by a bot and a service account.

mod key;

use super::description::*;
use crate::credentials::{Rules, invalid, pattern};

pub(super) const CHANNEL: Description = Description {
    key: "line_works",
    name: "LINE WORKS",
    icon: r#"<path d="M16 20V4a2 2 0 0 0-2-2h-4a2 2 0 0 0-2 2v16"/><rect width="20" height="14" x="2" y="6" rx="2"/>"#,
    fields: &[
        CredentialField::open("client_id", |value, _| {
            pattern(value, 10..=64, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        }),
        CredentialField::secret("client_secret", |value, _| {
            pattern(value, 6..=128, |c| c.is_ascii_graphic())
        }),
        CredentialField::open("service_account", service_account).looks("….serviceaccount@…"),
        CredentialField::secret("private_key", |value, _| key::read(value))
            .of(ValueKind::Key)
            .looks("-----BEGIN PRIVATE KEY-----"),
        CredentialField::open("bot_id", |value, _| pattern(value, 1..=12, |c| c.is_ascii_digit())),
        CredentialField::open("channel_id", room),
    ],
    one_of: &[],
    added: Added::Nothing,
    // Per tenant: the domain of the service account.
    destination: |all| of(all, "service_account").split('@').next_back().unwrap_or_default(),
    warning: no_warning,
    blames: &[
        ("private_key", &["key"]),
        ("service_account", &["account"]),
        ("client_id", &["client"]),
        ("channel_id", &["channel", "user", "room"]),
        ("client_secret", &["token", "unauthorized"]),
        ("bot_id", &[""]),
    ],
    carries: Carries { json: false, audio: Carried::ANY, fax: Carried::ANY },
    late_transcript: LateTranscript::Follows,
    merges: 1,
    // 60 a minute and tenant on the free plan.
    pace: Some(Pace { interval_ms: 1_000, burst: 4 }),
    // In UTF-16 units, which are never fewer than characters.
    text_max: 2_000,
    settings: &[
        ("base_url", "https://www.worksapis.com/v1.0"),
        // Of the token endpoint's host.
        ("auth_url", "https://auth.worksmobile.com"),
        // Hosts that files may be uploaded to: the token goes there.
        ("upload_hosts", "*.worksmobile.com"),
    ],
    place: Place {
        url: "https://dev.worksmobile.com/console/",
        query: "",
        name: "Developer Console",
    },
};

fn service_account(value: &str, _: &Rules) -> Result<String, Fault> {
    let good = value.split_once('@').is_some_and(|(local, domain)| {
        local.ends_with("serviceaccount")
            && !domain.is_empty()
            && !domain.contains('@')
            && value.chars().all(|c| c.is_ascii_graphic())
    });
    if good { Ok(value.to_owned()) } else { invalid() }
}

/// A room, or a person by id or by login.
fn room(value: &str, _: &Rules) -> Result<String, Fault> {
    if value.contains('@') {
        let good = value.len() <= 128 && crate::mail_address(value).is_ok();
        return if good { Ok(value.to_owned()) } else { invalid() };
    }
    pattern(value, 20..=64, |c| c.is_ascii_alphanumeric() || c == '-')
}

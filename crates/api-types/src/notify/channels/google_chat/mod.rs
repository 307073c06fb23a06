//! Google Chat, by the URL of a webhook.

use super::description::*;
use crate::FieldCode;
use crate::credentials::{PastedUrl, Rules, fault, healed, secure, usual_port};

pub(super) const CHANNEL: Description = Description {
    key: "google_chat",
    name: "Google Chat",
    icon: r#"<path d="M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/>"#,
    fields: &[CredentialField::secret("url", webhook)
        .of(ValueKind::Url)
        .looks("https://chat.googleapis.com/v1/spaces/…")],
    one_of: &[],
    added: Added::Nothing,
    // Everything before the query is the space.
    destination: |all| of(all, "url").split('?').next().unwrap_or_default(),
    warning: no_warning,
    blames: &[("url", &[""])],
    carries: Carries { json: false, audio: Carried::Link, fax: Carried::Link },
    late_transcript: LateTranscript::Follows,
    merges: 1,
    // 60 a minute and space, shared with everybody else in it.
    pace: Some(Pace { interval_ms: 1_000, burst: 1 }),
    // The former limit in characters, of which nobody says that it is gone. With it a message stays
    // below 32,000 bytes.
    text_max: 4_000,
    settings: &[("base_url", ""), ("allowed_hosts", "chat.googleapis.com")],
    place: Place { url: "https://chat.google.com/", query: "", name: "Google Chat" },
};

/// The address of a webhook of a space.
fn webhook(value: &str, rules: &Rules) -> Result<String, Fault> {
    let text = healed(value);
    let Some(url) = PastedUrl::parse(&text) else { return fault(FieldCode::NotGoogleChatWebhook) };
    if !rules.allow(&url.host) || !usual_port(&url, rules) {
        return fault(FieldCode::NotGoogleChatWebhook);
    }
    secure(&url, rules)?;
    let Some(rest) = url.path.strip_prefix("/v1/spaces/") else {
        return fault(FieldCode::NotGoogleChatWebhook);
    };
    let space = rest.split('/').next().unwrap_or_default();
    let good = !space.is_empty()
        && space.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    match rest.strip_prefix(space) {
        Some("/messages") if good && url.has("key") && url.has("token") => Ok(text),
        Some("/messages" | "" | "/") if good => fault(FieldCode::IncompleteUrl),
        _ => fault(FieldCode::NotGoogleChatWebhook),
    }
}

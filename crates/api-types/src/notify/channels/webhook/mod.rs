//! An endpoint of one's own, by Standard Webhooks.

use super::description::*;
use crate::notify::pasted::{PastedUrl, Rules, fault, healed, is_private, secure};
use crate::{FieldCode, WEBHOOK_BODY_MAX};

pub(super) const CHANNEL: Description = Description {
    key: "webhook",
    name: "Webhook",
    icon: r#"<path d="M18 16.98h-5.99c-1.1 0-1.95.94-2.48 1.9A4 4 0 0 1 2 17c.01-.7.2-1.4.57-2"/><path d="m6 17 3.13-5.78c.53-.97.1-2.18-.5-3.1a4 4 0 1 1 6.89-4.06"/><path d="m12 6 3.13 5.73C15.66 12.7 16.9 13 18 13a4 4 0 0 1 0 8"/>"#,
    fields: &[CredentialField::open("url", endpoint).of(ValueKind::Url).looks("https://…")],
    one_of: &[],
    added: Added::SigningSecret,
    destination: |all| of(all, "url"),
    warning: no_warning,
    blames: &[("url", &[""])],
    carries: Carries { json: true, audio: Carried::Link, fax: Carried::Link },
    late_transcript: LateTranscript::Follows,
    merges: 1,
    pace: None,
    // The whole body, in bytes.
    text_max: WEBHOOK_BODY_MAX,
    settings: &[],
    place: Place { url: "/api/docs", query: "", name: "" },
};

fn endpoint(value: &str, rules: &Rules) -> Result<String, Fault> {
    let text = healed(value);
    // What stands behind a `#` is never sent.
    let text = text.split('#').next().unwrap_or_default();
    let Some(url) = PastedUrl::parse(text) else {
        let other_scheme = text.contains("://");
        return fault(if other_scheme || !text.contains('.') {
            FieldCode::InvalidFormat
        } else {
            FieldCode::NotHttps
        });
    };
    secure(&url, rules)?;
    if !rules.own_authority.is_empty() && url.authority() == rules.own_authority {
        return fault(FieldCode::OwnUrl);
    }
    if !rules.allow_private && is_private(&url.host) {
        return fault(FieldCode::PrivateAddress);
    }
    Ok(text.to_owned())
}

//! Microsoft Teams, by the URL of a workflow.

use super::description::*;
use crate::FieldCode;
use crate::credentials::{PastedUrl, Rules, fault, healed, host_allowed, secure, usual_port};

/// Where workflows are.
const HOSTS: &str = "*.environment.api.powerplatform.com,*.logic.azure.com";
/// Where workflows were at first; Microsoft has announced their end more than once.
const OLD_HOSTS: &str = "*.logic.azure.com";
/// Where Office 365 connectors were until Microsoft ended them in May 2026.
const RETIRED_CONNECTOR_HOSTS: &str =
    "*.webhook.office.com,webhook.office.com,outlook.office.com,outlook.office365.com";

pub(super) const CHANNEL: Description = Description {
    key: "teams",
    name: "Microsoft Teams",
    icon: r#"<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><path d="M16 3.128a4 4 0 0 1 0 7.744"/><path d="M22 21v-2a4 4 0 0 0-3-3.87"/><circle cx="9" cy="7" r="4"/>"#,
    fields: &[CredentialField::secret("url", workflow).of(ValueKind::Url).looks("https://…")],
    one_of: &[],
    added: Added::Nothing,
    destination: |all| of(all, "url"),
    warning: old_url,
    blames: &[("url", &[""])],
    carries: Carries { json: false, audio: Carried::Link, fax: Carried::Link },
    late_transcript: LateTranscript::Follows,
    merges: 20,
    // A workflow posts about 25 times in five minutes; bursts are merged.
    pace: Some(Pace { interval_ms: 15_000, burst: 1 }),
    // The whole message, in bytes.
    text_max: 24 * 1_024,
    settings: &[("allowed_hosts", HOSTS)],
    place: Place { url: "https://teams.microsoft.com/", query: "", name: "Microsoft Teams" },
};

/// The address of a workflow.
fn workflow(value: &str, rules: &Rules) -> Result<String, Fault> {
    let text = healed(value);
    let Some(url) = PastedUrl::parse(&text) else { return fault(FieldCode::NotTeamsWorkflow) };
    if host_allowed(RETIRED_CONNECTOR_HOSTS, &url.host) {
        return fault(FieldCode::RetiredConnector);
    }
    if !rules.allow(&url.host) || !usual_port(&url, rules) {
        return fault(FieldCode::NotTeamsWorkflow);
    }
    secure(&url, rules)?;
    if !url.path.contains("/workflows/") {
        return fault(FieldCode::NotTeamsWorkflow);
    }
    let path = url.path.trim_end_matches('/').to_ascii_lowercase();
    if !path.ends_with("/paths/invoke") || !url.has("sig") {
        return fault(FieldCode::IncompleteUrl);
    }
    Ok(text)
}

fn old_url(credentials: &Credentials) -> Option<&'static str> {
    let url = PastedUrl::parse(of(credentials, "url"))?;
    host_allowed(OLD_HOSTS, &url.host).then_some("teams.old_url")
}

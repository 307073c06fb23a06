//! Slack, by a bot token.

use super::description::*;
use crate::FieldCode;
use crate::credentials::{Rules, invalid, pattern, without_bearer};

/// What Slack needs to know of the app: who opens the link finds a form that is filled in.
const MANIFEST: &str = r#"{"display_information":{"name":"Denwaban"},"features":{"bot_user":{"display_name":"Denwaban","always_online":true}},"oauth_config":{"scopes":{"bot":["chat:write","files:write","channels:read","groups:read"]}},"settings":{"org_deploy_enabled":false,"socket_mode_enabled":false,"token_rotation_enabled":false}}"#;

pub(super) const CHANNEL: Description = Description {
    key: "slack",
    name: "Slack",
    icon: r#"<line x1="4" x2="20" y1="9" y2="9"/><line x1="4" x2="20" y1="15" y2="15"/><line x1="10" x2="8" y1="3" y2="21"/><line x1="16" x2="14" y1="3" y2="21"/>"#,
    fields: &[
        CredentialField::secret("bot_token", bot_token).begins("xoxb-").looks("xoxb-…"),
        CredentialField::open("channel_id", channel).looks("C0123456789"),
    ],
    one_of: &[],
    added: Added::Nothing,
    // Channel ids are unique over all workspaces of Slack.
    destination: |all| of(all, "channel_id"),
    warning: no_warning,
    blames: &[
        (
            "channel_id",
            &["channel", "archived", "restricted_action", "messages_tab", "team_not_found"],
        ),
        ("bot_token", &[""]),
    ],
    carries: Carries { json: false, audio: Carried::ANY, fax: Carried::ANY },
    late_transcript: LateTranscript::FollowsByName,
    merges: 1,
    // About one message a second and channel.
    pace: Some(Pace { interval_ms: 1_000, burst: 1 }),
    text_max: 4_000,
    settings: &[("base_url", "https://slack.com/api")],
    place: Place {
        url: "https://api.slack.com/apps?new_app=1&manifest_json=",
        query: MANIFEST,
        name: "",
    },
};

fn bot_token(value: &str, _: &Rules) -> Result<String, Fault> {
    let value = without_bearer(value);
    if value.starts_with("xoxe") {
        return Err((FieldCode::RotatingToken, None));
    }
    // The last is an incoming webhook, which takes no files.
    if let Some(begins) =
        ["xoxp-", "xapp-", "xoxa-", "xoxs-", "xoxc-", "xoxd-", "https://hooks.slack.com/"]
            .into_iter()
            .find(|begins| value.starts_with(begins))
    {
        return Err((FieldCode::NotBotToken, Some(begins.to_owned())));
    }
    let Some(rest) = value.strip_prefix("xoxb-") else { return invalid() };
    pattern(rest, 10..=250, |c| c.is_ascii_alphanumeric() || c == '-')?;
    Ok(value.to_owned())
}

/// The id of a channel, from itself or from any of Slack's links to it or to a message in it.
fn channel(value: &str, _: &Rules) -> Result<String, Fault> {
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

//! How often a destination takes a message, and what counts as one destination.

use api_types::{Credentials, ServiceType};
use chrono::TimeDelta;

use crate::platform::crypto::Secrets;

/// How often a destination takes a message: one per `interval` in the long run, `burst` at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Time between two messages.
    pub interval: TimeDelta,
    /// Messages that may come at once after a rest.
    pub burst: u32,
}

/// The pace of a provider's destinations; `None` = as fast as it answers.
pub fn of(kind: ServiceType) -> Option<Pace> {
    let pace = |milliseconds: i64, burst: u32| {
        Some(Pace { interval: TimeDelta::milliseconds(milliseconds), burst })
    };
    match kind {
        // About one message a second and channel.
        ServiceType::Slack => pace(1_000, 1),
        // Ten posts in ten seconds and room: five at once and five more within ten seconds.
        ServiceType::Chatwork => pace(2_000, 5),
        // A workflow posts about 25 times in five minutes; bursts are merged.
        ServiceType::Teams => pace(15_000, 1),
        // 60 a minute and space, shared with everybody else in it.
        ServiceType::GoogleChat => pace(1_000, 1),
        // 60 a minute and tenant on the free plan.
        ServiceType::LineWorks => pace(1_000, 4),
        // 2,000 a second and channel: the provider is never what is waited for.
        ServiceType::Line | ServiceType::Webhook => None,
    }
}

/// What counts as one destination: a keyed hash, so that it says nothing about a credential.
pub fn key(secrets: &Secrets, kind: ServiceType, credentials: &Credentials) -> String {
    let of = |name: &str| credentials.get(name).map(String::as_str).unwrap_or_default();
    let destination = match kind {
        // Channel ids are unique over all workspaces of Slack.
        ServiceType::Slack => format!("slack/{}", of("channel_id")),
        ServiceType::Chatwork => format!("chatwork/{}", of("room_id")),
        ServiceType::Teams => format!("teams/{}", of("url")),
        // Everything before the query is the space.
        ServiceType::GoogleChat => {
            format!("google_chat/{}", of("url").split('?').next().unwrap_or_default())
        }
        ServiceType::Line => format!("line/{}", of("to")),
        // Per tenant: the domain of the service account.
        ServiceType::LineWorks => format!(
            "line_works/{}",
            of("service_account").split('@').next_back().unwrap_or_default()
        ),
        ServiceType::Webhook => format!("webhook/{}", of("url")),
    };
    secrets.keyed_hash(&destination)
}

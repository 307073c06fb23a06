//! Everything that an adapter needs, and the one place that chooses the adapter.

use std::sync::Arc;
use std::time::Instant;

use api_types::{Credentials, ServiceType};

use super::egress::Client;
use super::{Job, Report};
use crate::calls::attachments::Attachments;
use crate::notify::channels::{
    chatwork, google_chat, line, line_works, mail, slack, teams, webhook,
};
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::mail::Mailer;

/// Where a notice goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// A mail address.
    Mail {
        /// The address.
        to: String,
    },
    /// A service of a rule.
    Service {
        /// Which one.
        kind: ServiceType,
        /// Its credentials, opened.
        credentials: Credentials,
    },
}

/// Everything that an adapter needs.
#[derive(Debug)]
pub struct Senders {
    /// The one client that leaves the house.
    pub http: Client,
    /// Mails.
    pub mailer: Mailer,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Config,
    /// Recordings and faxes.
    pub attachments: Arc<Attachments>,
    /// Access tokens of LINE WORKS.
    pub line_works: line_works::Tokens,
}

impl Senders {
    /// Makes one attempt. Never an error: whatever happens is a report.
    pub async fn send(&self, target: &Target, job: &Job) -> Report {
        // How long it took is for the log; the time of the world comes from the clock.
        let begun = Instant::now();
        let report = match target {
            Target::Mail { to } => mail::send(self, to, job).await,
            Target::Service { kind, credentials } => match kind {
                ServiceType::Slack => slack::send(self, credentials, job).await,
                ServiceType::Chatwork => chatwork::send(self, credentials, job).await,
                ServiceType::Teams => teams::send(self, credentials, job).await,
                ServiceType::GoogleChat => google_chat::send(self, credentials, job).await,
                ServiceType::Line => line::send(self, credentials, job).await,
                ServiceType::LineWorks => line_works::send(self, credentials, job).await,
                ServiceType::Webhook => webhook::send(self, credentials, job).await,
            },
        };
        Report { took: begun.elapsed(), ..report }
    }

    /// Asks the service whether the credentials work, where it can be asked without anybody seeing
    /// it: `None` = it cannot, or all is well; else the report that says what is wrong.
    pub async fn check(&self, kind: ServiceType, credentials: &Credentials) -> Option<Report> {
        match kind {
            ServiceType::Slack => slack::check(self, credentials).await,
            ServiceType::Chatwork => chatwork::check(self, credentials).await,
            ServiceType::Line => line::check(self, credentials).await,
            ServiceType::LineWorks => line_works::check(self, credentials).await,
            ServiceType::Teams | ServiceType::GoogleChat | ServiceType::Webhook => None,
        }
    }
}

//! Everything that an adapter needs.

use std::sync::Arc;
use std::time::Instant;

use api_types::{Channel, Credentials, ServiceType};

use super::egress::Client;
use super::{Job, Report};
use crate::calls::attachments::Attachments;
use crate::notify::channels::{self, line_works, mail};
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
            Target::Mail { to } => {
                let to = Credentials::from([(mail::ADDRESS.to_owned(), to.clone())]);
                channels::send(Channel::Mail, self, &to, job).await
            }
            Target::Service { kind, credentials } => {
                channels::send(Channel::from(*kind), self, credentials, job).await
            }
        };
        Report { took: begun.elapsed(), ..report }
    }

    /// Asks the service whether the credentials work, where it can be asked without anybody seeing
    /// it: `None` = it cannot, or all is well; else the report that says what is wrong.
    pub async fn check(&self, kind: ServiceType, credentials: &Credentials) -> Option<Report> {
        channels::check(Channel::from(kind), self, credentials).await
    }
}

//! chatwork: to be written.

use api_types::Credentials;

use super::{Job, Outcome, Report, Senders};

/// Makes one attempt.
pub async fn send(_senders: &Senders, _credentials: &Credentials, job: &Job) -> Report {
    Report::new(Outcome::BadPayload, Some("chatwork.unwritten"), "", job.progress.clone())
}

/// Asks whether the credentials work.
pub async fn check(_senders: &Senders, _credentials: &Credentials) -> Option<Report> {
    None
}

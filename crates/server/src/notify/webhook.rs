//! webhook: to be written.

use api_types::Credentials;

use super::{Job, Outcome, Report, Senders};

/// Makes one attempt.
pub async fn send(_senders: &Senders, _credentials: &Credentials, job: &Job) -> Report {
    Report::new(Outcome::BadPayload, Some("webhook.unwritten"), "", job.progress.clone())
}

//! Mail: to be written.

use super::{Job, Outcome, Report, Senders};

/// Makes one attempt.
pub async fn send(_senders: &Senders, _to: &str, job: &Job) -> Report {
    Report::new(Outcome::BadPayload, Some("mail.unwritten"), "", job.progress.clone())
}

//! The metrics of the outbox.

use api_types::{AttemptOutcome, Channel};
use store::notify::outbox;
use store::{Kind as _, WorkerScope};

use crate::platform::state::Platform;

/// Counter: attempts, by channel and outcome.
const ATTEMPTS: &str = "denwaban_notice_attempts_total";
/// Gauge: notices that wait.
const WAITING: &str = "denwaban_notices_waiting";
/// Gauge: for how long the oldest notice that is due has been, in seconds.
const OVERDUE: &str = "denwaban_notices_overdue_seconds";

/// Says what the metrics are.
pub fn describe() {
    metrics::describe_counter!(ATTEMPTS, "Attempts to send a notice, by channel and outcome");
    metrics::describe_gauge!(WAITING, "Notices that wait to be sent");
    metrics::describe_gauge!(
        OVERDUE,
        metrics::Unit::Seconds,
        "For how long the oldest notice that is due has been"
    );
}

/// Counts attempts that had the same outcome.
pub fn count(channel: Channel, outcome: AttemptOutcome, attempts: usize) {
    let labels = [("channel", channel.text()), ("outcome", outcome.text())];
    metrics::counter!(ATTEMPTS, &labels).increment(attempts as u64);
}

/// Sets the gauges.
pub async fn gauge(app: &Platform) {
    let backlog = app.db.read(|conn| outbox::backlog(conn, WorkerScope::sending())).await;
    if let Ok((waiting, oldest)) = backlog {
        let overdue = oldest.map_or(0, |at| (app.clock.now_naive() - at).num_seconds().max(0));
        metrics::gauge!(WAITING).set(waiting as f64);
        metrics::gauge!(OVERDUE).set(overdue as f64);
    }
}

//! Takes away what has ended: sessions, password links, counted sign-in failures, kept answers,
//! previewed files, removed entries, registrations, old calls, deliveries that have come to an end.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use store::accounts::route_change;
use store::block_list::{block_import, removed_entry};
use store::calls::call_event;
use store::identity::{password_reset, refresh_token, session, sign_in_attempt, sign_in_link};
use store::notify::outbox;
use store::platform::idempotency;
use store::switch::registration;
use store::{EntranceScope, StoreError, WorkerScope};

use crate::App;
use crate::block_list::{PREVIEW_KEPT, REMOVED_KEPT};
use crate::calls::attachments::sweep;
use crate::error::Failure;

const EVERY: Duration = Duration::from_secs(3600);

/// How long an answer is kept for a repeated `Idempotency-Key`.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(24);

/// Deliveries that go at once.
const DELIVERIES: i64 = 1_000;

/// How long calls are kept.
const CALLS_KEPT: TimeDelta = TimeDelta::days(90);

/// For how long a switch that was away may catch up with what has changed.
const CHANGES_KEPT: TimeDelta = TimeDelta::days(3);

/// For how long it is known that a terminal has unregistered: a report that comes later than that
/// does not bring it back.
const REGISTRATIONS_KEPT: TimeDelta = TimeDelta::days(1);

/// Cleans up now and then, until the process ends.
pub async fn run(app: Arc<App>) {
    // Later by a little than the start, so that it neither slows it down nor falls together on
    // replicas started at once.
    let mut wait = Duration::from_secs(60 + u64::from(std::process::id() % 60));
    loop {
        tokio::time::sleep(wait).await;
        wait = EVERY;
        match clean(&app).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed what has ended"),
            Err(error) => {
                tracing::warn!(%error, "could not remove what has ended; trying again in an hour")
            }
        }
    }
}

/// Cleans up once and answers how many rows went.
///
/// # Errors
/// When the database or the files refuse.
pub async fn clean(app: &App) -> Result<usize, Failure> {
    let now = app.clock.now_naive();
    // Twice the longest wait: a count that goes while its subject still waits would forgive it.
    let quiet = TimeDelta::try_seconds(2 * app.config.sign_in.max_delay_s.min(86_400) as i64)
        .unwrap_or_default()
        .max(TimeDelta::days(1));
    let finished = now - TimeDelta::days(app.config.outbox.kept_days.into());
    let mut removed = 0;
    loop {
        // A part at a time: others have to write meanwhile.
        let part = app
            .db
            .write(move |conn| {
                outbox::purge(conn, WorkerScope::sending(), finished, now, DELIVERIES)
            })
            .await?;
        removed += part;
        if i64::try_from(part).unwrap_or(i64::MAX) < DELIVERIES {
            break;
        }
    }
    // Before the calls that they belong to.
    removed += sweep::run(&app.calls).await?;
    let rows = app
        .db
        .write(move |conn| -> Result<usize, StoreError> {
            let scope = EntranceScope::authenticating();
            Ok(removed
                + session::purge(conn, scope, now)?
                + password_reset::purge(conn, scope, now)?
                + refresh_token::purge(conn, scope, now)?
                + sign_in_link::purge(conn, scope, now)?
                + sign_in_attempt::purge(conn, scope, now - quiet)?
                + idempotency::purge(conn, scope, now - ANSWERS_KEPT)?
                + block_import::purge(conn, scope, now - PREVIEW_KEPT)?
                + removed_entry::purge(conn, scope, now - REMOVED_KEPT)?
                + registration::purge(conn, scope, now - REGISTRATIONS_KEPT)?
                + call_event::purge(conn, scope, now - CALLS_KEPT)?
                + route_change::purge(conn, scope, now - CHANGES_KEPT, now)?)
        })
        .await?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::platform::clock::Clock;
    use crate::platform::config::Config;

    #[actix_web::test]
    async fn counted_failures_go_when_they_have_been_quiet_for_long_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::set(DateTime::from_timestamp(1_795_338_252, 0).unwrap());
        let app = App::build(Config::for_tests(dir.path()), clock.clone()).unwrap();
        let now = clock.now_naive();
        let row = sign_in_attempt::Row {
            subject_hash: "x".into(),
            failures: 9,
            blocked_until: now,
            updated_at: now,
        };
        app.db
            .write(move |conn| sign_in_attempt::save(conn, EntranceScope::authenticating(), &row))
            .await
            .unwrap();
        clock.advance(TimeDelta::hours(20));
        assert_eq!(clean(&app).await.unwrap(), 0);
        clock.advance(TimeDelta::hours(5));
        assert_eq!(clean(&app).await.unwrap(), 1);
        assert_eq!(clean(&app).await.unwrap(), 0);
    }
}

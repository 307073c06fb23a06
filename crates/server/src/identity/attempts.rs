//! Guessing gets slow: failures are counted by address and by login id, in the database, for all
//! replicas.

use chrono::TimeDelta;
use store::EntranceScope;
use store::identity::sign_in_attempt;

use crate::error::Failure;
use crate::http::client::ClientAddress;
use crate::http::extract::seconds;
use crate::identity::rules::throttle::{Limits, delay};
use crate::platform::state::Platform;

/// An office behind one address has many people; the address may fail this many times as often as a
/// login id.
const ADDRESS_ALLOWANCE: u32 = 4;

/// An attempt that was counted as failed before it was looked at, so that parallel guesses cannot
/// outrun the count.
#[derive(Debug)]
pub struct Attempt {
    address: String,
    address_limits: Limits,
    login_id: String,
}

/// Counts an attempt.
///
/// # Errors
/// `too_many_attempts` with the time to wait; it is the same whether the login id exists or not.
pub async fn begin(
    app: &Platform,
    what: &str,
    address: &ClientAddress,
    login_id: &str,
) -> Result<Attempt, Failure> {
    let hash = |kind: &str, value: &str| app.secrets.keyed_hash(&format!("{what}/{kind}/{value}"));
    let address = hash("address", &address.0);
    let login_id = hash("login_id", &login_id.to_lowercase());
    let now = app.clock.now_naive();
    let config = &app.config.sign_in;
    let limits = Limits {
        free_attempts: config.free_attempts,
        base_delay: seconds(config.base_delay_s),
        max_delay: seconds(config.max_delay_s),
    };
    let address_limits =
        Limits { free_attempts: limits.free_attempts.saturating_mul(ADDRESS_ALLOWANCE), ..limits };
    let subjects = [(address.clone(), address_limits), (login_id.clone(), limits)];
    app.db
        .write(move |conn| -> Result<(), Failure> {
            let entrance = EntranceScope::authenticating();
            let mut rows = Vec::new();
            let mut wait = TimeDelta::zero();
            for (subject, limits) in &subjects {
                let mut found = sign_in_attempt::find_locked(conn, entrance, subject, now)?;
                if now - found.updated_at >= TimeDelta::days(1) {
                    // A day of quiet forgives everything.
                    (found.failures, found.blocked_until) = (0, now);
                }
                wait = wait.max(found.blocked_until - now);
                rows.push((limits, found));
            }
            if wait > TimeDelta::zero() {
                let retry_after_s =
                    u64::try_from((wait + TimeDelta::milliseconds(999)).num_seconds())
                        .unwrap_or(1)
                        .max(1);
                return Err(Failure::TooManyAttempts { retry_after_s });
            }
            for (limits, before) in &rows {
                let failures = before.failures.saturating_add(1);
                let blocked_until =
                    now + delay(limits, u32::try_from(failures).unwrap_or(u32::MAX));
                let row = sign_in_attempt::Row {
                    failures,
                    blocked_until,
                    updated_at: now,
                    ..before.clone()
                };
                sign_in_attempt::save(conn, entrance, &row)?;
            }
            Ok(())
        })
        .await?;
    Ok(Attempt { address, address_limits, login_id })
}

/// Counts something that may be done `most` times within `window`, on all replicas together,
/// whatever comes of it.
///
/// # Errors
/// `too_many_attempts` with the time until the window ends.
pub async fn count(
    app: &Platform,
    what: &str,
    subject: &str,
    most: i32,
    window: TimeDelta,
) -> Result<(), Failure> {
    let subject = app.secrets.keyed_hash(&format!("{what}/{subject}"));
    let now = app.clock.now_naive();
    app.db
        .write(move |conn| -> Result<(), Failure> {
            let entrance = EntranceScope::authenticating();
            // The end of the window stands where a sign-in keeps its wait.
            let mut row = sign_in_attempt::find_locked(conn, entrance, &subject, now)?;
            if row.blocked_until <= now {
                (row.failures, row.blocked_until) = (0, now + window);
            }
            if row.failures >= most {
                let wait = row.blocked_until - now + TimeDelta::milliseconds(999);
                return Err(Failure::TooManyAttempts {
                    retry_after_s: u64::try_from(wait.num_seconds()).unwrap_or(1).max(1),
                });
            }
            (row.failures, row.updated_at) = (row.failures + 1, now);
            sign_in_attempt::save(conn, entrance, &row)?;
            Ok(())
        })
        .await
}

/// Takes the count of an attempt back because it was right: the login id starts anew, the address
/// loses this one failure only (or an attacker could reset it with an ID of their own).
///
/// # Errors
/// When the database does not answer.
pub async fn succeeded(app: &Platform, attempt: Attempt) -> Result<(), Failure> {
    let now = app.clock.now_naive();
    app.db
        .write(move |conn| {
            let entrance = EntranceScope::authenticating();
            let mut address = sign_in_attempt::find_locked(conn, entrance, &attempt.address, now)?;
            address.failures = (address.failures - 1).max(0);
            address.blocked_until =
                now + delay(&attempt.address_limits, u32::try_from(address.failures).unwrap_or(0));
            sign_in_attempt::save(conn, entrance, &address)?;
            sign_in_attempt::clear(conn, entrance, &attempt.login_id)?;
            Ok(())
        })
        .await
}

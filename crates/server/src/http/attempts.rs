//! Guessing gets slow: failures are counted by address and by login id, in the database, for all replicas.

use chrono::TimeDelta;
use store::{EntranceScope, sign_in_attempt};

use super::extract::{ClientAddress, Shared, seconds};
use crate::error::Failure;
use crate::rules::throttle::{Limits, delay};

/// An office behind one address has many people; the address may fail this many times as often as a login id.
const ADDRESS_ALLOWANCE: u32 = 4;

/// An attempt that was counted as failed before it was looked at, so that parallel guesses cannot outrun the count.
#[derive(Debug)]
pub struct Attempt {
    address: (String, Option<sign_in_attempt::Row>),
    login_id: String,
}

/// Counts an attempt.
///
/// # Errors
/// `too_many_attempts` with the time to wait; it is the same whether the login id exists or not.
pub async fn begin(app: &Shared, what: &str, address: &ClientAddress, login_id: &str) -> Result<Attempt, Failure> {
    let hash = |kind: &str, value: &str| app.secrets.keyed_hash(&format!("{what}/{kind}/{value}"));
    let address = hash("address", &address.0);
    let login_id = hash("login_id", &login_id.to_lowercase());
    let now = app.clock.now_naive();
    let config = &app.config.sign_in;
    let limits =
        Limits { free_attempts: config.free_attempts, base_delay: seconds(config.base_delay_s), max_delay: seconds(config.max_delay_s) };
    let subjects = [
        (address.clone(), Limits { free_attempts: limits.free_attempts.saturating_mul(ADDRESS_ALLOWANCE), ..limits }),
        (login_id.clone(), limits),
    ];
    let before = app
        .db
        .write(move |conn| -> Result<Option<sign_in_attempt::Row>, Failure> {
            let entrance = EntranceScope::authenticating();
            let mut rows = Vec::new();
            let mut wait = TimeDelta::zero();
            for (subject, limits) in &subjects {
                let found = sign_in_attempt::find_locked(conn, entrance, subject)?;
                // A day of quiet forgives everything.
                let found = found.filter(|row| now - row.updated_at < TimeDelta::days(1));
                wait = wait.max(found.as_ref().map_or(TimeDelta::zero(), |row| row.blocked_until - now));
                rows.push((subject, limits, found));
            }
            if wait > TimeDelta::zero() {
                let retry_after_s = u64::try_from((wait + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or(1).max(1);
                return Err(Failure::TooManyAttempts { retry_after_s });
            }
            for (subject, limits, found) in &rows {
                let failures = found.as_ref().map_or(0, |row| row.failures).saturating_add(1);
                let row = sign_in_attempt::Row {
                    subject_hash: (*subject).clone(),
                    failures,
                    blocked_until: now + delay(limits, u32::try_from(failures).unwrap_or(u32::MAX)),
                    updated_at: now,
                };
                sign_in_attempt::save(conn, entrance, &row)?;
            }
            Ok(rows.swap_remove(0).2)
        })
        .await?;
    Ok(Attempt { address: (address, before), login_id })
}

/// Takes the count of an attempt back because it was right: the login id starts anew, the address is where it was (or an attacker
/// could reset it with an ID of their own).
///
/// # Errors
/// When the database does not answer.
pub async fn succeeded(app: &Shared, attempt: Attempt) -> Result<(), Failure> {
    app.db
        .write(move |conn| {
            let entrance = EntranceScope::authenticating();
            sign_in_attempt::clear(conn, entrance, &attempt.login_id)?;
            match &attempt.address {
                (_, Some(before)) => sign_in_attempt::save(conn, entrance, before)?,
                (address, None) => sign_in_attempt::clear(conn, entrance, address)?,
            }
            Ok(())
        })
        .await
}

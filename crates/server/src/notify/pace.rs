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
    let pace = kind.describe().pace?;
    Some(Pace { interval: TimeDelta::milliseconds(pace.interval_ms.into()), burst: pace.burst })
}

/// What counts as one destination: a keyed hash, so that it says nothing about a credential.
pub fn key(secrets: &Secrets, kind: ServiceType, credentials: &Credentials) -> String {
    let destination = (kind.describe().destination)(credentials);
    secrets.keyed_hash(&format!("{}/{destination}", kind.key()))
}

//! What this room shares between requests.

use std::ops::Deref;
use std::sync::Arc;

use super::service_keys::KnownKeys;
use super::signing::Signer;
use super::uses::Uses;
use crate::platform::limits::Limits;
use crate::platform::state::Platform;

/// Limits of callers, keys of switches, and the keys that sign.
#[derive(Debug)]
pub struct State {
    platform: Arc<Platform>,
    /// How often keys and softphones called.
    pub limits: Limits,
    /// Keys of switches that were found lately.
    pub known_keys: KnownKeys,
    /// When keys of switches were used, to be written.
    pub uses: Uses,
    /// The signing keys.
    pub signer: Signer,
}

impl State {
    /// Nothing is known yet.
    pub fn new(platform: Arc<Platform>) -> Self {
        Self {
            platform,
            limits: Limits::default(),
            known_keys: KnownKeys::default(),
            uses: Uses::default(),
            signer: Signer::default(),
        }
    }
}

impl Deref for State {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.platform
    }
}

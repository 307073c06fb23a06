//! What this room shares between requests.

use std::ops::Deref;
use std::sync::Arc;

use super::revisions::Revisions;
use crate::platform::state::Platform;

/// Who waits for changes.
#[derive(Debug)]
pub struct State {
    platform: Arc<Platform>,
    /// Tells who waits which accounts have changed.
    pub revisions: Revisions,
}

impl State {
    /// Nobody waits yet.
    pub fn new(platform: Arc<Platform>) -> Self {
        Self { platform, revisions: Revisions::default() }
    }
}

impl Deref for State {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.platform
    }
}

//! What this room shares between requests.

use std::ops::Deref;
use std::sync::Arc;

use store::SwitchScope;

use super::feed::{self, Feed};
use crate::identity;
use crate::platform::state::Platform;
use crate::routing::FirstCall;

/// What switches keep.
#[derive(Debug)]
pub struct State {
    /// The keys that sign.
    pub identity: Arc<identity::State>,
    /// How far the order of changes goes, and the last snapshot.
    pub feed: Feed,
}

impl State {
    /// Nothing has been asked for yet.
    pub fn new(identity: Arc<identity::State>) -> Self {
        Self { identity, feed: Feed::default() }
    }
}

impl FirstCall for State {
    fn begin(self: Arc<Self>, scope: SwitchScope) {
        feed::start(&self, scope);
    }
}

impl Deref for State {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.identity
    }
}

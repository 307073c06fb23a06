//! What this room shares between requests.

use std::fmt::Debug;
use std::ops::Deref;
use std::sync::Arc;

use store::SwitchScope;

use super::View;
use crate::platform::state::Platform;

/// What else begins with the first question about a call.
pub trait FirstCall: Debug + Send + Sync {
    /// Begins it; further calls do nothing.
    fn begin(self: Arc<Self>, scope: SwitchScope);
}

/// What calls are routed by.
#[derive(Debug)]
pub struct State {
    platform: Arc<Platform>,
    /// The settings of contracts that are called.
    pub view: View,
    pub(super) first_call: Arc<dyn FirstCall>,
}

impl State {
    /// Nothing is in memory yet.
    pub fn new(platform: Arc<Platform>, first_call: Arc<dyn FirstCall>) -> Self {
        Self { platform, view: View::default(), first_call }
    }
}

impl Deref for State {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.platform
    }
}

//! What this room shares between requests.

use std::ops::Deref;
use std::sync::Arc;

use super::Senders;
use super::channels::line_works;
use super::egress::Client;
use crate::calls;
use crate::platform::state::Platform;

/// What carries notices out.
#[derive(Debug)]
pub struct State {
    /// Recordings and faxes, and those who look.
    pub calls: Arc<calls::State>,
    /// What carries notices out.
    pub senders: Senders,
}

impl State {
    /// As configured.
    pub fn new(calls: Arc<calls::State>) -> Self {
        let senders = Senders {
            http: Client::new(&calls.config),
            mailer: calls.mailer.clone(),
            clock: calls.clock.clone(),
            config: calls.config.clone(),
            attachments: calls.attachments.clone(),
            line_works: line_works::Tokens::default(),
        };
        Self { calls, senders }
    }
}

impl Deref for State {
    type Target = Platform;

    fn deref(&self) -> &Platform {
        &self.calls
    }
}

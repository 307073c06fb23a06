//! What changes while somebody looks.

use api_types::LiveChange;
use tokio::sync::broadcast;

/// Tells every open screen of this process what changed, by account.
#[derive(Clone, Debug)]
pub struct Live {
    sender: broadcast::Sender<(String, LiveChange)>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(1_024) }
    }
}

impl Live {
    /// Something changed, and is committed.
    pub fn tell(&self, account_id: &str, change: LiveChange) {
        // Nobody looking is no error.
        if self.sender.receiver_count() > 0 {
            _ = self.sender.send((account_id.to_owned(), change));
        }
    }

    /// Everything that changes from now on, of all accounts.
    pub fn listen(&self) -> broadcast::Receiver<(String, LiveChange)> {
        self.sender.subscribe()
    }
}

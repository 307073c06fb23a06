//! Which accounts have changed, for those who wait for it: one look at the database for all of
//! them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::rt;
use chrono::TimeDelta;
use store::FollowerScope;
use store::accounts::changes;
use tokio::sync::broadcast;

use crate::softphone::State;

/// How often the database is asked.
const LOOK: Duration = Duration::from_millis(500);
/// How far back, for transactions that take long and clocks that differ.
const LOOKS_BACK: TimeDelta = TimeDelta::seconds(10);

/// Tells everybody who waits which account has which revision now.
#[derive(Debug)]
pub struct Revisions {
    sender: broadcast::Sender<(String, i64)>,
    follows: AtomicBool,
}

impl Default for Revisions {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(4_096), follows: AtomicBool::new(false) }
    }
}

/// Every change from now on, of all accounts: account and revision. What lags behind must read for
/// itself.
pub fn listen(app: &Arc<State>) -> broadcast::Receiver<(String, i64)> {
    let receiver = app.revisions.sender.subscribe();
    if !app.revisions.follows.swap(true, Ordering::SeqCst) {
        rt::spawn(follow(Arc::downgrade(app)));
    }
    receiver
}

/// Looks for as long as the application runs, and asks nothing while nobody waits.
async fn follow(app: Weak<State>) {
    let mut told: HashMap<String, i64> = HashMap::new();
    loop {
        let Some(app) = app.upgrade() else { return };
        if app.revisions.sender.receiver_count() > 0 {
            let since = app.clock.now_naive() - LOOKS_BACK;
            match app
                .db
                .read(move |conn| changes::revisions(conn, FollowerScope::following(), since))
                .await
            {
                Ok(found) => {
                    for (account, revision) in &found {
                        if told.get(account).is_none_or(|known| known < revision) {
                            // Whoever has just gone needs no news.
                            _ = app.revisions.sender.send((account.clone(), *revision));
                        }
                    }
                    told = found.into_iter().collect();
                }
                Err(error) => tracing::warn!(%error, "what has changed cannot be asked just now"),
            }
        }
        drop(app);
        rt::time::sleep(LOOK).await;
    }
}

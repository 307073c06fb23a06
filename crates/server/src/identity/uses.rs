//! When keys were last used. Nobody waits for that to be written, and no request fails of it: a
//! decision about a call is made while the database takes no changes, too.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use actix_web::rt;
use chrono::NaiveDateTime;
use store::identity::service_key;
use store::{Conn, EntranceScope, StoreError};

use crate::identity::State;

/// How long uses are gathered.
const GATHERS: Duration = Duration::from_millis(200);
/// After how long a failed write is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Uses of switches' keys that are not written yet, by the keys' ids.
#[derive(Debug, Default)]
pub struct Uses {
    waiting: Mutex<HashMap<String, NaiveDateTime>>,
    is_writing: AtomicBool,
}

impl Uses {
    fn add(&self, uses: impl IntoIterator<Item = (String, NaiveDateTime)>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, at) in uses {
            let known = waiting.entry(id).or_insert(at);
            *known = at.max(*known);
        }
    }

    fn take(&self) -> HashMap<String, NaiveDateTime> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes that a switch's key was used. It is written within a second or as soon as that can be.
pub fn note(app: &Arc<State>, id: &str, at: NaiveDateTime) {
    app.uses.add([(id.to_owned(), at)]);
    if !app.uses.is_writing.swap(true, Ordering::SeqCst) {
        rt::spawn(write_aside(Arc::downgrade(app)));
    }
}

async fn write_aside(app: Weak<State>) {
    let mut wait = GATHERS;
    loop {
        rt::time::sleep(wait).await;
        let Some(app) = app.upgrade() else { return };
        let uses = app.uses.take();
        let written = uses.clone();
        let outcome = app
            .db
            .write(move |conn: &mut Conn| -> Result<(), StoreError> {
                written.iter().try_for_each(|(id, at)| {
                    service_key::touch(conn, EntranceScope::authenticating(), id, *at)
                })
            })
            .await;
        if let Err(error) = outcome {
            tracing::debug!(%error, "when keys were used cannot be written just now");
            app.uses.add(uses);
            wait = AGAIN;
            continue;
        }
        app.uses.is_writing.store(false, Ordering::SeqCst);
        // What came in meanwhile began no task.
        let is_more = !app.uses.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        if !is_more || app.uses.is_writing.swap(true, Ordering::SeqCst) {
            return;
        }
        wait = GATHERS;
    }
}

/// Passes over a note of use that could not be written just now: who may read is not turned away
/// for it.
///
/// # Errors
/// Whatever will not pass.
pub fn not_needed(written: Result<(), StoreError>) -> Result<(), StoreError> {
    match written {
        Err(error) if error.is_unavailable() => {
            tracing::warn!(%error, "the time of a use cannot be written just now");
            Ok(())
        }
        other => other,
    }
}

//! `/call-events/stream`: what changes while somebody looks, as server-sent events.

use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use api_types::LiveChange;
use futures_util::stream;
use store::accounts::changes::{self, Seen};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::calls::State;
use crate::error::Failure;
use crate::http::answer;
use crate::identity::callers::Member;

/// How often the database is asked what other processes did.
const LOOK: Duration = Duration::from_secs(2);
/// After so many looks something is sent, or proxies take the connection for dead; and whether the
/// session still stands is asked.
const ALIVE: u32 = 7;

/// Follow what changes
///
/// Server-sent events: each message is called `change`, and its data is a `LiveChange` as JSON. It
/// tells that something changed, not what: read it anew. A comment comes every 15 seconds; the
/// stream ends with the session or key, and clients connect again.
#[utoipa::path(operation_id = "get_call_event_stream", tag = "call-events",
    responses((status = 200, description = "The stream.", body = String,
        content_type = "text/event-stream",
        example = json!("event: change\ndata: \
            {\"call_event_id\":\"01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30\",\"delivery_id\":null,\"service_id\":null}\n\n"))), security(("session" = [])))]
#[get("/call-events/stream")]
pub async fn get_call_event_stream(
    app: web::Data<State>,
    member: Member,
) -> Result<HttpResponse, Failure> {
    let (scope, until) = (member.scope.clone(), app.clock.now_naive());
    // Before the state is read: what comes in between is told twice rather than never.
    let (changes, closing) = (app.live.listen(), app.closing());
    let seen = app.db.read(move |conn| changes::now(conn, &scope, until)).await?;
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watcher = Watcher { app, member, changes, closing, look, looks: 0, seen };
    let rest = stream::unfold(watcher, |mut watcher| async move {
        watcher.next().await.map(|bytes| (bytes, watcher))
    });
    Ok(answer::events("", rest))
}

struct Watcher {
    app: web::Data<State>,
    member: Member,
    changes: broadcast::Receiver<(String, LiveChange)>,
    closing: watch::Receiver<bool>,
    look: Interval,
    looks: u32,
    seen: Seen,
}

impl Watcher {
    /// The next bytes; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            tokio::select! {
                change = self.changes.recv() => match change {
                    Ok((account,
                        change)) if account == self.member.scope.account_id() => return Some(answer::change(&change).into()),
                    Ok(_) => {}
                    // Too much at once: whoever looks reads everything anew.
                    Err(RecvError::Lagged(_)) => {
                        let all = LiveChange { call_event_id: None, delivery_id: None,
                            service_id: None };
                        return Some(answer::change(&all).into());
                    }
                    Err(RecvError::Closed) => return None,
                },
                _ = self.look.tick() => {
                    self.looks += 1;
                    if self.looks.is_multiple_of(ALIVE) {
                        if !self.is_known().await {
                            return None;
                        }
                        return Some(Bytes::from_static(b": alive\n\n"));
                    }
                    let found = self.others().await;
                    if !found.is_empty() {
                        return Some(found.into());
                    }
                },
                _ = self.closing.changed() => return None,
            }
        }
    }

    async fn is_known(&self) -> bool {
        // A database that does not answer ends nobody's session.
        self.member.is_still_known(&self.app).await.unwrap_or(true)
    }

    /// What other processes did, and this one perhaps, since the last look.
    async fn others(&mut self) -> String {
        let (scope, seen) = (self.member.scope.clone(), self.seen.clone());
        let found = self.app.db.read(move |conn| changes::since(conn, &scope, &seen)).await;
        let Ok((events, ended)) = found else { return String::new() };
        let mut messages = String::new();
        for id in events {
            self.seen.event.clone_from(&id);
            messages.push_str(&answer::change(&LiveChange {
                call_event_id: Some(id),
                delivery_id: None,
                service_id: None,
            }));
        }
        for (id, call_event_id, finished_at) in ended {
            self.seen.until = finished_at.unwrap_or(self.seen.until);
            messages.push_str(&answer::change(&LiveChange {
                call_event_id,
                delivery_id: Some(id),
                service_id: None,
            }));
        }
        messages
    }
}

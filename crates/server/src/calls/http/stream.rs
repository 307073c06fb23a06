//! `/call-events/stream`: what changes while somebody looks, as server-sent events.

use std::time::Duration;

use actix_web::http::header::HeaderName;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use api_types::LiveChange;
use chrono::DateTime;
use futures_util::stream;
use store::accounts::changes::{self, Seen};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::calls::State;
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::header;
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
///
/// The first message is called `position`. Every message has an `id`: sent as `Last-Event-ID`, it
/// makes the next stream begin with what came in between; some of it may come twice. A browser's own
/// `EventSource` cannot send a key: read the stream with `fetch` there.
#[utoipa::path(operation_id = "get_call_event_stream", tag = "call-events",
    responses((status = 200, description = "The stream.", body = String,
        content_type = "text/event-stream",
        example = json!("event: change\ndata: \
            {\"call_event_id\":\"01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30\",\"delivery_id\":null,\"service_id\":null}\n\n"))), security(("session" = [])))]
#[get("/call-events/stream")]
pub async fn get_call_event_stream(
    app: web::Data<State>,
    member: Member,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let (scope, until) = (member.scope.clone(), app.clock.now_naive());
    // Before the state is read: what comes in between is told twice rather than never.
    let (changes, closing) = (app.live.listen(), app.closing());
    let last = header(request.headers(), LAST_EVENT_ID).and_then(seen_at);
    let seen = match last {
        Some(seen) => seen,
        None => app.db.read(move |conn| changes::now(conn, &scope, until)).await?,
    };
    let first = format!("id: {}\nevent: position\ndata: {{}}\n\n", position(&seen));
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watcher = Watcher { app, member, changes, closing, look, looks: 0, seen };
    let rest = stream::unfold(watcher, |mut watcher| async move {
        watcher.next().await.map(|bytes| (bytes, watcher))
    });
    Ok(answer::events(&first, rest))
}

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// How far a stream has told, as the id of its messages.
fn position(seen: &Seen) -> String {
    format!("{}.{}.{}", seen.event, seen.delivery, seen.until.and_utc().timestamp_micros())
}

/// What [`position`] wrote; nothing for what it did not write.
fn seen_at(text: &str) -> Option<Seen> {
    let is_id = |text: &&str| text.len() <= 36 && !text.contains(|c: char| !c.is_ascii_graphic());
    let mut parts = text.trim().split('.');
    let (event, delivery) = (parts.next().filter(is_id)?, parts.next().filter(is_id)?);
    let until = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?.naive_utc();
    parts.next().is_none().then(|| Seen { event: event.into(), delivery: delivery.into(), until })
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
                    Ok((account, change)) if account == self.member.scope.account_id() => {
                        return Some(self.message(&change).into());
                    }
                    Ok(_) => {}
                    // Too much at once: whoever looks reads everything anew.
                    Err(RecvError::Lagged(_)) => {
                        let all = LiveChange { call_event_id: None, delivery_id: None,
                            service_id: None };
                        return Some(self.message(&all).into());
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

    /// A change with the position that was told before it: after a break it comes once more rather
    /// than never.
    fn message(&self, change: &LiveChange) -> String {
        format!("id: {}\n{}", position(&self.seen), answer::change(change))
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
            messages.push_str(&self.message(&LiveChange {
                call_event_id: Some(id),
                delivery_id: None,
                service_id: None,
            }));
        }
        for (id, call_event_id, finished_at) in ended {
            self.seen.until = finished_at.unwrap_or(self.seen.until);
            messages.push_str(&self.message(&LiveChange {
                call_event_id,
                delivery_id: Some(id),
                service_id: None,
            }));
        }
        messages
    }
}

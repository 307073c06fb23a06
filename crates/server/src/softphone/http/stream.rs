//! `/me/stream`: tells a softphone that something has changed, as server-sent events.

use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use api_types::RevisionChange;
use futures_util::stream;
use store::accounts::account;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::error::Failure;
use crate::http::answer;
use crate::identity::softphone::Softphone;
use crate::platform;
use crate::softphone::{State, revisions};

/// After so long something is sent, or proxies and mobile networks take the connection for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// Follow what changes
///
/// Server-sent events: each message is called `change`, and its data is a `RevisionChange` as JSON;
/// the first comes at once and says the present revision. Whoever knows an older one reads `GET
/// /me` and `GET /me/numbers` anew. A comment comes every 15 seconds. The stream ends when the
/// terminal is signed out; when it ends otherwise, connect again.
#[utoipa::path(operation_id = "get_my_stream", tag = "me",
    responses((status = 200, description = "The stream.", body = String,
        content_type = "text/event-stream",
        example = json!("event: change\ndata: {\"revision\":43}\n\n"))),
            security(("access_token" = [])))]
#[get("/me/stream")]
pub async fn get_my_stream(
    app: web::Data<State>,
    softphone: Softphone,
) -> Result<HttpResponse, Failure> {
    // Before the state is read: what comes in between is told twice rather than never.
    let changes = revisions::listen(&app.clone().into_inner());
    let closing = app.closing();
    let mut alive = interval_at(Instant::now() + ALIVE, ALIVE);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut follower = Follower { app, softphone, changes, closing, alive, known: -1 };
    let first = follower.present().await?;
    let rest = stream::unfold(follower, |mut follower| async move {
        follower.next().await.map(|bytes| (bytes, follower))
    });
    Ok(answer::events(&first, rest))
}

struct Follower {
    app: web::Data<State>,
    softphone: Softphone,
    changes: broadcast::Receiver<(String, i64)>,
    closing: watch::Receiver<bool>,
    alive: Interval,
    known: i64,
}

impl Follower {
    fn message(&mut self, revision: i64) -> String {
        self.known = revision;
        answer::change(&RevisionChange { revision: platform::wire::unsigned(revision) })
    }

    /// The revision of the account now.
    async fn present(&mut self) -> Result<String, Failure> {
        let scope = self.softphone.scope.clone();
        let account = self
            .app
            .db
            .read(move |conn| account::find(conn, &scope))
            .await?
            .ok_or(Failure::NOT_FOUND)?;
        Ok(self.message(account.revision))
    }

    /// The next bytes; `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if *self.closing.borrow() {
                return None;
            }
            tokio::select! {
                change = self.changes.recv() => {
                    let revision = match change {
                        Ok((account,
                            revision)) if account == self.softphone.scope.account_id() && revision > self.known => Some(revision),
                        Ok(_) => continue,
                        // Too much at once.
                        Err(RecvError::Lagged(_)) => None,
                        Err(RecvError::Closed) => return None,
                    };
                    if !self.is_signed_in().await {
                        return None;
                    }
                    let message = match revision {
                        Some(revision) => self.message(revision),
                        None => self.present().await.ok()?,
                    };
                    return Some(message.into());
                }
                _ = self.alive.tick() => return self.is_signed_in().await.then_some(Bytes::from_static(b": alive\n\n")),
                _ = self.closing.changed() => return None,
            }
        }
    }

    async fn is_signed_in(&self) -> bool {
        // A database that does not answer signs nobody out.
        self.softphone.is_signed_in(&self.app).await.unwrap_or(true)
    }
}

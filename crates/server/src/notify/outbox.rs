//! The outbox: what was planned leaves the house, at least once, in its turn, and what became of it
//! is written down.
//!
//! One loop per process. A round is one transaction: the results of attempts that have come to an
//! end, and the next notices that are due, taken under a lease. No transaction is open while a
//! provider is spoken to. What a process that died had taken comes back when its lease has run out.

pub mod claim;
mod figures;
pub mod finish;
pub mod load;
pub mod retry;
pub mod turn;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use api_types::{DeliveryState, LiveChange};
use chrono::{NaiveDateTime, TimeDelta};
use store::notify::outbox::{self, Lease};
use store::notify::{delivery_attempt, material};
use store::{StoreError, WorkerScope, new_id};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::notify::{Outcome, State, pace};
use crate::platform::crypto;
use claim::{Claim, Claimed};
use finish::{Desk, Finished};
use load::{Attempt, Unsendable};
use turn::Busy;

/// Results that one transaction writes down.
const RESULTS: usize = 1_000;
/// Leases that one round brings back.
const SWEPT: i64 = 500;
/// How often the gauges are set.
const GAUGES: Duration = Duration::from_secs(15);

/// The running loop of this process.
#[derive(Debug)]
pub struct Outbox {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Outbox {
    /// Lets what is under way come to an end, for `outbox.timeout_s` at most, and stops.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the outbox ended before it was told to");
        }
    }
}

/// Starts sending; nothing where `outbox.workers` is 0. Call it inside an actix runtime.
pub fn start(app: Arc<State>) -> Option<Outbox> {
    if app.config.outbox.workers == 0 {
        return None;
    }
    figures::describe();
    let (stop, stopping) = watch::channel(false);
    let running = rt::spawn(async move { Engine::new(app).run(stopping).await });
    Some(Outbox { stop, running })
}

struct Engine {
    app: Arc<State>,
    desk: Desk,
    busy: Busy,
    /// What is under way: delivery → account.
    under_way: HashMap<String, String>,
    attempts: usize,
    after: String,
    unwritten: Vec<Finished>,
    results: mpsc::UnboundedReceiver<Finished>,
    report: mpsc::UnboundedSender<Finished>,
    renew_at: NaiveDateTime,
    /// When the queue was looked at last: what was due then and was not taken waits for a result,
    /// not for a time.
    looked_at: NaiveDateTime,
}

impl Engine {
    fn new(app: Arc<State>) -> Self {
        let (report, results) = mpsc::unbounded_channel();
        let desk = Desk {
            owner: new_id(),
            limits: app.config.outbox.clone(),
            public_url: app.config.public_url(),
        };
        let renew_at = app.clock.now_naive();
        Self {
            app,
            desk,
            busy: Busy::default(),
            under_way: HashMap::new(),
            attempts: 0,
            after: String::new(),
            unwritten: Vec::new(),
            results,
            report,
            renew_at,
            looked_at: renew_at,
        }
    }

    async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut gauges = tokio::time::interval(GAUGES);
        loop {
            let more = match self.round(true).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::warn!(%error,
                        "the outbox cannot work just now; trying again in a second");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    false
                }
            };
            if *stopping.borrow() {
                break;
            }
            if more && self.attempts < self.desk.limits.workers {
                // Those who send have their turn.
                tokio::task::yield_now().await;
                continue;
            }
            let rest = self.rest().await;
            let app = self.app.clone();
            tokio::select! {
                () = app.calls.planned.notified() => {}
                Some(finished) = self.results.recv() => self.take_in(finished),
                () = tokio::time::sleep(rest) => {}
                _ = gauges.tick() => figures::gauge(&self.app).await,
                _ = stopping.changed() => {}
            }
        }
        self.drain().await;
    }

    /// How long nothing is to be done unless something happens.
    async fn rest(&self) -> Duration {
        let poll = Duration::from_millis(self.desk.limits.poll_ms.max(1));
        // With something under way the next result wakes the loop; the database is asked only when
        // it is quiet.
        if self.attempts > 0 {
            return poll.min(Duration::from_millis(250));
        }
        let looked_at = self.looked_at;
        let next = self
            .app
            .db
            .read(move |conn| outbox::next_due(conn, WorkerScope::sending(), looked_at))
            .await;
        let until = next
            .ok()
            .flatten()
            .map(|at| (at - self.app.clock.now_naive()).to_std().unwrap_or_default());
        until.map_or(poll, |until| until.clamp(Duration::from_millis(5), poll))
    }

    /// One transaction: what has come to an end is written down, and what is due is taken. Answers
    /// whether there is more to do at once.
    async fn round(&mut self, claim: bool) -> Result<bool, StoreError> {
        while self.unwritten.len() < RESULTS
            && let Ok(finished) = self.results.try_recv()
        {
            self.take_in(finished);
        }
        let now = self.app.clock.now_naive();
        let lease = Lease {
            owner: self.desk.owner.clone(),
            until: now + self.seconds(self.desk.limits.lease_s),
        };
        let renewed = self.renewals(now);
        let room = self.desk.limits.workers.saturating_sub(self.attempts);
        let wanted = (claim && room > 0).then(|| Claim {
            lease: lease.clone(),
            room,
            after: self.after.clone(),
            busy: self.busy.clone(),
        });
        if wanted.is_none() && self.unwritten.is_empty() && renewed.is_empty() {
            return Ok(false);
        }
        let (desk, finished) = (self.desk.clone(), Arc::new(std::mem::take(&mut self.unwritten)));
        let writing = finished.clone();
        let outcome = self
            .app
            .db
            .write(move |conn| -> Result<Claimed, StoreError> {
                if !writing.is_empty() {
                    desk.write(conn, &writing, now)?;
                }
                let keys = renewed.iter().map(|(id, account)| (account.as_str(), id.as_str()));
                outbox::renew(conn, WorkerScope::sending(), keys, &lease)?;
                let Some(claim) = wanted else { return Ok(Claimed::default()) };
                let swept = outbox::sweep(conn, WorkerScope::sending(), now, SWEPT)?;
                let attempts: Vec<_> =
                    swept.iter().map(|row| finish::interrupted(row, now)).collect();
                delivery_attempt::record(conn, WorkerScope::sending(), &attempts)?;
                claim.take(conn, now)
            })
            .await;
        let finished = Arc::try_unwrap(finished).unwrap_or_else(|shared| (*shared).clone());
        let claimed = match outcome {
            Ok(claimed) => claimed,
            Err(error) => {
                // Nothing of it was written: it stays to be written.
                self.unwritten = finished;
                return Err(error);
            }
        };
        self.tell(&finished);
        self.rest_destinations(&finished, now);
        if claim && room > 0 {
            self.looked_at = now;
            self.after = claimed.after;
        }
        let more = claimed.more || !self.results.is_empty();
        if !claimed.groups.is_empty() {
            self.launch(claimed.groups, now).await;
        }
        Ok(more)
    }

    /// Leases that run on while something takes long: delivery → account.
    fn renewals(&mut self, now: NaiveDateTime) -> HashMap<String, String> {
        if self.under_way.is_empty() || now < self.renew_at {
            return HashMap::new();
        }
        self.renew_at = now + self.seconds(self.desk.limits.lease_s) / 3;
        self.under_way.clone()
    }

    fn seconds(&self, seconds: u64) -> TimeDelta {
        i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::days(1))
    }

    /// Reads what the notices are made of, and sends each on a task of its own.
    async fn launch(&mut self, groups: Vec<Vec<store::notify::delivery::Row>>, now: NaiveDateTime) {
        for row in groups.iter().flatten() {
            self.under_way.insert(row.id.clone(), row.account_id.clone());
        }
        for group in &groups {
            self.attempts += 1;
            self.busy.begin(&group[0]);
        }
        let rows: Vec<_> = groups.iter().flatten().cloned().collect();
        let material =
            self.app.db.read(move |conn| material::load(conn, WorkerScope::sending(), &rows)).await;
        let material = match material {
            Ok(material) => material,
            Err(error) => {
                tracing::warn!(%error, "notices cannot be read just now");
                return self.give_back(groups, now);
            }
        };
        let (damaged, sound): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|rows| rows.iter().any(|row| material.is_damaged(row)));
        self.give_back(damaged, now);
        for rows in sound {
            self.send(load::attempt(&self.app, &material, rows), now);
        }
    }

    /// What cannot even be read is tried again like any other failure.
    fn give_back(&mut self, groups: Vec<Vec<store::notify::delivery::Row>>, now: NaiveDateTime) {
        for rows in groups {
            let progress = load::progress(&rows);
            let report = crate::notify::Report::new(
                Outcome::Retry { after: None },
                Some("notice.retry"),
                "",
                progress,
            );
            _ = self.report.send(Finished {
                rows,
                service: None,
                outcome: Ok(report),
                at: now,
                chance: 0.5,
            });
        }
    }

    fn send(&self, attempt: Attempt, now: NaiveDateTime) {
        let Attempt { rows, service, work } = attempt;
        let chance = f64::from(u16::from_be_bytes(crypto::random::<2>())) / f64::from(u16::MAX);
        let report = self.report.clone();
        let (target, job) = match work {
            Ok(work) => work,
            Err(why) => {
                let outcome = Err(match why {
                    Unsendable::Gone => (DeliveryState::Failed, "notice.gone"),
                    Unsendable::Off => (DeliveryState::Held, "notice.off"),
                    Unsendable::Sealed => (DeliveryState::Failed, "notice.sealed"),
                });
                _ = report.send(Finished { rows, service, outcome, at: now, chance });
                return;
            }
        };
        let app = self.app.clone();
        rt::spawn(async move {
            let outcome = Ok(app.senders.send(&target, &job).await);
            // The loop may have ended; the lease then runs out.
            _ = report.send(Finished { rows, service, outcome, at: now, chance });
        });
    }

    fn take_in(&mut self, finished: Finished) {
        self.attempts = self.attempts.saturating_sub(1);
        for row in &finished.rows {
            self.under_way.remove(&row.id);
        }
        if let Some(row) = finished.rows.first() {
            let silent =
                |outcome: &Outcome| matches!(outcome, Outcome::Retry { .. } | Outcome::Unknown);
            let well = !finished.outcome.as_ref().is_ok_and(|report| silent(&report.outcome));
            self.busy.end(row, well, self.app.clock.now_naive());
            if let Ok(report) = &finished.outcome {
                let outcome = finish::stored_outcome(&report.outcome);
                figures::count(row.channel.0, outcome, finished.rows.len());
            }
        }
        self.unwritten.push(finished);
    }

    /// Who asks to be left alone is.
    fn rest_destinations(&mut self, finished: &[Finished], now: NaiveDateTime) {
        for one in finished {
            let (Some(row), Ok(report)) = (one.rows.first(), &one.outcome) else { continue };
            if let Some(rest) = report.rest {
                self.busy.rest(row, now + rest);
            }
            if let Outcome::Retry { after: Some(after) } = report.outcome {
                self.busy.rest(row, now + after);
            } else if matches!(report.outcome, Outcome::Retry { .. })
                && row.channel.service().and_then(pace::of).is_some()
            {
                // In order: the others of a paced destination do not overtake the one that failed.
                self.busy.rest(row, now + TimeDelta::seconds(1));
            }
        }
    }

    fn tell(&self, finished: &[Finished]) {
        for one in finished {
            let service_id = one.service.as_ref().map(|service| service.id.clone());
            for row in &one.rows {
                let change = LiveChange {
                    call_event_id: row.call_event_id.clone(),
                    delivery_id: Some(row.id.clone()),
                    service_id: service_id.clone(),
                };
                self.app.calls.live.tell(&row.account_id, change);
            }
        }
    }

    /// Nothing new is taken any more; what is under way may come to an end.
    async fn drain(mut self) {
        let deadline =
            tokio::time::Instant::now() + Duration::from_secs(self.desk.limits.timeout_s + 1);
        while self.attempts > 0 {
            match tokio::time::timeout_at(deadline, self.results.recv()).await {
                Ok(Some(finished)) => self.take_in(finished),
                _ => break,
            }
        }
        if let Err(error) = self.round(false).await {
            tracing::warn!(%error,
                "the last results of the outbox could not be written; their notices are sent \
                again");
        }
    }
}

//! Writing down what became of attempts, many in one transaction.

use std::collections::HashMap;

use api_types::{AttemptOutcome, Channel, DeliveryState, LateTranscript, NotifyLanguage};
use chrono::{NaiveDateTime, TimeDelta};
use store::accounts::account;
use store::notify::delivery::{self, Progress, Purpose, Row, Stopped};
use store::notify::outbox::{self, End};
use store::notify::{delivery_attempt, notify_rule, notify_service, service_health};
use store::{Conn, Json, Scope, StoreError, WorkerScope, new_id};
use url::Url;

use super::retry::{self, Next};
use crate::notify::{Outcome, Report, doctor, words};
use crate::platform::config::Outbox as Limits;
use crate::platform::texts::Lang;

/// What an attempt came to.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its rows, as they were claimed.
    pub rows: Vec<Row>,
    /// The service as it was read before; `None` for mail.
    pub service: Option<notify_service::Row>,
    /// What it came to; `None` where nothing was sent: the state then says why.
    pub outcome: Result<Report, (DeliveryState, &'static str)>,
    /// When it began.
    pub at: NaiveDateTime,
    /// 0 to 1, for the jitter of a retry.
    pub chance: f64,
}

/// What stays the same for all of them.
#[derive(Clone, Debug)]
pub struct Desk {
    /// This worker.
    pub owner: String,
    /// The limits.
    pub limits: Limits,
    /// Where the portal is.
    pub public_url: Url,
}

impl Desk {
    /// Writes everything down.
    ///
    /// # Errors
    /// When the database refuses; nothing is written then.
    pub fn write(
        &self,
        conn: &mut Conn,
        finished: &[Finished],
        now: NaiveDateTime,
    ) -> Result<(), StoreError> {
        let mut ends: HashMap<End, Vec<&Row>> = HashMap::new();
        let mut attempts = Vec::new();
        let mut services: HashMap<&str, &Finished> = HashMap::new();
        for one in finished {
            for row in &one.rows {
                ends.entry(self.end(one, row, now)).or_default().push(row);
                attempts.extend(attempt(one, row));
            }
            if let Some(service) = &one.service {
                // One failure among many at once says more than a success beside it, and the
                // gravest one counts.
                let graver = |known: &&Finished| gravity(&known.outcome) >= gravity(&one.outcome);
                if !services.get(service.id.as_str()).is_some_and(graver) {
                    services.insert(&service.id, one);
                }
            }
        }
        let scope = WorkerScope::sending();
        for (end, rows) in &ends {
            let held = outbox::finish(conn, scope, &self.owner, rows, end, now)?;
            if held < rows.len() {
                tracing::warn!(
                    lost = rows.len() - held,
                    "results of notices came too late: another worker had taken them over"
                );
            }
        }
        delivery_attempt::record(conn, scope, &attempts)?;
        for one in services.into_values() {
            self.judge(conn, one, now)?;
        }
        Ok(())
    }

    fn end(&self, one: &Finished, row: &Row, now: NaiveDateTime) -> End {
        let report = match &one.outcome {
            Ok(report) => report,
            Err((state, problem)) => {
                return End {
                    state: *state,
                    next_at: None,
                    progress: row.progress.clone(),
                    problem: Some((*problem).to_owned()),
                };
            }
        };
        let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
        let mut progress = report.progress.clone();
        let next = match retry::next(
            &report.outcome,
            attempts,
            &progress,
            &self.limits.retry_schedule_s,
            one.chance,
        ) {
            // An address that takes no mail is nothing that can be switched off and on again.
            Next::Hold if one.service.is_none() => Next::GiveUp,
            next => next,
        };
        let (state, next_at) = match next {
            Next::Delivered => (DeliveryState::Delivered, None),
            Next::HandedOver => (DeliveryState::HandedOver, None),
            Next::Again { after } => (DeliveryState::Waiting, Some(now + after)),
            Next::Plain => {
                progress.plain = true;
                (DeliveryState::Waiting, Some(now))
            }
            Next::Hold => (DeliveryState::Held, None),
            Next::GiveUp => (DeliveryState::Failed, None),
        };
        // What has arrived needs it no more, but where a late transcript asks for its name: and with
        // one end for all, one statement writes them down.
        let named = row.channel.describe().late_transcript == LateTranscript::FollowsByName;
        let arrived = matches!(state, DeliveryState::Delivered | DeliveryState::HandedOver);
        let needed = !arrived || named;
        let progress = (needed && progress != Progress::default()).then(|| progress.into());
        End {
            state,
            next_at,
            progress,
            problem: report.problem.clone().filter(|_| state != DeliveryState::Delivered),
        }
    }

    /// Keeps the health of a service, and switches it off when it has failed for good or for too
    /// long.
    fn judge(&self, conn: &mut Conn, one: &Finished, now: NaiveDateTime) -> Result<(), StoreError> {
        let (Some(service), Ok(report)) = (&one.service, &one.outcome) else { return Ok(()) };
        let scope = Scope::account(&service.account_id);
        let healthy = service.failing_since.is_none() && service.problem.is_none();
        let problem = report.problem.as_deref().unwrap_or("notice.retry");
        let since = service.failing_since.unwrap_or(now);
        match report.outcome {
            Outcome::Delivered | Outcome::HandedOver if healthy => Ok(()),
            Outcome::Delivered | Outcome::HandedOver => {
                service_health::set(conn, &scope, &service.id, None)
            }
            Outcome::BadPayload => Ok(()),
            // The notice has arrived; it is its file that is being tried.
            Outcome::Retry { .. } | Outcome::Defer { .. } | Outcome::Unknown
                if report.progress.text_sent.is_some() =>
            {
                Ok(())
            }
            Outcome::Retry { .. } | Outcome::Defer { .. } | Outcome::Unknown
                if now - since <= self.grace() =>
            {
                service_health::set(conn, &scope, &service.id, Some((since, problem)))
            }
            Outcome::Retry { .. }
            | Outcome::Defer { .. }
            | Outcome::Unknown
            | Outcome::BadConfig => self.stop(conn, &scope, service, problem, now),
        }
    }

    fn grace(&self) -> TimeDelta {
        i64::try_from(self.limits.grace_s)
            .ok()
            .and_then(TimeDelta::try_seconds)
            .unwrap_or(TimeDelta::MAX)
    }

    fn stop(
        &self,
        conn: &mut Conn,
        scope: &Scope,
        service: &notify_service::Row,
        problem: &str,
        now: NaiveDateTime,
    ) -> Result<(), StoreError> {
        let Some(waiting) = service_health::stop(conn, scope, &service.id, problem, now)? else {
            return Ok(());
        };
        tracing::warn!(
            service = service.id,
            problem,
            waiting,
            "a service was switched off, since it has failed for good"
        );
        let rules = notify_rule::list(conn, scope)?;
        let Some(rule) = rules.into_iter().find(|rule| rule.id == service.rule_id) else {
            return Ok(());
        };
        let content = self.content(service, &rule, problem, waiting);
        let emails = rule.emails.to_vec();
        let mut told: Vec<String> = Vec::new();
        for address in account::contact_mail(conn, scope)?.into_iter().chain(emails) {
            if told.iter().any(|known| known.eq_ignore_ascii_case(&address)) {
                continue;
            }
            let id = new_id();
            let row = Row {
                short_id: words::short_id(&id),
                rule_id: Some(rule.id.clone()),
                content: Some(content.clone()),
                ..Row::new(
                    scope.account_id().to_owned(),
                    id,
                    (Channel::Mail, address.clone()),
                    Purpose::ServiceStopped,
                    DeliveryState::Waiting,
                    now,
                )
            };
            delivery::insert(conn, scope, row)?;
            told.push(address);
        }
        Ok(())
    }

    fn content(
        &self,
        service: &notify_service::Row,
        rule: &notify_rule::Row,
        problem: &str,
        waiting: i64,
    ) -> Json<Stopped> {
        let lang = match rule.language.0 {
            NotifyLanguage::Ja => Lang::Ja,
            NotifyLanguage::En => Lang::En,
        };
        let explained = doctor::explain(lang, problem, None);
        let page =
            self.public_url.join(&format!("notify-rules/{}/services/{}", rule.id, service.id));
        Stopped {
            rule_name: rule.name.clone(),
            label: service.label.clone(),
            message: explained.message,
            advice: explained.advice,
            url: page.map(String::from).unwrap_or_default(),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        }
        .into()
    }
}

fn gravity(outcome: &Result<Report, (DeliveryState, &'static str)>) -> u8 {
    match outcome.as_ref().map(|report| &report.outcome) {
        Ok(Outcome::BadConfig) => 3,
        Ok(Outcome::Delivered | Outcome::HandedOver) => 2,
        Ok(
            Outcome::Retry { .. } | Outcome::Defer { .. } | Outcome::Unknown | Outcome::BadPayload,
        ) => 1,
        Err(_) => 0,
    }
}

/// The line about an attempt; nothing was attempted where nothing was sent.
fn attempt(one: &Finished, row: &Row) -> Option<delivery_attempt::Row> {
    let report = one.outcome.as_ref().ok()?;
    Some(delivery_attempt::Row {
        account_id: row.account_id.clone(),
        delivery_id: row.id.clone(),
        id: new_id(),
        at: one.at,
        outcome: stored_outcome(&report.outcome).into(),
        status: report.status.map(i32::from),
        problem: report.problem.clone(),
        detail: report.detail.clone(),
        duration_ms: i32::try_from(report.took.as_millis()).unwrap_or(i32::MAX),
    })
}

/// The line about an attempt whose worker went silent.
pub fn interrupted(row: &Row, now: NaiveDateTime) -> delivery_attempt::Row {
    delivery_attempt::Row {
        account_id: row.account_id.clone(),
        delivery_id: row.id.clone(),
        id: new_id(),
        at: now,
        outcome: AttemptOutcome::Interrupted.into(),
        status: None,
        problem: None,
        detail: String::new(),
        duration_ms: 0,
    }
}

/// How an outcome is stored.
pub fn stored_outcome(outcome: &Outcome) -> AttemptOutcome {
    match outcome {
        Outcome::Delivered => AttemptOutcome::Delivered,
        Outcome::HandedOver => AttemptOutcome::HandedOver,
        Outcome::Retry { .. } | Outcome::Defer { .. } => AttemptOutcome::Retry,
        Outcome::BadConfig => AttemptOutcome::BadConfig,
        Outcome::BadPayload => AttemptOutcome::BadPayload,
        Outcome::Unknown => AttemptOutcome::Unknown,
    }
}

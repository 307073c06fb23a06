//! Rules, services and deliveries as they go over the wire.

use crate::error::Failure;
use crate::notify::{doctor, vault};
use crate::platform::stored::{from_text, known, version};
use crate::platform::texts::{Lang, text};
use api_types::{AttemptOutcome, Channel, Delivery, DeliveryAttempt, DeliveryState};
use api_types::{Credentials, LineSetup, NotifyRule, Service, ServiceProblem, ServiceSummary};
use store::notify::{delivery, notify_rule, notify_service};
use store::numbers::number;
use store::routing::contract::Contract;

/// A notify rule with the numbers that use it.
pub fn notify_rule(
    contract: &Contract,
    row: &notify_rule::Row,
    services: Vec<ServiceSummary>,
) -> NotifyRule {
    let uses = |number: &&number::Row| number.notify_rule_id.as_ref() == Some(&row.id);
    NotifyRule {
        id: row.id.clone(),
        name: row.name.clone(),
        emails: serde_json::from_str(&row.emails).unwrap_or_default(),
        events: serde_json::from_str(&row.events).unwrap_or_default(),
        language: known("language", &row.language),
        private_subject: row.private_subject,
        services,
        number_ids: contract.numbers.iter().filter(uses).map(|number| number.id.clone()).collect(),
        version: version(row.version),
    }
}

/// What is wrong with a service, in words.
fn service_problem(row: &notify_service::Row, lang: Lang) -> Option<ServiceProblem> {
    let since = row.failing_since.or(row.stopped_at).map(|at| at.and_utc());
    row.problem.as_deref().map(|code| doctor::explain(lang, code, since))
}

/// A service as a list shows it.
///
/// # Errors
/// `internal` when its type cannot be read.
pub fn service_summary(row: &notify_service::Row, lang: Lang) -> Result<ServiceSummary, Failure> {
    let (kind, problem) = (vault::kind(row)?, service_problem(row, lang));
    Ok(ServiceSummary {
        id: row.id.clone(),
        kind,
        label: row.label.clone(),
        enabled: row.is_on(),
        problem,
    })
}

/// A service as its owner sees it; `credentials` are opened, and none of them that is secret is in
/// the answer.
///
/// # Errors
/// `internal` when its type or its hints cannot be read.
pub fn service(
    row: &notify_service::Row,
    credentials: &Credentials,
    waiting: i64,
    public_url: &url::Url,
    lang: Lang,
) -> Result<Service, Failure> {
    let kind = vault::kind(row)?;
    let hints = serde_json::from_str(&row.hints)
        .map_err(|_| Failure::Internal(format!("notify_services.hints of {}", row.id)))?;
    let line_setup = credentials.get(vault::CALLBACK_TOKEN).map(|token| LineSetup {
        webhook_url: format!(
            "{}/callbacks/line/{token}",
            public_url.as_str().trim_end_matches('/')
        ),
        word: text(lang, "service.line_word", &[]),
    });
    Ok(Service {
        id: row.id.clone(),
        rule_id: row.rule_id.clone(),
        kind,
        label: row.label.clone(),
        enabled: row.is_on(),
        credentials: hints,
        problem: service_problem(row, lang),
        warning: (kind.describe().warning)(credentials)
            .map(|code| doctor::explain(lang, code, None)),
        waiting: u32::try_from(waiting).unwrap_or_default(),
        line_setup,
        signing_secret: None,
        version: version(row.version),
    })
}

/// Whether a notice can be sent again: one that has come to an end, unless it was not needed any
/// more.
pub fn is_resendable(row: &delivery::Row) -> bool {
    row.call_event_id.is_some()
        && matches!(row.state.as_str(), "delivered" | "handed_over" | "failed" | "skipped")
}

/// A notice, with its attempts.
///
/// # Errors
/// `internal` when it cannot be read.
pub fn delivery(
    row: &delivery::Row,
    attempts: &[delivery::Attempt],
    lang: Lang,
) -> Result<Delivery, Failure> {
    let unreadable =
        |what: &str| Failure::Internal(format!("deliveries.{what} of {} cannot be read", row.id));
    let again = row.state == "waiting" && row.attempts > 0;
    let key = if again { "waiting_again" } else { &row.state };
    let state: DeliveryState = from_text(&row.state).ok_or_else(|| unreadable("state"))?;
    let trouble =
        matches!(state, DeliveryState::Waiting | DeliveryState::Held | DeliveryState::Failed);
    let service_gone = row.service_id.is_none() && row.channel != Channel::Mail.describe().key;
    Ok(Delivery {
        id: row.id.clone(),
        short_id: row.short_id.clone(),
        call_event_id: row.call_event_id.clone(),
        rule_id: row.rule_id.clone(),
        service_id: row.service_id.clone(),
        channel: from_text(&row.channel).ok_or_else(|| unreadable("channel"))?,
        destination: row.destination.clone(),
        state,
        message: text(lang, &format!("delivery.{key}"), &[]),
        problem: row
            .problem
            .as_deref()
            .filter(|_| trouble)
            .map(|code| doctor::explain(lang, code, None)),
        // Counting begins anew when it is sent again; the log of its attempts does not.
        attempt_count: u32::try_from(attempts.len())
            .unwrap_or(u32::MAX)
            .max(u32::try_from(row.attempts).unwrap_or_default()),
        attempts: attempts.iter().map(|attempt| delivery_attempt(attempt, lang)).collect(),
        next_at: (state == DeliveryState::Waiting).then(|| row.next_at.and_utc()),
        created_at: row.created_at.and_utc(),
        finished_at: row.finished_at.map(|at| at.and_utc()),
        resendable: is_resendable(row) && !service_gone,
    })
}

fn delivery_attempt(row: &delivery::Attempt, lang: Lang) -> DeliveryAttempt {
    let outcome = from_text(&row.outcome).unwrap_or(AttemptOutcome::Unknown);
    let message = match &row.problem {
        Some(code) => doctor::explain(lang, code, None).message,
        None => text(lang, &format!("delivery.attempt.{}", row.outcome), &[]),
    };
    DeliveryAttempt {
        at: row.at.and_utc(),
        outcome,
        status: row.status.and_then(|status| u16::try_from(status).ok()),
        message,
        detail: row.detail.clone(),
        duration_ms: u32::try_from(row.duration_ms).unwrap_or_default(),
    }
}

//! Rules, services and deliveries as they go over the wire.

use crate::notify::{doctor, vault};
use crate::platform::texts::{Lang, text};
use crate::platform::wire::{count, unsigned, word};
use api_types::{Channel, Delivery, DeliveryAttempt, DeliveryState};
use api_types::{
    Credentials, LineSetup, NotifyRule, Service, ServiceProblem, ServiceSummary, ValueKind,
};
use chrono::{DateTime, Utc};
use store::notify::{delivery, delivery_attempt, notify_rule, notify_service};
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
        emails: row.emails.to_vec(),
        events: row.events.to_vec(),
        language: row.language.0,
        private_subject: row.private_subject,
        services,
        number_ids: contract.numbers.iter().filter(uses).map(|number| number.id.clone()).collect(),
        version: unsigned(row.version),
    }
}

/// What is wrong with a service, in words.
fn service_problem(row: &notify_service::Row, lang: Lang) -> Option<ServiceProblem> {
    let since = row.failing_since.or(row.stopped_at).map(|at| at.and_utc());
    row.problem.as_deref().map(|code| doctor::explain(lang, code, since))
}

/// A service as a list shows it.
pub fn service_summary(row: &notify_service::Row, lang: Lang) -> ServiceSummary {
    ServiceSummary {
        id: row.id.clone(),
        kind: row.kind.0,
        label: row.label.clone(),
        destination: destination(row),
        enabled: row.is_on(),
        problem: service_problem(row, lang),
    }
}

/// Where it goes is the last thing that every channel asks for.
fn destination(row: &notify_service::Row) -> Option<String> {
    let field = row.kind.0.fields().iter().rfind(|field| !field.secret)?;
    let value = row.hints.get(field.name)?;
    match field.kind {
        ValueKind::Url => url::Url::parse(value).ok()?.host_str().map(str::to_owned),
        ValueKind::Line | ValueKind::Key => Some(value.clone()),
    }
}

/// A service as its owner sees it; `credentials` are opened, and none of them that is secret is in
/// the answer. `code` registers a destination of LINE, for whoever may see it.
pub fn service(
    row: &notify_service::Row,
    credentials: &Credentials,
    waiting: i64,
    public_url: &url::Url,
    code: Option<(String, DateTime<Utc>)>,
    lang: Lang,
) -> Service {
    let kind = row.kind.0;
    let word = text(lang, "service.line_word", &[]);
    let line_setup = credentials.get(vault::CALLBACK_TOKEN).map(|token| LineSetup {
        webhook_url: format!(
            "{}/callbacks/line/{token}",
            public_url.as_str().trim_end_matches('/')
        ),
        word: match &code {
            Some((code, _)) => format!("{word} {code}"),
            None => word,
        },
        code_expires_at: code.map(|(_, until)| until),
        registered_name: credentials.get(vault::REGISTERED_NAME).cloned(),
    });
    Service {
        id: row.id.clone(),
        rule_id: row.rule_id.clone(),
        kind,
        label: row.label.clone(),
        enabled: row.is_on(),
        credentials: row.hints.clone().into_inner(),
        problem: service_problem(row, lang),
        warning: (kind.describe().warning)(credentials)
            .map(|code| doctor::explain(lang, code, None)),
        waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        line_setup,
        signing_secret: None,
        version: unsigned(row.version),
    }
}

/// Whether a notice can be sent again: one that has come to an end, unless it was not needed any
/// more, and one that waits for its next attempt, which is made at once then.
pub fn is_resendable(row: &delivery::Row) -> bool {
    row.call_event_id.is_some()
        && (waits_again(row)
            || matches!(
                row.state.0,
                DeliveryState::Delivered
                    | DeliveryState::HandedOver
                    | DeliveryState::Failed
                    | DeliveryState::Skipped
            ))
}

/// Whether an attempt has failed and the next one is to come.
pub fn waits_again(row: &delivery::Row) -> bool {
    row.state.0 == DeliveryState::Waiting && row.attempts > 0
}

/// A notice, with its attempts.
pub fn delivery(row: &delivery::Row, attempts: &[delivery_attempt::Row], lang: Lang) -> Delivery {
    let state = row.state.0;
    let again = waits_again(row);
    let key = if again { "waiting_again".to_owned() } else { word(&state) };
    let trouble =
        matches!(state, DeliveryState::Waiting | DeliveryState::Held | DeliveryState::Failed);
    let service_gone = row.service_id.is_none() && row.channel != Channel::Mail;
    Delivery {
        id: row.id.clone(),
        short_id: row.short_id.clone(),
        call_event_id: row.call_event_id.clone(),
        rule_id: row.rule_id.clone(),
        service_id: row.service_id.clone(),
        channel: row.channel.0,
        destination: row.destination.clone(),
        state,
        message: text(lang, &format!("delivery.{key}"), &[]),
        problem: row
            .problem
            .as_deref()
            .filter(|_| trouble)
            .map(|code| doctor::explain(lang, code, None)),
        // Counting begins anew when it is sent again; the log of its attempts does not.
        attempt_count: u32::try_from(attempts.len()).unwrap_or(u32::MAX).max(count(row.attempts)),
        attempts: attempts.iter().map(|attempt| delivery_attempt(attempt, lang)).collect(),
        next_at: (state == DeliveryState::Waiting).then(|| row.next_at.and_utc()),
        created_at: row.created_at.and_utc(),
        finished_at: row.finished_at.map(|at| at.and_utc()),
        resendable: is_resendable(row) && !service_gone,
    }
}

fn delivery_attempt(row: &delivery_attempt::Row, lang: Lang) -> DeliveryAttempt {
    let message = match &row.problem {
        Some(code) => doctor::explain(lang, code, None).message,
        None => text(lang, &format!("delivery.attempt.{}", word(&row.outcome.0)), &[]),
    };
    DeliveryAttempt {
        at: row.at.and_utc(),
        outcome: row.outcome.0,
        status: row.status.and_then(|status| u16::try_from(status).ok()),
        message,
        detail: row.detail.clone(),
        duration_ms: count(row.duration_ms),
    }
}

//! The log of what happened and what was sent.

use api_types::{
    AttemptOutcome, CallAttachment, CallEvent, Delivery, DeliveryAttempt, DeliveryCounts,
    DeliveryState,
};
use chrono::NaiveDateTime;
use store::{attachment, call_event, delivery};

use super::{from_text, route_caller};
use crate::error::Failure;
use crate::notify::doctor;
use crate::texts::{Lang, text};

/// Something that happened, with its file and with what became of its notices.
///
/// # Errors
/// `internal` when it cannot be read.
pub fn call_event(
    row: &call_event::Row,
    file: Option<&attachment::Row>,
    deliveries: DeliveryCounts,
    lang: Lang,
    now: NaiveDateTime,
) -> Result<CallEvent, Failure> {
    let unreadable =
        |what: &str| Failure::Internal(format!("call_events.{what} of {} cannot be read", row.id));
    let count = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    let caller = crate::outbox::load::caller(row).ok_or_else(|| unreadable("party"))?;
    Ok(CallEvent {
        id: row.id.clone(),
        kind: from_text(&row.kind).ok_or_else(|| unreadable("kind"))?,
        number_id: row.number_id.clone(),
        call_id: row.call_id.clone(),
        caller: route_caller(&caller, lang),
        reason: row.reason.as_deref().and_then(from_text),
        at: row.at.and_utc(),
        duration_s: count(row.duration_s),
        pages: count(row.pages),
        transcript: row.transcript.clone(),
        forwarded_to: row.forwarded_to.clone(),
        attachment: file.and_then(|file| call_attachment(file, now)),
        deliveries,
    })
}

fn call_attachment(row: &attachment::Row, now: NaiveDateTime) -> Option<CallAttachment> {
    let open = row.link_revoked_at.is_none() && row.link_expires_at > now;
    Some(CallAttachment {
        id: row.id.clone(),
        kind: from_text(&row.kind)?,
        content_type: row.content_type.clone(),
        file_name: row.file_name.clone(),
        size: u64::try_from(row.size_bytes).unwrap_or_default(),
        link_expires_at: open.then(|| row.link_expires_at.and_utc()),
        downloads: u32::try_from(row.downloads).unwrap_or(u32::MAX),
        last_download_at: row.last_download_at.map(|at| at.and_utc()),
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
    let service_gone = row.service_id.is_none() && row.channel != "mail";
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

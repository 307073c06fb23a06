//! Calls as they go over the wire.

use crate::error::Failure;
use crate::platform::texts::Lang;
use crate::platform::wire::unsigned;
use crate::routing::view::route_caller;
use api_types::{CallAttachment, CallEvent, Caller, DeliveryCounts};
use chrono::NaiveDateTime;
use store::calls::{attachment, call_event};
use store::numbers::number;

/// Something that happened, with its file and with what became of its notices.
///
/// # Errors
/// `internal` when it cannot be read.
pub fn call_event(
    row: &call_event::Row,
    number: Option<&number::Row>,
    file: Option<&attachment::Row>,
    deliveries: DeliveryCounts,
    lang: Lang,
    now: NaiveDateTime,
) -> Result<CallEvent, Failure> {
    let unreadable =
        |what: &str| Failure::Internal(format!("call_events.{what} of {} cannot be read", row.id));
    let count = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    let caller = caller(row).ok_or_else(|| unreadable("party"))?;
    Ok(CallEvent {
        id: row.id.clone(),
        kind: row.kind.told().ok_or_else(|| unreadable("kind"))?,
        number_id: row.number_id.clone(),
        number: number.map(|number| number.e164.clone()).unwrap_or_default(),
        number_name: number.map(|number| number.name.clone()).unwrap_or_default(),
        call_id: row.call_id.clone(),
        caller: route_caller(&caller, lang),
        reason: row.reason.map(|reason| reason.0),
        at: row.at.and_utc(),
        received_at: row.received_at.map(|at| at.and_utc()),
        duration_s: count(row.duration_s),
        pages: count(row.pages),
        transcript: row.transcript.clone(),
        forwarded_to: row.forwarded_to.clone(),
        attachment: file.map(|file| call_attachment(file, now)),
        deliveries,
    })
}

fn call_attachment(row: &attachment::Row, now: NaiveDateTime) -> CallAttachment {
    let open = row.link_revoked_at.is_none() && row.link_expires_at > now;
    CallAttachment {
        id: row.id.clone(),
        kind: row.kind.0,
        content_type: row.content_type.clone(),
        file_name: row.file_name.clone(),
        size: unsigned(row.size_bytes),
        link_expires_at: open.then(|| row.link_expires_at.and_utc()),
        downloads: u32::try_from(row.downloads).unwrap_or(u32::MAX),
        last_download_at: row.last_download_at.map(|at| at.and_utc()),
    }
}

/// Who called, as it was stored.
pub fn caller(event: &call_event::Row) -> Option<Caller> {
    if let Some(extension) = &event.extension {
        return Some(Caller::Extension(extension.clone()));
    }
    let Some(party) = &event.party else {
        return event.no_number.map(|kind| Caller::NoNumber(kind.0));
    };
    match Caller::parse(party).ok()? {
        Caller::Number { number, international } => {
            Some(Caller::Number { number, international: international || event.international })
        }
        other => Some(other),
    }
}

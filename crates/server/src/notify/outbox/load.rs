//! From rows of the queue to what an adapter sends.

use api_types::{Credentials, ServiceType};
use serde::{Deserialize, Serialize};
use store::calls::call_event;
use store::notify::delivery::Row;
use store::notify::notify_service;
use store::notify::outbox::Material;

use crate::calls::downloads;
use crate::calls::view::caller;
use crate::notify::{Attachment, Event, Job, Notice, Progress, Subject, Target, vault};
use crate::platform;
use crate::platform::state::Platform;

/// What a mail about a service that was switched off says; in its rule's language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stopped {
    /// Name of the rule.
    pub rule_name: String,
    /// What its owner calls the service.
    pub label: String,
    /// What was wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
    /// The service's page in the portal.
    pub url: String,
    /// Notices that wait for it.
    pub waiting: u32,
}

/// Why a notice cannot be sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// What it tells of, or whom it goes to, has gone.
    Gone,
    /// Its service was switched off meanwhile.
    Off,
    /// Its credentials cannot be opened: the key that sealed them is not configured.
    Sealed,
}

/// One attempt: the notices that go together, where to, and what to send.
#[derive(Debug)]
pub struct Attempt {
    /// The rows, the first one first.
    pub rows: Vec<Row>,
    /// The service as it was read; `None` for mail.
    pub service: Option<notify_service::Row>,
    /// What to send, or why it cannot be.
    pub work: Result<(Target, Job), Unsendable>,
}

/// Makes an attempt of rows that go together.
pub fn attempt(app: &Platform, material: &Material, rows: Vec<Row>) -> Attempt {
    let service =
        rows.first().and_then(|row| material.services.get(row.service_id.as_ref()?)).cloned();
    let work = work(app, material, &rows, service.as_ref());
    Attempt { rows, service, work }
}

fn work(
    app: &Platform,
    material: &Material,
    rows: &[Row],
    service: Option<&notify_service::Row>,
) -> Result<(Target, Job), Unsendable> {
    let first = rows.first().ok_or(Unsendable::Gone)?;
    let target = match (&first.service_id, service) {
        (None, _) => Target::Mail { to: first.destination.clone() },
        (Some(_), None) => return Err(Unsendable::Gone),
        (Some(_), Some(service)) if !service.enabled => return Err(Unsendable::Off),
        (Some(_), Some(service)) => {
            let kind: ServiceType =
                platform::stored::from_text(&service.kind).ok_or(Unsendable::Gone)?;
            Target::Service {
                kind,
                credentials: credentials(app, service).ok_or(Unsendable::Sealed)?,
            }
        }
    };
    let notices = rows
        .iter()
        .map(|row| notice(app, material, row))
        .collect::<Option<Vec<_>>>()
        .ok_or(Unsendable::Gone)?;
    let progress: Progress = first
        .progress
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    Ok((target, Job { notices, plain: progress.plain, progress }))
}

fn credentials(app: &Platform, service: &notify_service::Row) -> Option<Credentials> {
    vault::open(&app.secrets, service)
        .inspect_err(|error| tracing::error!(service = service.id, %error, "{error}"))
        .ok()
}

fn notice(app: &Platform, material: &Material, row: &Row) -> Option<Notice> {
    let rule = row.rule_id.as_ref().and_then(|id| material.rules.get(id));
    let event = row.call_event_id.as_ref().and_then(|id| material.events.get(id));
    let subject = match row.purpose.as_str() {
        "service_stopped" => {
            let Stopped { rule_name, label, message, advice, url, waiting } =
                serde_json::from_str(row.content.as_deref()?).ok()?;
            Subject::ServiceStopped { rule_name, label, message, advice, url, waiting }
        }
        "transcript" => Subject::Transcript(told(material, event?)?),
        _ => Subject::Event(told(material, event?)?),
    };
    Some(Notice {
        delivery_id: row.id.clone(),
        short_id: row.short_id.clone(),
        call_event_id: row.call_event_id.clone().unwrap_or_default(),
        language: rule
            .and_then(|rule| platform::stored::from_text(&rule.language))
            .unwrap_or_default(),
        private_subject: rule.is_some_and(|rule| rule.private_subject),
        subject,
        attachment: event.and_then(|event| attachment(app, material, event)),
        thread: thread(material, row),
    })
}

/// What the provider called the notice that this one follows.
fn thread(material: &Material, row: &Row) -> Option<String> {
    let progress = material.told.get(&(row.service_id.clone()?, row.call_event_id.clone()?))?;
    serde_json::from_str::<Progress>(progress).ok()?.text_sent
}

fn told(material: &Material, event: &call_event::Row) -> Option<Event> {
    let number = material.numbers.get(&event.number_id)?;
    Some(Event {
        kind: platform::stored::from_text(&event.kind)?,
        number: number.e164.clone(),
        number_name: number.name.clone(),
        caller: caller(event)?,
        at: event.at.and_utc(),
        reason: event.reason.as_deref().and_then(platform::stored::from_text),
        duration_s: event.duration_s.and_then(|seconds| u32::try_from(seconds).ok()),
        pages: event.pages.and_then(|pages| u32::try_from(pages).ok()),
        transcript: event.transcript.clone(),
        forwarded_to: event.forwarded_to.clone(),
    })
}

fn attachment(app: &Platform, material: &Material, event: &call_event::Row) -> Option<Attachment> {
    let row = material.attachments.get(event.attachment_id.as_ref()?)?;
    // What was revoked is not handed out again, and what has expired cannot be fetched.
    if row.link_revoked_at.is_some() || row.link_expires_at <= app.clock.now_naive() {
        return None;
    }
    let links = downloads::links(&app.secrets, &app.config.public_url(), row);
    Some(Attachment {
        kind: platform::stored::from_text(&row.kind)?,
        content_type: row.content_type.clone(),
        file_name: row.file_name.clone(),
        size: u64::try_from(row.size_bytes).unwrap_or_default(),
        duration_ms: row.duration_ms.and_then(|duration| u32::try_from(duration).ok()),
        object_key: row.object_key.clone(),
        page_url: links.page,
        file_url: links.file,
        expires_at: row.link_expires_at.and_utc(),
    })
}

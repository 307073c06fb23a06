//! From rows of the queue to what an adapter sends.

use api_types::{Credentials, NotifyLanguage};
use store::Json;
use store::calls::call_event;
use store::notify::delivery::{Progress, Purpose, Row, Stopped};
use store::notify::material::Material;
use store::notify::notify_service;

use crate::calls::downloads;
use crate::calls::view::caller;
use crate::notify::{Attachment, Event, Job, Notice, Subject, Target, vault};
use crate::platform::state::Platform;
use crate::platform::wire::unsigned;

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
            let credentials = credentials(app, service).ok_or(Unsendable::Sealed)?;
            Target::Service { kind: service.kind.0, credentials }
        }
    };
    let notices = rows
        .iter()
        .map(|row| notice(app, material, row))
        .collect::<Option<Vec<_>>>()
        .ok_or(Unsendable::Gone)?;
    let progress = progress(rows);
    Ok((target, Job { notices, plain: progress.plain, progress }))
}

/// What is done already of notices that go together.
pub fn progress(rows: &[Row]) -> Progress {
    let first = rows.first().and_then(|row| row.progress.clone());
    first.map_or_else(Progress::default, Json::into_inner)
}

fn credentials(app: &Platform, service: &notify_service::Row) -> Option<Credentials> {
    vault::open(&app.secrets, service)
        .inspect_err(|error| tracing::error!(service = service.id, %error, "{error}"))
        .ok()
}

fn notice(app: &Platform, material: &Material, row: &Row) -> Option<Notice> {
    let rule = row.rule_id.as_ref().and_then(|id| material.rules.get(id));
    let event = row.call_event_id.as_ref().and_then(|id| material.events.get(id));
    let subject = match row.purpose.0 {
        Purpose::ServiceStopped => {
            let Stopped { rule_name, label, message, advice, url, waiting } =
                row.content.clone()?.into_inner();
            Subject::ServiceStopped { rule_name, label, message, advice, url, waiting }
        }
        Purpose::Transcript => Subject::Transcript(told(material, event?)?),
        Purpose::Event => Subject::Event(told(material, event?)?),
    };
    Some(Notice {
        delivery_id: row.id.clone(),
        short_id: row.short_id.clone(),
        call_event_id: row.call_event_id.clone().unwrap_or_default(),
        // A rule that was removed meanwhile leaves the language of the country.
        language: rule.map_or(NotifyLanguage::Ja, |rule| rule.language.0),
        private_subject: rule.is_some_and(|rule| rule.private_subject),
        subject,
        attachment: event.and_then(|event| attachment(app, material, event)),
        thread: thread(material, row),
    })
}

/// What the provider called the notice that this one follows.
fn thread(material: &Material, row: &Row) -> Option<String> {
    let progress = material.told.get(&(row.service_id.clone()?, row.call_event_id.clone()?))?;
    progress.text_sent.clone()
}

fn told(material: &Material, event: &call_event::Row) -> Option<Event> {
    let number = material.numbers.get(&event.number_id)?;
    Some(Event {
        kind: event.kind.told()?,
        number_id: number.id.clone(),
        number: number.e164.clone(),
        number_name: number.name.clone(),
        caller: caller(event)?,
        at: event.at.and_utc(),
        reason: event.reason.map(|reason| reason.0),
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
        kind: row.kind.0,
        content_type: row.content_type.clone(),
        file_name: row.file_name.clone(),
        size: unsigned(row.size_bytes),
        duration_ms: row.duration_ms.and_then(|duration| u32::try_from(duration).ok()),
        object_key: row.object_key.clone(),
        page_url: links.page,
        file_url: links.file,
        expires_at: row.link_expires_at.and_utc(),
    })
}

//! What a switch sends of one event, understood or refused by name.

use api_types::{
    Caller, CallerError, EventCaller, FieldCode, FieldFault, MissedReason, SwitchEvent,
    SwitchEventType, field_faults, no_control_characters,
};
use chrono::{DateTime, NaiveDateTime, SubsecRound as _, TimeDelta, Utc};
use serde_json::Value;
use validator::Validate as _;

use crate::http::read;
use crate::platform::crypto;

/// How far ahead of ours a switch's clock may be.
const AHEAD: TimeDelta = TimeDelta::hours(24);

/// The longest name of a call that is kept as it is, in characters.
const CALL_ID_MAX: usize = 256;

/// An event as it was understood.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The switch's own id.
    pub event_id: String,
    /// What happened.
    pub kind: SwitchEventType,
    /// The switch's name for the call.
    pub call_id: String,
    /// The account's number, in E.164.
    pub e164: String,
    /// The other side.
    pub caller: Caller,
    /// Whose extension it would be, where the contract has it.
    pub extension: Option<String>,
    /// What of the caller cannot be read, as it came.
    pub unread: Option<String>,
    /// When the call came.
    pub at: NaiveDateTime,
    /// Why nobody answered.
    pub reason: Option<MissedReason>,
    /// Length, or for how long it rang, in seconds.
    pub duration_s: Option<i32>,
    /// Pages of a fax.
    pub pages: Option<i32>,
    /// What was said.
    pub transcript: Option<String>,
    /// Where a forwarded call went, in E.164.
    pub forwarded_to: Option<String>,
    /// The file that was handed in for it.
    pub attachment_id: Option<String>,
}

/// An event as it was sent.
#[derive(Clone, Debug)]
pub enum Item {
    /// It can be understood.
    Heard(Box<Heard>),
    /// It cannot.
    Wrong {
        /// The switch's own id; empty where it has none.
        event_id: String,
        /// What is wrong.
        faults: Vec<FieldFault>,
    },
}

impl Item {
    /// Reads one event; `now` bounds its time.
    pub fn read(sent: Value, now: DateTime<Utc>) -> Self {
        let event_id =
            sent.get("id").and_then(Value::as_str).unwrap_or_default().chars().take(128).collect();
        match understand(sent, now) {
            Ok(heard) => Self::Heard(Box::new(heard)),
            Err(faults) => Self::Wrong { event_id, faults },
        }
    }

    /// The switch's own id.
    pub fn event_id(&self) -> &str {
        match self {
            Self::Heard(heard) => &heard.event_id,
            Self::Wrong { event_id, .. } => event_id,
        }
    }
}

fn understand(sent: Value, now: DateTime<Utc>) -> Result<Heard, Vec<FieldFault>> {
    let event: SwitchEvent = read::value(sent).map_err(|fault| vec![fault])?;
    event.validate().map_err(|errors| field_faults(&errors))?;
    let mut faults = Vec::new();
    let called = number(&event.called).map_err(|error| faults.push(error.fault("/called"))).ok();
    let forwarded_to = event.forwarded_to.as_deref().and_then(|to| number(to).ok());
    let EventCaller { caller, extension, unread } = event.other_side();
    let transcript = event.transcript.filter(|text| !text.trim().is_empty());
    if event.kind == SwitchEventType::Transcript && transcript.is_none() {
        faults.push(FieldFault::new("/transcript", FieldCode::Required));
    }
    if event.at > now + AHEAD {
        faults.push(FieldFault::new("/at", FieldCode::OutOfRange));
    }
    let (Some(e164), true) = (called, faults.is_empty()) else {
        return Err(faults);
    };
    let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    Ok(Heard {
        kind: event.kind,
        call_id: call_id(event.call_id, &event.id),
        event_id: event.id,
        e164,
        caller,
        extension,
        unread,
        // PostgreSQL keeps no more than microseconds.
        at: event.at.naive_utc().trunc_subsecs(6),
        reason: event.reason,
        duration_s: event.duration_s.map(count),
        pages: event.pages.map(count),
        transcript,
        forwarded_to,
        attachment_id: event.attachment_id,
    })
}

fn number(text: &str) -> Result<String, CallerError> {
    let caller = Caller::from_network(text)?;
    caller.key().map(str::to_owned).ok_or(CallerError::NoNumberGiven)
}

/// The name of a call that is kept: without what breaks a log line; of a very long one what tells
/// it from others, and of a call without a name the event's.
fn call_id(text: String, event_id: &str) -> String {
    let text = match no_control_characters(&text) {
        Ok(()) => text,
        Err(_) => text
            .chars()
            .filter(|c| no_control_characters(c.encode_utf8(&mut [0; 4])).is_ok())
            .collect(),
    };
    if text.trim().is_empty() {
        return format!("event:{event_id}");
    }
    if text.chars().count() <= CALL_ID_MAX {
        return text;
    }
    let begins: String = text.chars().take(CALL_ID_MAX - 65).collect();
    format!("{begins}~{}", crypto::hash_token(&text))
}

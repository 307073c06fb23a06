//! The rows that an event becomes.

use std::borrow::Cow;

use api_types::{AttachmentKind, Caller, MissedReason, NoNumber, SwitchEventType};
use chrono::TimeDelta;
use store::block_list::block_entry;
use store::calls::attachment::{self, Upload};
use store::calls::call_event::{self, Direction, EventKind, Outcome};
use store::numbers::number;
use store::{Conn, Scope, Stored};

use super::{Heard, Intake};
use crate::error::Failure;
use crate::routing::decide::{
    Call, Callback, Entry, NumberSettings, SipCodes, candidate_keys, decide_call,
};

/// The row of an event. `is_refused`: a setting of the number refused the call.
pub(super) fn event(
    intake: &Intake,
    number: &number::Row,
    id: String,
    heard: &Heard,
    is_refused: bool,
) -> call_event::Row {
    let kind = match heard.kind {
        SwitchEventType::MissedCall => EventKind::MissedCall,
        SwitchEventType::AnsweredCall | SwitchEventType::OutgoingCall => EventKind::Call,
        SwitchEventType::Voicemail => EventKind::Voicemail,
        SwitchEventType::Transcript => EventKind::Transcript,
        SwitchEventType::Fax => EventKind::Fax,
        SwitchEventType::ForwardedCall => EventKind::ForwardedCall,
    };
    let is_missed = heard.kind == SwitchEventType::MissedCall;
    let reason = is_missed.then(|| heard.reason.unwrap_or(MissedReason::NoAnswer));
    let outcome = match heard.kind {
        SwitchEventType::MissedCall if is_refused => Outcome::Refused,
        SwitchEventType::MissedCall if reason == Some(MissedReason::Busy) => Outcome::Busy,
        SwitchEventType::MissedCall | SwitchEventType::Voicemail | SwitchEventType::Transcript => {
            Outcome::Missed
        }
        // The other side was connected with somebody, or with something that the account wants to
        // be reached by.
        _ => Outcome::Answered,
    };
    let (extension, no_number) = match &heard.caller {
        Caller::NoNumber(kind) => (None, Some(Stored(*kind))),
        // Versions that know no extensions show that there is no number.
        Caller::Extension(extension) => {
            (Some(extension.clone()), Some(Stored(NoNumber::OutOfRange)))
        }
        Caller::Number { .. } | Caller::Service(_) => (None, None),
    };
    let is_outgoing = heard.kind == SwitchEventType::OutgoingCall;
    call_event::Row {
        account_id: number.account_id.clone(),
        id,
        number_id: number.id.clone(),
        call_id: heard.call_id.clone(),
        direction: if is_outgoing { Direction::Out } else { Direction::In }.into(),
        party: heard.caller.key().map(str::to_owned),
        no_number,
        outcome: outcome.into(),
        at: heard.at,
        switch_id: Some(intake.switch_id.clone()),
        event_id: Some(heard.event_id.clone()),
        kind: kind.into(),
        reason: reason.map(Stored),
        international: matches!(heard.caller, Caller::Number { international: true, .. }),
        duration_s: heard.duration_s,
        pages: heard.pages,
        transcript: heard.transcript.clone(),
        forwarded_to: heard.forwarded_to.clone(),
        attachment_id: heard.attachment_id.clone(),
        received_at: Some(intake.now.naive_utc()),
        extension,
        caller_sent: heard.unread.clone(),
    }
}

/// What refused a call that was refused: nothing when it was a terminal, else the entry of the
/// block list, where it was one.
pub(super) fn refusing(
    conn: &mut Conn,
    number: &number::Row,
    heard: &Heard,
) -> Result<Option<Option<String>>, Failure> {
    if heard.kind != SwitchEventType::MissedCall || heard.reason != Some(MissedReason::Refused) {
        return Ok(None);
    }
    let keys = candidate_keys(&heard.caller);
    let entries = match keys.is_empty() {
        true => Vec::new(),
        false => block_entry::with_patterns(
            conn,
            &Scope::account(&number.account_id),
            &number.id,
            &keys,
        )?,
    };
    let settings = NumberSettings {
        reject_withheld: number.reject_withheld,
        reject_pay_phone: number.reject_pay_phone,
        reject_out_of_range: number.reject_out_of_range,
        reject_service_conflict: number.reject_service_conflict,
        entries: Cow::Owned(entries.iter().filter_map(Entry::from_row).collect()),
        channel_limit: u8::MAX,
        ..NumberSettings::default()
    };
    let call = Call {
        caller: heard.caller.clone(),
        at: heard.at,
        active_calls: 0,
        callback: Callback::No,
    };
    let decision = decide_call(&settings, &call, &SipCodes::default());
    let refused = decision.matched.refuses_caller();
    Ok(refused.then(|| decision.entry.map(|entry| entry.id)))
}

/// The row of a file that an event names.
pub(super) fn attachment(
    intake: &Intake,
    number: &number::Row,
    event_id: &str,
    heard: &Heard,
    upload: &Upload,
) -> attachment::Row {
    let (kind, ending) = match upload.content_type.as_str() {
        "application/pdf" => (AttachmentKind::Fax, "pdf"),
        "image/tiff" => (AttachmentKind::Fax, "tif"),
        "audio/mpeg" => (AttachmentKind::Audio, "mp3"),
        "audio/wav" => (AttachmentKind::Audio, "wav"),
        "audio/ogg" => (AttachmentKind::Audio, "ogg"),
        _ => (AttachmentKind::Audio, "m4a"),
    };
    let what = match heard.kind {
        SwitchEventType::Fax => "fax",
        SwitchEventType::Voicemail => "voicemail",
        _ => "call",
    };
    // People in Japan look for the time on their clock, which has had no summer time since 1951.
    let at = heard.at + TimeDelta::hours(9);
    attachment::Row {
        account_id: number.account_id.clone(),
        id: upload.id.clone(),
        call_event_id: event_id.to_owned(),
        kind: kind.into(),
        content_type: upload.content_type.clone(),
        file_name: format!("{what}-{}.{ending}", at.format("%Y%m%d-%H%M")),
        size_bytes: upload.size_bytes,
        duration_ms: upload.duration_ms,
        object_key: upload.object_key.clone(),
        link_serial: 1,
        link_expires_at: (intake.now + intake.link_lasts).naive_utc(),
        link_revoked_at: None,
        downloads: 0,
        last_download_at: None,
        created_at: intake.now.naive_utc(),
    }
}

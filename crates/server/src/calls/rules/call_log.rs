//! What a call's log says when its switch reports one thing after the other: in any order, several
//! times, late.
//!
//! Everything that is reported becomes a row, so that what comes twice is known. Of the rows of one
//! missed call, one per terminal, the first is its face: it says the most telling reason, and
//! notices tell of it alone.

use std::cmp::Reverse;

use api_types::MissedReason;
use store::Stored;
use store::calls::call_event::{Direction, EventKind, Outcome, Row};

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub row: Row,
    /// Whether it is not stored yet.
    pub is_new: bool,
    /// Whether it says something else than what is stored.
    pub is_changed: bool,
}

impl Entry {
    /// A row that is stored.
    pub fn stored(row: Row) -> Self {
        Self { row, is_new: false, is_changed: false }
    }
}

/// What a report means for those who are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    Nothing,
    /// Somebody answered.
    Answered,
    /// A setting of the number refused the call; whether that is the first word of it.
    Refused {
        /// Whether nothing had said so before.
        is_first: bool,
    },
    /// Nobody answered: the face of the missed call is the event with this id.
    Missed(String),
    /// There is a voicemail, a fax or a forwarded call: the event with this id.
    Happened(String),
    /// What was said in the voicemail with this id is known now.
    Transcribed(String),
}

/// Whether somebody answered.
pub fn is_answered(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| {
        entry.row.kind == EventKind::Call
            && entry.row.direction == Direction::In
            && entry.row.outcome == Outcome::Answered
    })
}

/// Whether a setting of the number refused the call.
pub fn is_refused(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| entry.row.outcome == Outcome::Refused)
}

/// How much a reason tells of a missed call.
fn telling(reason: Option<Stored<MissedReason>>) -> u8 {
    match reason.map(|reason| reason.0) {
        Some(MissedReason::Busy) => 3,
        Some(MissedReason::Refused) => 2,
        Some(MissedReason::HungUp) => 1,
        Some(MissedReason::NoAnswer) | None => 0,
    }
}

/// Enters what a switch reports. The kind of `row` is that of the report: [`EventKind::Call`] for an
/// answered or outgoing one.
pub fn enter(entries: &mut Vec<Entry>, mut row: Row) -> News {
    let news = match row.kind.0 {
        EventKind::MissedCall => missed(entries, &mut row),
        EventKind::Voicemail => voicemail(entries, &mut row),
        EventKind::Transcript => transcript(entries, &mut row),
        EventKind::Call if row.direction == Direction::In => News::Answered,
        EventKind::Call => News::Nothing,
        EventKind::Fax | EventKind::ForwardedCall => News::Happened(row.id.clone()),
    };
    entries.push(Entry { row, is_new: true, is_changed: false });
    news
}

fn missed(entries: &mut [Entry], row: &mut Row) -> News {
    if row.outcome == Outcome::Refused {
        row.kind = EventKind::Call.into();
        return News::Refused { is_first: !is_refused(entries) };
    }
    if let Some(face) = entries.iter_mut().find(|entry| entry.row.kind == EventKind::MissedCall) {
        row.kind = EventKind::Call.into();
        if telling(row.reason) > telling(face.row.reason) {
            (face.row.reason, face.row.outcome) = (row.reason, row.outcome);
            face.row.duration_s = row.duration_s;
            face.is_changed = true;
        }
        return News::Nothing;
    }
    if is_answered(entries) || is_refused(entries) {
        row.kind = EventKind::Call.into();
        return News::Nothing;
    }
    News::Missed(row.id.clone())
}

fn voicemail(entries: &mut [Entry], row: &mut Row) -> News {
    if row.transcript.is_none()
        && let Some(early) = entries
            .iter_mut()
            .find(|entry| entry.row.kind == EventKind::Transcript && entry.row.transcript.is_some())
    {
        row.transcript = early.row.transcript.take();
        early.is_changed = true;
    }
    News::Happened(row.id.clone())
}

fn transcript(entries: &mut [Entry], row: &mut Row) -> News {
    let of_file =
        |entry: &Entry| row.attachment_id.is_some() && entry.row.attachment_id == row.attachment_id;
    let is_voicemail = |entry: &&mut Entry| entry.row.kind == EventKind::Voicemail;
    // The one that it names; else the first that waits for it; else the first.
    let voicemail = entries.iter_mut().filter(is_voicemail).max_by_key(|entry| {
        (
            of_file(entry),
            entry.row.transcript.is_none(),
            Reverse(entry.row.at),
            Reverse(entry.row.id.clone()),
        )
    });
    // It names a file that belongs to another row.
    row.attachment_id = None;
    let Some(voicemail) = voicemail else { return News::Nothing };
    let text = row.transcript.take();
    let is_first = voicemail.row.transcript.is_none();
    if text.is_none() || voicemail.row.transcript == text {
        return News::Nothing;
    }
    voicemail.row.transcript = text;
    voicemail.is_changed = true;
    if is_first { News::Transcribed(voicemail.row.id.clone()) } else { News::Nothing }
}

/// Takes the face from a missed call that was none after all.
pub fn unmiss(entries: &mut [Entry]) {
    for face in entries.iter_mut().filter(|entry| entry.row.kind == EventKind::MissedCall) {
        face.row.kind = EventKind::Call.into();
        face.is_changed = true;
    }
}

#[cfg(test)]
mod tests;

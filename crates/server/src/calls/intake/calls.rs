//! One call while its events are taken in.

use api_types::LiveChange;
use chrono::{NaiveDateTime, TimeDelta};
use store::calls::call_event;
use store::numbers::number;

use super::{Plan, Step};
use crate::calls::rules::call_log::{self, Entry, News};

/// One call to one number.
pub(super) struct Call<'a> {
    pub(super) number: &'a number::Row,
    entries: Vec<Entry>,
}

/// What is to be written of a call, besides what is new.
pub(super) struct Ended {
    /// Stored events that say something else now.
    pub(super) amended: Vec<call_event::Row>,
    /// Events that look different now.
    pub(super) changed: Vec<String>,
}

/// Switches use the name of a call again, some of them after a restart: what lies further apart is
/// another call.
const ONE_CALL: TimeDelta = TimeDelta::hours(24);

/// Whether two reports under one name are about one call.
pub(super) fn is_near(one: NaiveDateTime, other: NaiveDateTime) -> bool {
    (one - other).abs() < ONE_CALL
}

impl<'a> Call<'a> {
    /// Whether a report of this time is about this call.
    pub(super) fn is_of(&self, at: NaiveDateTime) -> bool {
        self.entries.iter().any(|entry| is_near(entry.row.at, at))
    }

    pub(super) fn new(number: &'a number::Row) -> Self {
        Self { number, entries: Vec::new() }
    }

    pub(super) fn remember(&mut self, row: call_event::Row) {
        self.entries.push(Entry::stored(row));
    }

    /// Whether this request has spoken of it.
    pub(super) fn is_touched(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_new)
    }

    /// Enters an event; answers whether it is the first word of a refusal.
    pub(super) fn enter(
        &mut self,
        row: call_event::Row,
        is_told: bool,
        plan: &mut dyn Plan,
    ) -> bool {
        let call_id = row.call_id.clone();
        let news = call_log::enter(&mut self.entries, row);
        let step = Step {
            number: self.number,
            call_id: &call_id,
            entries: &self.entries,
            news: &news,
            is_told,
        };
        plan.follow(&step);
        // Where somebody was told that the call was missed, its page stays.
        let is_over = matches!(news, News::Answered | News::Refused { .. });
        if is_over && !plan.has_told_missed(&step) {
            call_log::unmiss(&mut self.entries);
        }
        news == News::Refused { is_first: true }
    }

    /// Hands over what is to be written.
    pub(super) fn close(self, events: &mut Vec<call_event::Row>) -> Ended {
        let mut ended = Ended { amended: Vec::new(), changed: Vec::new() };
        for Entry { row, is_new, is_changed } in self.entries {
            let is_shown = row.kind.told().is_some();
            if is_changed || is_new && is_shown {
                ended.changed.push(row.id.clone());
            }
            if is_new {
                events.push(row);
            } else if is_changed {
                ended.amended.push(row);
            }
        }
        ended
    }
}

/// What those who look are told.
pub(super) fn change(call_event_id: String) -> LiveChange {
    LiveChange { call_event_id: Some(call_event_id), delivery_id: None, service_id: None }
}

//! One call while its events are taken in: its log, and the notices about it.

use std::collections::{HashMap, HashSet};

use api_types::{LiveChange, NotifyEvent, ServiceType};
use chrono::TimeDelta;
use store::calls::call_event;
use store::new_id;
use store::notify::{delivery, notify_rule, notify_service};
use store::numbers::number;

use super::Intake;
use crate::calls::rules::call_log::{self, Entry, News};
use crate::notify::rules::plan_notices::{Destination, Planned, Rule, plan_notices};
use crate::notify::{pace, words};
use crate::platform;

/// The rules of the numbers that were called.
pub(super) struct Rules(HashMap<(String, String), Rule>);

impl Rules {
    pub(super) fn new(rows: &[notify_rule::Row], services: &[notify_service::Row]) -> Self {
        let mut rules: HashMap<_, _> =
            rows.iter().map(|row| ((row.account_id.clone(), row.id.clone()), rule(row))).collect();
        for service in services {
            if let Some(rule) =
                rules.get_mut(&(service.account_id.clone(), service.rule_id.clone()))
            {
                rule.destinations.push(of_service(service));
            }
        }
        Self(rules)
    }

    /// The rule that a number has picked.
    pub(super) fn of(&self, number: &number::Row) -> Option<&Rule> {
        self.0.get(&(number.account_id.clone(), number.notify_rule_id.clone()?))
    }
}

fn rule(row: &notify_rule::Row) -> Rule {
    let addresses: Vec<String> = serde_json::from_str(&row.emails).unwrap_or_default();
    let events: Vec<NotifyEvent> = serde_json::from_str(&row.events).unwrap_or_default();
    let mut seen = HashSet::new();
    let mails = addresses.into_iter().filter(|address| seen.insert(address.to_ascii_lowercase()));
    let to =
        |address| Destination { channel: "mail".into(), label: address, ..Destination::default() };
    Rule { id: row.id.clone(), events, destinations: mails.map(to).collect() }
}

fn of_service(row: &notify_service::Row) -> Destination {
    let is_paced =
        platform::stored::from_text::<ServiceType>(&row.kind).and_then(pace::of).is_some();
    Destination {
        channel: row.kind.clone(),
        service_id: Some(row.id.clone()),
        label: row.label.clone(),
        pace_key: is_paced.then(|| row.pace_key.clone()),
        is_off: !row.enabled,
    }
}

/// One call to one number.
pub(super) struct Call<'a> {
    pub(super) number: &'a number::Row,
    entries: Vec<Entry>,
    planned: Vec<Planned>,
    /// Rows of notices that are not stored yet.
    new: Vec<delivery::Row>,
    canceled: Vec<String>,
}

/// What is to be written of a call, besides what is new.
pub(super) struct Ended {
    /// Stored events that say something else now.
    pub(super) amended: Vec<call_event::Row>,
    /// Stored notices that are not needed any more.
    pub(super) canceled: Vec<String>,
    /// Events that look different now.
    pub(super) changed: Vec<String>,
}

impl<'a> Call<'a> {
    pub(super) fn new(number: &'a number::Row) -> Self {
        Self {
            number,
            entries: Vec::new(),
            planned: Vec::new(),
            new: Vec::new(),
            canceled: Vec::new(),
        }
    }

    pub(super) fn remember(&mut self, row: call_event::Row) {
        self.entries.push(Entry::stored(row));
    }

    /// Remembers a notice about this call that was planned before.
    pub(super) fn remember_notice(&mut self, row: &delivery::Row) {
        let Some(call_event_id) = row.call_event_id.clone() else { return };
        self.planned.push(Planned {
            id: row.id.clone(),
            call_event_id,
            service_id: row.service_id.clone(),
            label: row.destination.clone(),
            purpose: row.purpose.clone(),
            state: row.state.clone(),
            progress: row.progress.clone(),
        });
    }

    /// Whether this request has spoken of it.
    pub(super) fn is_touched(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_new)
    }

    /// Enters an event; answers whether it is the first word of a refusal.
    pub(super) fn enter(
        &mut self,
        intake: &Intake,
        row: call_event::Row,
        rule: Option<&Rule>,
    ) -> bool {
        let news = call_log::enter(&mut self.entries, row);
        let plan = plan_notices(&self.entries, &news, rule, &self.planned);
        for id in plan.canceled {
            self.cancel(id);
        }
        for new in plan.new {
            let row = notice(intake, self.number, rule, &new);
            self.planned.push(Planned {
                id: row.id.clone(),
                call_event_id: new.call_event_id,
                service_id: row.service_id.clone(),
                label: row.destination.clone(),
                purpose: row.purpose.clone(),
                state: row.state.clone(),
                progress: None,
            });
            self.new.push(row);
        }
        if matches!(news, News::Answered | News::Refused { .. }) && !self.was_told_missed() {
            call_log::unmiss(&mut self.entries);
        }
        news == News::Refused { is_first: true }
    }

    fn cancel(&mut self, id: String) {
        // One that was never stored leaves no trace.
        if self.new.iter().any(|row| row.id == id) {
            self.new.retain(|row| row.id != id);
            self.planned.retain(|notice| notice.id != id);
            return;
        }
        if let Some(notice) = self.planned.iter_mut().find(|notice| notice.id == id) {
            notice.state = "canceled".into();
        }
        self.canceled.push(id);
    }

    /// Whether somebody was told, or is being told, that the call was missed: then its page stays.
    fn was_told_missed(&self) -> bool {
        let missed: HashSet<&str> = self
            .entries
            .iter()
            .filter(|entry| entry.row.kind == call_log::MISSED)
            .map(|entry| entry.row.id.as_str())
            .collect();
        self.planned.iter().any(|notice| {
            missed.contains(notice.call_event_id.as_str()) && notice.state != "canceled"
        })
    }

    /// Hands over what is to be written.
    pub(super) fn close(
        self,
        events: &mut Vec<call_event::Row>,
        notices: &mut Vec<delivery::Row>,
    ) -> Ended {
        let mut ended = Ended { amended: Vec::new(), canceled: self.canceled, changed: Vec::new() };
        for Entry { row, is_new, is_changed } in self.entries {
            let is_shown = !matches!(row.kind.as_str(), call_log::CALL | call_log::TRANSCRIPT);
            if is_changed || is_new && is_shown {
                ended.changed.push(row.id.clone());
            }
            if is_new {
                events.push(row);
            } else if is_changed {
                ended.amended.push(row);
            }
        }
        notices.extend(self.new);
        ended
    }
}

/// What those who look are told.
pub(super) fn change(call_event_id: String) -> LiveChange {
    LiveChange { call_event_id: Some(call_event_id), delivery_id: None, service_id: None }
}

fn notice(
    intake: &Intake,
    number: &number::Row,
    rule: Option<&Rule>,
    new: &crate::notify::rules::plan_notices::New<'_>,
) -> delivery::Row {
    let id = new_id();
    let now = intake.now.naive_utc();
    let wait = if new.settles { intake.settle } else { TimeDelta::zero() };
    delivery::Row {
        account_id: number.account_id.clone(),
        short_id: words::short_id(&id),
        id,
        call_event_id: Some(new.call_event_id.clone()),
        number_id: Some(number.id.clone()),
        rule_id: rule.map(|rule| rule.id.clone()),
        service_id: new.destination.service_id.clone(),
        channel: new.destination.channel.clone(),
        destination: new.destination.label.clone(),
        purpose: new.purpose.into(),
        state: if new.destination.is_off { "held" } else { "waiting" }.into(),
        next_at: now + wait,
        pace_key: new.destination.pace_key.clone(),
        created_at: now,
        ..delivery::Row::default()
    }
}

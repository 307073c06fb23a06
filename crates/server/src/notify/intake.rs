//! The notices that follow from what switches report, planned in the transaction that enters it.

use std::collections::{BTreeMap, HashMap, HashSet};

use api_types::{Channel, DeliveryState};
use chrono::{DateTime, TimeDelta, Utc};
use store::calls::call_event::{self, EventKind};
use store::notify::{delivery, intake, notify_rule, notify_service};
use store::numbers::number;
use store::{Conn, Json, Scope, SwitchScope, new_id};

use crate::calls::intake::{Plan, Planner, Step};
use crate::error::Failure;
use crate::notify::rules::plan_notices::{Destination, New, Planned, Rule, plan_notices};
use crate::notify::{pace, words};

/// What plans the notices of a request that arrives `now`. A missed call waits for `settle`, since
/// the news that somebody answered after all may be on its way.
pub fn planner(now: DateTime<Utc>, settle: TimeDelta) -> Planner {
    Box::new(move |conn, scope, numbers| {
        let (rules, services) = intake::rules_of(conn, scope, numbers)?;
        let rules = Rules::new(&rules, &services);
        Ok(Box::new(Notices { now, settle, rules, calls: BTreeMap::new() }))
    })
}

/// The rules of the numbers that were called.
struct Rules(HashMap<(String, String), Rule>);

impl Rules {
    fn new(rows: &[notify_rule::Row], services: &[notify_service::Row]) -> Self {
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
    fn of(&self, number: &number::Row) -> Option<&Rule> {
        self.0.get(&(number.account_id.clone(), number.notify_rule_id.clone()?))
    }
}

fn rule(row: &notify_rule::Row) -> Rule {
    let mut seen = HashSet::new();
    let mails = row.emails.iter().filter(|address| seen.insert(address.to_ascii_lowercase()));
    let to = |address: &String| Destination {
        channel: Channel::Mail,
        service_id: None,
        label: address.clone(),
        pace_key: None,
        is_off: false,
    };
    let destinations = mails.map(to).collect();
    Rule { id: row.id.clone(), events: row.events.to_vec(), destinations }
}

fn of_service(row: &notify_service::Row) -> Destination {
    let is_paced = pace::of(row.kind.0).is_some();
    Destination {
        channel: row.kind.0.into(),
        service_id: Some(row.id.clone()),
        label: row.label.clone(),
        pace_key: is_paced.then(|| row.pace_key.clone()),
        is_off: !row.enabled,
    }
}

/// The notices of the calls of one request.
struct Notices {
    now: DateTime<Utc>,
    settle: TimeDelta,
    rules: Rules,
    /// By the number that was called and the switch's name of the call.
    calls: BTreeMap<(String, String), OfCall>,
}

/// The notices about one call.
#[derive(Default)]
struct OfCall {
    account_id: String,
    planned: Vec<Planned>,
    /// Rows of notices that are not stored yet.
    new: Vec<delivery::Row>,
    canceled: Vec<String>,
}

impl OfCall {
    fn cancel(&mut self, id: String) {
        // One that was never stored leaves no trace.
        if self.new.iter().any(|row| row.id == id) {
            self.new.retain(|row| row.id != id);
            self.planned.retain(|notice| notice.id != id);
            return;
        }
        if let Some(notice) = self.planned.iter_mut().find(|notice| notice.id == id) {
            notice.state = DeliveryState::Canceled;
        }
        self.canceled.push(id);
    }
}

impl Plan for Notices {
    fn remember(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        events: &[call_event::Row],
    ) -> Result<(), Failure> {
        let told: HashMap<&str, &call_event::Row> = events
            .iter()
            .filter(|row| row.kind != EventKind::Call)
            .map(|row| (row.id.as_str(), row))
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = told.keys().copied().collect();
        for row in delivery::lock_of_events(conn, scope, &ids)? {
            let Some(call_event_id) = row.call_event_id else { continue };
            let Some(event) = told.get(call_event_id.as_str()) else { continue };
            let call = self
                .calls
                .entry((event.number_id.clone(), event.call_id.clone()))
                .or_insert_with(|| of_account(scope.account_id()));
            call.planned.push(Planned {
                id: row.id,
                call_event_id,
                service_id: row.service_id,
                label: row.destination,
                purpose: row.purpose.0,
                state: row.state.0,
                progress: row.progress.map(Json::into_inner),
            });
        }
        Ok(())
    }

    fn follow(&mut self, step: &Step<'_>) {
        let rule = self.rules.of(step.number).filter(|_| step.is_told);
        let call =
            self.calls.entry(key(step)).or_insert_with(|| of_account(&step.number.account_id));
        // Another call may have had the same name, days before.
        let is_of_call = |notice: &&Planned| {
            step.entries.iter().any(|entry| entry.row.id == notice.call_event_id)
        };
        let planned: Vec<Planned> = call.planned.iter().filter(is_of_call).cloned().collect();
        let plan = plan_notices(step.entries, step.news, rule, &planned);
        for id in plan.canceled {
            call.cancel(id);
        }
        for new in plan.new {
            let next_at = self.now + if new.settles { self.settle } else { TimeDelta::zero() };
            let row = notice(step.number, rule, &new, self.now, next_at);
            call.planned.push(Planned {
                id: row.id.clone(),
                call_event_id: new.call_event_id,
                service_id: row.service_id.clone(),
                label: row.destination.clone(),
                purpose: row.purpose.0,
                state: row.state.0,
                progress: None,
            });
            call.new.push(row);
        }
    }

    fn has_told_missed(&self, step: &Step<'_>) -> bool {
        let missed: HashSet<&str> = step
            .entries
            .iter()
            .filter(|entry| entry.row.kind == EventKind::MissedCall)
            .map(|entry| entry.row.id.as_str())
            .collect();
        self.calls.get(&key(step)).is_some_and(|call| {
            call.planned.iter().any(|notice| {
                missed.contains(notice.call_event_id.as_str())
                    && notice.state != DeliveryState::Canceled
            })
        })
    }

    fn write(self: Box<Self>, conn: &mut Conn, scope: SwitchScope) -> Result<usize, Failure> {
        let mut new = Vec::new();
        for call in self.calls.into_values() {
            if !call.canceled.is_empty() {
                let ids: Vec<&str> = call.canceled.iter().map(String::as_str).collect();
                let account = scope.account(&call.account_id);
                delivery::cancel(conn, &account, &ids, self.now.naive_utc())?;
            }
            new.extend(call.new);
        }
        delivery::insert_all(conn, scope, &new)?;
        Ok(new.len())
    }
}

fn of_account(account_id: &str) -> OfCall {
    OfCall { account_id: account_id.to_owned(), ..OfCall::default() }
}

fn key(step: &Step<'_>) -> (String, String) {
    (step.number.id.clone(), step.call_id.to_owned())
}

fn notice(
    number: &number::Row,
    rule: Option<&Rule>,
    new: &New<'_>,
    now: DateTime<Utc>,
    next_at: DateTime<Utc>,
) -> delivery::Row {
    let id = new_id();
    let to = new.destination;
    let state = if to.is_off { DeliveryState::Held } else { DeliveryState::Waiting };
    delivery::Row {
        short_id: words::short_id(&id),
        call_event_id: Some(new.call_event_id.clone()),
        number_id: Some(number.id.clone()),
        rule_id: rule.map(|rule| rule.id.clone()),
        service_id: to.service_id.clone(),
        next_at: next_at.naive_utc(),
        pace_key: to.pace_key.clone(),
        ..delivery::Row::new(
            number.account_id.clone(),
            id,
            (to.channel, to.label.clone()),
            new.purpose,
            state,
            now.naive_utc(),
        )
    }
}

//! What switches report: every event becomes a row of the log, and what follows from it notices, in
//! one transaction.

mod calls;
mod read;
mod rows;

use std::collections::{HashMap, HashSet};

use api_types::{AttachmentKind, Caller, FieldCode, FieldFault, LiveChange, SwitchEventType};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use store::accounts::account;
use store::calls::attachment::{self, Upload};
use store::calls::call_event;
use store::calls::intake::{self, Called};
use store::numbers::{number, phone_id};
use store::{Conn, Scope, SwitchScope};

pub use read::{Heard, Item};

use crate::calls::rules::call_log::{Entry, News};
use crate::error::Failure;
use calls::{Call, is_near};

/// How events are taken in.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Id of the switch's key.
    pub switch_id: String,
    /// Now.
    pub now: DateTime<Utc>,
    /// For how long links to files work.
    pub link_lasts: TimeDelta,
    /// How long after an emergency call a contract may be called back.
    pub callback_lasts: TimeDelta,
}

/// One event that was entered, for those who plan what follows from it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'s> {
    /// The number that was called.
    pub number: &'s number::Row,
    /// The switch's name of the call.
    pub call_id: &'s str,
    /// The log of the call, the new event included.
    pub entries: &'s [Entry],
    /// What the event means.
    pub news: &'s News,
    /// Whether the contract is told of anything at present.
    pub is_told: bool,
}

/// What follows from the calls of one request, planned and written within its transaction. The
/// room `notify` implements it, so that this one knows nothing of notices.
pub trait Plan {
    /// Remembers what was planned about stored events of one account.
    ///
    /// # Errors
    /// When the database does not answer.
    fn remember(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        events: &[call_event::Row],
    ) -> Result<(), Failure>;

    /// Plans what follows from one event.
    fn follow(&mut self, step: &Step<'_>);

    /// Whether somebody was told, or is being told, that the call was missed.
    fn has_told_missed(&self, step: &Step<'_>) -> bool;

    /// Writes the plan down; answers how many notices are new.
    ///
    /// # Errors
    /// When the database does not answer.
    fn write(self: Box<Self>, conn: &mut Conn, scope: SwitchScope) -> Result<usize, Failure>;
}

/// Begins the plan of one request about some numbers.
pub type Planner = Box<
    dyn FnOnce(&mut Conn, SwitchScope, &[number::Row]) -> Result<Box<dyn Plan>, Failure> + Send,
>;

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Accepted,
    /// It was kept before.
    Duplicate,
    /// It is wrong.
    Rejected(Vec<FieldFault>),
}

/// What became of the events of a request.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// One per event, in their order.
    pub outcomes: Vec<Outcome>,
    /// What changed, by account.
    pub changes: Vec<(String, LiveChange)>,
    /// How many notices were planned.
    pub planned: usize,
}

/// Takes events in, in their order.
///
/// # Errors
/// When the database refuses; then none is kept.
pub fn take(
    conn: &mut Conn,
    scope: SwitchScope,
    intake: &Intake,
    items: &[Item],
    planner: Planner,
) -> Result<Taken, Failure> {
    let heard = || {
        items.iter().filter_map(|item| {
            if let Item::Heard(heard) = item { Some(heard.as_ref()) } else { None }
        })
    };
    let mut e164: Vec<String> = heard().map(|heard| heard.e164.clone()).collect();
    e164.sort_unstable();
    e164.dedup();
    let called = intake::called(conn, scope, &e164)?;
    intake::lock_calls(conn, scope, heard().map(|heard| heard.call_id.as_str()))?;
    let plan = planner(conn, scope, &called.numbers)?;
    let mut desk = Desk::open(conn, scope, intake, &called, plan, heard())?;
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        outcomes.push(match item {
            Item::Wrong { faults, .. } => Outcome::Rejected(faults.clone()),
            Item::Heard(heard) => desk.enter(conn, heard)?,
        });
    }
    let (changes, planned) = desk.close(conn, scope)?;
    Ok(Taken { outcomes, changes, planned })
}

/// Everything that the events of one request are judged by, and what has come of them so far.
struct Desk<'a> {
    intake: &'a Intake,
    /// By their E.164 texts.
    numbers: HashMap<&'a str, &'a number::Row>,
    /// The same by their ids.
    by_id: HashMap<&'a str, &'a number::Row>,
    accounts: HashMap<&'a str, &'a account::Row>,
    plan: Box<dyn Plan>,
    /// Ids of events that are known, by account.
    known: HashSet<(&'a str, String)>,
    /// Extensions that callers may have meant and that are there, by account.
    extensions: HashSet<(&'a str, String)>,
    uploads: HashMap<String, Upload>,
    /// By number and the switch's name: one name may stand for several calls, days apart.
    calls: HashMap<(&'a str, String), Vec<Call<'a>>>,
    /// In the order in which they were first spoken of; which of those of one name.
    order: Vec<((&'a str, String), usize)>,
    attachments: Vec<attachment::Row>,
    /// When accounts made their last emergency call of this request.
    emergencies: HashMap<&'a str, NaiveDateTime>,
}

impl<'a> Desk<'a> {
    fn open<'h>(
        conn: &mut Conn,
        scope: SwitchScope,
        intake: &'a Intake,
        called: &'a Called,
        plan: Box<dyn Plan>,
        heard: impl Iterator<Item = &'h Heard> + Clone,
    ) -> Result<Self, Failure> {
        let numbers: HashMap<&str, &number::Row> =
            called.numbers.iter().map(|number| (number.e164.as_str(), number)).collect();
        let files: Vec<&str> =
            heard.clone().filter_map(|heard| heard.attachment_id.as_deref()).collect();
        let uploads =
            if files.is_empty() { Vec::new() } else { attachment::uploads(conn, scope, &files)? };
        let mut desk = Self {
            intake,
            by_id: called.numbers.iter().map(|number| (number.id.as_str(), number)).collect(),
            accounts: called
                .accounts
                .iter()
                .map(|account| (account.id.as_str(), account))
                .collect(),
            plan,
            known: HashSet::new(),
            extensions: HashSet::new(),
            uploads: uploads.into_iter().map(|upload| (upload.id.clone(), upload)).collect(),
            calls: HashMap::new(),
            order: Vec::new(),
            attachments: Vec::new(),
            emergencies: HashMap::new(),
            numbers,
        };
        let mut by_account: HashMap<&'a str, Vec<&Heard>> = HashMap::new();
        for heard in heard {
            if let Some(number) = desk.numbers.get(heard.e164.as_str()) {
                by_account.entry(number.account_id.as_str()).or_default().push(heard);
            }
        }
        for (account_id, heard) in by_account {
            desk.remember(conn, scope, account_id, &heard)?;
        }
        Ok(desk)
    }

    /// Fetches what is known of the calls that are spoken of.
    fn remember(
        &mut self,
        conn: &mut Conn,
        scope: SwitchScope,
        account_id: &'a str,
        heard: &[&Heard],
    ) -> Result<(), Failure> {
        let scope = scope.account(account_id);
        let event_ids: Vec<&str> = heard.iter().map(|heard| heard.event_id.as_str()).collect();
        let known = call_event::known_events(conn, &scope, &self.intake.switch_id, &event_ids)?;
        self.known.extend(known.into_iter().map(|id| (account_id, id)));
        let meant: Vec<&str> =
            heard.iter().filter_map(|heard| heard.extension.as_deref()).collect();
        if !meant.is_empty() {
            let there = phone_id::extensions(conn, &scope, &meant)?;
            self.extensions.extend(there.into_iter().map(|extension| (account_id, extension)));
        }
        let mut call_ids: Vec<&str> = heard.iter().map(|heard| heard.call_id.as_str()).collect();
        call_ids.sort_unstable();
        call_ids.dedup();
        let mut rows = call_event::of_calls(conn, &scope, &call_ids)?;
        rows.retain(|row| {
            heard.iter().any(|heard| heard.call_id == row.call_id && is_near(heard.at, row.at))
        });
        self.plan.remember(conn, &scope, &rows)?;
        for row in rows {
            // A call that went through two numbers of the account is two calls to those who are
            // told.
            let Some(&number) = self.by_id.get(row.number_id.as_str()) else { continue };
            let key = (number.id.as_str(), row.call_id.clone());
            let (calls, which) = self.call(key, number, row.at);
            calls[which].remember(row);
        }
        Ok(())
    }

    /// The calls of a name, and which of them a report of this time is about; a new one where it is
    /// none of them.
    fn call(
        &mut self,
        key: (&'a str, String),
        number: &'a number::Row,
        at: NaiveDateTime,
    ) -> (&mut Vec<Call<'a>>, usize) {
        let calls = self.calls.entry(key).or_default();
        let which = calls.iter().position(|call| call.is_of(at)).unwrap_or_else(|| {
            calls.push(Call::new(number));
            calls.len() - 1
        });
        (calls, which)
    }

    /// The same event as a call from within, where the caller has an extension of the contract.
    fn heard_within(&self, account_id: &'a str, heard: &Heard) -> Option<Heard> {
        let extension = heard.extension.clone()?;
        self.extensions.contains(&(account_id, extension.clone())).then(|| Heard {
            caller: Caller::Extension(extension),
            unread: None,
            ..heard.clone()
        })
    }

    fn enter(&mut self, conn: &mut Conn, heard: &Heard) -> Result<Outcome, Failure> {
        let rejected =
            |pointer: &str, code| Ok(Outcome::Rejected(vec![FieldFault::new(pointer, code)]));
        let Some(&number) = self.numbers.get(heard.e164.as_str()) else {
            return rejected("/called", FieldCode::NotFound);
        };
        let account_id = number.account_id.as_str();
        let heard_within = self.heard_within(account_id, heard);
        let heard = heard_within.as_ref().unwrap_or(heard);
        if self.known.contains(&(account_id, heard.event_id.clone())) {
            return Ok(Outcome::Duplicate);
        }
        let event_id = store::new_id();
        let file = match (&heard.attachment_id, heard.kind) {
            // A transcript names the file of its voicemail.
            (None, _) | (_, SwitchEventType::Transcript) => None,
            (Some(id), kind) => {
                let Some(upload) = self.uploads.get(id) else {
                    return rejected("/attachment_id", FieldCode::NotFound);
                };
                let wanted = match kind {
                    SwitchEventType::Fax => Some(AttachmentKind::Fax),
                    SwitchEventType::Voicemail | SwitchEventType::ForwardedCall => {
                        Some(AttachmentKind::Audio)
                    }
                    _ => None,
                };
                let row = rows::attachment(self.intake, number, &event_id, heard, upload);
                if Some(row.kind.0) != wanted {
                    return rejected("/attachment_id", FieldCode::NotApplicable);
                }
                Some(row)
            }
        };
        if let Some(file) = file {
            self.uploads.remove(&file.id);
            self.attachments.push(file);
        }
        self.known.insert((account_id, heard.event_id.clone()));
        let refusing = rows::refusing(conn, number, heard)?;
        let row = rows::event(self.intake, number, event_id, heard, refusing.is_some());
        let is_told = self.accounts.get(account_id).is_some_and(|account| account.is_active());
        let key = (number.id.as_str(), heard.call_id.clone());
        if heard.kind == SwitchEventType::OutgoingCall && heard.caller.is_emergency() {
            let last = self.emergencies.entry(account_id).or_insert(heard.at);
            *last = heard.at.max(*last);
        }
        let (_, which) = self.call(key.clone(), number, heard.at);
        let Some(call) = self.calls.get_mut(&key).and_then(|calls| calls.get_mut(which)) else {
            return Err(Failure::Internal("a call that was just found is gone".into()));
        };
        if !call.is_touched() {
            self.order.push((key, which));
        }
        let is_first_refusal = call.enter(row, is_told, self.plan.as_mut());
        if let (Some(Some(entry_id)), true) = (refusing, is_first_refusal) {
            let scope = store::Scope::account(account_id);
            store::block_list::block_entry::hit(conn, &scope, &number.id, &entry_id, heard.at)?;
        }
        Ok(Outcome::Accepted)
    }

    /// Writes everything down.
    fn close(
        mut self,
        conn: &mut Conn,
        scope: SwitchScope,
    ) -> Result<(Vec<(String, LiveChange)>, usize), Failure> {
        let (mut events, mut changes) = (Vec::new(), Vec::new());
        for (key, which) in std::mem::take(&mut self.order) {
            let Some(calls) = self.calls.get_mut(&key) else { continue };
            let number = calls[which].number;
            let call = std::mem::replace(&mut calls[which], Call::new(number));
            let account = scope.account(&call.number.account_id);
            let ended = call.close(&mut events);
            for row in &ended.amended {
                call_event::amend(conn, &account, row)?;
            }
            changes.extend(
                ended
                    .changed
                    .into_iter()
                    .map(|id| (account.account_id().to_owned(), calls::change(id))),
            );
        }
        for file in &self.attachments {
            // Another request may have claimed it between the look and now.
            if !attachment::claim(conn, scope, &file.id)? {
                return Err(Failure::Internal(format!("the file {} was claimed twice", file.id)));
            }
            attachment::insert(conn, &scope.account(&file.account_id), file)?;
        }
        call_event::insert_all(conn, scope, &events)?;
        for (account_id, at) in &self.emergencies {
            let (scope, until) = (scope.account(*account_id), *at + self.intake.callback_lasts);
            account::expect_callbacks(conn, &scope, until, self.intake.now.naive_utc())?;
        }
        let planned = self.plan.write(conn, scope)?;
        Ok((changes, planned))
    }
}

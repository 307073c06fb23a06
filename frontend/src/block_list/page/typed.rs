//! A caller that is about to be refused: what was typed, and what the server makes of it.

use std::time::Duration;

use api_types::{BlockCheck, BlockCheckRequest, BlockEntryCreate, BlockMatch, FieldCode, NOTE_MAX};
use leptos::prelude::*;

use super::entries::caller_text;
use super::list::{List, Removal};
use crate::block_list::api;
use crate::platform::api::ClientError;
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::later::Later;
use crate::platform::task::Task;
use crate::t;
use crate::ui::states;

/// So long nothing was typed before the server is asked what it means.
const PAUSE: Duration = Duration::from_millis(250);

/// What was typed, and what the server says of it.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    list: List,
    pub(super) caller: RwSignal<String>,
    pub(super) matching: RwSignal<BlockMatch>,
    pub(super) note: RwSignal<String>,
    pub(super) last_day: RwSignal<String>,
    pub(super) confirmed: RwSignal<bool>,
    pub(super) check: RwSignal<Option<BlockCheck>>,
    /// Refusals of the last try to add: pointer, code, words.
    refused: RwSignal<Vec<(String, FieldCode, String)>>,
    /// What else went wrong.
    pub(super) failure: RwSignal<Option<String>>,
    pub(super) adding: Task,
    checking: Task,
    /// Whether the person thinks that the number is complete.
    pub(super) complete: RwSignal<bool>,
    later: Later,
}

impl Typed {
    pub(super) fn new(list: List) -> Self {
        Self {
            list,
            caller: RwSignal::default(),
            matching: RwSignal::default(),
            note: RwSignal::default(),
            last_day: RwSignal::default(),
            confirmed: RwSignal::new(false),
            check: RwSignal::default(),
            refused: RwSignal::default(),
            failure: RwSignal::default(),
            adding: Task::default(),
            checking: Task::default(),
            complete: RwSignal::new(false),
            later: Later::default(),
        }
    }

    pub(super) fn forget(self, pointer: &str) {
        self.failure.set(None);
        self.refused.update(|refused| refused.retain(|(at, ..)| at != pointer));
    }

    /// The caller was edited: asks about it after a pause.
    pub(super) fn edited(self) {
        self.forget("/caller");
        self.confirmed.set(false);
        self.checking.stop();
        self.later.run(PAUSE, move || self.ask());
    }

    fn ask(self) {
        let (Some(caller), Some(matching)) =
            (self.caller.try_get_untracked(), self.matching.try_get_untracked())
        else {
            return;
        };
        if caller.trim().is_empty() {
            return self.check.set(None);
        }
        let id = self.list.number_id.get_value();
        let request = BlockCheckRequest { caller, matching };
        let request = api::check(self.list.client, &id, &request);
        self.checking.latest(request, move |answer| {
            // Without an answer the number can be added all the same: the server looks at it again.
            self.check.set(answer.ok());
            Ok(())
        });
    }

    /// What is wrong at a field: what the last try was refused for, else what the server says while
    /// typing.
    pub(super) fn fault(self, pointer: &'static str) -> Option<String> {
        let refused = self.refused.with(|refused| {
            refused
                .iter()
                .find(|(at, code, _)| at == pointer && !is_warning(*code))
                .map(|it| it.2.clone())
        });
        if refused.is_some() || pointer != "/caller" {
            return refused;
        }
        let complete = self.complete.get();
        self.check.with(|check| {
            let refusal = check.as_ref()?.refusal.as_ref()?;
            // Nobody needs to hear half-way that it is half a number.
            let half =
                matches!(refusal.code, FieldCode::NumberTooShort | FieldCode::PrefixTooShort);
            (complete || !half).then(|| refusal.message.clone())
        })
    }

    pub(super) fn warnings(self) -> Vec<String> {
        let of_check = self.check.with(|check| {
            let warnings = check.as_ref().map(|check| {
                check.warnings.iter().map(|warning| warning.message.clone()).collect::<Vec<_>>()
            });
            warnings.unwrap_or_default()
        });
        if !of_check.is_empty() {
            return of_check;
        }
        self.refused.with(|refused| {
            refused
                .iter()
                .filter(|(_, code, _)| is_warning(*code))
                .map(|(.., words)| words.clone())
                .collect()
        })
    }

    fn refuse(self, pointer: &str, code: FieldCode, words: String) {
        self.refused.update(|refused| refused.push((pointer.to_owned(), code, words)));
    }

    /// Adds it, unless something is known to be wrong.
    pub(super) fn add(self, open: RwSignal<bool>) {
        if !self.adding.is_idle() {
            return;
        }
        self.complete.set(true);
        self.refused.set(Vec::new());
        let note = self.note.get_untracked();
        if self.caller.with_untracked(|caller| caller.trim().is_empty()) {
            self.refuse("/caller", FieldCode::Required, t!(fault.required).to_owned());
        }
        if note.chars().count() as u64 > NOTE_MAX {
            self.refuse("/note", FieldCode::TooLong, t!(fault.too_long, limit = NOTE_MAX));
        }
        if self.refused.with_untracked(|refused| !refused.is_empty())
            || self.fault("/caller").is_some()
        {
            return focus_first(".sheet[open] .cell.bad input");
        }
        let warned = untrack(|| !self.warnings().is_empty());
        if warned && !self.confirmed.get_untracked() {
            return focus_first("[data-testid=input-confirm]");
        }
        let entry = BlockEntryCreate {
            caller: self.caller.get_untracked(),
            matching: self.matching.get_untracked(),
            note,
            expires_at: self.last_day.with_untracked(|day| format::end_of_day(day)),
            confirm: self.confirmed.get_untracked(),
        };
        let id = self.list.number_id.get_value();
        let request = api::add(self.list.client, &id, &entry);
        self.adding.run(request, move |outcome| {
            match outcome {
                Ok(entry) => {
                    let words = t!(block.added, caller = caller_text(&entry));
                    self.list.removal.set(Removal::None);
                    self.list.was_saved();
                    self.list.reload();
                    open.set(false);
                    self.list.live.toast(words);
                }
                Err(error) => self.fail(&error),
            }
            Ok(())
        });
    }

    fn fail(self, error: &ClientError) {
        match error {
            ClientError::Problem(problem) if !problem.errors.is_empty() => {
                for fault in &problem.errors {
                    self.refuse(&fault.pointer, fault.code, fault.message.clone());
                }
                let warned = problem.errors.iter().all(|fault| is_warning(fault.code));
                focus_first(if warned {
                    "[data-testid=input-confirm]"
                } else {
                    ".sheet[open] .cell.bad input"
                });
            }
            error => self.failure.set(Some(states::words(error).1)),
        }
    }
}

pub(super) fn is_warning(code: FieldCode) -> bool {
    matches!(code, FieldCode::CoversRecentCalls | FieldCode::CoversCountry)
}

//! A draft on the screen: its errors, its conflicts, the way back after a save, and its copy for a
//! reload.

use std::rc::Rc;
use std::sync::Arc;

use api_types::{ErrorCode, Problem};
use leptos::prelude::*;

use super::draft::Draft;
use super::faults::{Checks, fault_text};
use super::guard::{Guarded, use_guard};
use super::save::{Saves, start};
use super::save_bar::SaveBarModel;
use super::values::{Field, Held, Name, Values};
use crate::platform::api::ClientError;
use crate::platform::effect::follow;
use crate::platform::focus::focus_first;
use crate::platform::storage;
use crate::platform::task::Task;
use crate::t;
use crate::ui::live::{Live, use_live};
use crate::ui::notes::{FieldState, TwoValues};
use crate::ui::states::words;

/// What happened last.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing that needs words.
    Idle,
    /// The server could not be reached; everything typed is still here.
    Offline,
    /// Somebody else changed the same fields.
    Conflict,
    /// Something was refused, and why.
    Refused(String),
}

/// Values of some fields, to be put back or compared.
#[derive(Clone)]
struct Kept {
    values: Values,
    names: Vec<Name>,
}

/// A value in words, for the choice between two of them.
pub type Show = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// A draft with everything around it.
#[derive(Clone, Copy)]
pub struct Editor {
    draft: RwSignal<Draft>,
    phase: RwSignal<Phase>,
    refused: RwSignal<Vec<(Name, String)>>,
    mine: RwSignal<Option<Kept>>,
    before: RwSignal<Option<Kept>>,
    checks: &'static Checks,
    pub(super) task: Task,
    pub(super) live: Live,
    pub(super) page: StoredValue<Option<Rc<dyn Saves>>, LocalStorage>,
}

impl Editor {
    /// An editor for what the server has; a draft that was kept under `key` goes on top.
    pub fn new(loaded: Values, key: String, checks: &'static Checks) -> Self {
        let mut conflicts = Vec::new();
        let draft = match storage::draft::<Draft>(&key) {
            Some(mut kept) => {
                conflicts = kept.rebase(&loaded);
                kept
            }
            None => Draft::new(loaded),
        };
        let mine = (!conflicts.is_empty())
            .then(|| Kept { values: draft.edited().clone(), names: conflicts });
        let editor = Self {
            phase: RwSignal::new(if mine.is_some() { Phase::Conflict } else { Phase::Idle }),
            draft: RwSignal::new(draft),
            refused: RwSignal::default(),
            mine: RwSignal::new(mine),
            before: RwSignal::new(None),
            checks,
            task: Task::default(),
            live: use_live(),
            page: StoredValue::new_local(None),
        };
        follow(move || {
            editor.draft.with(|draft| {
                if draft.is_dirty() {
                    storage::keep_draft(&key, draft)
                } else {
                    storage::forget_draft(&key)
                }
            });
        });
        editor
    }

    /// Saves through `page`, and asks before edits are left behind.
    pub fn saves(self, page: impl Saves) {
        self.page.set_value(Some(Rc::new(page)));
        use_guard().watch(Guarded {
            dirty: Signal::derive(move || self.draft.with(Draft::is_dirty)),
            busy: self.task.busy(),
            save: self.save(),
            discard: Callback::new(move |()| self.revert()),
        });
        follow(move || {
            if self.before.with(Option::is_some) {
                self.live.say(t!(save.saved));
            }
        });
        follow(move || match self.phase.get() {
            Phase::Offline => self.live.say(t!(save.offline)),
            Phase::Conflict => self.live.say(t!(save.conflict)),
            Phase::Refused(detail) => self.live.say(detail),
            Phase::Idle => {}
        });
    }

    /// What the save bar needs.
    pub fn bar(self) -> SaveBarModel {
        SaveBarModel {
            count: Signal::derive(move || self.draft.with(|draft| draft.changed().len())),
            busy: self.task.busy(),
            phase: self.phase.into(),
            can_undo: Signal::derive(move || self.before.with(Option::is_some)),
            save: self.save(),
            revert: Callback::new(move |()| self.revert()),
            undo: Callback::new(move |()| {
                if self.restore() {
                    start(self, true);
                }
            }),
            rest: Callback::new(move |()| _ = self.before.try_set(None)),
        }
    }

    fn save(self) -> Callback<()> {
        Callback::new(move |()| start(self, false))
    }

    /// Reads a value of the screen.
    pub fn value<V: Held + Send + Sync + 'static>(self, field: Field<V>) -> Signal<V> {
        Signal::derive(move || self.get(field))
    }

    /// Reads a value of the screen now; tracked.
    pub fn get<V: Held>(self, field: Field<V>) -> V {
        self.draft.with(|draft| draft.edited().get(field))
    }

    /// Reads every value of the screen now; tracked.
    pub fn read<V>(self, read: impl FnOnce(&Values) -> V) -> V {
        self.draft.with(|draft| read(draft.edited()))
    }

    /// Takes an edit.
    pub fn set<V: Held>(self, field: Field<V>, value: &V) {
        self.touch(field.name);
        self.draft.update(|draft| draft.edit(|edited| edited.set(field, value)));
    }

    fn touch(self, name: Name) {
        self.before.set(None);
        self.refused.update(|refused| refused.retain(|(refused, _)| *refused != name));
        if self.phase.with_untracked(|phase| matches!(phase, Phase::Refused(_))) {
            self.phase.set(Phase::Idle);
        }
    }

    /// Everything as it was loaded.
    pub fn revert(self) {
        self.draft.update(Draft::revert);
        self.refused.update(Vec::clear);
        self.mine.set(None);
        self.phase.set(Phase::Idle);
    }

    /// The draft as it is now.
    pub fn snapshot(self) -> Draft {
        self.draft.get_untracked()
    }

    /// Whether the page has gone.
    pub fn is_gone(self) -> bool {
        self.draft.is_disposed()
    }

    /// Begins a save, unless the fields are wrong: then the first wrong one gets the focus.
    pub(super) fn begin(self) -> bool {
        if !self.task.is_idle() {
            return false;
        }
        if !self.draft.with_untracked(|draft| self.checks.of(draft)).is_empty() {
            self.refuse(t!(save.check).to_string());
            return false;
        }
        self.refused.update(Vec::clear);
        self.before.set(None);
        self.phase.set(Phase::Idle);
        true
    }

    /// Fields went through as in `sent`; the server now has `fresh`.
    pub(super) fn accept(self, sent: &Values, fresh: &Values, names: &[Name]) {
        self.draft.try_update(|draft| draft.accept(sent, fresh, names));
    }

    /// Everything that was to be saved is saved. `before` holds the values that an undo puts back.
    pub(super) fn finish(self, before: Option<(Values, Vec<Name>)>) {
        self.mine.set(None);
        self.phase.set(Phase::Idle);
        self.before.set(before.map(|(values, names)| Kept { values, names }));
    }

    /// Puts the values from before the last save back into the draft; what is left is to save it.
    fn restore(self) -> bool {
        let Some(kept) = self.before.get_untracked() else { return false };
        self.before.set(None);
        self.take(&kept.values, &kept.names);
        true
    }

    fn take(self, from: &Values, names: &[Name]) {
        self.draft.update(|draft| {
            draft.edit(|edited| names.iter().for_each(|name| edited.take(from, name)));
        });
    }

    /// The server has a newer state: keeps every edit and says whether both sides changed the same
    /// fields.
    pub(super) fn rebase(self, fresh: &Values) -> bool {
        let mut kept = None;
        self.draft.update(|draft| {
            let names = draft.rebase(fresh);
            kept = (!names.is_empty()).then(|| Kept { values: draft.edited().clone(), names });
        });
        let conflict = kept.is_some();
        self.mine.set(kept);
        if conflict {
            self.phase.set(Phase::Conflict);
            focus_first(".both input");
        }
        conflict
    }

    /// A save failed: the draft stays, the words go to where they belong.
    pub(super) fn fail(self, error: &ClientError) {
        match error {
            error if error.is_unreachable() => self.phase.set(Phase::Offline),
            ClientError::Problem(problem) if problem.code == ErrorCode::Invalid => {
                self.place(problem)
            }
            error => self.refuse(words(error).1),
        }
    }

    fn place(self, problem: &Problem) {
        let draft = self.snapshot();
        self.refused.update(|refused| {
            for error in &problem.errors {
                if let Some(name) = self.checks.field(&draft, &error.pointer) {
                    refused.push((name, error.message.clone()));
                }
            }
        });
        self.refuse(problem.detail.clone());
    }

    fn refuse(self, detail: String) {
        self.phase.set(Phase::Refused(detail));
        focus_first(".cell.bad input, .cell.bad button");
    }

    /// State of one field, for its row.
    pub fn state(self, name: Name, show: Show) -> FieldState {
        let error = Signal::derive(move || {
            let found = self.draft.with(|draft| self.checks.of(draft));
            let local = found.into_iter().find(|(wrong, _)| *wrong == name);
            local.map(|(_, fault)| fault_text(&fault)).or_else(|| {
                self.refused.with(|refused| {
                    let refused = refused.iter().find(|(refused, _)| *refused == name);
                    refused.map(|(_, message)| message.clone())
                })
            })
        });
        let conflict = Signal::derive(move || {
            let mine = self.mine.get().filter(|mine| mine.names.contains(&name))?;
            let mine = mine.values.text(name).unwrap_or_default();
            self.draft.with(|draft| {
                Some(TwoValues {
                    theirs: show(draft.loaded().text(name).unwrap_or_default()),
                    keep_mine: draft.edited().text(name) == Some(mine),
                    mine: show(mine),
                })
            })
        });
        let choose = Callback::new(move |keep_mine: bool| {
            let Some(mine) = self.mine.get_untracked() else { return };
            let from = if keep_mine { mine.values } else { self.snapshot().loaded().clone() };
            self.take(&from, &[name]);
        });
        let changed = Signal::derive(move || self.draft.with(|draft| draft.is_changed(name)));
        FieldState { name, error, conflict, choose, changed }
    }
}

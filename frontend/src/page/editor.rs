//! A draft on the screen: its errors, its conflicts, the way back after a save, and its copy for a
//! reload.

use api_types::{ErrorCode, FieldCode, FieldFault, Problem};
use leptos::prelude::*;

use super::draft::{Draft, Settings};
use super::form::{Field, Form};
use super::guard::Guarded;
use super::save_bar::SaveBarModel;
use crate::platform::api::ClientError;
use crate::platform::effect::follow;
use crate::platform::focus::focus_first;
use crate::platform::storage;
use crate::ui::live::use_live;
use crate::ui::notes::{FieldState, TwoValues};
use crate::{t, ui};

/// What happened last.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing that needs words.
    Idle,
    /// A save is under way.
    Saving,
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
    values: Form,
    fields: Vec<Field>,
}

/// A draft with everything around it.
#[derive(Clone, Copy)]
pub struct Editor {
    draft: RwSignal<Draft<Form>>,
    phase: RwSignal<Phase>,
    refused: RwSignal<Vec<(Field, String)>>,
    mine: RwSignal<Option<Kept>>,
    before: RwSignal<Option<Kept>>,
    key: StoredValue<String>,
}

impl Editor {
    /// An editor for what the server has; a draft that was kept under `key` goes on top.
    pub fn new(loaded: Form, key: String) -> Self {
        let mut conflicts = Vec::new();
        let draft = match storage::draft::<Draft<Form>>(&key) {
            Some(mut kept) => {
                conflicts = kept.rebase(&loaded);
                kept
            }
            None => Draft::new(loaded),
        };
        let mine = (!conflicts.is_empty())
            .then(|| Kept { values: draft.edited().clone(), fields: conflicts });
        let editor = Self {
            phase: RwSignal::new(if mine.is_some() { Phase::Conflict } else { Phase::Idle }),
            draft: RwSignal::new(draft),
            refused: RwSignal::default(),
            mine: RwSignal::new(mine),
            before: RwSignal::new(None),
            key: StoredValue::new(key),
        };
        follow(move || {
            editor.draft.with(|draft| {
                editor.key.with_value(|key| {
                    if draft.is_dirty() {
                        storage::keep_draft(key, draft)
                    } else {
                        storage::forget_draft(key)
                    }
                });
            });
        });
        editor
    }

    /// Reads a value of the screen.
    pub fn value<V: Clone + Send + Sync + 'static>(
        self,
        read: impl Fn(&Form) -> V + Send + Sync + 'static,
    ) -> Signal<V> {
        Signal::derive(move || self.draft.with(|draft| read(draft.edited())))
    }

    /// Reads a value of the screen now; tracked.
    pub fn read<V>(self, read: impl FnOnce(&Form) -> V) -> V {
        self.draft.with(|draft| read(draft.edited()))
    }

    /// Takes an edit of `field`.
    pub fn edit(self, field: Field, change: impl FnOnce(&mut Form)) {
        self.before.set(None);
        self.refused.update(|refused| refused.retain(|(refused, _)| *refused != field));
        if self.phase.with_untracked(|phase| matches!(phase, Phase::Refused(_))) {
            self.phase.set(Phase::Idle);
        }
        self.draft.update(|draft| draft.edit(change));
    }

    /// Everything as it was loaded.
    pub fn revert(self) {
        self.draft.update(Draft::revert);
        self.refused.update(Vec::clear);
        self.mine.set(None);
        self.phase.set(Phase::Idle);
    }

    /// The draft as it is now.
    pub fn snapshot(self) -> Draft<Form> {
        self.draft.get_untracked()
    }

    /// Begins a save, unless the fields are wrong: then the first wrong one gets the focus.
    pub fn begin(self) -> bool {
        if self.phase.with_untracked(|phase| *phase == Phase::Saving) {
            return false;
        }
        let wrong = self.draft.with_untracked(|draft| Form::faults(draft).len());
        if wrong > 0 {
            self.refuse(t!(save.check).to_string());
            return false;
        }
        self.refused.update(Vec::clear);
        self.before.set(None);
        self.phase.set(Phase::Saving);
        true
    }

    /// `fields` went through as in `sent`; the server now has `fresh`.
    pub fn accept(self, sent: &Form, fresh: &Form, fields: &[Field]) {
        self.draft.update(|draft| draft.accept(sent, fresh, fields));
    }

    /// Everything that was to be saved is saved. `before` holds the values that an undo puts back.
    pub fn finish(self, before: Option<(Form, Vec<Field>)>) {
        self.mine.set(None);
        self.phase.set(Phase::Idle);
        self.before.set(before.map(|(values, fields)| Kept { values, fields }));
    }

    /// Puts the values from before the last save back into the draft; what is left is to save it.
    pub fn restore(self) -> bool {
        let Some(kept) = self.before.get_untracked() else { return false };
        self.before.set(None);
        self.draft.update(|draft| {
            draft.edit(|edited| {
                kept.fields.iter().for_each(|field| edited.take(&kept.values, *field))
            });
        });
        true
    }

    /// The server has a newer state: keeps every edit and says whether both sides changed the same
    /// fields.
    pub fn rebase(self, fresh: &Form) -> bool {
        let mut kept = None;
        self.draft.update(|draft| {
            let fields = draft.rebase(fresh);
            kept = (!fields.is_empty()).then(|| Kept { values: draft.edited().clone(), fields });
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
    pub fn fail(self, error: &ClientError) {
        match error {
            error if error.is_unreachable() => self.phase.set(Phase::Offline),
            error if error.code() == Some(ErrorCode::Invalid) => {
                let ClientError::Problem(problem) = error else { return };
                self.place(problem);
            }
            error => self.refuse(ui::states::words(error).1),
        }
    }

    fn place(self, problem: &Problem) {
        self.refused.update(|refused| {
            for error in &problem.errors {
                if let Some(field) = Field::of_pointer(&error.pointer) {
                    refused.push((field, error.message.clone()));
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
    pub fn state(
        self,
        field: Field,
        show: impl Fn(&Form) -> String + Copy + Send + Sync + 'static,
    ) -> FieldState {
        let error = Signal::derive(move || {
            let local = self
                .draft
                .with(|draft| Form::faults(draft).into_iter().find(|(wrong, _)| *wrong == field));
            local.map(|(_, fault)| fault_text(&fault)).or_else(|| {
                self.refused.with(|refused| {
                    refused
                        .iter()
                        .find(|(refused, _)| *refused == field)
                        .map(|(_, message)| message.clone())
                })
            })
        });
        let conflict = Signal::derive(move || {
            let mine = self.mine.get().filter(|mine| mine.fields.contains(&field))?;
            let (theirs, keep_mine) = self
                .draft
                .with(|draft| (show(draft.loaded()), draft.edited().same(&mine.values, field)));
            Some(TwoValues { mine: show(&mine.values), theirs, keep_mine })
        });
        let choose = Callback::new(move |keep_mine: bool| {
            let Some(mine) = self.mine.get_untracked() else { return };
            self.draft.update(|draft| {
                let from = if keep_mine { mine.values.clone() } else { draft.loaded().clone() };
                draft.edit(|edited| edited.take(&from, field));
            });
        });
        let changed = Signal::derive(move || self.draft.with(|draft| draft.is_changed(field)));
        FieldState { name: field.name(), error, conflict, choose, changed }
    }

    /// What the save bar needs.
    pub fn bar(self, save: Callback<()>, undo: Callback<()>) -> SaveBarModel {
        let live = use_live();
        follow(move || {
            if self.before.with(Option::is_some) {
                live.say(t!(save.saved));
            }
        });
        follow(move || match self.phase.get() {
            Phase::Offline => live.say(t!(save.offline)),
            Phase::Conflict => live.say(t!(save.conflict)),
            Phase::Refused(detail) => live.say(detail),
            Phase::Idle | Phase::Saving => {}
        });
        SaveBarModel {
            count: Signal::derive(move || self.draft.with(|draft| draft.changed().len())),
            phase: self.phase.into(),
            can_undo: Signal::derive(move || self.before.with(Option::is_some)),
            save,
            revert: Callback::new(move |()| self.revert()),
            undo,
        }
    }

    /// What the leave guard needs.
    pub fn guarded(self, save: Callback<()>) -> Guarded {
        Guarded {
            dirty: Signal::derive(move || self.draft.with(Draft::is_dirty)),
            busy: Signal::derive(move || self.phase.with(|phase| *phase == Phase::Saving)),
            save,
            discard: Callback::new(move |()| self.revert()),
        }
    }
}

/// What is wrong with a field, and the way out.
pub fn fault_text(fault: &FieldFault) -> String {
    let limit = fault.limit.unwrap_or_default();
    match fault.code {
        FieldCode::Required => t!(fault.required).to_string(),
        FieldCode::TooLong => t!(fault.too_long, limit = limit),
        FieldCode::TooShort => t!(fault.too_short, limit = limit),
        FieldCode::OutOfRange => t!(fault.out_of_range).to_string(),
        FieldCode::ControlCharacter => t!(fault.control_character).to_string(),
        FieldCode::NotContracted => t!(fault.not_contracted).to_string(),
        FieldCode::NotApplicable => t!(fault.not_applicable).to_string(),
        FieldCode::NotFound => t!(fault.not_found).to_string(),
        FieldCode::DoesNotRing => t!(fault.does_not_ring).to_string(),
        FieldCode::Taken => t!(fault.taken).to_string(),
        FieldCode::Mismatch => t!(fault.mismatch).to_string(),
        FieldCode::WrongPassword => t!(fault.wrong_password).to_string(),
        FieldCode::TooWeak => t!(fault.too_weak).to_string(),
        // The server's own words stand where its refusals are shown; this is only for what is found
        // while typing.
        _ => t!(fault.invalid_format).to_string(),
    }
}

//! What is wrong with the fields of a sheet, by their pointers: shown under each until it is typed
//! in.

use api_types::ErrorCode;
use leptos::prelude::*;

use super::notes::FieldState;
use super::states::words;
use crate::platform::api::ClientError;
use crate::platform::focus::focus_first;

/// Pointers and words.
#[derive(Clone, Copy, Default)]
pub struct Refused(RwSignal<Vec<(String, String)>>);

impl Refused {
    /// Shows what is wrong, and puts the focus into the first of those fields.
    pub fn refuse(self, faults: Vec<(String, String)>) {
        self.0.set(faults);
        focus_first(".sheet[open] .cell.bad input");
    }

    /// Shows what the server found wrong at its fields; what belongs to none of them is handed back.
    pub fn place(self, error: &ClientError) -> Option<String> {
        match error {
            ClientError::Problem(problem)
                if problem.code == ErrorCode::Invalid && !problem.errors.is_empty() =>
            {
                let faults = problem.errors.iter();
                let of_none = faults.clone().find(|fault| fault.pointer.is_empty());
                let faults = faults.map(|fault| (fault.pointer.clone(), fault.message.clone()));
                self.refuse(faults.collect());
                of_none.map(|fault| fault.message.clone())
            }
            error => Some(words(error).1),
        }
    }

    /// The state of a field, whose faults are those at `pointer` and below.
    pub fn state(self, name: &'static str, pointer: &'static str) -> FieldState {
        let fault = move || {
            self.0.with(|refused| {
                refused
                    .iter()
                    .find(|(at, _)| at.starts_with(pointer))
                    .map(|(_, words)| words.clone())
            })
        };
        FieldState::plain(name, Signal::derive(fault))
    }

    /// Takes what is typed into a field, and with it what was wrong there.
    pub fn edit(self, to: RwSignal<String>, pointer: &'static str) -> Callback<String> {
        Callback::new(move |text: String| {
            to.set(text);
            self.0.update(|refused| refused.retain(|(at, _)| !at.starts_with(pointer)));
        })
    }
}

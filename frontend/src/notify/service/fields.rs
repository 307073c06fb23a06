//! The credentials of a service as fields that take what people paste.

use api_types::credentials::{self, Rules};
use api_types::{
    CredentialField, Credentials, ErrorCode, FieldCode, FieldFault, NAME_MAX, ServiceType,
};
use leptos::prelude::*;

use super::paste;
use crate::notify::channel_words;
use crate::platform::api::ClientError;
use crate::platform::effect::{memo, redraw};
use crate::platform::focus::focus_first;
use crate::ui::notes::{Cell, FieldState};
use crate::{t, text};

/// What was typed, beside what the server has. Nothing of it is kept beyond the page: most of it is
/// secret.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    kind: ServiceType,
    /// What the server has: secrets as a hint. Empty for a service that is new.
    stored: RwSignal<Credentials>,
    typed: RwSignal<Credentials>,
    /// What the server has as label.
    stored_label: RwSignal<String>,
    label: RwSignal<String>,
    /// Secrets whose field is open though the server has one.
    opened: RwSignal<Vec<&'static str>>,
    /// Fields that were left: what is wrong with the others is not said yet.
    left: RwSignal<Vec<&'static str>>,
    /// What the server said of a field.
    refused: RwSignal<Vec<(String, String)>>,
    /// Whether the server asked the service, and the service said no.
    pub(super) denied: RwSignal<bool>,
}

/// What a field is called on the page.
fn test_name(name: &'static str) -> &'static str {
    // A page has a label and a name of its own.
    match name {
        "label" => "service_label",
        other => other,
    }
}

impl Inputs {
    /// Nothing typed yet.
    pub(super) fn new(kind: ServiceType, stored: Credentials, label: String) -> Self {
        Self {
            kind,
            stored: RwSignal::new(stored),
            typed: RwSignal::default(),
            stored_label: RwSignal::new(label.clone()),
            label: RwSignal::new(label),
            opened: RwSignal::default(),
            left: RwSignal::default(),
            refused: RwSignal::default(),
            denied: RwSignal::new(false),
        }
    }

    /// The server has this now. What was typed stays.
    pub(super) fn heard(self, credentials: &Credentials, label: &str) {
        let untouched = self
            .label
            .with_untracked(|typed| self.stored_label.with_untracked(|stored| typed == stored));
        self.stored.set(credentials.clone());
        self.stored_label.set(label.to_owned());
        if untouched {
            self.label.set(label.to_owned());
        }
    }

    /// Everything as the server has it.
    pub(super) fn revert(self) {
        self.typed.update(Credentials::clear);
        self.label.set(self.stored_label.get_untracked());
        for fields in [self.opened, self.left] {
            fields.update(Vec::clear);
        }
        self.refused.update(Vec::clear);
        self.denied.set(false);
    }

    /// The label, where it differs.
    pub(super) fn new_label(self) -> Option<String> {
        let label = self.label.get();
        self.stored_label.with(|stored| (label.trim() != stored).then(|| label.trim().to_owned()))
    }

    /// The credentials that differ.
    pub(super) fn changed(self) -> Credentials {
        self.typed.with(|typed| {
            typed.iter().map(|(name, value)| (name.clone(), value.trim().to_owned())).collect()
        })
    }

    /// How many fields differ.
    pub(super) fn count(self) -> usize {
        self.typed.with(Credentials::len) + usize::from(self.new_label().is_some())
    }

    /// Whether anything secret differs: that cannot be put back.
    pub(super) fn has_secret(self) -> bool {
        self.typed.with_untracked(|typed| {
            self.kind.fields().iter().any(|field| field.secret && typed.contains_key(field.name))
        })
    }

    /// The former values of what differs, none of them secret.
    pub(super) fn former(self) -> (Option<String>, Credentials) {
        let label = untrack(|| self.new_label()).map(|_| self.stored_label.get_untracked());
        let stored = self.stored.get_untracked();
        let former = |name: &String| (name.clone(), stored.get(name).cloned().unwrap_or_default());
        (label, self.typed.with_untracked(|typed| typed.keys().map(former).collect()))
    }

    fn value(self, field: CredentialField) -> String {
        let typed = self.typed.with(|typed| typed.get(field.name).cloned());
        typed.unwrap_or_else(|| {
            if field.secret {
                String::new()
            } else {
                self.stored_of(field.name).unwrap_or_default()
            }
        })
    }

    fn stored_of(self, name: &str) -> Option<String> {
        self.stored.with(|stored| stored.get(name).cloned()).filter(|value| !value.is_empty())
    }

    fn edit(self, field: CredentialField, text: String) {
        self.forget(field.name);
        let same = if field.secret {
            text.is_empty()
        } else {
            untrack(|| self.stored_of(field.name)).unwrap_or_default() == text
        };
        self.typed.update(|typed| {
            if same {
                typed.remove(field.name)
            } else {
                typed.insert(field.name.to_owned(), text)
            };
        });
    }

    fn forget(self, name: &str) {
        self.denied.set(false);
        self.refused.update(|refused| refused.retain(|(at, _)| at != name));
    }

    /// What is wrong with what stands in the fields, as far as can be told here.
    fn faults(self) -> Vec<(String, String)> {
        let is_new = self.stored.with(Credentials::is_empty);
        let missing = |field: &CredentialField| {
            let empty = self.value(*field).trim().is_empty();
            let kept =
                field.secret && !is_new && !self.typed.with(|typed| typed.contains_key(field.name));
            (field.required && empty && !kept)
                .then(|| (field.name.to_owned(), t!(fault.required).to_owned()))
        };
        let mut faults: Vec<_> = self.kind.fields().iter().filter_map(missing).collect();
        let one_of = self.kind.describe().one_of;
        if let Some(last) = one_of.last()
            && is_new
            && one_of.iter().all(|name| self.is_blank(name))
        {
            let missing = FieldFault::new(format!("/credentials/{last}"), FieldCode::Required);
            faults.push(((*last).to_owned(), paste::words(self.kind, missing)));
        }
        if self.label.with(|label| label.chars().count() as u64 > NAME_MAX) {
            faults.push(("label".to_owned(), t!(fault.too_long, limit = NAME_MAX)));
        }
        faults
    }

    fn is_blank(self, name: &str) -> bool {
        self.typed.with(|typed| typed.get(name).is_none_or(|value| value.trim().is_empty()))
    }

    /// What the server will make of a value, as far as can be told here: where it knows better, its
    /// word counts.
    fn reading(self, name: &str) -> Option<Result<String, String>> {
        let value = self
            .typed
            .with(|typed| typed.get(name).cloned())
            .filter(|value| !value.trim().is_empty())?;
        // Which hosts and whether private addresses will do is for the server to say: operators
        // configure both.
        let host = window().location().host().unwrap_or_default();
        let rules = Rules { hosts: None, own_authority: &host, allow_private: true };
        match credentials::read(
            self.kind,
            &Credentials::from([(name.to_owned(), value)]),
            true,
            &rules,
        ) {
            Ok(mut read) => read.remove(name).map(Ok),
            Err(faults) => {
                faults.into_iter().next().map(|fault| Err(paste::words(self.kind, fault)))
            }
        }
    }

    fn fault(self, name: &'static str) -> Option<String> {
        let of = |faults: &Vec<(String, String)>| {
            faults.iter().find(|(at, _)| at == name).map(|(_, words)| words.clone())
        };
        let found_here = || of(&self.faults()).or_else(|| self.reading(name)?.err());
        self.refused
            .with(of)
            .or_else(|| self.left.with(|left| left.contains(&name)).then(found_here).flatten())
    }

    /// The field was left: what was understood of a link or a URL stands in it now.
    fn leave(self, name: &'static str) {
        if let Some(Ok(read)) = untrack(|| self.reading(name)) {
            self.typed.update(|typed| _ = typed.insert(name.to_owned(), read));
        }
        self.left.update(|left| {
            if !left.contains(&name) {
                left.push(name);
            }
        });
    }

    /// Whether it can be sent; where not, every field says why, and the first wrong one gets the
    /// focus.
    pub(super) fn are_good(self) -> bool {
        self.left.set(self.kind.fields().iter().map(|field| field.name).chain(["label"]).collect());
        self.denied.set(false);
        self.refused.update(Vec::clear);
        let good = untrack(|| self.faults().is_empty());
        if !good {
            focus_first(".form .cell.bad input, .form .cell.bad textarea");
        }
        good
    }

    /// The server said no: puts its words at the fields. What belongs to none of them is handed
    /// back.
    pub(super) fn refuse(self, error: &ClientError) -> Option<String> {
        match error {
            ClientError::Problem(problem)
                if problem.code == ErrorCode::Invalid && !problem.errors.is_empty() =>
            {
                let name_of =
                    |pointer: &str| pointer.rsplit('/').next().unwrap_or_default().to_owned();
                self.refused.set(
                    problem
                        .errors
                        .iter()
                        .map(|fault| (name_of(&fault.pointer), fault.message.clone()))
                        .collect(),
                );
                self.denied.set(problem.errors.iter().any(|fault| is_denial(fault.code)));
                // A secret that was saved may be what is wrong now.
                self.opened.update(|opened| {
                    let named = |field: &&CredentialField| {
                        problem.errors.iter().any(|fault| name_of(&fault.pointer) == field.name)
                    };
                    opened.extend(self.kind.fields().iter().filter(named).map(|field| field.name));
                });
                focus_first(".form .cell.bad input, .form .cell.bad textarea");
                let placed = |pointer: &str| {
                    let name = name_of(pointer);
                    name == "label" || self.kind.fields().iter().any(|field| field.name == name)
                };
                problem
                    .errors
                    .iter()
                    .find(|fault| !placed(&fault.pointer))
                    .map(|fault| fault.message.clone())
            }
            error => Some(crate::ui::states::words(error).1),
        }
    }
}

/// Whether the service itself was asked and said no; its word can be passed over.
fn is_denial(code: FieldCode) -> bool {
    code == FieldCode::ServiceRefused
}

/// The fields of a service, and what it is called here.
#[component]
pub(super) fn Fields(inputs: Inputs) -> impl IntoView {
    let fields = inputs.kind.fields().iter().map(|field| credential(inputs, *field)).collect_view();
    view! {
        {fields}
        <Label inputs />
    }
}

fn state_of(inputs: Inputs, name: &'static str) -> FieldState {
    FieldState::plain(test_name(name), Signal::derive(move || inputs.fault(name)))
}

#[component]
fn Label(inputs: Inputs) -> impl IntoView {
    let state = state_of(inputs, "label");
    view! {
        <Cell state>
            <div class="stacked">
                <label for="input-service_label">{text!(service.label)}</label>
                <input
                    id="input-service_label"
                    class="field"
                    type="text"
                    autocomplete="off"
                    data-testid="input-service_label"
                    placeholder=text!(notify.name_placeholder)
                    aria-invalid=state.invalid()
                    aria-describedby=state.described_by()
                    prop:value=inputs.label
                    on:input:target=move |event| {
                        inputs.forget("label");
                        inputs.label.set(event.target().value());
                    }
                    on:change=move |_| inputs.leave("label")
                />
                <small>{text!(service.label_hint)}</small>
            </div>
        </Cell>
    }
}

fn credential(inputs: Inputs, field: CredentialField) -> AnyView {
    let kept = memo(move || {
        field.secret
            && inputs.stored_of(field.name).is_some()
            && !inputs.opened.with(|opened| opened.contains(&field.name))
    });
    let content =
        move || if kept.get() { kept_secret(inputs, field) } else { open_field(inputs, field) };
    view! { <Cell state=state_of(inputs, field.name)>{content}</Cell> }.into_any()
}

/// A secret that the server has: as much of it as may be shown, and a way to put another in its
/// place.
fn kept_secret(inputs: Inputs, field: CredentialField) -> AnyView {
    let open = move |_| {
        inputs.opened.update(|opened| opened.push(field.name));
        focus_first(".form .just-opened");
    };
    let label = move || channel_words::label(inputs.kind, field.name);
    view! {
        <div class="stacked">
            <span class="name">{label}</span>
            <div class="kept">
                <span class="sr">{text!(service.saved_value)}</span>
                <code>{redraw(move || inputs.stored_of(field.name))}</code>
                <button
                    class="btn small"
                    type="button"
                    data-testid=format!("change-{}", field.name)
                    aria-label=move || format!("{} {}", label(), t!(service.change))
                    on:click=open
                >
                    {text!(service.change)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn open_field(inputs: Inputs, field: CredentialField) -> AnyView {
    let (kind, name) = (inputs.kind, field.name);
    let state = state_of(inputs, name);
    let id = format!("input-{name}");
    let replaces = untrack(|| field.secret && inputs.stored_of(name).is_some());
    let keep = move |_| {
        inputs.edit(field, String::new());
        inputs.opened.update(|opened| opened.retain(|other| *other != name));
    };
    let describe = format!("note-{name}");
    let note_of = move || channel_words::text(kind, &format!("note.{name}"));
    let described_by = {
        let (error, note) = (state.described_by(), describe.clone());
        move || {
            let note = note_of().map(|_| note.clone());
            [error.get(), note].into_iter().flatten().reduce(|all, one| format!("{all} {one}"))
        }
    };
    let input = if field.is_multiline() {
        view! {
            <textarea
                id=id.clone()
                class="field"
                class:just-opened=replaces
                rows="4"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                data-testid=id.clone()
                placeholder=field.looks
                aria-invalid=state.invalid()
                aria-describedby=described_by
                prop:value=move || inputs.value(field)
                on:input:target=move |event| inputs.edit(field, event.target().value())
                on:change=move |_| inputs.leave(name)
            />
        }
        .into_any()
    } else {
        view! {
            <input
                id=id.clone()
                class="field"
                class:just-opened=replaces
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                data-testid=id.clone()
                placeholder=field.looks
                aria-invalid=state.invalid()
                aria-describedby=described_by
                prop:value=move || inputs.value(field)
                on:input:target=move |event| inputs.edit(field, event.target().value())
                on:change=move |_| inputs.leave(name)
            />
        }
        .into_any()
    };
    view! {
        <div class="stacked">
            <label for=id>{redraw(move || channel_words::label(kind, name))}</label>
            {input}
            {redraw(move || {
                note_of()
                    .map(|note| view! { <small id=describe.clone()>{note}</small> })
            })}
            {replaces
                .then(|| {
                    view! {
                        <button
                            class="restore"
                            type="button"
                            data-testid=format!("keep-{name}")
                            on:click=keep
                        >
                            {text!(service.keep)}
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}

//! A row that opens a sheet with one choice out of several.

use leptos::prelude::*;

use super::Text;
use super::icon::Chevron;
use super::notes::{Cell, FieldState};
use super::sheet::Sheet;
use crate::platform::effect::redraw;
use crate::text;

/// One of the choices.
#[derive(Clone, Debug, PartialEq)]
pub struct PickerChoice {
    /// What is handed back.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// What tells it apart from another of the same name.
    pub hint: String,
}

/// A row with its present choice at the right, and the sheet behind it.
#[component]
pub fn PickerRow(
    /// State of the field.
    state: FieldState,
    /// What is chosen.
    label: Text,
    /// A word more about it, under the label.
    #[prop(optional)]
    hint: Option<Text>,
    /// How the present choice stands in the row.
    value: Signal<String>,
    /// Key of the present choice.
    selected: Signal<String>,
    /// All choices.
    choices: Signal<Vec<PickerChoice>>,
    /// Takes a choice.
    pick: Callback<String>,
    /// Explains the choices, under them.
    #[prop(optional)]
    note: Option<Text>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let note = StoredValue::new(note);
    view! {
        <Cell state>
            <button
                class="row"
                type="button"
                aria-haspopup="dialog"
                aria-invalid=state.invalid()
                aria-describedby=state.described_by()
                data-testid=format!("input-{}", state.name)
                on:click=move |_| open.set(true)
            >
                <span class="label">{label}{hint.map(|hint| view! { <small>{hint}</small> })}</span>
                <span class="value">{value}</span>
                <Chevron />
            </button>
            <Sheet open title=label test_id="picker-sheet">
                <form on:submit=move |event| {
                    event.prevent_default();
                    open.set(false);
                }>
                    <fieldset class="list choices">
                        <legend class="sr">{label}</legend>
                        {redraw(move || {
                            choices
                                .get()
                                .into_iter()
                                .map(|choice| {
                                    view! { <Choice name=state.name choice selected pick open /> }
                                        .into_any()
                                })
                                .collect_view()
                        })}
                    </fieldset>
                    {redraw(move || {
                        note.get_value().map(|note| view! { <p class="footnote">{note}</p> })
                    })}
                    <button
                        class="btn main \
                        wide"
                        type="submit"
                        data-testid="picker-done"
                    >
                        {text!(app.done)}
                    </button>
                </form>
            </Sheet>
        </Cell>
    }
}

#[component]
fn Choice(
    name: &'static str,
    choice: PickerChoice,
    selected: Signal<String>,
    pick: Callback<String>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let key = choice.key.clone();
    let checked = move || selected.with(|selected| *selected == key);
    // A finger or mouse has decided; arrow keys only pass by, and theirs are clicks without a
    // count.
    let on_click = move |event: leptos::ev::MouseEvent| {
        if event.detail() > 0 {
            set_timeout(move || open.set(false), std::time::Duration::from_millis(120));
        }
    };
    let test_id = if choice.key.is_empty() {
        "choice-none".to_owned()
    } else {
        format!("choice-{}", choice.key)
    };
    view! {
        <label class="row choice" data-testid=test_id on:click=on_click>
            <input
                type="radio"
                name=name
                value=choice.key.clone()
                prop:checked=checked
                on:change=move |_| pick.run(choice.key.clone())
            />
            <span class="label">
                {choice.label}
                {(!choice.hint.is_empty()).then(|| view! { <small>{choice.hint}</small> })}
            </span>
        </label>
    }
}

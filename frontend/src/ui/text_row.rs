//! A row that holds a text field.

use leptos::html;
use leptos::prelude::*;

use super::Text;
use super::notes::{Cell, FieldState};
use crate::platform::effect::{follow, redraw};
use crate::{t, text};

/// A text field in a row: label left, value right.
#[component]
pub fn TextRow(
    /// State of the field.
    state: FieldState,
    /// What it is called.
    label: Text,
    /// What stands in it.
    value: Signal<String>,
    /// What was typed.
    edit: Callback<String>,
    /// Most characters that are accepted.
    max: u64,
    /// Shown while it is empty.
    #[prop(optional)]
    placeholder: Option<Text>,
    /// HTML type of the field.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // Writing the same text again would disturb a kana conversion that is under way.
    follow(move || {
        if let Some(input) = input.get() {
            let value = value.get();
            if input.value() != value {
                input.set_value(&value);
            }
        }
    });
    let length = move || value.with(|value| value.chars().count() as u64);
    let near = move || length() * 4 >= max * 3 && max < 100;
    let over = move || length() > max;
    let placeholder =
        move || placeholder.map_or_else(|| t!(app.none).to_string(), |text| text.get());
    view! {
        <Cell state>
            <label class="row">
                <span class="label">{label}</span>
                <input
                    node_ref=input
                    class="field"
                    type=kind
                    name=state.name
                    autocomplete=autocomplete
                    data-testid=format!("input-{}", state.name)
                    placeholder=placeholder
                    aria-invalid=state.invalid()
                    aria-describedby=state.described_by()
                    on:input:target=move |event| edit.run(event.target().value())
                />
            </label>
            {redraw(move || {
                near()
                    .then(|| {
                        view! {
                            <p
                                class="counter num"
                                class:over=over
                                data-testid=format!("counter-{}", state.name)
                            >
                                <span aria-hidden="true">
                                    {redraw(move || format!("{} / {max}", length()))}
                                </span>
                                <span class="sr">
                                    {text!(field.counter, count = length(), max = max)}
                                </span>
                            </p>
                        }
                    })
            })}
        </Cell>
    }
}

//! One choice out of several, all of them on the page.

use leptos::prelude::*;

use super::Text;
use super::notes::{Cell, FieldState};
use super::picker::PickerChoice;

use crate::platform::effect::redraw;

/// The choices, one row each.
#[component]
pub fn ChoiceList(
    /// State of the field.
    state: FieldState,
    /// What is chosen; for those who cannot see the heading above.
    label: Text,
    /// All choices.
    choices: Signal<Vec<PickerChoice>>,
    /// Key of the present choice.
    selected: Signal<String>,
    /// Takes a choice.
    pick: Callback<String>,
) -> impl IntoView {
    let choice = move |choice: PickerChoice| {
        let PickerChoice { key, label, hint } = choice;
        let (mine, value) = (key.clone(), key.clone());
        let test_id = format!("choice-{}", if key.is_empty() { "none" } else { &key });
        view! {
            <label class="row choice" data-testid=test_id>
                <input
                    type="radio"
                    name=state.name
                    value=value
                    prop:checked=move || selected.with(|selected| *selected == mine)
                    on:change=move |_| pick.run(key.clone())
                />
                <span class="label">
                    <span class="num">{label}</span>
                    {(!hint.is_empty()).then(|| view! { <small>{hint}</small> })}
                </span>
            </label>
        }
        .into_any()
    };
    view! {
        <Cell state>
            <fieldset class="list choices" aria-describedby=state.described_by()>
                <legend class="sr">{label}</legend>
                {redraw(move || choices.get().into_iter().map(choice).collect_view())}
            </fieldset>
        </Cell>
    }
}

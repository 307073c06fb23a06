//! Two or three choices side by side.

use leptos::prelude::*;

use super::Text;
use super::notes::{Cell, FieldState};

/// A row with its choices in place.
#[component]
pub fn SegmentRow(
    /// State of the field.
    state: FieldState,
    /// What is chosen.
    label: Text,
    /// Key and name of each choice.
    choices: Vec<(&'static str, Text)>,
    /// Key of the present choice.
    selected: Signal<&'static str>,
    /// Takes a choice.
    pick: Callback<&'static str>,
) -> impl IntoView {
    let legend_id = format!("legend-{}", state.name);
    let choices = choices.into_iter().map(move |(key, name)| {
        view! {
            <label>
                <input
                    type="radio"
                    name=state.name
                    value=key
                    data-testid=format!("{}-{key}", state.name)
                    prop:checked=move || selected.get() == key
                    on:change=move |_| pick.run(key)
                />
                <span>{name}</span>
            </label>
        }
    });
    view! {
        <Cell state>
            <div class="row wraps">
                <span class="label" id=legend_id.clone()>
                    {label}
                </span>
                <div
                    class="seg"
                    role="radiogroup"
                    aria-labelledby=legend_id
                    aria-invalid=state.invalid()
                    aria-describedby=state.described_by()
                >
                    {choices.collect_view()}
                </div>
            </div>
        </Cell>
    }
}

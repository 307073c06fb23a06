//! A row that is switched on and off in place.

use leptos::prelude::*;

use super::Text;
use super::notes::{Cell, FieldState};

/// A switch with its label at the left.
#[component]
pub fn SwitchRow(
    /// State of the field.
    state: FieldState,
    /// What is switched.
    label: Text,
    /// A word more about it, under the label.
    #[prop(optional)]
    hint: Option<Text>,
    /// Whether it is on.
    on: Signal<bool>,
    /// Takes the other position. Where it does not, the switch goes back.
    toggle: Callback<bool>,
    /// What else stands under the label.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Cell state>
            <label class="row">
                <span class="label">
                    {label}{hint.map(|hint| view! { <small>{hint}</small> })}
                    {children.map(|children| children())}
                </span>
                <input
                    class="switch"
                    type="checkbox"
                    role="switch"
                    name=state.name
                    data-testid=format!("input-{}", state.name)
                    aria-invalid=state.invalid()
                    aria-describedby=state.described_by()
                    prop:checked=on
                    on:change:target=move |event| {
                        let input = event.target();
                        toggle.run(input.checked());
                        input.set_checked(on.get_untracked());
                    }
                />
            </label>
        </Cell>
    }
}

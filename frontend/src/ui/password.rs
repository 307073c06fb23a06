//! A password field that can be looked at.

use leptos::prelude::*;

use super::Text;
use super::icon::Icon;
use super::notes::{Cell, FieldState};
use crate::platform::effect::redraw;
use crate::text;

/// A password with a button that shows it.
#[component]
pub fn PasswordField(
    /// State of the field.
    state: FieldState,
    /// What it is called.
    label: Text,
    /// What stands in it.
    value: RwSignal<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let id = format!("input-{}", state.name);
    view! {
        <Cell state>
            <div class="stacked">
                <label for=id.clone()>{label}</label>
                <div class="with-button">
                    <input
                        id=id.clone()
                        class="field"
                        name=state.name
                        autocomplete=autocomplete
                        autocapitalize="none"
                        spellcheck="false"
                        data-testid=id
                        type=move || if shown.get() { "text" } else { "password" }
                        aria-invalid=state.invalid()
                        aria-describedby=state.described_by()
                        prop:value=value
                        on:input:target=move |event| value.set(event.target().value())
                    />
                    <button
                        class="show"
                        type="button"
                        aria-pressed=move || shown.get().to_string()
                        aria-label=text!(password.show)
                        data-testid=format!("show-{}", state.name)
                        on:click=move |_| shown.update(|shown| *shown = !*shown)
                    >
                        {redraw(move || {
                            if shown.get() {
                                view! { <Icon icon=icondata_lu::LuEyeOff /> }
                            } else {
                                view! { <Icon icon=icondata_lu::LuEye /> }
                            }
                        })}
                    </button>
                </div>
            </div>
        </Cell>
    }
}

/// A text field with its label above it, for the pages before sign-in.
#[component]
pub fn StackedField(
    /// State of the field.
    state: FieldState,
    /// What it is called.
    label: Text,
    /// What stands in it.
    value: RwSignal<String>,
    /// What the browser may fill in.
    autocomplete: &'static str,
) -> impl IntoView {
    let id = format!("input-{}", state.name);
    view! {
        <Cell state>
            <div class="stacked">
                <label for=id.clone()>{label}</label>
                <input
                    id=id.clone()
                    class="field"
                    type="text"
                    name=state.name
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    data-testid=id
                    aria-invalid=state.invalid()
                    aria-describedby=state.described_by()
                    prop:value=value
                    on:input:target=move |event| value.set(event.target().value())
                />
            </div>
        </Cell>
    }
}

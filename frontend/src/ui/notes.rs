//! What stands under a field, inside its row: its error, and the choice after somebody else changed
//! it too.

use leptos::prelude::*;

use crate::platform::effect::redraw;
use crate::{t, text};

/// The two values of a field that both sides changed.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoValues {
    /// What was typed here.
    pub mine: String,
    /// What is saved now.
    pub theirs: String,
    /// Which one stands in the field.
    pub keep_mine: bool,
}

/// State of one field beyond its value.
#[derive(Clone, Copy)]
pub struct FieldState {
    /// Name of the field, unique on the page.
    pub name: &'static str,
    /// What is wrong with it.
    pub error: Signal<Option<String>>,
    /// Both values, when there are two.
    pub conflict: Signal<Option<TwoValues>>,
    /// Takes one of the two: `true` for what was typed.
    pub choose: Callback<bool>,
    /// Whether it differs from what is saved.
    pub changed: Signal<bool>,
}

impl FieldState {
    /// A field that knows errors only.
    pub fn plain(name: &'static str, error: Signal<Option<String>>) -> Self {
        Self {
            name,
            error,
            conflict: Signal::stored(None),
            choose: Callback::new(|_| ()),
            changed: Signal::stored(false),
        }
    }

    /// The id of the element that holds the error.
    pub fn error_id(&self) -> String {
        format!("error-{}", self.name)
    }

    /// For `aria-describedby`: the error, when there is one.
    pub fn described_by(self) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(Option::is_some).then(|| self.error_id()))
    }

    /// For `aria-invalid`.
    pub fn invalid(self) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(Option::is_some).then(|| "true".to_owned()))
    }
}

/// A row with whatever has to be said about it.
#[component]
pub fn Cell(
    /// State of the field.
    state: FieldState,
    /// The row itself.
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class="cell"
            class:bad=move || state.error.with(Option::is_some)
            class:changed=move || state.changed.get()
            data-testid=format!("field-{}", state.name)
        >
            {children()}
            <Notes state />
        </div>
    }
}

#[component]
fn Notes(state: FieldState) -> impl IntoView {
    let group = format!("both-{}", state.name);
    view! {
        {redraw(move || {
            state
                .error
                .get()
                .map(|message| {
                    view! {
                        <p
                            class="fault"
                            id=state.error_id()
                            data-testid=format!("error-{}", state.name)
                        >
                            {message}
                        </p>
                    }
                })
        })}
        {redraw(move || {
            let group = group.clone();
            state
                .conflict
                .get()
                .map(|values| {
                    view! {
                        <fieldset class="both" data-testid=format!("conflict-{}", state.name)>
                            <legend>{text!(conflict.legend)}</legend>
                            <Side
                                group=group.clone()
                                checked=values.keep_mine
                                test_id="keep-mine"
                                label=t!(conflict.mine).to_string()
                                value=values.mine
                                choose=move || state.choose.run(true)
                            />
                            <Side
                                group
                                checked=!values.keep_mine
                                test_id="keep-theirs"
                                label=t!(conflict.theirs).to_string()
                                value=values.theirs
                                choose=move || state.choose.run(false)
                            />
                        </fieldset>
                    }
                })
        })}
    }
}

#[component]
fn Side(
    group: String,
    checked: bool,
    test_id: &'static str,
    label: String,
    value: String,
    choose: impl Fn() + 'static,
) -> impl IntoView {
    let value = if value.is_empty() { t!(app.none).to_string() } else { value };
    view! {
        <label class="side">
            <input
                type="radio"
                name=group
                prop:checked=checked
                data-testid=test_id
                on:change=move |_| choose()
            />
            <span>
                <small>{label}</small>
                {value}
            </span>
        </label>
    }
}

//! Rows that edit one field of a draft.

use std::sync::Arc;

use leptos::prelude::*;

use super::editor::{Editor, Show};
use super::values::{Field, Held, Name};
use crate::t;
use crate::ui::Text;
use crate::ui::notes::FieldState;
use crate::ui::segment::SegmentRow;
use crate::ui::switch_row::SwitchRow;
use crate::ui::text_row::TextRow;

/// A text as it stands.
pub fn as_it_is() -> Show {
    Arc::new(str::to_owned)
}

/// On or off, in words.
pub fn on_off() -> Show {
    Arc::new(|text| if bool::of_text(text) { t!(audit.on) } else { t!(audit.off) }.to_owned())
}

/// A text field of at most `max` characters.
pub fn text_row(editor: Editor, field: Field<String>, label: Text, max: u64) -> AnyView {
    view! {
        <TextRow
            state=editor.state(field.name, as_it_is())
            label
            value=editor.value(field)
            edit=Callback::new(move |text: String| editor.set(field, &text))
            max
        />
    }
    .into_any()
}

/// A switch with a word more about it.
pub fn switch_row(editor: Editor, field: Field<bool>, label: Text, hint: Text) -> AnyView {
    view! {
        <SwitchRow
            state=editor.state(field.name, on_off())
            label
            hint
            on=editor.value(field)
            toggle=Callback::new(move |on| editor.set(field, &on))
        />
    }
    .into_any()
}

/// One of a few choices beside each other; their keys are the values of the field.
pub fn segment_row(
    editor: Editor,
    name: Name,
    label: Text,
    choices: Vec<(&'static str, Text)>,
) -> AnyView {
    let named = choices.clone();
    let show: Show = Arc::new(move |key| {
        let choice = named.iter().find(|(known, _)| *known == key);
        choice.map(|(_, words)| words.get()).unwrap_or_default()
    });
    let keys: Vec<_> = choices.iter().map(|(key, _)| *key).collect();
    let selected = Signal::derive(move || {
        editor.read(|values| {
            let now = values.text(name);
            keys.iter().copied().find(|key| Some(*key) == now).unwrap_or_default()
        })
    });
    let state: FieldState = editor.state(name, show);
    view! {
        <SegmentRow
            state
            label
            choices
            selected
            pick=Callback::new(move |key: &str| editor.set(Field::new(name), &key.to_owned()))
        />
    }
    .into_any()
}

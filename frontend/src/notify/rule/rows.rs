//! The rows that hold a setting each: name, what is told, how it is written, and which numbers use
//! it.

use std::sync::Arc;

use api_types::{NAME_MAX, NotifyEvent, Number};
use leptos::prelude::*;

use super::fields::{LANGUAGE, NAME, PRIVATE_SUBJECT, event, pick};
use super::{Page, all_numbers};
use crate::notify::service::words;
use crate::numbers::directory::number_label;
use crate::page::rows::{segment_row, switch_row, text_row};
use crate::page::values::Held;
use crate::ui::switch_row::SwitchRow;
use crate::{t, text};

#[component]
pub(super) fn Name(page: Page) -> impl IntoView {
    view! {
        <section class="group first">
            <div class="list">{text_row(page.editor, NAME, text!(notify.name), NAME_MAX)}</div>
        </section>
    }
}

#[component]
pub(super) fn Events(page: Page) -> impl IntoView {
    let row = move |kind: NotifyEvent| {
        let label = Signal::derive(move || words::event(kind).to_owned());
        let is_missing = page.options.is_some_and(|options| match kind {
            NotifyEvent::Voicemail => !options.voicemail,
            NotifyEvent::Fax => !options.fax,
            NotifyEvent::MissedCall | NotifyEvent::ForwardedCall => false,
        });
        let hint = Signal::derive(move || {
            let hint = if is_missing { t!(notify.not_contracted) } else { words::event_hint(kind) };
            hint.to_owned()
        });
        switch_row(page.editor, event(kind), label, hint)
    };
    view! {
        <section class="group">
            <h2>{text!(notify.events)}</h2>
            <div class="list">{NotifyEvent::ALL.map(row).into_iter().collect_view()}</div>
        </section>
    }
}

#[component]
pub(super) fn Writing(page: Page) -> impl IntoView {
    let languages = vec![
        ("ja", Signal::stored("日本語".to_owned())),
        ("en", Signal::stored("English".to_owned())),
    ];
    let (private, hint) = (text!(notify.private_subject), text!(notify.private_subject_hint));
    view! {
        <section class="group">
            <h2>{text!(notify.writing)}</h2>
            <div class="list">
                {segment_row(page.editor, LANGUAGE.name, text!(notify.language), languages)}
                {switch_row(page.editor, PRIVATE_SUBJECT, private, hint)}
            </div>
        </section>
    }
}

/// Each number with a switch: on, and it uses this rule instead of whatever it used.
#[component]
pub(super) fn Numbers(page: Page) -> impl IntoView {
    let known = page.editor.snapshot();
    let numbers = all_numbers(page.directory)
        .into_iter()
        .filter(|number| known.edited().has(pick(&number.id).name));
    let rows: Vec<_> = numbers.map(|number| number_row(page, number)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group">
                <h2>{text!(notify.numbers)}</h2>
                <div class="list">{rows.collect_view()}</div>
            </section>
        }
    })
}

fn number_row(page: Page, number: Number) -> AnyView {
    let editor = page.editor;
    let (field, name) = (pick(&number.id), StoredValue::new(number.name.clone()));
    let label = Signal::stored(number_label(&number));
    let rule_id = page.id();
    let mine = StoredValue::new(rule_id);
    let is_mine = move |rule: &Option<String>| mine.with_value(|mine| rule.as_ref() == Some(mine));
    let show = move |rule: &str| match Held::of_text(rule) {
        None => t!(general.no_rule).to_owned(),
        Some(rule) => {
            let name: Option<String> = page.name_of(&rule);
            name.unwrap_or_else(|| t!(general.some_rule).to_owned())
        }
    };
    let hint = Signal::derive(move || {
        let use_of = match editor.get(field) {
            now if is_mine(&now) => None,
            Some(rule) => page.name_of(&rule).map(|name| t!(notify.uses_other, rule = name)),
            None => Some(t!(notify.uses_none).to_owned()),
        };
        let words = [Some(name.get_value()).filter(|name| !name.is_empty()), use_of];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ・ ")
    });
    let toggle = Callback::new(move |on: bool| {
        let former = editor.snapshot().loaded().get(field);
        // Whoever changes their mind finds the number with the rule that it had.
        let rule = if on {
            Some(mine.get_value())
        } else {
            Some(former).filter(|it| !is_mine(it)).flatten()
        };
        editor.set(field, &rule);
    });
    let on = Signal::derive(move || is_mine(&editor.get(field)));
    view! { <SwitchRow state=editor.state(field.name, Arc::new(show)) label hint on toggle /> }
        .into_any()
}

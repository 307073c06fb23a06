//! The rows that hold a setting each: name, what is told, how it is written, and which numbers use
//! it.

use api_types::{NAME_MAX, NotifyEvent, NotifyLanguage, Number};
use leptos::prelude::*;

use super::{Page, numbers};
use crate::notify::service::words;
use crate::numbers::directory::number_label;
use crate::page::form::{Field, Form};
use crate::ui::segment::SegmentRow;
use crate::ui::switch_row::SwitchRow;
use crate::ui::text_row::TextRow;
use crate::{t, text};

fn on_off(on: bool) -> String {
    if on { t!(audit.on).to_owned() } else { t!(audit.off).to_owned() }
}

#[component]
pub(super) fn Name(page: Page) -> impl IntoView {
    let editor = page.editor;
    view! {
        <section class="group first">
            <div class="list">
                <TextRow
                    state=editor.state(Field::Name, |it| it.name.clone())
                    label=text!(notify.name)
                    value=editor.value(|it| it.name.clone())
                    edit=Callback::new(move |text| editor.edit(Field::Name, |it| it.name = text))
                    max=NAME_MAX
                />
            </div>
        </section>
    }
}

#[component]
pub(super) fn Events(page: Page) -> impl IntoView {
    let editor = page.editor;
    let row = move |event: NotifyEvent| {
        let at = event as usize;
        view! {
            <SwitchRow
                state=editor.state(Field::Event(event), move |it| on_off(it.events[at]))
                label=Signal::derive(move || words::event(event).to_owned())
                hint=Signal::derive(move || words::event_hint(event).to_owned())
                on=editor.value(move |it| it.events[at])
                toggle=Callback::new(move |on| {
                    editor.edit(Field::Event(event), |it| it.events[at] = on)
                })
            />
        }
    };
    view! {
        <section class="group">
            <h2>{move || t!(notify.events)}</h2>
            <div class="list">{NotifyEvent::ALL.map(row).into_iter().collect_view()}</div>
        </section>
    }
}

#[component]
pub(super) fn Writing(page: Page) -> impl IntoView {
    let editor = page.editor;
    let name_of = |language: NotifyLanguage| match language {
        NotifyLanguage::Ja => "日本語".to_owned(),
        NotifyLanguage::En => "English".to_owned(),
    };
    view! {
        <section class="group">
            <h2>{move || t!(notify.writing)}</h2>
            <div class="list">
                <SegmentRow
                    state=editor.state(Field::NoticeLanguage, move |it| name_of(it.notice_language))
                    label=text!(notify.language)
                    choices=vec![
                        ("ja", Signal::stored("日本語".to_owned())),
                        ("en", Signal::stored("English".to_owned())),
                    ]
                    selected=editor
                        .value(|it| {
                            if it.notice_language == NotifyLanguage::En { "en" } else { "ja" }
                        })
                    pick=Callback::new(move |key| {
                        let language = if key == "en" {
                            NotifyLanguage::En
                        } else {
                            NotifyLanguage::Ja
                        };
                        editor.edit(Field::NoticeLanguage, |it| it.notice_language = language);
                    })
                />
                <SwitchRow
                    state=editor.state(Field::PrivateSubject, |it| on_off(it.private_subject))
                    label=text!(notify.private_subject)
                    hint=text!(notify.private_subject_hint)
                    on=editor.value(|it| it.private_subject)
                    toggle=Callback::new(move |on| {
                        editor.edit(Field::PrivateSubject, |it| it.private_subject = on)
                    })
                />
            </div>
        </section>
    }
}

/// Each number with a switch: on, and it uses this rule instead of whatever it used.
#[component]
pub(super) fn Numbers(page: Page) -> impl IntoView {
    let known = page.editor.snapshot();
    let numbers = numbers(page.directory)
        .into_iter()
        .filter(|number| known.edited().pick(&number.id).is_some());
    let rows: Vec<_> = numbers.map(|number| number_row(page, number)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group">
                <h2>{move || t!(notify.numbers)}</h2>
                <div class="list">{rows.collect_view()}</div>
            </section>
        }
    })
}

fn number_row(page: Page, number: Number) -> AnyView {
    let editor = page.editor;
    let (field, id, name) = (
        Field::picks(&number.id),
        StoredValue::new(number.id.clone()),
        StoredValue::new(number.name.clone()),
    );
    let label = Signal::stored(number_label(&number));
    let rule_id = page.id();
    let mine = StoredValue::new(rule_id);
    let picked = move |form: &Form| id.with_value(|id| form.pick(id).cloned().flatten());
    let is_mine = move |form: &Form| mine.with_value(|mine| picked(form).as_ref() == Some(mine));
    let show = move |form: &Form| match picked(form) {
        None => t!(general.no_rule).to_owned(),
        Some(rule) => page.name_of(&rule).unwrap_or_else(|| t!(general.some_rule).to_owned()),
    };
    let hint = Signal::derive(move || {
        let now = editor.read(picked);
        let use_of = match now {
            Some(rule) if mine.with_value(|mine| *mine == rule) => None,
            Some(rule) => page.name_of(&rule).map(|name| t!(notify.uses_other, rule = name)),
            None => Some(t!(notify.uses_none).to_owned()),
        };
        let words = [Some(name.get_value()).filter(|name| !name.is_empty()), use_of];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ・ ")
    });
    let toggle = Callback::new(move |on: bool| {
        let former = picked(editor.snapshot().loaded());
        let rule = if on {
            Some(mine.get_value())
        } else {
            // Whoever changes their mind finds the number with the rule that it had.
            former.filter(|rule| mine.with_value(|mine| mine != rule))
        };
        editor.edit(field, |it| id.with_value(|id| it.set_pick(id, rule)));
    });
    view! { <SwitchRow state=editor.state(field, show) label hint on=editor.value(is_mine) toggle /> }
    .into_any()
}

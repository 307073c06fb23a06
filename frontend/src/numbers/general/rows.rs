//! The rows of the page: exactly those that the capabilities name.

use std::sync::Arc;

use api_types::{Capability, DISPLAY_NAME_MAX, NAME_MAX, NumberKind};
use leptos::prelude::*;

use super::Page;
use super::fields::{
    CHANNEL_LIMIT, DISPLAY_NAME, NAME, NOTIFY_RULE, PRIORITY, RINGTONE, TERMINAL_NAME,
};
use crate::numbers::directory::{id_label, number_label};
use crate::page::rows::{as_it_is, segment_row, text_row};
use crate::page::values::Held;
use crate::platform::effect::redraw;
use crate::platform::routes::{self, NotifyPage};
use crate::ui::icon::Chevron;
use crate::ui::picker::{PickerChoice, PickerRow};
use crate::{t, text};

/// All groups of the page.
#[component]
pub(super) fn Settings(page: Page) -> impl IntoView {
    let subject = page.subject.get_untracked();
    let heading = match (&subject.number, &subject.phone_id) {
        (Some(number), _) => view! { <p class="big num">{number_label(number)}</p> }.into_any(),
        (None, phone_id) => {
            let label = phone_id.as_ref().map(id_label);
            view! { <p class="big">{label}</p> }.into_any()
        }
    };
    view! {
        {heading}
        <Names page />
        <Ringing page />
        <Notices page />
        <Fixed page />
    }
}

fn number_can(page: Page, capability: Capability) -> bool {
    page.subject.with_untracked(|subject| {
        subject.number.as_ref().is_some_and(|number| number.can(capability))
    })
}

fn id_can(page: Page, capability: Capability) -> bool {
    page.subject.with_untracked(|subject| {
        subject.phone_id.as_ref().is_some_and(|phone_id| phone_id.can(capability))
    })
}

fn has_number(page: Page) -> bool {
    page.subject.with_untracked(|subject| subject.number.is_some())
}

#[component]
fn Names(page: Page) -> impl IntoView {
    let editor = page.editor;
    let name = number_can(page, Capability::Name)
        .then(|| text_row(editor, NAME, text!(general.name), NAME_MAX));
    let display_name = number_can(page, Capability::DisplayName)
        .then(|| text_row(editor, DISPLAY_NAME, text!(setting.display_name), DISPLAY_NAME_MAX));
    let terminal_name = id_can(page, Capability::TerminalName)
        .then(|| text_row(editor, TERMINAL_NAME, text!(setting.terminal_name), NAME_MAX));
    let lacks_display_name = has_number(page) && display_name.is_none();
    let any = name.is_some() || display_name.is_some() || terminal_name.is_some();
    any.then(|| {
        view! {
            <section class="group">
                <h2>{text!(general.names)}</h2>
                <div class="list">{name} {display_name} {terminal_name}</div>
                <p>
                    {redraw(move || {
                        if has_number(page) {
                            t!(general.names_note)
                        } else {
                            t!(general.terminal_note)
                        }
                    })}
                </p>
                {lacks_display_name
                    .then(|| {
                        view! {
                            <p data-testid="missing-display_name">
                                {text!(general.no_display_name)}
                            </p>
                        }
                    })}
            </section>
        }
    })
}

#[component]
fn Ringing(page: Page) -> impl IntoView {
    let editor = page.editor;
    let ringtone = number_can(page, Capability::Ringtone).then(|| {
        let choices = vec![
            ("ringtone_1", text!(general.ringtone_1)),
            ("ringtone_2", text!(general.ringtone_2)),
        ];
        segment_row(editor, RINGTONE.name, text!(setting.ringtone), choices)
    });
    let priority = number_can(page, Capability::Priority).then(|| view! { <Priority page /> });
    let channels = number_can(page, Capability::ChannelLimit).then(|| view! { <Channels page /> });
    let lacks_both = has_number(page) && ringtone.is_none() && priority.is_none();
    has_number(page).then(|| {
        view! {
            <section class="group">
                <h2>{text!(general.calls)}</h2>
                <div class="list">{ringtone} {priority} {channels}</div>
                {lacks_both
                    .then(|| {
                        view! {
                            <p data-testid="missing-ringtone">{text!(general.no_ringtone)}</p>
                        }
                    })}
            </section>
        }
    })
}

#[component]
fn Priority(page: Page) -> impl IntoView {
    let editor = page.editor;
    // The name of an ID stands in the directory; one that is gone from there is named by nothing
    // better than its id.
    let label_of = move |id: &Option<String>| match id {
        None => t!(general.no_priority).to_string(),
        Some(id) => page.directory.rows().with(|rows| {
            rows.ready().and_then(|rows| rows.phone_id(id)).map_or_else(|| id.clone(), id_label)
        }),
    };
    let choices = Signal::derive(move || {
        let ringing = page
            .subject
            .with(|subject| subject.number.as_ref().map(|number| number.ringing_phone_ids.clone()))
            .unwrap_or_default();
        let none = PickerChoice {
            key: String::new(),
            label: t!(general.no_priority).to_string(),
            hint: t!(general.no_priority_hint).to_string(),
        };
        let ids = ringing.into_iter().map(|id| {
            let hint = page.directory.rows().with(|rows| {
                rows.ready()
                    .and_then(|rows| rows.phone_id(&id))
                    .map(|phone_id| t!(list.extension, extension = phone_id.extension.clone()))
            });
            PickerChoice {
                label: label_of(&Some(id.clone())),
                hint: hint.unwrap_or_default(),
                key: id,
            }
        });
        std::iter::once(none).chain(ids).collect()
    });
    view! {
        <PickerRow
            state=editor.state(PRIORITY.name, Arc::new(move |id| label_of(&Held::of_text(id))))
            label=text!(setting.priority_phone_id)
            hint=text!(general.priority_hint)
            value=Signal::derive(move || label_of(&editor.get(PRIORITY)))
            selected=Signal::derive(move || editor.get(PRIORITY).unwrap_or_default())
            choices
            pick=Callback::new(move |key: String| editor.set(PRIORITY, &Held::of_text(&key)))
        />
    }
}

#[component]
fn Channels(page: Page) -> impl IntoView {
    let editor = page.editor;
    let most = Signal::derive(move || {
        page.subject.with(|subject| subject.number.as_ref().map_or(1, |number| number.max_channels))
    });
    let choices = Signal::derive(move || {
        (1..=most.get())
            .map(|count| PickerChoice {
                key: count.to_string(),
                label: t!(general.channels_of, count = count),
                hint: String::new(),
            })
            .collect()
    });
    view! {
        <PickerRow
            state=editor.state(CHANNEL_LIMIT.name, as_it_is())
            label=text!(setting.channel_limit)
            hint=text!(general.channels_hint)
            value=Signal::derive(move || {
                format!("{} / {}", editor.get(CHANNEL_LIMIT), most.get())
            })
            selected=Signal::derive(move || editor.get(CHANNEL_LIMIT).to_string())
            choices
            pick=Callback::new(move |key: String| {
                if let Ok(limit) = key.parse() {
                    editor.set(CHANNEL_LIMIT, &limit);
                }
            })
            note=text!(general.channels_note, max = most.get())
        />
    }
}

#[component]
fn Notices(page: Page) -> impl IntoView {
    let editor = page.editor;
    let label_of = move |id: &Option<String>| match id {
        None => t!(general.no_rule).to_string(),
        Some(id) => page.rules.with(|rules| {
            let rule = rules.as_ref().and_then(|rules| rules.iter().find(|rule| rule.id == *id));
            rule.map_or_else(|| t!(general.some_rule).to_string(), |rule| rule.name.clone())
        }),
    };
    let choices = Signal::derive(move || {
        let none = PickerChoice {
            key: String::new(),
            label: t!(general.no_rule).to_string(),
            hint: t!(general.no_rule_hint).to_string(),
        };
        let rules = page.rules.get().unwrap_or_default();
        std::iter::once(none)
            .chain(rules.into_iter().map(|rule| PickerChoice {
                key: rule.id,
                label: rule.name,
                hint: String::new(),
            }))
            .collect()
    });
    let note =
        Signal::derive(move || match page.rules.with(|rules| rules.as_ref().map(Vec::is_empty)) {
            None => t!(general.rules_failed).to_string(),
            Some(true) => t!(general.rules_empty).to_string(),
            Some(false) => t!(general.rules_note).to_string(),
        });
    let id = page
        .subject
        .with_untracked(|subject| subject.number.as_ref().map(|number| number.id.clone()))
        .unwrap_or_default();
    let new = format!("{}?new&number={id}", routes::NOTIFY_RULES);
    let chosen = move || {
        let id = editor.get(NOTIFY_RULE)?;
        Some(view! {
            <a class="row action" href=NotifyPage::Rule(id).path() data-testid="edit-rule">
                <span class="label">{text!(general.edit_rule)}</span>
                <Chevron />
            </a>
        })
    };
    number_can(page, Capability::NotifyRule).then(|| {
        view! {
            <section class="group">
                <h2>{text!(general.notices)}</h2>
                <div class="list">
                    <PickerRow
                        state=editor.state(NOTIFY_RULE.name, Arc::new(move |id| label_of(&Held::of_text(id))))
                        label=text!(setting.notify_rule_id)
                        value=Signal::derive(move || label_of(&editor.get(NOTIFY_RULE)))
                        selected=Signal::derive(move || editor.get(NOTIFY_RULE).unwrap_or_default())
                        choices
                        pick=Callback::new(move |key: String| editor.set(NOTIFY_RULE, &Held::of_text(&key)))
                        note
                    />
                    {chosen}
                    <a class="row action" href=new data-testid="new-rule">
                        <span class="label">{text!(general.new_rule)}</span>
                        <Chevron />
                    </a>
                </div>
            </section>
        }
    })
}

#[component]
fn Fixed(page: Page) -> impl IntoView {
    let subject = page.subject.get_untracked();
    let extension = subject
        .phone_id
        .as_ref()
        .filter(|phone_id| phone_id.can(Capability::Extension))
        .map(|phone_id| phone_id.extension.clone());
    let primary = subject.number.as_ref().is_some_and(|number| number.kind == NumberKind::Primary);
    extension.map(|extension| {
        view! {
            <section class="group">
                <div class="list">
                    <div class="cell">
                        <div class="row" data-testid="extension">
                            <span class="label">{text!(general.extension)}</span>
                            <span class="value num">{extension}</span>
                        </div>
                    </div>
                </div>
                <p>
                    {redraw(move || {
                        if primary {
                            t!(general.extension_note_primary)
                        } else {
                            t!(general.extension_note)
                        }
                    })}
                </p>
            </section>
        }
    })
}

//! A switch for each ID, and the announcement.

use api_types::{Capability, RingingTarget};
use leptos::prelude::*;

use super::Page;
use crate::numbers::terminals::{TerminalBadges, kinds};
use crate::page::form::Field;
use crate::platform::routes::RowRef;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::sheet::Sheet;
use crate::ui::switch_row::SwitchRow;
use crate::{t, text};

fn on_off(on: bool) -> String {
    if on { t!(audit.on).to_owned() } else { t!(audit.off).to_owned() }
}

/// All groups of the page.
#[component]
pub(super) fn Switches(page: Page, row: RowRef) -> impl IntoView {
    let editor = page.editor;
    // The ID that would be the last one to fall silent.
    let last = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let toggle = Callback::new(move |(id, on): (String, bool)| {
        let others = editor
            .read(|it| it.rings.iter().filter(|(other, rings)| *rings && *other != id).count());
        if !on && others == 0 {
            last.set(Some(id));
            asking.set(true);
        } else {
            editor.edit(Field::rings(&id), |it| it.set_rings(&id, on));
        }
    });
    let confirm = move |_| {
        if let Some(id) = last.get_untracked() {
            editor.edit(Field::rings(&id), |it| it.set_rings(&id, false));
        }
        asking.set(false);
    };
    let silent = Memo::new(move |_| editor.read(|it| !it.rings.iter().any(|(_, rings)| *rings)));
    view! {
        <section class="group">
            <h2>{move || t!(ringing.terminals)}</h2>
            <div role="status">
                {move || {
                    silent
                        .get()
                        .then(|| {
                            view! {
                                <p class="hint" data-testid="nobody-rings">
                                    <Icon icon=icondata_lu::LuBellOff />
                                    <span>{move || t!(ringing.nobody)}</span>
                                </p>
                            }
                        })
                }}
            </div>
            <div class="list">
                {move || {
                    page
                        .targets
                        .get()
                        .into_iter()
                        .map(|target| target_row(page, target, toggle))
                        .collect_view()
                }}
            </div>
            <p>{move || t!(ringing.note)}</p>
        </section>
        <Busy page row />
        <Sheet open=asking title=text!(ringing.last_title) test_id="last-terminal">
            <p class="say">{move || t!(ringing.last_body)}</p>
            <div class="stack">
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="last-confirm"
                    on:click=confirm
                >
                    {move || t!(ringing.last_confirm)}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="last-keep"
                    on:click=move |_| asking.set(false)
                >
                    {move || t!(ringing.last_keep)}
                </button>
            </div>
        </Sheet>
    }
}

fn target_row(page: Page, target: RingingTarget, toggle: Callback<(String, bool)>) -> AnyView {
    let editor = page.editor;
    let RingingTarget { phone_id: id, login_id, terminal_name, extension, .. } = target;
    let field = Field::rings(&id);
    let id = StoredValue::new(id);
    let on =
        Memo::new(move |_| id.with_value(|id| editor.read(|it| it.rings(id).unwrap_or(false))));
    let first = Memo::new(move |_| {
        id.with_value(|id| page.number.with(|number| number.priority_phone_id.as_ref() == Some(id)))
    });
    let name = if terminal_name.is_empty() { login_id.clone() } else { terminal_name };
    let hint = Signal::derive(move || {
        format!("{} ・ {login_id}", t!(list.extension, extension = extension.clone()))
    });
    let kinds = id.with_value(|id| {
        page.directory.rows().with_untracked(|rows| {
            rows.ready().and_then(|rows| rows.phone_id(id)).map(kinds).unwrap_or_default()
        })
    });
    let some = !kinds.is_empty();
    view! {
        <div class="with-hint">
            <SwitchRow
                state=editor
                    .state(
                        field,
                        move |it| on_off(id.with_value(|id| it.rings(id).unwrap_or(false))),
                    )
                label=Signal::stored(name)
                hint
                on=on.into()
                toggle=Callback::new(move |on| toggle.run((id.get_value(), on)))
            >
                <span class="badges" class:none=move || !some && !first.get()>
                    {move || {
                        first
                            .get()
                            .then(|| {
                                view! {
                                    <span class="badge \
                                    on">
                                        <Icon icon=icondata_lu::LuStar />
                                        {move || t!(general.priority)}
                                    </span>
                                }
                            })
                    }}
                    <TerminalBadges kinds />
                </span>
            </SwitchRow>
            {move || {
                (first.get() && !on.get())
                    .then(|| {
                        view! {
                            <p class="hint" role="status" data-testid="priority-note">
                                <Icon icon=icondata_lu::LuInfo />
                                <span>{move || t!(ringing.clears_priority)}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Busy(page: Page, row: RowRef) -> impl IntoView {
    let editor = page.editor;
    let can = move |capability| page.number.with_untracked(|number| number.can(capability));
    let announcement = can(Capability::BusyAnnouncement).then(|| {
        view! {
            <SwitchRow
                state=editor.state(Field::BusyAnnouncement, |it| on_off(it.busy_announcement))
                label=text!(audit.f_busy_announcement)
                hint=text!(ringing.busy_hint)
                on=editor.value(|it| it.busy_announcement)
                toggle=Callback::new(move |on| {
                    editor.edit(Field::BusyAnnouncement, |it| it.busy_announcement = on)
                })
            />
        }
    });
    let channels = can(Capability::ChannelLimit).then(|| {
        view! {
            <a class="row" href=row.general() data-testid="open-channels">
                <span class="label">
                    {move || t!(general.channels)}<small>{move || t!(general.channels_hint)}</small>
                </span>
                <span class="value num">
                    {move || {
                        page
                            .number
                            .with(|number| {
                                format!("{} / {}", number.channel_limit, number.max_channels)
                            })
                    }}
                </span>
                <Chevron />
            </a>
        }
    });
    let note = move || {
        if editor.read(|it| it.busy_announcement) {
            t!(ringing.busy_on)
        } else {
            t!(ringing.busy_off)
        }
    };
    view! {
        <section class="group">
            <h2>{move || t!(ringing.busy)}</h2>
            <div class="list">{announcement} {channels}</div>
            <p data-testid="busy-note">{note}</p>
        </section>
    }
}

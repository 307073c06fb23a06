//! A switch for each ID, and the announcement.

use api_types::{Capability, RingingTarget};
use leptos::prelude::*;

use super::{BUSY_ANNOUNCEMENT, Page, RINGS, rings};
use crate::numbers::terminals::{TerminalBadges, kinds};
use crate::page::rows::{on_off, switch_row};
use crate::platform::effect::{memo, redraw};
use crate::platform::routes::RowRef;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::sheet::Sheet;
use crate::ui::switch_row::SwitchRow;
use crate::{t, text};

/// All groups of the page.
#[component]
pub(super) fn Switches(page: Page, row: RowRef) -> impl IntoView {
    let editor = page.editor;
    // The ID that would be the last one to fall silent.
    let last = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    let toggle = Callback::new(move |(id, on): (String, bool)| {
        let others =
            editor.read(|it| it.each::<bool>(RINGS).any(|(other, rings)| rings && other != id));
        if !on && !others {
            last.set(Some(id));
            asking.set(true);
        } else {
            editor.set(rings(&id), &on);
        }
    });
    let confirm = move |_| {
        if let Some(id) = last.get_untracked() {
            editor.set(rings(&id), &false);
        }
        asking.set(false);
    };
    let silent = memo(move || !editor.read(|it| it.each::<bool>(RINGS).any(|(_, rings)| rings)));
    view! {
        <section class="group">
            <h2>{text!(ringing.terminals)}</h2>
            <div role="status">
                {redraw(move || {
                    silent
                        .get()
                        .then(|| {
                            view! {
                                <p class="hint" data-testid="nobody-rings">
                                    <Icon icon=icondata_lu::LuBellOff />
                                    <span>{text!(ringing.nobody)}</span>
                                </p>
                            }
                        })
                })}
            </div>
            <div class="list">
                {redraw(move || {
                    page
                        .targets
                        .get()
                        .into_iter()
                        .map(|target| target_row(page, target, toggle))
                        .collect_view()
                })}
            </div>
            <p>{text!(ringing.note)}</p>
        </section>
        <Busy page row />
        <Sheet open=asking title=text!(ringing.last_title) test_id="last-terminal">
            <p class="say">{text!(ringing.last_body)}</p>
            <div class="stack">
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="last-confirm"
                    on:click=confirm
                >
                    {text!(ringing.last_confirm)}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="last-keep"
                    on:click=move |_| asking.set(false)
                >
                    {text!(ringing.last_keep)}
                </button>
            </div>
        </Sheet>
    }
}

fn target_row(page: Page, target: RingingTarget, toggle: Callback<(String, bool)>) -> AnyView {
    let editor = page.editor;
    let RingingTarget { phone_id: id, login_id, terminal_name, extension, .. } = target;
    let field = rings(&id);
    let id = StoredValue::new(id);
    let on = memo(move || editor.get(field));
    let first = memo(move || {
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
                state=editor.state(field.name, on_off())
                label=Signal::stored(name)
                hint
                on=on.into()
                toggle=Callback::new(move |on| toggle.run((id.get_value(), on)))
            >
                <span class="badges" class:none=move || !some && !first.get()>
                    {redraw(move || {
                        first
                            .get()
                            .then(|| {
                                view! {
                                    <span class="badge \
                                    on">
                                        <Icon icon=icondata_lu::LuStar />
                                        {text!(setting.priority_phone_id)}
                                    </span>
                                }
                            })
                    })}
                    <TerminalBadges kinds />
                </span>
            </SwitchRow>
            {redraw(move || {
                (first.get() && !on.get())
                    .then(|| {
                        view! {
                            <p class="hint" role="status" data-testid="priority-note">
                                <Icon icon=icondata_lu::LuInfo />
                                <span>{text!(ringing.clears_priority)}</span>
                            </p>
                        }
                    })
            })}
        </div>
    }
    .into_any()
}

#[component]
fn Busy(page: Page, row: RowRef) -> impl IntoView {
    let editor = page.editor;
    let can = move |capability| page.number.with_untracked(|number| number.can(capability));
    let announcement = can(Capability::BusyAnnouncement).then(|| {
        let (label, hint) = (text!(setting.busy_announcement), text!(ringing.busy_hint));
        switch_row(editor, BUSY_ANNOUNCEMENT, label, hint)
    });
    let channels = can(Capability::ChannelLimit).then(|| {
        view! {
            <a class="row" href=row.general() data-testid="open-channels">
                <span class="label">
                    {text!(setting.channel_limit)}<small>{text!(general.channels_hint)}</small>
                </span>
                <span class="value num">
                    {redraw(move || {
                        page
                            .number
                            .with(|number| {
                                format!("{} / {}", number.channel_limit, number.max_channels)
                            })
                    })}
                </span>
                <Chevron />
            </a>
        }
    });
    let note = move || {
        if editor.get(BUSY_ANNOUNCEMENT) { t!(ringing.busy_on) } else { t!(ringing.busy_off) }
    };
    view! {
        <section class="group">
            <h2>{text!(ringing.busy)}</h2>
            <div class="list">{announcement} {channels}</div>
            <p data-testid="busy-note">{note}</p>
        </section>
    }
}

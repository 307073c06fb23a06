//! 着信を休止: begun for a while or until an instant, and ended with one press.

use std::time::Duration;

use api_types::{ErrorCode, Number, NumberPatch};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::api;
use super::directory::use_directory;
use super::heading::paused;
use crate::platform::api::{ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::later::Later;
use crate::platform::task::Task;
use crate::ui::icon::Icon;
use crate::ui::live::use_live;
use crate::ui::states;
use crate::{t, text};

/// Nine o'clock tomorrow in Tokyo.
fn tomorrow(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    format::end_of_day(&format::iso_day(now)).map(|midnight| midnight + TimeDelta::hours(9))
}

/// Begins a pause, or ends it with one press.
#[component]
pub(super) fn Pause(
    /// Whose calls.
    number: Number,
) -> impl IntoView {
    let (client, directory, live) = (use_client(), use_directory(), use_live());
    let (task, opened, at) = (Task::default(), RwSignal::new(false), RwSignal::new(String::new()));
    let (id, version) = (StoredValue::new(number.id.clone()), number.version);
    let set = move |until: Option<DateTime<Utc>>| {
        let patch = NumberPatch { pause_until: Some(until), ..NumberPatch::default() };
        let id = id.get_value();
        task.run(api::numbers::patch(client, &id, version, &patch), move |answer| {
            let stale = |error: &ClientError| error.code() == Some(ErrorCode::Stale);
            if answer.as_ref().is_err_and(stale) {
                directory.load();
            }
            let fresh = answer?;
            live.toast(if until.is_none() { t!(pause.ended) } else { t!(pause.begun) });
            directory.put_number(&fresh);
            Ok(())
        });
    };
    let row = move |test_id: &'static str,
                    label: fn() -> &'static str,
                    end: fn(DateTime<Utc>) -> Option<DateTime<Utc>>| {
        view! {
            <button
                class="row action"
                type="button"
                data-testid=test_id
                on:click=move |_| set(end(format::now()))
            >
                <span class="label">{redraw(label)}</span>
            </button>
        }
    };
    let body = match paused(&number) {
        Some(end) => {
            // The page says it when the pause has ended; a timer of the browser holds 24 days.
            let left = (end - format::now()).to_std().unwrap_or_default();
            if left < Duration::from_secs(86_400) {
                Later::default().run(left, move || directory.put_number(&number));
            }
            view! {
                <div class="row">
                    <span class="lead">
                        <Icon icon=icondata_lu::LuPause />
                    </span>
                    <span class="label" data-testid="pause-state">
                        <b>{text!(pause.on)}</b>
                        <small>{text!(pause.until, until = format::moment(locale(), end))}</small>
                    </span>
                    <button
                        class="btn"
                        type="button"
                        data-testid="end-pause"
                        on:click=move |_| set(None)
                    >
                        {text!(pause.end)}
                    </button>
                </div>
            }
            .into_any()
        }
        None => {
            let choices = move || {
                view! {
                    {row("pause-15", || t!(pause.quarter), |now| Some(now + TimeDelta::minutes(15)))}
                    {row("pause-60", || t!(pause.hour), |now| Some(now + TimeDelta::hours(1)))}
                    {row("pause-tomorrow", || t!(pause.tomorrow), tomorrow)}
                    <label class="row">
                        <span class="label">{text!(pause.at)}</span>
                        <input
                            class="field num"
                            type="datetime-local"
                            data-testid="input-pause"
                            on:change:target=move |event| at.set(event.target().value())
                        />
                    </label>
                    {redraw(move || {
                        let end = format::of_field_time(&at.get())?;
                        Some(
                            view! {
                                <button
                                    class="row action"
                                    type="button"
                                    data-testid="pause-at"
                                    on:click=move |_| set(Some(end))
                                >
                                    <span class="label">
                                        {text!(pause.begin, until = format::moment(locale(), end))}
                                    </span>
                                </button>
                            },
                        )
                    })}
                }
            };
            view! {
                <button
                    class="row"
                    type="button"
                    data-testid="open-pause"
                    aria-expanded=move || opened.get().to_string()
                    on:click=move |_| opened.update(|opened| *opened = !*opened)
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuPause />
                    </span>
                    <span class="label">
                        {text!(setting.pause_until)} <small>{text!(pause.hint)}</small>
                    </span>
                </button>
                {redraw(move || opened.get().then(choices))}
            }
            .into_any()
        }
    };
    view! {
        <section class="group">
            <div class="list">{body}</div>
            <p role="alert" data-testid="pause-refused">
                {redraw(move || task.error().with(|error| error.as_ref().map(states::reason)))}
            </p>
        </section>
    }
}

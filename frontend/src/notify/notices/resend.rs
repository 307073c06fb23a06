//! Sending everything again that did not arrive since a time.

use api_types::DeliveriesResent;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use crate::notify::api;
use crate::notify::api::deliveries::MANY;
use crate::platform::api::use_client;
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::task::Task;
use crate::ui::choices::ChoiceList;
use crate::ui::live::use_live;
use crate::ui::notes::FieldState;
use crate::ui::picker::PickerChoice;
use crate::ui::sheet::Sheet;
use crate::ui::states::FormError;
use crate::{t, text};

/// Since when, as far as people think of it.
const SINCE: [&str; 4] = ["hour", "today", "day", "week"];

fn name(since: &str) -> &'static str {
    match since {
        "hour" => t!(notices.since_hour),
        "today" => t!(notices.since_today),
        "day" => t!(notices.since_day),
        _ => t!(notices.since_week),
    }
}

fn time(since: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    match since {
        "hour" => now - TimeDelta::hours(1),
        "today" => {
            format::end_of_day(&format::iso_day(now)).map_or(now, |end| end - TimeDelta::days(1))
        }
        "day" => now - TimeDelta::days(1),
        _ => now - TimeDelta::days(7),
    }
}

/// The sheet.
#[component]
pub(super) fn ResendSheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Called once they are under way.
    resent: Callback<()>,
) -> impl IntoView {
    view! {
        <Sheet open title=text!(notices.resend_many) test_id="resend-sheet">
            <Form open resent />
        </Sheet>
    }
}

#[component]
fn Form(open: RwSignal<bool>, resent: Callback<()>) -> impl IntoView {
    let (client, live) = (use_client(), use_live());
    let since = RwSignal::new("today".to_owned());
    let found = RwSignal::new(None::<Vec<DateTime<Utc>>>);
    let (counting, task) = (Task::default(), Task::default());
    counting.run(api::deliveries::resendable(client), move |times| {
        found.set(Some(times?));
        Ok(())
    });
    let count = memo(move || {
        let since = time(&since.get(), format::now());
        found.with(|found| {
            found.as_ref().map(|times| times.iter().filter(|at| **at >= since).count())
        })
    });
    let says = move || match count.get() {
        // What could not be counted can be sent all the same.
        None if counting.error().with(Option::is_some) => String::new(),
        None => t!(notices.counting).to_owned(),
        Some(0) => t!(notices.nothing_to_resend).to_owned(),
        Some(many) if many >= MANY as usize => {
            t!(notices.resend_at_least, count = format::count(many as u64))
        }
        Some(some) => t!(notices.resend_count, count = format::count(some as u64)),
    };
    let blocked = move || task.is_busy() || count.get() == Some(0);
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if untrack(blocked) {
            return;
        }
        let since = time(&since.get_untracked(), format::now());
        task.run(api::deliveries::resend_since(client, since), move |outcome| {
            let DeliveriesResent { resent: count } = outcome?;
            open.set(false);
            live.toast(t!(notices.resent, count = format::count(count.into())));
            resent.run(());
            Ok(())
        });
    };
    let choices = Signal::derive(|| {
        SINCE
            .map(|key| PickerChoice {
                key: key.into(),
                label: name(key).into(),
                hint: String::new(),
            })
            .to_vec()
    });
    view! {
        <form on:submit=go>
            <p class="say">{text!(notices.resend_body)}</p>
            <ChoiceList
                state=FieldState::plain("since", Signal::stored(None))
                label=text!(notices.since)
                choices
                selected=since.into()
                pick=Callback::new(move |key| since.set(key))
            />
            <p class="footnote num" role="status" data-testid="resend-count">
                {says}
            </p>
            <FormError error=task.error().into() />
            <button
                class="btn main \
                wide"
                type="submit"
                data-testid="resend-confirm"
                aria-disabled=move || blocked().to_string()
            >
                {redraw(move || {
                    if task.is_busy() {
                        t!(notices.resending_many)
                    } else {
                        t!(notices.resend)
                    }
                })}
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn today_begins_at_midnight_in_tokyo() {
        let now = "2026-11-22T16:30:00Z".parse().expect("a time");
        assert_eq!(time("today", now).to_rfc3339(), "2026-11-22T15:00:00+00:00");
        assert_eq!(time("hour", now).to_rfc3339(), "2026-11-22T15:30:00+00:00");
        assert_eq!(time("week", now).to_rfc3339(), "2026-11-15T16:30:00+00:00");
    }
}

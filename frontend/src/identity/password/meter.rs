//! How good a password is, while it is typed. It advises and never stands in the way.

use std::time::Duration;

use api_types::{PasswordCheck, PasswordCheckRequest};
use leptos::prelude::*;

use crate::identity::api;
use crate::platform::api::use_client;
use crate::platform::effect::{follow, redraw};
use crate::platform::later::Later;
use crate::platform::task::Task;
use crate::{t, text};

const PAUSE: Duration = Duration::from_millis(300);

/// Four bars and some advice; empty while the server cannot be asked.
#[component]
pub(super) fn Meter(phone_id: String, password: RwSignal<String>) -> impl IntoView {
    let client = use_client();
    let later = Later::default();
    let phone_id = StoredValue::new(phone_id);
    let check = RwSignal::new(None::<PasswordCheck>);
    let task = Task::default();
    let ask = move || {
        let Some(typed) = password.try_get_untracked() else { return };
        let request = PasswordCheckRequest { password: typed, phone_id: phone_id.try_get_value() };
        let request = api::passwords::check(client, &request);
        task.latest(request, move |answer| {
            check.set(answer.ok());
            Ok(())
        });
    };
    follow(move || {
        // Another password stands there from now on.
        task.stop();
        if password.with(String::is_empty) {
            later.stop();
            check.set(None);
        } else {
            later.run(PAUSE, ask);
        }
    });
    let full = move || check.with(|check| check.as_ref().map_or(0, |check| check.score.max(1)));
    let is = move |wanted: &str| {
        check.with(|check| check.as_ref().is_some_and(|check| level(check) == wanted))
    };
    let bars =
        (1..=4).map(|bar| view! { <span class:full=move || bar <= full() /> }).collect_view();
    let words = |check: PasswordCheck| {
        let level = level(&check);
        let advice = check.advice.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        let word = move || match level {
            "good" => t!(password.good),
            "fair" => t!(password.fair),
            _ => t!(password.weak),
        };
        view! {
            <div data-testid="meter">
                <p>{text!(password.strength)} " " <b>{word}</b></p>
                <ul>{advice}</ul>
            </div>
        }
    };
    // The bars are always there, so that nothing jumps under a finger.
    view! {
        <div class="meter" class:good=move || is("good") class:fair=move || is("fair")>
            <div class="bars" aria-hidden="true">
                {bars}
            </div>
            // As high as most advice, so that the button below does not move away from a finger.
            <div class="said">
                {redraw(move || {
                    check
                        .with(Option::is_none)
                        .then(|| view! { <p>{text!(password.hint)}</p> })
                })} <div role="status">{redraw(move || check.get().map(words))}</div>
            </div>
        </div>
    }
}

fn level(check: &PasswordCheck) -> &'static str {
    match check {
        PasswordCheck { acceptable: true, .. } => "good",
        PasswordCheck { score: 2.., .. } => "fair",
        PasswordCheck { .. } => "weak",
    }
}

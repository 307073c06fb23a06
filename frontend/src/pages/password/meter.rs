//! How good a password is, while it is typed. It advises and never stands in the way.

use std::time::Duration;

use api_types::{PasswordCheck, PasswordCheckRequest};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, use_client};
use crate::effect::follow;
use crate::later::Later;
use crate::t;

const PAUSE: Duration = Duration::from_millis(300);

/// Four bars and some advice; nothing while the server cannot be asked.
#[component]
pub(super) fn Meter(phone_id: String, password: RwSignal<String>) -> impl IntoView {
    let client = use_client();
    let later = Later::default();
    let phone_id = StoredValue::new(phone_id);
    let check = RwSignal::new(None::<PasswordCheck>);
    let ask = move || {
        spawn_local(async move {
            let Some(typed) = password.try_get_untracked() else { return };
            let request = PasswordCheckRequest { password: typed.clone(), phone_id: phone_id.try_get_value() };
            let answer = api::passwords::check(client, &request).await.ok();
            // Another password stands there meanwhile.
            if password.try_with_untracked(|now| *now == typed).unwrap_or(false) {
                check.try_set(answer);
            }
        });
    };
    follow(move || {
        if password.with(String::is_empty) {
            later.stop();
            check.set(None);
        } else {
            later.run(PAUSE, ask);
        }
    });
    let view = |check: PasswordCheck| {
        let good = check.acceptable;
        let fair = !good && check.score >= 2;
        let full = check.score.max(1);
        let bars = (1..=4).map(|bar| view! { <span class:full=bar <= full></span> }).collect_view();
        let advice = check.advice.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! {
            <div class="meter" class:good=good class:fair=fair data-testid="meter">
                <div class="bars" aria-hidden="true">{bars}</div>
                <p>{move || t!(password.strength)} " " <b>{move || if good { t!(password.good) } else if fair { t!(password.fair) } else { t!(password.weak) }}</b></p>
                <ul>{advice}</ul>
            </div>
        }
    };
    view! { <div role="status">{move || check.get().map(view)}</div> }
}

//! 保存済み → 交換機に反映済み: whether calls are decided by what was just saved.

use std::time::Duration;

use api_types::{SwitchProgress, SwitchState};
use leptos::prelude::*;

use super::api as switch_state;
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::later::Later;
use crate::platform::router::use_router;
use crate::platform::task::Task;
use crate::t;

/// How often it is asked while it is on its way; after so many times only as often as [`SELDOM`].
const SOON: Duration = Duration::from_millis(400);
const OFTEN: u32 = 25;
const SELDOM: Duration = Duration::from_secs(5);

/// Stands beside the notice that something of a number or an ID was saved, and nowhere else:
/// switches know nothing of the rest.
pub fn view(settled: Callback<()>) -> AnyView {
    // Untracked: whoever shows it must not be asked again by the step to another page, which takes
    // what it shows away.
    if untrack(|| use_router().row()).is_none() {
        settled.run(());
        return ().into_any();
    }
    let state = RwSignal::new(None);
    ask(use_client(), state, settled, Task::default(), Later::default(), 0);
    let kind = move || state.with(|state| state.as_ref().map_or("", kind));
    // There before its words come, or they would not be read out.
    view! {
        <p
            class="reflected"
            role="status"
            aria-live="polite"
            data-testid="reflected"
            data-state=kind
        >
            {redraw(move || state.with(|state| state.as_ref().map(words)))}
        </p>
    }
    .into_any()
}

fn ask(
    client: Client,
    state: RwSignal<Option<Result<SwitchState, ClientError>>>,
    settled: Callback<()>,
    task: Task,
    later: Later,
    round: u32,
) {
    task.latest(switch_state::get(client), move |answer| {
        let is_settled = answer.as_ref().is_ok_and(|state| {
            matches!(state.state, SwitchProgress::Applied | SwitchProgress::NoSwitch)
        });
        state.set(Some(answer));
        if is_settled {
            settled.run(());
        } else {
            later.run(if round < OFTEN { SOON } else { SELDOM }, move || {
                ask(client, state, settled, task, later, round + 1)
            });
        }
        Ok(())
    });
}

fn kind(state: &Result<SwitchState, ClientError>) -> &'static str {
    match state.as_ref().map(|state| state.state) {
        Ok(SwitchProgress::Applied) => "applied",
        Ok(SwitchProgress::Waiting) => "waiting",
        Ok(SwitchProgress::Silent) => "silent",
        Ok(SwitchProgress::NoSwitch) => "none",
        Err(_) => "unknown",
    }
}

fn words(state: &Result<SwitchState, ClientError>) -> String {
    let Ok(state) = state else { return t!(reflected.unknown).to_string() };
    match state.state {
        // Tenths of a second, and never none at all.
        SwitchProgress::Applied => match state.lag_ms.map(|lag| lag.div_ceil(100).max(1)) {
            Some(tenths) => t!(
                reflected.applied_after,
                lag = format!("{}.{}", format::count(tenths / 10), tenths % 10)
            ),
            None => t!(reflected.applied).to_string(),
        },
        SwitchProgress::Waiting => t!(reflected.waiting).to_string(),
        SwitchProgress::Silent => match state.last_seen_at {
            Some(at) => t!(
                reflected.silent_since,
                day = format::short_day(locale(), at),
                time = format::time(at)
            ),
            None => t!(reflected.silent).to_string(),
        },
        SwitchProgress::NoSwitch => String::new(),
    }
}

//! Each attempt to send a notice.

use api_types::{Delivery, DeliveryAttempt};
use leptos::prelude::*;

use super::words;
use crate::notify::api;
use crate::platform::api::Client;
use crate::platform::effect::{follow, redraw};
use crate::platform::task::Task;
use crate::t;
use crate::ui::states;

/// The attempts of a notice, read anew whenever there is one more.
#[component]
pub(super) fn Attempts(client: Client, id: String, tries: Memo<u32>) -> impl IntoView {
    let task = Task::default();
    let delivery = RwSignal::new(None::<Delivery>);
    follow(move || {
        tries.track();
        let id = id.clone();
        task.latest(api::deliveries::get(client, &id), move |fresh| {
            delivery.set(Some(fresh?));
            Ok(())
        });
    });
    view! {
        <div class="attempts" aria-live="polite">
            {redraw(move || match (delivery.get(), task.error().get()) {
                (_, Some(error)) => {
                    view! { <p class="fault">{states::words(&error).1}</p> }.into_any()
                }
                (Some(delivery), None) => {
                    view! {
                        <ol>{delivery.attempts.iter().map(attempt).collect_view()}</ol>
                        <p class="remark num">
                            {t!(notices.short_id, id = delivery.short_id.clone())}
                        </p>
                    }
                        .into_any()
                }
                (None, None) => view! { <p class="remark">{t!(states.loading)}</p> }.into_any(),
            })}
        </div>
    }
}

fn attempt(attempt: &DeliveryAttempt) -> AnyView {
    let (class, outcome) = words::outcome(attempt.outcome);
    let took = match attempt.duration_ms {
        quick @ 0..1000 => t!(notices.milliseconds, count = quick),
        slow => t!(notices.seconds, seconds = format!("{}.{}", slow / 1000, slow % 1000 / 100)),
    };
    let status = attempt.status.map(|status| status.to_string());
    let facts = words::parts([Some(words::moment(attempt.at)), status, Some(took)]);
    view! {
        <li data-testid="attempt">
            <p>
                <b class=class>{outcome}</b>
            </p>
            <p class="num">{facts}</p>
            {(!attempt.message.is_empty()).then(|| view! { <p>{attempt.message.clone()}</p> })}
            {(!attempt.detail.is_empty())
                .then(|| {
                    view! {
                        <p>
                            <code>{attempt.detail.clone()}</code>
                        </p>
                    }
                })}
        </li>
    }
    .into_any()
}

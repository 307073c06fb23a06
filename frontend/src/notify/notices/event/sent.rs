//! The notices of an event: where each went, what became of it, and what to do when it did not
//! arrive.

use api_types::Delivery;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::attempts::Attempts;
use super::{Page, words};
use crate::notify::api;
use crate::platform::effect::{memo, redraw};
use crate::platform::routes;
use crate::platform::task::Task;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::states;
use crate::{t, text};

/// All of them.
#[component]
pub(super) fn Sent(page: Page) -> impl IntoView {
    let ids = memo(move || {
        page.sent.with(|sent| {
            sent.iter().flatten().map(|delivery| delivery.id.clone()).collect::<Vec<_>>()
        })
    });
    let none = memo(move || page.sent.with(|sent| sent.as_ref().is_some_and(Vec::is_empty)));
    view! {
        <section class="group" data-testid="sent-notices">
            <h2>{text!(notices.sent_notices)}</h2>
            {redraw(move || {
                none
                    .get()
                    .then(|| {
                        view! {
                            <p class="note" data-testid="no-notices">
                                {text!(notices.no_notices)}
                            </p>
                        }
                    })
            })}
            <ul class="list">
                <For each=move || ids.get() key=String::clone let:id>
                    <One page id />
                </For>
            </ul>
        </section>
    }
}

fn head(delivery: &Delivery) -> AnyView {
    let (channel, state, name) = (delivery.channel, delivery.state, words::destination(delivery));
    let (class, icon, _) = words::state(state);
    view! {
        <div class="row wraps">
            <span class="lead">
                <Icon icon=channel.icon() />
            </span>
            <span class="label">{name}<small>{redraw(move || words::channel(channel))}</small></span>
            <span class=format!("badge \
                state-{class}") data-testid="state">
                <Icon icon />
                {redraw(move || words::state(state).2)}
            </span>
        </div>
    }
    .into_any()
}

#[component]
fn One(page: Page, id: String) -> impl IntoView {
    let open = RwSignal::new(false);
    let delivery = {
        let id = id.clone();
        memo(move || {
            page.sent.with(|sent| sent.iter().flatten().find(|delivery| delivery.id == id).cloned())
        })
    };
    let tries = memo(move || {
        delivery.with(|delivery| delivery.as_ref().map_or(0, |delivery| delivery.attempt_count))
    });
    let resendable = memo(move || {
        delivery.with(|delivery| delivery.as_ref().is_some_and(|delivery| delivery.resendable))
    });
    let region = format!("attempts-{id}");
    let attempts = id.clone();
    let fold = format!("fold-{id}");
    let again = StoredValue::new(id);
    view! {
        <li class="delivery" data-testid="delivery">
            {redraw(move || {
                delivery
                    .get()
                    .map(|delivery| {
                        view! {
                            {head(&delivery)}
                            {remark(&delivery)}
                            {problem(&delivery)}
                        }
                    })
            })}
            <div class="tools-row">
                {
                    let region = region.clone();
                    move || {
                        (tries.get() > 0)
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="fold"
                                        id=fold.clone()
                                        data-testid="show-attempts"
                                        aria-expanded=move || open.get().to_string()
                                        aria-controls=region.clone()
                                        on:click=move |_| open.update(|open| *open = !*open)
                                    >
                                        {text!(notices.attempts, count = tries.get())}
                                        <Icon icon=icondata_lu::LuChevronDown />
                                    </button>
                                }
                            })
                    }
                }
                {redraw(move || {
                    resendable.get().then(|| view! { <Resend page id=again.get_value() /> })
                })}
            </div>
            <div id=region>
                {redraw(move || {
                    open
                        .get()
                        .then(|| {
                            view! { <Attempts client=page.client id=attempts.clone() tries /> }
                        })
                })}
            </div>
        </li>
    }
}

fn remark(delivery: &Delivery) -> Option<AnyView> {
    let delivery = delivery.clone();
    words::remark(&delivery).map(|_| {
        view! { <p class="remark">{redraw(move || words::remark(&delivery))}</p> }.into_any()
    })
}

/// What is wrong, what to do about it, and the way there.
fn problem(delivery: &Delivery) -> Option<AnyView> {
    let problem = delivery.problem.clone()?;
    let service = delivery
        .rule_id
        .as_deref()
        .zip(delivery.service_id.as_deref())
        .map(|(rule, service)| routes::service(rule, service));
    Some(
        view! {
            <div class="trouble" data-testid="problem">
                <Icon icon=icondata_lu::LuTriangleAlert />
                <div>
                    <p>
                        <b>{problem.message}</b>
                    </p>
                    <p>{problem.advice}</p>
                    {service
                        .map(|href| {
                            view! {
                                <a class="to" href=href data-testid="to-service">
                                    {text!(notices.to_service)}
                                    <Chevron />
                                </a>
                            }
                        })}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// The button goes once the notice is under way; the focus stays at the notice.
fn keep_focus(id: &str) {
    let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    let fold = document().get_element_by_id(&format!("fold-{id}")).filter(|_| lost);
    if let Some(fold) = fold.and_then(|fold| fold.dyn_into::<web_sys::HtmlElement>().ok()) {
        _ = fold.focus();
    }
}

#[component]
fn Resend(page: Page, id: String) -> impl IntoView {
    let task = Task::default();
    let id = StoredValue::new(id);
    let go = move |_| {
        let id = id.get_value();
        let request = async move {
            api::deliveries::resend(page.client, &id).await?;
            page.live.toast(t!(notices.resending));
            _ = page.read().await;
            Ok(id)
        };
        task.run(request, move |outcome| {
            let id = outcome?;
            request_animation_frame(move || keep_focus(&id));
            Ok(())
        });
    };
    view! {
        <button
            class="again"
            type="button"
            data-testid="resend"
            aria-disabled=move || task.is_busy().to_string()
            on:click=go
        >
            <Icon icon=icondata_lu::LuRotateCw />
            {text!(notices.resend)}
        </button>
        <div role="alert">
            {redraw(move || {
                let error = task.error().get()?;
                Some(view! { <p class="fault">{states::words(&error).1}</p> })
            })}
        </div>
    }
}

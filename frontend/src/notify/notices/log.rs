//! 送信の記録: every notice that was planned, the latest first.

use std::cell::RefCell;
use std::thread::LocalKey;

use api_types::{Delivery, DeliveryState, LiveChange, Page};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::feed::{About, Entry, Feed, Item, Kept};
use super::resend::ResendSheet;
use super::{Rest, Unseen, remember, words};
use crate::notify::api;
use crate::platform::api::{Client, ClientError};
use crate::platform::effect::{memo, redraw};
use crate::platform::router::use_router;
use crate::platform::routes;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::live::Live;
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

thread_local! {
    static KEPT: RefCell<Option<Kept<Delivery>>> = const { RefCell::new(None) };
}

/// The page of what failed.
fn failed_only() -> String {
    format!("{}?state=failed", routes::DELIVERIES)
}

impl Entry for Delivery {
    /// Whether only what was given up is shown.
    type Filter = bool;

    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn fits(&self, failed: &bool) -> bool {
        !failed || self.state == DeliveryState::Failed
    }

    fn about(change: LiveChange) -> About {
        match (change.delivery_id, change.call_event_id) {
            (Some(id), _) => About::One(id),
            (None, Some(_)) => About::Latest,
            (None, None) => About::Nothing,
        }
    }

    fn kept() -> &'static LocalKey<RefCell<Option<Kept<Self>>>> {
        &KEPT
    }

    /// Not said: what is sent follows from what happened, which is.
    fn came(_: Live, _: &[Self]) {}

    async fn page(
        client: Client,
        failed: bool,
        cursor: Option<String>,
    ) -> Result<Page<Self>, ClientError> {
        api::deliveries::list(client, failed, cursor.as_deref()).await
    }

    async fn one(client: Client, id: String) -> Result<Self, ClientError> {
        api::deliveries::get(client, &id)
            .await
            .map(|delivery| Self { attempts: Vec::new(), ..delivery })
    }
}

/// The page; with `?state=failed` of what was given up only.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let router = use_router();
    let failed = memo(move || router.query("state").is_some_and(|state| state == "failed"));
    let resending = RwSignal::new(false);
    // Counts up when the log has to be read anew.
    let round = RwSignal::new(0_u32);
    let chip = move |only: bool| {
        view! {
            <label data-testid=if only { "state-failed" } else { "state-all" }>
                <input
                    type="radio"
                    name="state"
                    prop:checked=move || failed.get() == only
                    on:change=move |_| {
                        router
                            .replace(
                                &if only { failed_only() } else { routes::DELIVERIES.to_owned() },
                            )
                    }
                />
                <span>
                    {redraw(move || if only { t!(notices.only_failed) } else { t!(history.all) })}
                </span>
            </label>
        }
    };
    view! {
        <TitleBar title=text!(notices.deliveries) back=routes::NOTICES deep=true />
        <div class="tools filters">
            <div class="chips bare" role="radiogroup" aria-label=text!(notices.filter_state)>
                {[false, true].map(chip).into_iter().collect_view()}
            </div>
            <button
                class="btn"
                type="button"
                aria-haspopup="dialog"
                data-testid="resend-many"
                on:click=move |_| resending.set(true)
            >
                <Icon icon=icondata_lu::LuRotateCw />
                {text!(notices.resend_many)}
            </button>
        </div>
        {redraw(move || {
            round.track();
            view! { <Log failed=failed.get() /> }
        })}
        <ResendSheet
            open=resending
            resent=Callback::new(move |()| round.update(|round| *round += 1))
        />
    }
}

#[component]
fn Log(failed: bool) -> impl IntoView {
    remember(if failed { failed_only() } else { routes::DELIVERIES.to_owned() });
    let feed = Feed::<Delivery>::start(failed);
    let any = memo(move || feed.items.with(|items| !items.is_empty()));
    view! {
        <Unseen feed />
        <section
            class="group"
            class:none=move || !any.get()
            on:pointermove=move |_| feed.touch(false)
            on:pointerdown=move |_| feed.touch(true)
            on:pointerup=move |_| feed.touch(false)
            on:pointercancel=move |_| feed.touch(false)
        >
            <ul class="list">
                <For each=move || feed.items.get() key=|item| item.id.clone() let:item>
                    {delivery_row(item)}
                </For>
            </ul>
        </section>
        <Rest feed empty=ViewFn::from(move || view! { <Nothing failed /> }) />
    }
}

#[component]
fn Nothing(failed: bool) -> impl IntoView {
    view! {
        <section class="state" data-testid="empty-state">
            <Icon icon=if failed { icondata_lu::LuCircleCheck } else { icondata_lu::LuSend } />
            <h2>
                {redraw(move || {
                    if failed { t!(notices.no_failed_title) } else { t!(notices.no_sent_title) }
                })}
            </h2>
            <p>
                {redraw(move || {
                    if failed {
                        t!(notices.no_failed_body)
                    } else {
                        t!(notices.no_sent_body)
                    }
                })}
            </p>
        </section>
    }
}

fn delivery_row(item: Item<Delivery>) -> AnyView {
    let Item { entry, fresh, .. } = item;
    let delivery = RwSignal::from(entry);
    let event = delivery.with_untracked(|delivery| delivery.call_event_id.clone());
    let at = delivery.with_untracked(|delivery| delivery.created_at);
    let leads = event.is_some();
    let inside = move || {
        delivery.with(|delivery| {
            let channel = delivery.channel;
            let (class, icon, state) = words::state(delivery.state);
            let said = delivery
                .problem
                .as_ref()
                .map(|problem| problem.message.clone())
                .or_else(|| words::remark(delivery));
            view! {
                <span class="lead">
                    <Icon icon=channel.icon() />
                </span>
                <span class="label">
                    <b class="name">{words::destination(delivery)}</b>
                    <small class="num">
                        {words::parts([
                            Some(words::channel(channel).to_owned()),
                            Some(words::moment(at)),
                        ])}
                    </small>
                    <span class="sent">
                        <span class=class data-testid="state">
                            <Icon icon />
                            {state}
                        </span>
                    </span>
                    {said.map(|words| view! { <small>{words}</small> })}
                </span>
                {leads.then(|| view! { <Chevron /> })}
            }
        })
    };
    let row = match event {
        Some(event) => view! {
            <a class="row" href=routes::notice(&event)>
                {inside}
            </a>
        }
        .into_any(),
        // About a service that was switched off: that mail is about no call.
        None => view! { <div class="row">{inside}</div> }.into_any(),
    };
    view! {
        <li class="happened" class:fresh=fresh data-testid="delivery">
            {row}
        </li>
    }
    .into_any()
}

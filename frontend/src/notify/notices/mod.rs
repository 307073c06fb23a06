//! 通知履歴: what happened on the numbers, what was sent about it, and what came of that.

mod entries;
mod event;
mod feed;
mod filter;
mod log;
mod resend;
mod words;

use std::cell::RefCell;
use std::thread::LocalKey;

use api_types::{CallEvent, LiveChange, NotifyEvent, Page};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

pub use self::event::NoticePage;
pub use self::log::DeliveriesPage;

use self::entries::event_row;
use self::feed::{About, Entry, Feed, Kept};
use self::filter::Filters;
use crate::calls::api;
use crate::numbers::directory::{number_label, use_directory};
use crate::platform::api::{Client, ClientError};
use crate::platform::effect::{memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::remote::Remote;
use crate::platform::router::use_router;
use crate::platform::routes::{self, RowRef};
use crate::ui::icon::Icon;
use crate::ui::live::Live;
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// Which events are shown.
#[derive(Clone, Debug, Default, PartialEq)]
struct Filter {
    kind: Option<NotifyEvent>,
    number: Option<String>,
}

impl Filter {
    /// The page that shows them.
    fn address(&self) -> String {
        let mut address = routes::NOTICES.to_owned();
        for (name, value) in
            [("number", self.number.as_deref()), ("kind", self.kind.map(api::kind_key))]
        {
            if let Some(value) = value {
                address.push_str(if address.contains('?') { "&" } else { "?" });
                address.push_str(&format!("{name}={value}"));
            }
        }
        address
    }
}

thread_local! {
    static KEPT: RefCell<Option<Kept<CallEvent>>> = const { RefCell::new(None) };
    /// The log that was looked at last: the way back from what stands in it.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The log that leads to an event.
fn way_back() -> String {
    LAST.with_borrow(|last| last.clone()).unwrap_or_else(|| routes::NOTICES.to_owned())
}

fn remember(address: String) {
    LAST.set(Some(address));
}

impl Entry for CallEvent {
    type Filter = Filter;

    fn id(&self) -> &str {
        &self.id
    }

    fn at(&self) -> DateTime<Utc> {
        self.at
    }

    fn fits(&self, filter: &Filter) -> bool {
        filter.kind.is_none_or(|kind| kind == self.kind)
            && filter.number.as_ref().is_none_or(|number| *number == self.number_id)
    }

    fn about(change: LiveChange) -> About {
        match (change.call_event_id, change.delivery_id) {
            (Some(id), _) => About::One(id),
            (None, Some(_)) => About::Latest,
            (None, None) => About::Nothing,
        }
    }

    fn kept() -> &'static LocalKey<RefCell<Option<Kept<Self>>>> {
        &KEPT
    }

    fn came(live: Live, new: &[Self]) {
        live.say(match new {
            [event] => {
                t!(notices.came, kind = words::kind(event.kind), caller = event.caller.text.clone())
            }
            many => t!(notices.news, count = many.len()),
        });
    }

    async fn page(
        client: Client,
        filter: Filter,
        cursor: Option<String>,
    ) -> Result<Page<Self>, ClientError> {
        api::list(client, filter.kind, filter.number.as_deref(), cursor.as_deref()).await
    }

    async fn one(client: Client, id: String) -> Result<Self, ClientError> {
        api::get(client, &id).await
    }
}

/// The page: of everything, or with `?number=` of one number; `kind=` names one kind.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let router = use_router();
    let filter = memo(move || {
        let kind = router.query("kind").unwrap_or_default();
        let kind = NotifyEvent::ALL.into_iter().find(|known| api::kind_key(*known) == kind);
        Filter { kind, number: router.query("number") }
    });
    let number = memo(move || filter.with(|filter| filter.number.clone()));
    let rows = use_directory().rows();
    // Another number is another page.
    move || {
        let number = number.get();
        let back = number
            .as_ref()
            .map_or_else(|| routes::HOME.to_owned(), |id| RowRef::number(id.clone()).home());
        let heading = move || {
            let id = number.clone()?;
            rows.with(|rows| rows.ready().and_then(|rows| rows.number(&id)).map(number_label))
        };
        view! {
            <TitleBar title=text!(notices.title) back />
            {redraw(move || heading().map(|label| view! { <p class="big num">{label}</p> }))}
            <Filters filter />
            {redraw(move || view! { <Events filter=filter.get() /> })}
        }
    }
}

#[component]
fn Events(filter: Filter) -> impl IntoView {
    remember(filter.address());
    let one_number = filter.number.is_some();
    let narrowed = filter.kind.is_some();
    let whole = Filter { kind: None, ..filter.clone() }.address();
    let feed = Feed::<CallEvent>::start(filter);
    let days = memo(move || {
        let mut days: Vec<String> = feed.items.with(|items| {
            items
                .iter()
                .map(|item| format::iso_day(item.entry.with_untracked(|event| event.at)))
                .collect()
        });
        days.dedup();
        days
    });
    let group = move |day: String| {
        let of_day = day.clone();
        let items = move || {
            let of_day = |item: &&feed::Item<CallEvent>| {
                format::iso_day(item.entry.with_untracked(|event| event.at)) == of_day
            };
            feed.items.with(|items| items.iter().filter(of_day).cloned().collect::<Vec<_>>())
        };
        view! {
            <section class="group">
                <h2>
                    {redraw(move || {
                        format::end_of_day(&day).map(|end| words::day(format::last_day(end)))
                    })}
                </h2>
                <ul class="list">
                    <For each=items key=|item| item.id.clone() let:item>
                        {event_row(item, one_number)}
                    </For>
                </ul>
            </section>
        }
    };
    view! {
        <Unseen feed />
        <div
            on:pointermove=move |_| feed.touch(false)
            on:pointerdown=move |_| feed.touch(true)
            on:pointerup=move |_| feed.touch(false)
            on:pointercancel=move |_| feed.touch(false)
        >
            <For each=move || days.get() key=String::clone let:day>
                {group(day)}
            </For>
        </div>
        <Rest feed empty=ViewFn::from(move || view! { <Nothing narrowed whole=whole.clone() /> }) />
    }
}

/// What came while one reads further down, and the way there.
#[component]
fn Unseen<T: Entry>(feed: Feed<T>) -> impl IntoView {
    let count = memo(move || feed.unseen.with(Vec::len));
    let any = memo(move || count.get() > 0);
    let show = move |_| {
        feed.show_unseen();
        window().scroll_to_with_x_and_y(0.0, 0.0);
        focus_first(".detail .happened a");
    };
    view! {
        <div class="unseen">
            {redraw(move || {
                any
                    .get()
                    .then(|| {
                        view! {
                            <button
                                class="btn main"
                                type="button"
                                data-testid="unseen"
                                on:click=show
                            >
                                <Icon icon=icondata_lu::LuArrowUp />
                                {text!(notices.news, count = count.get())}
                            </button>
                        }
                    })
            })}
        </div>
    }
}

/// What stands after the last entry.
#[derive(Clone, PartialEq)]
enum End {
    Loading,
    Failed(ClientError),
    Empty,
    Done,
    /// More can be read, or is being read: the button stays, and with it the focus.
    More,
}

#[component]
fn Rest<T: Entry>(feed: Feed<T>, empty: ViewFn) -> impl IntoView {
    let end = memo(move || match (feed.reading.state(), feed.items.with(Vec::is_empty)) {
        (Remote::Failed(error), _) => End::Failed(error),
        (Remote::Loading, true) => End::Loading,
        (Remote::Ready(()), true) => End::Empty,
        (Remote::Ready(()), false) if feed.done.get() => End::Done,
        _ => End::More,
    });
    let loading = feed.reading.busy();
    move || match end.get() {
        End::Loading => view! { <SkeletonRows count=5 /> }.into_any(),
        End::Failed(error) => {
            view! { <ErrorState error retry=Callback::new(move |()| feed.read()) /> }.into_any()
        }
        End::Empty => empty.run(),
        End::Done => view! { <p class="end">{text!(history.end)}</p> }.into_any(),
        End::More => view! {
            <button
                class="btn wide \
                more"
                type="button"
                data-testid="more"
                aria-disabled=move || loading.get().to_string()
                on:click=move |_| feed.more()
            >
                {redraw(move || if loading.get() { t!(states.loading) } else { t!(history.more) })}
            </button>
        }
        .into_any(),
    }
}

/// Nothing happened; or nothing of what was asked for.
#[component]
fn Nothing(narrowed: bool, whole: String) -> impl IntoView {
    let router = use_router();
    let (icon, title, body) = match narrowed {
        true => (icondata_lu::LuSearchX, text!(notices.none_title), text!(notices.none_body)),
        false => (icondata_lu::LuInbox, text!(notices.empty_title), text!(notices.empty_body)),
    };
    view! {
        <section class="state" data-testid="empty-state">
            <Icon icon />
            <h2>{title}</h2>
            <p>{body}</p>
            {match narrowed {
                true => {
                    view! {
                        <button
                            class="btn \
                            main"
                            type="button"
                            data-testid="show-all"
                            on:click=move |_| {
                                router.replace(&whole);
                                focus_first("[data-testid=kind-all] input");
                            }
                        >
                            {text!(notices.show_all)}
                        </button>
                    }
                        .into_any()
                }
                false => {
                    view! {
                        <a
                            class="btn \
                            main"
                            href=routes::NOTIFY_RULES
                            data-testid="to-rules"
                        >
                            {text!(notices.to_rules)}
                        </a>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

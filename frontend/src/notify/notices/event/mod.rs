//! One thing that happened: who called, what was said, and what was sent about it.

mod attempts;
mod link;
mod player;
mod sent;

use std::time::Duration;

use api_types::{AttachmentKind, CallEvent, Capability, Delivery, ErrorCode, NotifyEvent};
use leptos::prelude::*;

use self::link::Link;
use self::player::Player;
use self::sent::Sent;
use super::{way_back, words};
use crate::calls;
use crate::calls::changes::{self, News};
use crate::notify::api;
use crate::numbers::directory::{number_label, use_directory};
use crate::platform::api::{Client, ClientError, use_client};
use crate::platform::effect::{memo, redraw};
use crate::platform::format;
use crate::platform::i18n::locale;
use crate::platform::remote::Remote;
use crate::platform::routes::{RowPage, RowRef};
use crate::platform::task::Task;
use crate::ui::clipboard::CopyButton;
use crate::ui::icon::{Chevron, Icon};
use crate::ui::live::{Live, use_live};
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::TitleBar;
use crate::{t, text};

/// Changes that come together are looked up together.
const PAUSE: Duration = Duration::from_millis(250);

/// The event and its notices, as they are now.
#[derive(Clone, Copy)]
struct Page {
    client: Client,
    live: Live,
    id: StoredValue<String>,
    loading: Task,
    refreshing: Task,
    event: RwSignal<Option<CallEvent>>,
    sent: RwSignal<Option<Vec<Delivery>>>,
    due: StoredValue<bool>,
}

impl Page {
    fn load(self) {
        self.loading.run(self.read(), |outcome| outcome);
    }

    /// Reads both anew; what did not change is not drawn anew.
    async fn read(self) -> Result<(), ClientError> {
        let Some(id) = self.id.try_get_value() else { return Ok(()) };
        let (event, sent) = futures_util::future::join(
            calls::api::get(self.client, &id),
            api::deliveries::of_event(self.client, &id),
        )
        .await;
        let event = Some(event?);
        if self.event.try_with_untracked(|known| *known != event) == Some(true) {
            self.event.set(event);
        }
        let sent = Some(sent?);
        self.tell(sent.as_deref().unwrap_or_default());
        if self.sent.try_with_untracked(|known| *known != sent) == Some(true) {
            self.sent.set(sent);
        }
        Ok(())
    }

    /// Says what has come to an end since one looks.
    fn tell(self, now: &[Delivery]) {
        let ended = self.sent.try_with_untracked(|before| {
            let before = before.as_deref().unwrap_or_default();
            let was_open = |delivery: &&Delivery| {
                before.iter().any(|old| old.id == delivery.id && old.finished_at.is_none())
            };
            now.iter().filter(was_open).find(|delivery| delivery.finished_at.is_some()).cloned()
        });
        if let Some(delivery) = ended.flatten() {
            self.live.say(format!("{} {}", delivery.destination, words::state(delivery.state).2));
        }
    }

    fn hear(self, news: &News) {
        let mine = match news {
            News::Missed => true,
            News::Change(change) => match (&change.call_event_id, &change.delivery_id) {
                (Some(id), _) => self.id.try_with_value(|mine| mine == id) == Some(true),
                (None, Some(id)) => {
                    self.sent.try_with_untracked(|sent| {
                        sent.iter().flatten().any(|delivery| delivery.id == *id)
                    }) == Some(true)
                }
                (None, None) => false,
            },
        };
        if mine && self.due.try_get_value() == Some(false) {
            self.due.set_value(true);
            set_timeout(
                move || {
                    self.due.try_set_value(false);
                    self.refresh();
                },
                PAUSE,
            );
        }
    }

    /// Reads anew what is on the screen. Where that fails it stays as it was.
    fn refresh(self) {
        self.refreshing.latest(self.read(), move |outcome| {
            if outcome.is_ok() {
                self.loading.error().set(None);
            }
            Ok(())
        });
    }
}

/// The page.
#[component]
pub fn NoticePage(
    /// UUID of the event.
    id: String,
) -> impl IntoView {
    let page = Page {
        client: use_client(),
        live: use_live(),
        id: StoredValue::new(id),
        loading: Task::default(),
        refreshing: Task::default(),
        event: RwSignal::new(None),
        sent: RwSignal::new(None),
        due: StoredValue::new(false),
    };
    page.load();
    changes::listen(Callback::new(move |news| page.hear(&news)));
    let retry = Callback::new(move |()| page.load());
    view! {
        <TitleBar title=text!(notices.event) back=way_back() deep=true />
        {redraw(move || match page.loading.state() {
            Remote::Loading => {
                view! {
                    <SkeletonRows count=2 />
                    <SkeletonRows count=3 />
                }
                    .into_any()
            }
            Remote::Failed(error) if error.code() == Some(ErrorCode::NotFound) => {
                view! { <Gone /> }.into_any()
            }
            Remote::Failed(error) => view! { <ErrorState error retry /> }.into_any(),
            Remote::Ready(()) => {
                page.event.get_untracked().map(|event| view! { <Body page event /> }).into_any()
            }
        })}
    }
}

/// It is too old, or never was.
#[component]
fn Gone() -> impl IntoView {
    view! {
        <section class="state" role="alert" data-testid="not-found">
            <Icon icon=icondata_lu::LuSearchX />
            <h2>{text!(states.not_found_title)}</h2>
            <p>{text!(notices.gone)}</p>
            <a class="btn main" href=way_back()>
                {text!(notices.to_log)}
            </a>
        </section>
    }
}

#[component]
fn Body(page: Page, event: CallEvent) -> impl IntoView {
    let now = Signal::derive(move || page.event.get());
    let file = memo(move || {
        now.with(|event| {
            event.as_ref()?.attachment.as_ref().map(|file| (file.kind, file.file_name.clone()))
        })
    });
    let link = memo(move || now.with(|event| event.as_ref()?.attachment.clone()));
    let transcript = memo(move || {
        now.with(|event| event.as_ref()?.transcript.clone().filter(|text| !text.trim().is_empty()))
    });
    let length = memo(move || now.with(|event| event.as_ref()?.duration_s));
    let href = calls::api::attachment_href(&event.id);
    let is_voicemail = event.kind == NotifyEvent::Voicemail;
    view! {
        <Head event=event.clone() now />
        {redraw(move || {
            file
                .get()
                .map(|(kind, name)| match kind {
                    AttachmentKind::Audio => {
                        view! { <Player src=href.clone() name length=length.get_untracked() /> }
                            .into_any()
                    }
                    AttachmentKind::Fax => view! { <Fax href=href.clone() name /> }.into_any(),
                })
        })}
        {redraw(move || match transcript.get() {
            Some(said) => {
                let copied = Signal::stored(said.clone());
                view! {
                    <section class="group" data-testid="transcript">
                        <h2>{text!(notices.transcript)}</h2>
                        <div class="note spoken">
                            <p>{said}</p>
                            <CopyButton text=copied />
                        </div>
                    </section>
                }
                    .into_any()
            }
            None if is_voicemail => {
                view! {
                    <p class="footnote" data-testid="no-transcript">
                        {text!(notices.no_transcript)}
                    </p>
                }
                    .into_any()
            }
            None => ().into_any(),
        })}
        <Actions event />
        <Sent page />
        {redraw(move || link.get().map(|file| view! { <Link page file /> }))}
    }
}

/// Who called when, and what became of it.
#[component]
fn Head(event: CallEvent, now: Signal<Option<CallEvent>>) -> impl IntoView {
    let rows = use_directory().rows();
    let CallEvent { kind, at, caller, number_id, .. } = event;
    let what = move || {
        let circumstance = now.with(|event| event.as_ref().and_then(words::circumstance));
        words::parts([Some(words::kind(kind).to_owned()), circumstance])
    };
    let number = move || {
        rows.with(|rows| {
            let number = rows.ready()?.number(&number_id)?;
            let label = number_label(number);
            Some(words::parts([
                Some(label),
                Some(number.name.clone()).filter(|name| !name.is_empty()),
            ]))
        })
    };
    view! {
        <div class="hero happened-hero">
            <span class="lead">
                <Icon icon=words::kind_icon(kind) />
            </span>
            <div>
                <p class="big num" data-testid="caller">
                    {caller.text}
                </p>
                <p class="what">
                    <span data-testid="what">{what}</span>
                    {caller
                        .international
                        .then(|| {
                            view! { <span class="badge">{text!(preview.international)}</span> }
                        })}
                </p>
                <p class="sub">
                    <time class="num" datetime=at.to_rfc3339()>
                        {text!(
                                row.last_seen,
                        day = format::day(locale(), at), time = format::time(at)
                            )}
                    </time>
                    <span class="num" data-testid="called">
                        {number}
                    </span>
                </p>
            </div>
        </div>
    }
}

#[component]
fn Fax(href: String, name: String) -> impl IntoView {
    view! {
        <section class="group">
            <div class="list">
                // A tab of its own: a PDF in place of the app has no way back on a phone.
                <a
                    class="row"
                    href=href.clone()
                    target="_blank"
                    rel="noopener"
                    data-testid="open-fax"
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuFileText />
                    </span>
                    <span class="label">
                        {text!(notices.open_fax)}<small>{name.clone()}</small>
                    </span>
                    <span class="go">
                        <Icon icon=icondata_lu::LuExternalLink />
                    </span>
                </a>
                <a class="row" href=href download=name data-testid="save-fax">
                    <span class="lead">
                        <Icon icon=icondata_lu::LuDownload />
                    </span>
                    <span class="label">{text!(notices.save_fax)}</span>
                </a>
            </div>
        </section>
    }
}

/// What to do about it: call back, or never again.
#[component]
fn Actions(event: CallEvent) -> impl IntoView {
    let rows = use_directory().rows();
    let row = RowRef::number(event.number_id);
    let can_block = {
        let id = row.id.clone();
        memo(move || {
            rows.with(|rows| {
                rows.ready()
                    .and_then(|rows| rows.number(&id))
                    .is_some_and(|number| number.can(Capability::BlockList))
            })
        })
    };
    let call = event.caller.e164.clone().map(|number| {
        view! {
            <a class="row action" href=format!("tel:{number}") data-testid="call-back">
                <span class="lead">
                    <Icon icon=icondata_lu::LuPhone />
                </span>
                <span class="label">{text!(notices.call_back)}</span>
            </a>
        }
    });
    let known = event.caller.e164.is_some();
    let block =
        event.caller.e164.map_or_else(|| row.page(RowPage::BlockList), |number| row.block(&number));
    let anything = call.is_some();
    view! {
        <section class="group" class:none=move || !anything && !can_block.get()>
            <div class="list">
                {call}
                {redraw(move || {
                    can_block
                        .get()
                        .then(|| {
                            view! {
                                <a
                                    class="row"
                                    class:danger=known
                                    href=block.clone()
                                    data-testid="block-caller"
                                >
                                    <span class="lead">
                                        <Icon icon=icondata_lu::LuBan />
                                    </span>
                                    <span class="label">
                                        {redraw(move || {
                                            if known {
                                                t!(notices.block)
                                            } else {
                                                t!(notices.to_block_list)
                                            }
                                        })}
                                    </span>
                                    <Chevron />
                                </a>
                            }
                        })
                })}
            </div>
        </section>
    }
}

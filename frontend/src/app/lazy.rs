//! The pages that are no part of the first download.
//!
//! They are one file, which is fetched once somebody is signed in and the browser has nothing else
//! to do, or when one of them is opened before that.

use std::cell::RefCell;
use std::sync::OnceLock;

use api_types::PhoneIdKind;
use js_sys::{Promise, Reflect};
use leptos::leptos_dom::helpers::request_idle_callback_with_handle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::accounts::page::AccountPage;
use crate::block_list::import::BlockImportPage;
use crate::block_list::page::BlockListPage;
use crate::history::page::HistoryPage;
use crate::identity::api_keys::ApiKeysPage;
use crate::identity::password::PasswordPage;
use crate::notify::notices::{DeliveriesPage, NoticePage, NoticesPage};
use crate::notify::rule::RulePage;
use crate::notify::rules::RulesPage;
use crate::notify::service::{AddServicePage, ServicePage};
use crate::numbers::copy::CopyPage;
use crate::numbers::directory::use_directory;
use crate::numbers::general::GeneralPage;
use crate::numbers::outbound_number::OutboundNumberPage;
use crate::numbers::ringing::RingingPage;
use crate::platform::api::ClientError;
use crate::platform::remote::Remote;
use crate::platform::router::use_router;
use crate::platform::routes::{self, NotifyPage, Route, RowPage, RowRef};
use crate::routing::preview::PreviewPage;
use crate::softphone::sign_ins::SignInsPage;
use crate::switch::reflected;
use crate::text;
use crate::ui::Text;
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::{TitleBar, hand_over_focus};

/// How to draw a page, and what stands beside the notice that something was saved.
type Pages = (fn(Route) -> AnyView, fn() -> AnyView);

/// There once the file has come.
static PAGES: OnceLock<Pages> = OnceLock::new();

/// Nothing else may name what it reaches, or that becomes part of the first download again.
#[wasm_split(settings, fallible)]
fn pages() -> Result<Pages, SplitLoaderError> {
    let page = |route| match route {
        Route::General(row) => view! { <GeneralPage row /> }.into_any(),
        Route::Account => view! { <AccountPage /> }.into_any(),
        Route::Page(row, RowPage::BlockList) => view! { <BlockListPage row /> }.into_any(),
        Route::Page(row, RowPage::BlockImport) => view! { <BlockImportPage row /> }.into_any(),
        Route::Page(row, RowPage::Ringing) => view! { <RingingPage row /> }.into_any(),
        Route::Page(row, RowPage::OutboundNumber) => {
            view! { <OutboundNumberPage row /> }.into_any()
        }
        Route::Page(row, RowPage::Password) => view! { <PasswordPage row /> }.into_any(),
        Route::Page(row, RowPage::SignIns) => view! { <SignInsPage row /> }.into_any(),
        Route::Page(row, RowPage::Preview) => view! { <PreviewPage row /> }.into_any(),
        Route::Page(row, RowPage::Copy) => view! { <CopyPage row /> }.into_any(),
        Route::ApiKeys => view! { <ApiKeysPage /> }.into_any(),
        Route::Notices => view! { <NoticesPage /> }.into_any(),
        Route::Notice(id) => view! { <NoticePage id /> }.into_any(),
        Route::Deliveries => view! { <DeliveriesPage /> }.into_any(),
        Route::Notify(NotifyPage::Rules) => view! { <RulesPage /> }.into_any(),
        Route::Notify(NotifyPage::Rule(rule_id)) => view! { <RulePage rule_id /> }.into_any(),
        Route::Notify(NotifyPage::AddService(rule_id)) => {
            view! { <AddServicePage rule_id /> }.into_any()
        }
        Route::Notify(NotifyPage::Service(rule_id, service_id)) => {
            view! { <ServicePage rule_id service_id /> }.into_any()
        }
        _ => view! { <HistoryPage /> }.into_any(),
    };
    Ok((page, reflected::view))
}

/// Asks for the styles of the pages; the promise is kept, with the event that says whether they
/// have come.
fn style() -> Promise {
    let document = document();
    let url = document
        .query_selector("meta[name=later-style]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"));
    let link = document.create_element("link").ok().zip(document.head());
    Promise::new(&mut |kept, _| {
        let asked = url.as_ref().zip(link.as_ref()).map(|(url, (link, head))| {
            // Never broken: nobody may be waiting yet, and the browser would complain.
            link.add_event_listener_with_callback("load", &kept)?;
            link.add_event_listener_with_callback("error", &kept)?;
            link.set_attribute("rel", "stylesheet")?;
            link.set_attribute("href", url)?;
            head.append_child(link)
        });
        if !matches!(asked, Some(Ok(_))) {
            _ = kept.call0(&JsValue::NULL);
        }
    })
}

thread_local! {
    static STYLE: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// The pages and their styles.
async fn both() -> Result<Pages, ()> {
    let style = STYLE.with_borrow_mut(|kept| kept.get_or_insert_with(style).clone());
    let pages = pages().await.map_err(drop);
    let event = JsFuture::from(style).await.map_err(drop)?;
    if Reflect::get(&event, &JsValue::from_str("type")).is_ok_and(|kind| kind == "load") {
        return pages;
    }
    // Asked for again the next time.
    STYLE.with_borrow_mut(|kept| *kept = None);
    Err(())
}

async fn fetch() -> Result<(), ClientError> {
    match both().await {
        Ok(pages) => {
            PAGES.get_or_init(|| pages);
            Ok(())
        }
        Err(_) if is_online() => Err(ClientError::Malformed),
        Err(_) => Err(ClientError::Offline),
    }
}

/// Fetches the pages when the browser has nothing else to do; not for those who asked it to save
/// data.
pub fn prefetch() {
    if PAGES.get().is_some() || saves_data() {
        return;
    }
    // What does not come now is asked for again when it is opened, and then there is somebody to
    // tell.
    let start = || spawn_local(async { _ = fetch().await });
    if request_idle_callback_with_handle(start).is_err() {
        // A browser that does not tell when it is idle.
        set_timeout(start, std::time::Duration::from_secs(1));
    }
}

fn saves_data() -> bool {
    let connection = Reflect::get(&window().navigator(), &JsValue::from_str("connection"));
    connection
        .and_then(|connection| Reflect::get(&connection, &JsValue::from_str("saveData")))
        .is_ok_and(|saves| saves.is_truthy())
}

fn is_online() -> bool {
    window().navigator().on_line()
}

/// What stands beside the notice that something was saved, where the pages have come.
pub fn reflected() -> Option<AnyView> {
    PAGES.get().map(|(_, reflected)| reflected())
}

/// One of the pages: at once where they have come; else its title, the way back, and grey rows or
/// what went wrong.
pub fn page(route: Route) -> AnyView {
    if let Some((page, _)) = PAGES.get() {
        return page(route);
    }
    let state = RwSignal::new(Remote::Loading);
    let start = Callback::new(move |()| {
        state.set(Remote::Loading);
        spawn_local(async move {
            let outcome = fetch().await;
            // The person may have gone elsewhere meanwhile.
            state.try_set(outcome.into());
        });
    });
    start.run(());
    let retry = Callback::new(move |()| {
        // What a server within reach does not give belongs to a former version: a reload brings the
        // one that it has now.
        if is_online() {
            _ = window().location().reload();
        } else {
            start.run(());
        }
    });
    let has_come = Memo::new(move |_| state.with(|state| state.ready().is_some()));
    let content = move || match has_come.get().then(|| PAGES.get()).flatten() {
        Some((page, _)) => {
            hand_over_focus();
            page(route.clone())
        }
        None => view! {
            <TitleBar title=title(&route) back=way_back(&route) deep=is_deep(&route) />
            {move || match state.get() {
                Remote::Failed(error) => view! { <ErrorState error retry /> }.into_any(),
                Remote::Loading | Remote::Ready(()) => {
                    view! {
                        <SkeletonRows count=3 />
                        <SkeletonRows count=3 />
                    }
                        .into_any()
                }
            }}
        }
        .into_any(),
    };
    content.into_any()
}

fn title(route: &Route) -> Text {
    match route {
        Route::General(_) => text!(general.title),
        Route::Account => text!(account.title),
        Route::Page(_, RowPage::BlockList) => text!(block.title),
        Route::Page(_, RowPage::BlockImport) => text!(import.title),
        Route::Page(_, RowPage::Ringing) => text!(ringing.title),
        Route::Page(_, RowPage::OutboundNumber) => text!(outbound.title),
        Route::Page(_, RowPage::Password) => text!(password.title),
        Route::Page(_, RowPage::SignIns) => text!(row.terminals),
        Route::Page(_, RowPage::Preview) => text!(preview.title),
        Route::Page(_, RowPage::Copy) => text!(copy.title),
        Route::ApiKeys => text!(keys.title),
        Route::Notices => text!(notices.title),
        Route::Notice(_) => text!(notices.event),
        Route::Deliveries => text!(notices.deliveries),
        Route::Notify(NotifyPage::Rules) => text!(notify.title),
        Route::Notify(NotifyPage::Rule(_)) => text!(setting.notify_rule_id),
        Route::Notify(NotifyPage::AddService(_)) => text!(notify.add_service),
        Route::Notify(NotifyPage::Service(..)) => text!(notify.service),
        _ => text!(history.title),
    }
}

/// Whether the page belongs to one that is not in the list.
fn is_deep(route: &Route) -> bool {
    matches!(route, Route::Notice(_) | Route::Deliveries | Route::ApiKeys)
}

/// The page that a page belongs to, as the page itself will say.
fn way_back(route: &Route) -> String {
    match route {
        Route::Page(row, RowPage::BlockImport) => row.page(RowPage::BlockList),
        Route::Page(row, RowPage::Password) if is_basic(row) => routes::ACCOUNT.to_owned(),
        Route::General(row) | Route::Page(row, _) => row.home(),
        Route::Account => routes::HOME.to_owned(),
        Route::ApiKeys => routes::ACCOUNT.to_owned(),
        Route::Notice(_) | Route::Deliveries => routes::NOTICES.to_owned(),
        // The form belongs to the choice, which has the same path.
        Route::Notify(page @ NotifyPage::AddService(_)) if use_router().query("type").is_some() => {
            page.path()
        }
        Route::Notify(page) => page.parent(),
        _ => use_router().row().as_ref().map_or_else(|| routes::HOME.to_owned(), RowRef::home),
    }
}

fn is_basic(row: &RowRef) -> bool {
    use_directory().rows().with(|rows| {
        rows.ready()
            .and_then(|rows| rows.phone_id(&row.id))
            .is_some_and(|phone_id| phone_id.kind == PhoneIdKind::Basic)
    })
}

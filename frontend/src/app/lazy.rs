//! The pages that are no part of the first download: how their files are fetched, and what stands
//! there until they have come. The table of them is [`super::pages`].
//!
//! All are fetched once somebody is signed in and the browser has nothing else to do; one that is
//! opened before that is fetched then.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::OnceLock;

use api_types::PhoneIdKind;
use js_sys::{Promise, Reflect};
use leptos::leptos_dom::helpers::request_idle_callback_with_handle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::SplitLoaderError;

use super::pages::{FILES, find};
use crate::numbers::directory::use_directory;
use crate::platform::api::ClientError;
use crate::platform::effect::{memo, redraw};
use crate::platform::online::Reach;
use crate::platform::remote::Remote;
use crate::platform::router::use_router;
use crate::platform::routes::{self, NotifyPage, Route, RowPage, RowRef};
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::{TitleBar, hand_over_focus};

/// Draws the pages of a file.
pub type Draw = fn(Route) -> AnyView;

/// A file while it is on its way.
pub type Coming = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

/// A file did not come.
struct NotThere;

/// Some pages that are fetched together.
pub struct File {
    fetch: fn() -> Coming,
    draw: OnceLock<Draw>,
}

impl File {
    /// A file that has not come yet.
    pub const fn new(fetch: fn() -> Coming) -> Self {
        Self { fetch, draw: OnceLock::new() }
    }

    /// Fetches the file and the styles of the pages.
    async fn come(&self) -> Result<(), NotThere> {
        let style = STYLE.with_borrow_mut(|kept| kept.get_or_insert_with(style).clone());
        let draw = (self.fetch)().await;
        let styled = JsFuture::from(style).await.is_ok_and(|event| {
            Reflect::get(&event, &JsValue::from_str("type")).is_ok_and(|kind| kind == "load")
        });
        if !styled {
            // Asked for again the next time.
            STYLE.with_borrow_mut(|kept| *kept = None);
        }
        match draw {
            Ok(draw) if styled => {
                self.draw.get_or_init(|| draw);
                Ok(())
            }
            _ => Err(NotThere),
        }
    }
}

/// The files and what is in them: a block for each file, and in it for each page its route, its
/// title and its view.
macro_rules! files {
    ($($file:ident { $($route:pat, $room:ident.$title:ident, $view:expr;)+ })+) => {
        $(
            mod $file {
                use wasm_split_helpers::{SplitLoaderError, wasm_split};

                use super::*;
                use crate::app::lazy::{Coming, Draw};

                #[wasm_split($file, fallible)]
                fn pages() -> Result<Draw, SplitLoaderError> {
                    fn draw(route: Route) -> AnyView {
                        provide_context(Beside(reflected::view));
                        match route {
                            $($route => $view.into_any(),)+
                            _ => ().into_any(),
                        }
                    }
                    Ok(draw)
                }

                fn fetch() -> Coming {
                    Box::pin(pages())
                }

                pub static FILE: File = File::new(fetch);
            }
        )+

        /// All files, in the order in which they are fetched ahead of time.
        pub static FILES: &[&File] = &[$(&$file::FILE),+];

        /// The file of a page, and the page's title.
        #[allow(unused_variables, reason = "what a route names is for the page")]
        pub fn find(route: &Route) -> Option<(&'static File, Key)> {
            Some(match route {
                $($($route => (&$file::FILE, $crate::platform::i18n::texts::$room::$title),)+)+
                _ => return None,
            })
        }
    };
}
pub(super) use files;

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

/// Fetches all files when the browser has nothing else to do; not for those who asked it to save
/// data.
pub fn prefetch() {
    if FILES.iter().all(|file| file.draw.get().is_some()) || saves_data() {
        return;
    }
    // What does not come now is asked for when it is opened, and then there is somebody to tell.
    let start = || {
        spawn_local(async {
            for file in FILES {
                if file.come().await.is_err() {
                    return;
                }
            }
        });
    };
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

/// One of the pages: at once where its file has come; else its title, the way back, and grey rows
/// or what went wrong. Nothing for a route that no file has.
pub fn page(route: Route) -> AnyView {
    let Some((file, title)) = find(&route) else { return ().into_any() };
    if let Some(draw) = file.draw.get() {
        return draw(route);
    }
    let state = RwSignal::new(Remote::Loading);
    let reach = expect_context::<RwSignal<Reach>>();
    let has_server = move || reach.get_untracked() == Reach::Server;
    let start = Callback::new(move |()| {
        state.set(Remote::Loading);
        spawn_local(async move {
            let why = |NotThere| {
                if has_server() { ClientError::Malformed } else { ClientError::Offline }
            };
            let outcome = file.come().await.map_err(why);
            // The person may have gone elsewhere meanwhile.
            state.try_set(outcome.into());
        });
    });
    start.run(());
    let retry = Callback::new(move |()| {
        // What a server within reach does not give belongs to a former version: a reload brings the
        // one that it has now.
        if has_server() {
            _ = window().location().reload();
        } else {
            start.run(());
        }
    });
    let has_come = memo(move || state.with(|state| state.ready().is_some()));
    let content = move || match has_come.get().then(|| file.draw.get()).flatten() {
        Some(draw) => {
            hand_over_focus();
            draw(route.clone())
        }
        None => view! {
            <TitleBar title=title.follow() back=way_back(&route) deep=is_deep(&route) />
            {redraw(move || match state.get() {
                Remote::Failed(error) => view! { <ErrorState error retry /> }.into_any(),
                Remote::Loading | Remote::Ready(()) => {
                    view! {
                        <SkeletonRows count=3 />
                        <SkeletonRows count=3 />
                    }
                        .into_any()
                }
            })}
        }
        .into_any(),
    };
    content.into_any()
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

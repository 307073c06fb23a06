//! Nobody loses edits by leaving: links, the back button and closing the tab ask first.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::platform::effect::{follow, redraw};
use crate::platform::router::{self, Router};
use crate::ui::sheet::Sheet;
use crate::{t, text};

/// A page with edits that can be saved or thrown away.
#[derive(Clone, Copy)]
pub struct Guarded {
    /// Whether there is anything to lose.
    pub dirty: Signal<bool>,
    /// Whether a save is under way.
    pub busy: Signal<bool>,
    /// Saves.
    pub save: Callback<()>,
    /// Throws the edits away.
    pub discard: Callback<()>,
}

/// Where the person wanted to go.
#[derive(Clone, Debug)]
enum Leaving {
    To(String),
    Up(String),
    Back,
    Then(Callback<()>),
}

/// The guard of this window.
#[derive(Clone, Copy)]
pub struct Guard {
    page: RwSignal<Option<Guarded>>,
    leaving: RwSignal<Option<Leaving>>,
    passing: StoredValue<bool>,
    router: Router,
}

impl Guard {
    /// Starts to watch the window: every link and the back button come through here before the
    /// router hears of them.
    pub fn start(router: Router) -> Self {
        let guard = Self {
            page: RwSignal::new(None),
            leaving: RwSignal::new(None),
            passing: StoredValue::new(false),
            router,
        };
        let on_click =
            Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
                guard.on_click(&event)
            });
        let on_back = Closure::<dyn Fn(web_sys::Event)>::new(move |_| guard.on_back());
        let on_close = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            if guard.is_needed() {
                event.prevent_default();
            }
        });
        // Listening fails for no known reason, and the page works without.
        _ = window().add_event_listener_with_callback_and_bool(
            "click",
            on_click.as_ref().unchecked_ref(),
            true,
        );
        _ = window().add_event_listener_with_callback_and_bool(
            "popstate",
            on_back.as_ref().unchecked_ref(),
            true,
        );
        _ = window()
            .add_event_listener_with_callback("beforeunload", on_close.as_ref().unchecked_ref());
        // They live as long as the window.
        on_click.forget();
        on_back.forget();
        on_close.forget();
        guard
    }

    /// Guards a page for as long as it is on the screen.
    pub fn watch(self, page: Guarded) {
        self.page.set(Some(page));
        on_cleanup(move || {
            self.page.try_set(None);
        });
    }

    /// Does something that leaves the page, after asking if there is anything to lose.
    pub fn before(self, then: Callback<()>) {
        if self.is_needed() { self.leaving.set(Some(Leaving::Then(then))) } else { then.run(()) }
    }

    /// Whether there is anything to lose.
    pub fn is_needed(self) -> bool {
        self.page
            .try_get_untracked()
            .flatten()
            .is_some_and(|page| page.dirty.try_get_untracked().unwrap_or(false))
    }

    fn on_click(self, event: &web_sys::MouseEvent) {
        if event.button() != 0
            || event.meta_key()
            || event.ctrl_key()
            || event.shift_key()
            || event.alt_key()
        {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(link) = target.and_then(|element| {
            element.closest("a[href^='/']:not([target], [download])").ok().flatten()
        }) else {
            return;
        };
        let Some(address) = link.get_attribute("href") else { return };
        event.prevent_default();
        let leaving =
            if link.has_attribute("data-up") { Leaving::Up(address) } else { Leaving::To(address) };
        if self.is_needed() { self.leaving.set(Some(leaving)) } else { self.go(leaving) }
    }

    fn on_back(self) {
        if self.router.closed_layer() {
            return;
        }
        if self.passing.get_value() || !self.is_needed() {
            self.passing.set_value(false);
            return self.router.follow_browser();
        }
        // The address has changed already; putting the page's own back keeps the entry that was
        // wanted just behind it.
        _ = window().history().and_then(|history| {
            history.push_state_with_url(&JsValue::NULL, "", Some(&self.router.here()))
        });
        self.leaving.set(Some(Leaving::Back));
    }

    fn go(self, leaving: Leaving) {
        match leaving {
            Leaving::To(address) => self.router.push(&address),
            Leaving::Up(address) => self.passing.set_value(self.router.up(&address)),
            Leaving::Back => {
                self.passing.set_value(true);
                router::back();
            }
            Leaving::Then(then) => then.run(()),
        }
    }
}

/// The guard of this window.
pub fn use_guard() -> Guard {
    expect_context()
}

/// The question before leaving.
#[component]
pub fn LeaveDialog() -> impl IntoView {
    let guard = use_guard();
    let open = RwSignal::new(false);
    let saving = RwSignal::new(false);
    follow(move || open.set(guard.leaving.with(Option::is_some)));
    follow(move || {
        if !open.get() && guard.leaving.with_untracked(Option::is_some) {
            guard.leaving.set(None);
            saving.set(false);
        }
    });

    let go = Callback::new(move |()| {
        let Some(leaving) = guard.leaving.get_untracked() else { return };
        guard.leaving.set(None);
        guard.go(leaving);
    });
    // Leaving goes on once the save is through; if it was refused the page stays and shows why.
    follow(move || {
        let Some(page) = guard.page.get() else { return };
        let (dirty, busy) = (page.dirty.get(), page.busy.get());
        if saving.get() && !busy {
            saving.set(false);
            if dirty {
                guard.leaving.set(None)
            } else {
                // Not before the page has heard that it is saved: one that is being taken down must
                // not hear of anything any more.
                set_timeout(move || go.run(()), Duration::ZERO)
            }
        }
    });
    let save = move |_| {
        if let Some(page) = guard.page.get_untracked() {
            page.save.run(());
            saving.set(true);
        }
    };
    let discard = move |_| {
        if let Some(page) = guard.page.get_untracked() {
            page.discard.run(());
        }
        go.run(());
    };
    view! {
        <Sheet open title=text!(leave.title) test_id="leave-dialog" is_layer=false>
            <p class="say">{text!(leave.body)}</p>
            <div class="stack">
                <button class="btn main wide" type="button" data-testid="leave-save" on:click=save>
                    {redraw(move || if saving.get() { t!(save.saving) } else { t!(leave.save) })}
                </button>
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="leave-discard"
                    on:click=discard
                >
                    {text!(leave.discard)}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="leave-stay"
                    on:click=move |_| open.set(false)
                >
                    {text!(leave.stay)}
                </button>
            </div>
        </Sheet>
    }
}

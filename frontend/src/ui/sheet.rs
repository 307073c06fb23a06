//! Sheets and dialogs on the browser's own `<dialog>`: it traps the focus, closes with Escape and
//! gives the focus back.

use leptos::html;
use leptos::prelude::*;

use super::Text;
use super::icon::Icon;
use crate::platform::effect::follow;
use crate::platform::focus::focus_first;
use crate::text;

/// Pulling a sheet down this far dismisses it.
const DISMISS_PX: i32 = 96;

/// A sheet from below on a phone, a dialog in the middle on a wide screen.
#[component]
pub fn Sheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is about.
    title: Text,
    /// Found by the browser tests.
    test_id: &'static str,
    /// Drawn only while it is open.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let pulled = RwSignal::new(0);
    let touch_from = StoredValue::new(None::<i32>);
    let children = StoredValue::new(children);

    follow(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                pulled.set(0);
                // Fails only for a dialog that is open or outside of the document; this one is
                // neither.
                _ = dialog.show_modal();
                // Not the close button, which happens to come first: the present choice, a field,
                // or an answer that destroys nothing.
                focus_first(
                    ".sheet[open] input:checked, .sheet[open] input.field, .sheet[open] \
                        .sheet-body .btn:not(.danger)",
                );
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });

    let on_backdrop = move |event: leptos::ev::MouseEvent| {
        if let (Some(dialog), Some(target)) = (dialog.get_untracked(), event.target())
            && *AsRef::<web_sys::EventTarget>::as_ref(&dialog) == target
        {
            open.set(false);
        }
    };
    let finger =
        |event: &leptos::ev::TouchEvent| event.touches().get(0).map(|touch| touch.client_y());
    let on_start = move |event: leptos::ev::TouchEvent| {
        let at_top = dialog.get_untracked().is_some_and(|dialog| {
            dialog
                .query_selector(".sheet-body")
                .ok()
                .flatten()
                .is_none_or(|body| body.scroll_top() <= 0)
        });
        touch_from.set_value(finger(&event).filter(|_| at_top));
    };
    let on_move = move |event: leptos::ev::TouchEvent| {
        if let (Some(from), Some(now)) = (touch_from.get_value(), finger(&event)) {
            pulled.set((now - from).max(0));
        }
    };
    let on_end = move |_| {
        touch_from.set_value(None);
        if pulled.get_untracked() > DISMISS_PX {
            open.set(false);
        } else {
            pulled.set(0);
        }
    };

    view! {
        <dialog
            node_ref=dialog
            class="sheet"
            data-testid=test_id
            aria-label=title
            style:translate=move || format!("0 {}px", pulled.get())
            on:close=move |_| open.set(false)
            on:click=on_backdrop
            on:touchstart=on_start
            on:touchmove=on_move
            on:touchend=on_end
            on:touchcancel=on_end
        >
            <div class="sheet-card">
                <header class="sheet-head">
                    <h2>{title}</h2>
                    <button
                        class="sheet-close"
                        type="button"
                        data-testid="sheet-close"
                        aria-label=text!(app.close)
                        on:click=move |_| open.set(false)
                    >
                        <Icon icon=icondata_lu::LuX />
                    </button>
                </header>
                <div class="sheet-body">
                    <Show when=move || {
                        open.get()
                    }>{children.with_value(|children| children())}</Show>
                </div>
            </div>
        </dialog>
    }
}

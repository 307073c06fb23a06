//! Sheets and dialogs on the browser's own `<dialog>`: it traps the focus, closes with Escape and
//! gives the focus back.

use leptos::html;
use leptos::prelude::*;

use super::Text;
use super::icon::Icon;
use crate::platform::effect::{follow, redraw};
use crate::platform::focus::focus_first;
use crate::platform::router::use_router;
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
    /// Whether a step back closes it.
    #[prop(default = true)]
    is_layer: bool,
    /// Drawn only while it is open.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let pulled = RwSignal::new(0);
    let touch_from = StoredValue::new(None::<i32>);
    let children = StoredValue::new(children);
    let router = use_router();
    let layer = StoredValue::new(None::<u32>);
    // What stood in the fields at first, and whether it was asked if it may be lost.
    let before = StoredValue::new(String::new());
    let asking = RwSignal::new(false);
    let typed = move || dialog.get_untracked().map(|dialog| typed_in(&dialog)).unwrap_or_default();
    // Closing without an answer: what was typed is not thrown away unasked.
    let dismiss = Callback::new(move |()| {
        let is_lost = !asking.get_untracked() && before.with_value(|before| typed() != *before);
        if is_lost {
            asking.set(true);
            pulled.set(0);
            focus_first(".sheet[open] [data-testid=sheet-stay]");
        } else {
            open.set(false);
        }
        !is_lost
    });
    on_cleanup(move || {
        if let Some(id) = layer.try_get_value().flatten() {
            router.close_layer(id);
        }
    });

    follow(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                pulled.set(0);
                asking.set(false);
                if is_layer {
                    layer.set_value(Some(router.open_layer(dismiss)));
                }
                // The fields are drawn after this, and hold what there is to begin with.
                request_animation_frame(move || _ = before.try_set_value(typed()));
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
            (false, true) => {
                dialog.close();
                if let Some(id) = layer.try_update_value(Option::take).flatten() {
                    router.close_layer(id);
                }
            }
            _ => {}
        }
    });

    let on_backdrop = move |event: leptos::ev::MouseEvent| {
        if let (Some(dialog), Some(target)) = (dialog.get_untracked(), event.target())
            && *AsRef::<web_sys::EventTarget>::as_ref(&dialog) == target
        {
            dismiss.run(());
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
            dismiss.run(());
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
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                dismiss.run(());
            }
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
                        on:click=move |_| _ = dismiss.run(())
                    >
                        <Icon icon=icondata_lu::LuX />
                    </button>
                </header>
                {redraw(move || {
                    asking
                        .get()
                        .then(|| {
                            view! {
                                <div class="sheet-ask" role="alert" data-testid="sheet-ask">
                                    <p>{text!(app.typed_lost)}</p>
                                    <div class="buttons">
                                        <button
                                            class="btn"
                                            type="button"
                                            data-testid="sheet-stay"
                                            on:click=move |_| asking.set(false)
                                        >
                                            {text!(app.typed_stay)}
                                        </button>
                                        <button
                                            class="btn danger"
                                            type="button"
                                            data-testid="sheet-discard"
                                            on:click=move |_| open.set(false)
                                        >
                                            {text!(app.typed_discard)}
                                        </button>
                                    </div>
                                </div>
                            }
                        })
                })}
                <div class="sheet-body">
                    <Show when=move || {
                        open.get()
                    }>{children.with_value(|children| children())}</Show>
                </div>
            </div>
        </dialog>
    }
}

/// What stands in the fields of a sheet. A search is nothing to lose, and a password is not kept.
fn typed_in(dialog: &web_sys::HtmlDialogElement) -> String {
    const FIELDS: &str = "textarea, input:not([type=radio], [type=checkbox], [type=search], \
        [type=password], [type=file], [type=hidden])";
    let Ok(fields) = dialog.query_selector_all(FIELDS) else { return String::new() };
    let value = |index| {
        let field = fields.get(index)?;
        js_sys::Reflect::get(&field, &"value".into()).ok()?.as_string()
    };
    (0..fields.length()).filter_map(value).collect::<Vec<_>>().join("\u{1f}")
}

//! A button that copies.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::icon::Icon;
use super::live::{Live, use_live};
use crate::platform::task::background;
use crate::{t, text};

/// Copies a text; where the browser does not let it, says how to do it by hand.
#[component]
pub fn CopyButton(
    /// What is copied.
    text: Signal<String>,
) -> impl IntoView {
    let live = use_live();
    let copy = move |_| {
        background(async move {
            let said = if write(&text.get_untracked()).await {
                t!(password.copied)
            } else {
                t!(password.copy_failed)
            };
            live.toast(said);
        });
    };
    view! {
        <button class="btn" type="button" data-testid="copy" on:click=copy>
            <Icon icon=icondata_lu::LuCopy />
            {text!(password.copy)}
        </button>
    }
}

/// Copies a text without being asked; where the browser does not let it, the button is still there.
pub fn copy(live: Live, text: &str) {
    let text = text.to_owned();
    background(async move {
        if write(&text).await {
            live.toast(t!(password.copied));
        }
    });
}

async fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // There is none on pages that did not come over a safe connection.
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        return false;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

//! Moving the keyboard focus to where the person has to look next.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Moves the focus once the screen has caught up.
pub fn focus_first(selector: &'static str) {
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) =
            found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        {
            _ = element.focus();
        }
    });
}

//! Moving the keyboard focus to where the person has to look next.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Moves the focus once the screen has caught up.
pub fn focus_first(selector: &'static str) {
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(selector) {
            if let Some(element) = element.dyn_ref::<web_sys::HtmlElement>() {
                _ = element.focus();
            }
        }
    });
}

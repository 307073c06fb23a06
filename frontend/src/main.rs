//! Puts the app in the place of the static shell.

use frontend::app::App;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

fn main() {
    console_error_panic_hook::set_once();
    if document().hidden() {
        // Nobody is looking, and a hidden page is given no frames to wait for.
        start();
    } else {
        // The shell is painted first: a fast network would otherwise leave the screen white until
        // the app has run.
        request_animation_frame(|| request_animation_frame(start));
    }
}

fn start() {
    if let Some(root) = document()
        .get_element_by_id("app")
        .and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok())
    {
        root.set_inner_html("");
        mount_to(root, App).forget();
        // A service worker is an extra: without one the app works, only not offline.
        let registered = window().navigator().service_worker().register("/sw.js");
        leptos::task::spawn_local(async move {
            _ = wasm_bindgen_futures::JsFuture::from(registered).await;
        });
    }
}

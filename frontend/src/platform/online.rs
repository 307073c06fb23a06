//! Whether the server can be reached, as far as the browser and the last request know.

use leptos::prelude::*;

/// Follows the browser's own opinion; the client adds what its requests find out.
pub fn start() -> RwSignal<bool> {
    let online = RwSignal::new(window().navigator().on_line());
    // Both listeners live as long as the window.
    _ = window_event_listener(leptos::ev::online, move |_| online.set(true));
    _ = window_event_listener(leptos::ev::offline, move |_| online.set(false));
    online
}

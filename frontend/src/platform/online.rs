//! Whether the server can be reached, as far as the browser and the last request know.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// Where answers come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// From the server.
    Server,
    /// From nowhere.
    Nowhere,
    /// From what the service worker has kept of this time.
    Kept(DateTime<Utc>),
}

/// Follows the browser's own opinion; the client adds what its requests find out.
pub fn start() -> RwSignal<Reach> {
    let online = window().navigator().on_line();
    let reach = RwSignal::new(if online { Reach::Server } else { Reach::Nowhere });
    // What is on the screen stays a kept answer until there is another one.
    let becomes = move |other: Reach| {
        if !matches!(reach.get_untracked(), Reach::Kept(_)) {
            reach.set(other);
        }
    };
    // Both listeners live as long as the window.
    _ = window_event_listener(leptos::ev::online, move |_| becomes(Reach::Server));
    _ = window_event_listener(leptos::ev::offline, move |_| becomes(Reach::Nowhere));
    reach
}

//! What changes on the server while one looks, by server-sent events.

use std::time::Duration;

use api_types::LiveChange;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{EventSource, MessageEvent};

use super::api::stream_href;
use crate::platform::json;
use crate::platform::later::Later;

/// After so long a stream that the server ended is asked for again; twice as long after each
/// failure, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(4);
const LONGEST: Duration = Duration::from_secs(60);

/// What is heard.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Something changed.
    Change(LiveChange),
    /// Something may have changed while nobody listened.
    Missed,
}

type Heard = Closure<dyn Fn(web_sys::Event)>;

/// The stream with what listens to it: a closure that goes while its stream stays would be called
/// all the same.
struct Open {
    source: EventSource,
    _heard: [Heard; 3],
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.close();
    }
}

#[derive(Clone, Copy)]
struct Stream {
    hear: Callback<News>,
    open: StoredValue<Option<Open>, LocalStorage>,
    /// Whether it was open before.
    begun: StoredValue<bool>,
    wait: StoredValue<Duration>,
    later: Later,
}

/// Listens for as long as the page that asks for it is on the screen; not while nobody can see it.
pub fn listen(hear: Callback<News>) {
    let stream = Stream {
        hear,
        open: StoredValue::new_local(None),
        begun: StoredValue::new(false),
        wait: StoredValue::new(FIRST),
        later: Later::default(),
    };
    // The event belongs to the document and bubbles to the window.
    let seen = window_event_listener(leptos::ev::visibilitychange, move |_| stream.look());
    on_cleanup(move || {
        seen.remove();
        stream.open.try_set_value(None);
    });
    stream.look();
}

impl Stream {
    /// Opens or closes, as somebody is there to see or not.
    fn look(self) {
        self.later.stop();
        if document().hidden() { _ = self.open.try_set_value(None) } else { self.connect() }
    }

    fn connect(self) {
        // Fails only for a malformed address, and this one is none.
        let Ok(source) = EventSource::new(&stream_href()) else { return };
        let opened = Heard::new(move |_| {
            self.wait.try_set_value(FIRST);
            if self.begun.try_get_value() == Some(true) {
                self.hear.run(News::Missed);
            }
            self.begun.try_set_value(true);
        });
        let changed = Heard::new(move |event: web_sys::Event| {
            let text = event
                .dyn_ref::<MessageEvent>()
                .and_then(|message| message.data().as_string())
                .unwrap_or_default();
            // What a later server says in words that this page does not know is not for it.
            if let Some(change) = json::read(&text) {
                self.hear.run(News::Change(change));
            }
        });
        let failed = Heard::new(move |_| self.failed());
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        _ = source.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        self.open.try_set_value(Some(Open { source, _heard: [opened, changed, failed] }));
    }

    /// A broken connection the browser mends by itself; a refusal it does not.
    fn failed(self) {
        let refused = self.open.try_with_value(|open| {
            open.as_ref().is_some_and(|open| open.source.ready_state() == EventSource::CLOSED)
        });
        if refused != Some(true) {
            return;
        }
        // Where the session is over an ordinary request finds that out.
        self.hear.run(News::Missed);
        let wait = self.wait.try_get_value().unwrap_or(LONGEST);
        self.wait.try_set_value((wait * 2).min(LONGEST));
        self.later.run(wait, move || self.look());
    }
}

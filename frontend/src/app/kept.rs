//! While kept answers stand in the place of the server's: asks for the server now and then, and
//! draws the page anew once it is back.

use std::time::Duration;

use leptos::prelude::*;

use crate::numbers::directory::Directory;
use crate::page::guard::use_guard;
use crate::platform::effect::{follow, memo};
use crate::platform::later::Later;
use crate::platform::online::Reach;
use crate::platform::router::use_router;

/// How often it is tried whether the server is back.
const PAUSE: Duration = Duration::from_secs(10);

/// A signal that changes when a page of kept answers is to be drawn anew. What somebody is typing
/// is left alone.
pub fn returned(reach: RwSignal<Reach>, directory: Directory) -> RwSignal<()> {
    let (guard, router) = (use_guard(), use_router());
    let returned = RwSignal::new(());
    let kept = memo(move || matches!(reach.get(), Reach::Kept(_)));
    let was_kept = StoredValue::new(false);
    let later = Later::default();
    _ = window_event_listener(leptos::ev::online, move |_| {
        if kept.get_untracked() {
            directory.load();
        }
    });
    follow(move || {
        let is_back = was_kept.get_value() && !kept.get();
        was_kept.set_value(kept.get());
        if kept.get() {
            ask_later(later, directory, kept);
        }
        if is_back && !guard.is_needed() && !router.has_layer() {
            returned.set(());
        }
    });
    returned
}

/// Reads the list anew; the client takes note of where it comes from.
fn ask_later(later: Later, directory: Directory, kept: Memo<bool>) {
    later.run(PAUSE, move || {
        if kept.get_untracked() {
            directory.load();
            ask_later(later, directory, kept);
        }
    });
}

//! One live region for everything that is said in passing.

use std::time::Duration;

use leptos::prelude::*;

use crate::platform::effect::redraw;

const SHOWN: Duration = Duration::from_secs(5);

/// Says things aloud and, unless the screen says them already, in a toast.
#[derive(Clone, Copy)]
pub struct Live {
    said: RwSignal<Option<Said>>,
}

#[derive(Clone, PartialEq)]
struct Said {
    text: String,
    visible: bool,
}

impl Default for Live {
    fn default() -> Self {
        Self { said: RwSignal::new(None) }
    }
}

impl Live {
    /// Shows and says it.
    pub fn toast(self, text: impl Into<String>) {
        self.say_as(text.into(), true);
    }

    /// Says it only: the eye has it already.
    pub fn say(self, text: impl Into<String>) {
        self.say_as(text.into(), false);
    }

    fn say_as(self, text: String, visible: bool) {
        let said = Some(Said { text, visible });
        self.said.set(said.clone());
        set_timeout(
            move || {
                if self.said.with_untracked(|now| *now == said) {
                    self.said.set(None);
                }
            },
            SHOWN,
        );
    }
}

/// The live region of this window.
pub fn use_live() -> Live {
    expect_context()
}

/// The live region itself; always there, because a region that comes with its text is not read out.
#[component]
pub fn LiveRegion() -> impl IntoView {
    let live = use_live();
    let visible = move || live.said.with(|said| said.as_ref().is_some_and(|said| said.visible));
    view! {
        <div class="toast" class:shown=visible role="status" aria-live="polite" data-testid="toast">
            {redraw(move || live.said.with(|said| said.as_ref().map(|said| said.text.clone())))}
        </div>
    }
}

//! A list of any length: only the rows around what can be seen stand in the document.

use leptos::html;
use leptos::prelude::*;

use super::Text;
use crate::platform::effect::follow;

/// Rows above and below the screen that are drawn already, so that scrolling and the Tab key find
/// them there.
const SPARE: usize = 12;
/// The range moves in steps of so many rows: not each pixel draws.
const STEP: usize = 8;
/// So many rows before the end the next ones are asked for.
const AHEAD: usize = 100;

/// A list whose rows are all `--row-h` high.
#[component]
pub fn LongList(
    /// How many rows there are.
    count: Signal<usize>,
    /// What the list holds.
    label: Text,
    /// Something that changes whenever a row is to be drawn anew.
    key: Callback<usize, String>,
    /// Draws a row.
    row: Callback<usize, AnyView>,
    /// Called when the end comes near.
    more: Callback<()>,
) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    let range = RwSignal::new((0_usize, SPARE * 2));
    let look = move || {
        let Some(list) = list.try_get_untracked().flatten() else { return };
        let count = count.get_untracked();
        let place = list.get_bounding_client_rect();
        let height = place.height() / count.max(1) as f64;
        let screen =
            window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        if count == 0 || height <= 0.0 {
            return;
        }
        let above = (-place.top() / height).max(0.0) as usize;
        let below = ((screen - place.top()) / height).max(0.0) as usize + 1;
        let first = above.saturating_sub(SPARE) / STEP * STEP;
        let last = ((below + SPARE) / STEP + 1) * STEP;
        if range.get_untracked() != (first, last) {
            range.set((first, last));
        }
        if last + AHEAD >= count {
            more.run(());
        }
    };
    let scrolled = window_event_listener(leptos::ev::scroll, move |_| look());
    let resized = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || {
        scrolled.remove();
        resized.remove();
    });
    // The height of the list is laid out by the next frame.
    follow(move || {
        count.track();
        request_animation_frame(look);
    });
    let shown = move || {
        let (first, last) = range.get();
        let count = count.get();
        (first.min(count)..last.min(count)).map(|index| (index, key.run(index))).collect::<Vec<_>>()
    };
    view! {
        <ul
            class="long"
            node_ref=list
            aria-label=label
            style:height=move || format!("calc({} * \
            var(--row-h))", count.get())
        >
            <For each=shown key=|at: &(usize, String)| at.clone() let:at>
                <li
                    style:top=format!("calc({} * var(--row-h))", at.0)
                    aria-posinset=(at.0 + 1).to_string()
                    aria-setsize=move || count.get().to_string()
                >
                    {row.run(at.0)}
                </li>
            </For>
        </ul>
    }
}

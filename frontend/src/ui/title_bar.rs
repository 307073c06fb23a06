//! The bar at the top of a page: its title, and the way back on a phone.

use std::sync::atomic::{AtomicBool, Ordering};

use leptos::html;
use leptos::prelude::*;

use super::Text;
use super::icon::Icon;
use crate::platform::effect::follow;
use crate::{t, text};

static ARRIVED: AtomicBool = AtomicBool::new(false);

/// Names the window after the page and moves the focus to `title` when the page was navigated to.
/// On the first page of a visit the focus stays where the browser put it.
pub fn announce_page(title: Text, heading: NodeRef<html::H1>) {
    follow(move || document().set_title(&format!("{} | {}", title.get(), t!(app.name))));
    let mut done = false;
    follow(move || {
        if done {
            return;
        }
        let Some(heading) = heading.get() else { return };
        if ARRIVED.swap(true, Ordering::Relaxed) {
            _ = heading.focus();
        }
        done = true;
    });
}

/// To be called before a page takes the place of what stood in for it, title bar and all: the focus
/// follows it from there, and stays where it is elsewhere.
pub fn hand_over_focus() {
    let focus =
        document().active_element().and_then(|element| element.closest(".detail").ok().flatten());
    ARRIVED.store(focus.is_some(), Ordering::Relaxed);
}

/// The title bar of a page in the detail pane.
#[component]
pub fn TitleBar(
    /// Title of the page.
    title: Text,
    /// Path of the page that this one belongs to.
    #[prop(into)]
    back: String,
    /// Whether the way back is shown beside the list too, because it leads to a page that is not in
    /// it.
    #[prop(optional)]
    deep: bool,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    announce_page(title, heading);
    view! {
        <header class="bar" class:deep=deep>
            <a
                class="back"
                href=back
                aria-label=text!(app.back)
                data-testid="back"
                data-up=""
            >
                <Icon icon=icondata_lu::LuChevronLeft />
            </a>
            <h1 node_ref=heading tabindex="-1" data-testid="page-title">
                {title}
            </h1>
        </header>
    }
}

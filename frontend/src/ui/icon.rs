//! Lucide icons as inline SVG: no request, and they take the colour of the text.

use leptos::prelude::*;

/// One icon; it never stands without a text beside it or a label around it.
#[component]
pub fn Icon(
    /// Which one.
    icon: icondata_core::Icon,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 24 24"
            width="20"
            height="20"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            focusable="false"
            inner_html=icon.data
        />
    }
}

/// The mark at the end of a row that opens something.
#[component]
pub fn Chevron() -> impl IntoView {
    view! {
        <span class="go">
            <Icon icon=icondata_lu::LuChevronRight />
        </span>
    }
}

//! Lucide icons as inline SVG: no request, and they take the colour of the text.

use leptos::prelude::*;

/// The inside of an icon's SVG.
#[derive(Clone, Copy, Debug)]
pub struct Drawing(&'static str);

impl From<icondata_core::Icon> for Drawing {
    fn from(icon: icondata_core::Icon) -> Self {
        Self(icon.data)
    }
}

impl From<&'static str> for Drawing {
    fn from(data: &'static str) -> Self {
        Self(data)
    }
}

/// One icon; it never stands without a text beside it or a label around it.
#[component]
pub fn Icon(
    /// Which one.
    #[prop(into)]
    icon: Drawing,
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
            inner_html=icon.0
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

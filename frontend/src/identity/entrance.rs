//! The frame of the pages before the sign-in: the mark, a card, the language.

use leptos::html;
use leptos::prelude::*;

use crate::platform::i18n::{self, Locale, locale, tag_of};
use crate::text;
use crate::ui::Text;
use crate::ui::title_bar::announce_page;

/// The frame.
#[component]
pub fn Entrance(
    /// Title of the page.
    title: Text,
    /// The card.
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    announce_page(title, heading);
    view! {
        <div class="entrance">
            <div class="brand">
                <img src="/icons/mark.svg" width="56" height="56" alt="" />
                <p class="wordmark">{text!(app.name)}</p>
                <p class="tagline">{text!(app.tagline)}</p>
            </div>
            <div class="card">
                <h1 node_ref=heading tabindex="-1" data-testid="page-title">
                    {title}
                </h1>
                {children()}
            </div>
            <Languages />
        </div>
    }
}

/// The two languages, each by its own name.
#[component]
pub fn Languages() -> impl IntoView {
    let language = |to: Locale, name: &'static str| {
        view! {
            <button
                type="button"
                lang=tag_of(to)
                aria-pressed=move || (locale() == to).to_string()
                data-testid=format!("language-{}", tag_of(to))
                on:click=move |_| i18n::choose(to)
            >
                {name}
            </button>
        }
    };
    view! {
        <div class="languages" role="group" aria-label=text!(account.language)>
            {language(Locale::Ja, "日本語")}
            {language(Locale::En, "English")}
        </div>
    }
}

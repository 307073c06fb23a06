//! An address that leads nowhere.

use leptos::html;
use leptos::prelude::*;

use crate::platform::routes;
use crate::text;
use crate::ui::icon::Icon;
use crate::ui::title_bar::announce_page;

/// The page for every other address.
#[component]
pub fn NotFound() -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    announce_page(text!(states.no_page_title), heading);
    view! {
        <div class="alone">
            <section class="state" data-testid="not-found">
                <Icon icon=icondata_lu::LuSearchX />
                <h1 node_ref=heading tabindex="-1">
                    {text!(states.no_page_title)}
                </h1>
                <p>{text!(states.no_page_body)}</p>
                <a class="btn main" href=routes::HOME>
                    {text!(states.to_list)}
                </a>
            </section>
        </div>
    }
}

//! What stands right of the list before anything was picked.

use leptos::prelude::*;

use crate::t;
use crate::ui::icon::Icon;

/// A hint; on a phone the list itself is the page.
#[component]
pub fn Welcome() -> impl IntoView {
    view! {
        <section class="state quiet">
            <Icon icon=icondata_lu::LuSettings2 />
            <h2>{move || t!(list.pick_title)}</h2>
            <p>{move || t!(list.pick_body)}</p>
        </section>
    }
}

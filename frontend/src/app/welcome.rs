//! What stands right of the list before anything was picked.

use leptos::prelude::*;

use crate::text;
use crate::ui::icon::Icon;

/// A hint; on a phone the list itself is the page.
#[component]
pub fn Welcome() -> impl IntoView {
    view! {
        <section class="state quiet">
            <Icon icon=icondata_lu::LuSettings2 />
            <h2>{text!(list.pick_title)}</h2>
            <p>{text!(list.pick_body)}</p>
        </section>
    }
}

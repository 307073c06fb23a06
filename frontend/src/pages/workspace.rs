//! The frame of everything behind the sign-in: list left, page right; on a phone one of the two.

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};

use super::list::ListPane;
use crate::api::use_client;
use crate::directory::Directory;
use crate::routes;
use crate::session::{self, SessionState, use_session};
use crate::text;
use crate::trail::use_trail;
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::announce_page;

/// The frame. It stays mounted while pages change, and sends away whoever is not signed in.
#[component]
pub fn Workspace() -> impl IntoView {
    let client = use_client();
    let session = use_session();
    let trail = use_trail();
    let navigate = use_navigate();
    Effect::new(move |_| {
        let to = session.with(|state| match state {
            SessionState::Out | SessionState::Ended => Some(routes::sign_in_and_return(&trail.here())),
            // Who left on purpose starts at the list again.
            SessionState::Left => Some(routes::SIGN_IN.to_owned()),
            SessionState::Loading | SessionState::Failed(_) | SessionState::In(_) => None,
        });
        if let Some(to) = to {
            navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let who = Memo::new(move |_| session.with(|state| state.signed_in().map(|session| session.account_id.clone())));
    move || match session.with(|state| if let SessionState::Failed(error) = state { Some(error.clone()) } else { None }) {
        Some(error) => {
            let retry = Callback::new(move |()| session::restore(client, session));
            view! { <main class="alone"><ErrorState error retry/></main> }.into_any()
        }
        None => match who.get() {
            Some(_) => view! { <Panes/> }.into_any(),
            None => view! { <main class="alone"><div class="pane"><SkeletonRows count=3/><SkeletonRows count=4/></div></main> }.into_any(),
        },
    }
}

#[component]
fn Panes() -> impl IntoView {
    let directory = Directory::new(use_client());
    provide_context(directory);
    directory.load();
    let path = use_location().pathname;
    let home = Memo::new(move |_| path.with(|path| path == routes::HOME));
    let heading = NodeRef::<html::H1>::new();
    let title = text!(list.title);
    // The list stays mounted, so its title is announced each time the path comes back to it.
    Effect::new(move |before: Option<bool>| {
        let home = home.get();
        if home && before != Some(true) {
            announce_page(title, heading);
        }
        home
    });
    view! {
        <main class="app" class:home=home>
            <nav aria-label=title data-testid="list-pane">
                <ListPane heading/>
            </nav>
            <div class="detail" data-testid="detail-pane">
                <div class="pane">
                    <Outlet/>
                </div>
            </div>
        </main>
    }
}

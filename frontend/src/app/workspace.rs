//! The frame of every page. Behind the sign-in: list left, page right; on a phone one of the two.

use leptos::html;
use leptos::prelude::*;

use crate::identity::session;
use crate::numbers::directory::use_directory;
use crate::numbers::list::ListPane;
use crate::platform::api::use_client;
use crate::platform::effect::{follow, memo, redraw};
use crate::platform::focus::focus_first;
use crate::platform::router::use_router;
use crate::platform::routes::{self, Route};
use crate::platform::session::{SessionState, account_id, use_session};
use crate::text;
use crate::ui::states::{ErrorState, SkeletonRows};
use crate::ui::title_bar::announce_page;

/// The frame. It stays mounted while pages change, and sends away whoever is not signed in.
#[component]
pub fn Workspace(
    /// The page.
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let directory = use_directory();
    let router = use_router();
    let inside = memo(move || router.route().with(Route::needs_sign_in));
    let home = memo(move || router.route().with(|route| *route == Route::Home));
    let who = account_id(session);

    follow(move || {
        let to = session.with(|state| match state {
            SessionState::Out | SessionState::Ended => {
                Some(routes::sign_in_and_return(&router.here()))
            }
            // Who left on purpose starts at the list again.
            SessionState::Left => Some(routes::SIGN_IN.to_owned()),
            SessionState::Loading | SessionState::Failed(_) | SessionState::In(_) => None,
        });
        if let Some(to) = to.filter(|_| inside.get()) {
            router.replace(&to);
        }
    });
    follow(move || {
        if who.with(Option::is_some) {
            directory.start();
        }
    });

    // The frame stands before the session is known: nothing moves once it is.
    let stays =
        move |state: &SessionState| matches!(state, SessionState::Loading | SessionState::In(_));
    let two = memo(move || inside.get() && session.with(stays));
    let heading = NodeRef::<html::H1>::new();
    let title = text!(list.title);
    // The list stays mounted, so its title is announced each time the path comes back to it.
    follow(move || {
        if home.get() {
            announce_page(title, heading);
        }
    });
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus_first("[data-testid=detail-pane] h1, [data-testid=list-pane] h1");
    };
    view! {
        <a class="skip" href="#content" data-testid="skip" on:click=skip>
            {text!(app.skip)}
        </a>
        <main class="app" class:two=two class:home=home>
            {redraw(move || {
                two
                    .get()
                    .then(|| {
                        view! {
                            <nav aria-label=title data-testid="list-pane">
                                <ListPane heading />
                            </nav>
                        }
                            .into_any()
                    })
            })}
            <div class="detail" id="content" data-testid="detail-pane">
                <div class:pane=inside>{children()}</div>
            </div>
        </main>
    }
}

/// A page behind the sign-in, or what stands there until it is known who is signed in.
pub fn signed_in(route: Route, page: fn(Route) -> AnyView) -> AnyView {
    let client = use_client();
    let session = use_session();
    let who = account_id(session);
    let failed = memo(move || {
        session.with(|state| {
            if let SessionState::Failed(error) = state { Some(error.clone()) } else { None }
        })
    });
    let content = move || match failed.get() {
        Some(error) => {
            let retry = Callback::new(move |()| session::restore(client, session));
            view! { <ErrorState error retry /> }.into_any()
        }
        None if who.with(Option::is_some) => page(route.clone()),
        None => view! {
            <SkeletonRows count=3 />
            <SkeletonRows count=4 />
        }
        .into_any(),
    };
    content.into_any()
}

//! Providers, and which page stands at which address.

mod kept;
mod lazy;
mod not_found;
mod pages;
mod welcome;
mod workspace;

use leptos::prelude::*;

use self::not_found::NotFound;
use self::welcome::Welcome;
use self::workspace::{Workspace, signed_in};
use crate::identity::forgot_password::ForgotPasswordPage;
use crate::identity::reset_password::ResetPasswordPage;
use crate::identity::session;
use crate::identity::sign_in::SignInPage;
use crate::numbers::directory::Directory;
use crate::numbers::row_home::RowHome;
use crate::page::guard::{Guard, LeaveDialog};
use crate::platform::api::Client;
use crate::platform::effect::{follow, redraw};
use crate::platform::i18n;
use crate::platform::online;
use crate::platform::router::Router;
use crate::platform::routes::Route;
use crate::platform::session::SessionState;
use crate::ui::live::{Live, LiveRegion};
use crate::ui::states::OfflineNotice;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    i18n::start();
    let reach = online::start();
    let session = RwSignal::new(SessionState::Loading);
    let client = Client::new(session, reach);
    let router = Router::start();
    provide_context(reach);
    provide_context(session);
    provide_context(client);
    provide_context(router);
    provide_context(Live::default());
    provide_context(Guard::start(router));
    let directory = Directory::new(client);
    provide_context(directory);
    session::restore(client, session);
    session::follow(session);
    follow(move || {
        // Not before the list has come, which needs the network more.
        if directory.rows().with(|rows| rows.ready().is_some()) {
            lazy::prefetch();
        }
    });
    let returned = kept::returned(reach, directory);
    let page = move || {
        returned.track();
        page(router.route().get())
    };
    view! {
        <OfflineNotice reach />
        <Workspace>{redraw(page)}</Workspace>
        <LeaveDialog />
        <LiveRegion />
    }
}

fn page(route: Route) -> AnyView {
    match route {
        Route::SignIn => view! { <SignInPage /> }.into_any(),
        Route::ForgotPassword => view! { <ForgotPasswordPage /> }.into_any(),
        Route::ResetPassword => view! { <ResetPasswordPage /> }.into_any(),
        Route::Unknown => view! { <NotFound /> }.into_any(),
        behind => signed_in(behind, |route| match route {
            Route::Row(row) => view! { <RowHome row /> }.into_any(),
            Route::Home => view! { <Welcome /> }.into_any(),
            lazy => lazy::page(lazy),
        }),
    }
}

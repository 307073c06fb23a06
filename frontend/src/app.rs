//! Providers and the route tree.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_params_map;
use leptos_router::path;

use crate::api::{Client, use_client};
use crate::directory::Directory;
use crate::guard::{Guard, LeaveDialog};
use crate::pages::account::AccountPage;
use crate::pages::forgot_password::ForgotPasswordPage;
use crate::pages::general::GeneralPage;
use crate::pages::history::HistoryPage;
use crate::pages::not_found::NotFound;
use crate::pages::reset_password::ResetPasswordPage;
use crate::pages::row_home::RowHome;
use crate::pages::sign_in::SignInPage;
use crate::pages::welcome::Welcome;
use crate::pages::workspace::{Workspace, signed_in};
use crate::routes::{RowKind, RowRef};
use crate::session::{self, SessionState};
use crate::trail::{Trail, use_trail};
use crate::ui::live::{Live, LiveRegion};
use crate::ui::states::OfflineNotice;
use crate::{i18n, online};

/// The app.
#[component]
pub fn App() -> impl IntoView {
    i18n::start();
    let online = online::start();
    let session = RwSignal::new(SessionState::Loading);
    let client = Client::new(session, online);
    let trail = Trail::default();
    provide_context(session);
    provide_context(client);
    provide_context(trail);
    provide_context(Live::default());
    provide_context(Guard::start(trail));
    session::restore(client, session);
    session::follow(session);
    view! {
        <OfflineNotice online=online.into()/>
        <Router>
            <Inside/>
        </Router>
        <LiveRegion/>
    }
}

#[component]
fn Inside() -> impl IntoView {
    use_trail().follow();
    provide_context(Directory::new(use_client()));
    // The paths stand in `routes.rs` too; the macro needs them as literals. A flat tree weighs less than a nested one.
    view! {
        <Workspace>
            <FlatRoutes fallback=NotFound>
                <Route path=path!("/sign-in") view=|| SignInPage().into_any()/>
                <Route path=path!("/forgot-password") view=|| ForgotPasswordPage().into_any()/>
                <Route path=path!("/reset-password") view=|| ResetPasswordPage().into_any()/>
                <Route path=path!("/") view=|| signed_in(|| Welcome().into_any())/>
                <Route path=path!("/numbers/:id") view=|| signed_in(|| of_row(RowKind::Number, row_home))/>
                <Route path=path!("/numbers/:id/general") view=|| signed_in(|| of_row(RowKind::Number, general))/>
                <Route path=path!("/ids/:id") view=|| signed_in(|| of_row(RowKind::PhoneId, row_home))/>
                <Route path=path!("/ids/:id/general") view=|| signed_in(|| of_row(RowKind::PhoneId, general))/>
                <Route path=path!("/account") view=|| signed_in(|| AccountPage().into_any())/>
                <Route path=path!("/history") view=|| signed_in(|| HistoryPage().into_any())/>
            </FlatRoutes>
        </Workspace>
        <LeaveDialog/>
    }
}

fn row_home(row: RowRef) -> AnyView {
    view! { <RowHome row/> }.into_any()
}

fn general(row: RowRef) -> AnyView {
    view! { <GeneralPage row/> }.into_any()
}

/// The router keeps a page when only its id changes; every row gets a page of its own instead.
fn of_row(kind: RowKind, page: fn(RowRef) -> AnyView) -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    (move || page(RowRef { kind, id: id.get() })).into_any()
}

//! Providers and the route tree.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::path;

use crate::api::Client;
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
use crate::pages::workspace::Workspace;
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
    // The paths stand in `routes.rs` too; the macro needs them as literals.
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/sign-in") view=SignInPage/>
            <Route path=path!("/forgot-password") view=ForgotPasswordPage/>
            <Route path=path!("/reset-password") view=ResetPasswordPage/>
            <ParentRoute path=path!("") view=Workspace>
                <Route path=path!("/") view=Welcome/>
                <Route path=path!("/numbers/:id") view=|| of_row(RowKind::Number, |row| view! { <RowHome row/> }.into_any())/>
                <Route path=path!("/numbers/:id/general") view=|| of_row(RowKind::Number, |row| view! { <GeneralPage row/> }.into_any())/>
                <Route path=path!("/ids/:id") view=|| of_row(RowKind::PhoneId, |row| view! { <RowHome row/> }.into_any())/>
                <Route path=path!("/ids/:id/general") view=|| of_row(RowKind::PhoneId, |row| view! { <GeneralPage row/> }.into_any())/>
                <Route path=path!("/account") view=AccountPage/>
                <Route path=path!("/history") view=HistoryPage/>
            </ParentRoute>
        </Routes>
        <LeaveDialog/>
    }
}

/// The router keeps a page when only its id changes; every row gets a page of its own instead.
fn of_row(kind: RowKind, page: fn(RowRef) -> AnyView) -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    move || page(RowRef { kind, id: id.get() })
}

//! Providers, and which page stands at which address.

use leptos::prelude::*;

use crate::api::Client;
use crate::directory::Directory;
use crate::guard::{Guard, LeaveDialog};
use crate::pages::account::AccountPage;
use crate::pages::block_import::BlockImportPage;
use crate::pages::block_list::BlockListPage;
use crate::pages::copy::CopyPage;
use crate::pages::forgot_password::ForgotPasswordPage;
use crate::pages::general::GeneralPage;
use crate::pages::history::HistoryPage;
use crate::pages::not_found::NotFound;
use crate::pages::outbound_number::OutboundNumberPage;
use crate::pages::password::PasswordPage;
use crate::pages::preview::PreviewPage;
use crate::pages::reset_password::ResetPasswordPage;
use crate::pages::ringing::RingingPage;
use crate::pages::row_home::RowHome;
use crate::pages::sign_in::SignInPage;
use crate::pages::welcome::Welcome;
use crate::pages::workspace::{Workspace, signed_in};
use crate::router::Router;
use crate::routes::{Route, RowPage};
use crate::session::{self, SessionState};
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
    let router = Router::start();
    provide_context(session);
    provide_context(client);
    provide_context(router);
    provide_context(Live::default());
    provide_context(Guard::start(router));
    provide_context(Directory::new(client));
    session::restore(client, session);
    session::follow(session);
    view! {
        <OfflineNotice online=online.into()/>
        <Workspace>{move || page(router.route().get())}</Workspace>
        <LeaveDialog/>
        <LiveRegion/>
    }
}

fn page(route: Route) -> AnyView {
    match route {
        Route::SignIn => view! { <SignInPage/> }.into_any(),
        Route::ForgotPassword => view! { <ForgotPasswordPage/> }.into_any(),
        Route::ResetPassword => view! { <ResetPasswordPage/> }.into_any(),
        Route::Unknown => view! { <NotFound/> }.into_any(),
        behind => signed_in(behind, |route| match route {
            Route::Row(row) => view! { <RowHome row/> }.into_any(),
            Route::General(row) => view! { <GeneralPage row/> }.into_any(),
            Route::Page(row, RowPage::BlockList) => view! { <BlockListPage row/> }.into_any(),
            Route::Page(row, RowPage::BlockImport) => view! { <BlockImportPage row/> }.into_any(),
            Route::Page(row, RowPage::Ringing) => view! { <RingingPage row/> }.into_any(),
            Route::Page(row, RowPage::OutboundNumber) => view! { <OutboundNumberPage row/> }.into_any(),
            Route::Page(row, RowPage::Password) => view! { <PasswordPage row/> }.into_any(),
            Route::Page(row, RowPage::Preview) => view! { <PreviewPage row/> }.into_any(),
            Route::Page(row, RowPage::Copy) => view! { <CopyPage row/> }.into_any(),
            Route::Account => view! { <AccountPage/> }.into_any(),
            Route::History => view! { <HistoryPage/> }.into_any(),
            _ => view! { <Welcome/> }.into_any(),
        }),
    }
}

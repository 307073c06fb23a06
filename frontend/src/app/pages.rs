//! Which page lies in which file. A page is one line; nothing else may name what it reaches, or
//! that becomes part of the first download. Small files are put together, since each one weighs.

use leptos::prelude::*;

use super::lazy::{File, files};
use crate::accounts::page::AccountPage;
use crate::block_list::import::BlockImportPage;
use crate::block_list::page::BlockListPage;
use crate::history::page::HistoryPage;
use crate::identity::api_keys::ApiKeysPage;
use crate::identity::password::PasswordPage;
use crate::notify::notices::{DeliveriesPage, NoticePage, NoticesPage};
use crate::notify::rule::RulePage;
use crate::notify::rules::RulesPage;
use crate::notify::service::{AddServicePage, ServicePage};
use crate::numbers::copy::CopyPage;
use crate::numbers::general::GeneralPage;
use crate::numbers::outbound_number::OutboundNumberPage;
use crate::numbers::ringing::RingingPage;
use crate::page::save_bar::Beside;
use crate::platform::i18n::Key;
use crate::platform::routes::{NotifyPage as Notify, Route, RowPage};
use crate::routing::preview::PreviewPage;
use crate::softphone::sign_ins::SignInsPage;
use crate::switch::reflected;

files! {
    numbers {
        Route::General(row), general.title, view! { <GeneralPage row /> };
        Route::Page(row, RowPage::Ringing), ringing.title, view! { <RingingPage row /> };
        Route::Page(row, RowPage::OutboundNumber), outbound.title,
            view! { <OutboundNumberPage row /> };
    }
    block_list {
        Route::Page(row, RowPage::BlockList), block.title, view! { <BlockListPage row /> };
    }
    records {
        Route::Page(row, RowPage::BlockImport), import.title, view! { <BlockImportPage row /> };
        Route::History, history.title, view! { <HistoryPage /> };
    }
    notify {
        Route::Notice(id), notices.event, view! { <NoticePage id /> };
        Route::Notify(Notify::Service(rule_id, service_id)), notify.service,
            view! { <ServicePage rule_id service_id /> };
    }
    notices {
        Route::Notices, notices.title, view! { <NoticesPage /> };
        Route::Deliveries, notices.deliveries, view! { <DeliveriesPage /> };
    }
    rules {
        Route::Notify(Notify::Rules), notify.title, view! { <RulesPage /> };
        Route::Notify(Notify::Rule(rule_id)), setting.notify_rule_id,
            view! { <RulePage rule_id /> };
        Route::Notify(Notify::AddService(rule_id)), notify.add_service,
            view! { <AddServicePage rule_id /> };
    }
    identity {
        Route::Account, account.title, view! { <AccountPage /> };
        Route::Page(row, RowPage::Password), password.title, view! { <PasswordPage row /> };
        Route::ApiKeys, keys.title, view! { <ApiKeysPage /> };
    }
    calls {
        Route::Page(row, RowPage::SignIns), row.terminals, view! { <SignInsPage row /> };
        Route::Page(row, RowPage::Preview), preview.title, view! { <PreviewPage row /> };
        Route::Page(row, RowPage::Copy), copy.title, view! { <CopyPage row /> };
    }
}

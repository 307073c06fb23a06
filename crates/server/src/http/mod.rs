//! HTTP: every route on this page, one file per resource beside it.

pub mod accounts;
pub mod answer;
pub mod api_keys;
pub mod api_scopes;
pub mod attempts;
pub mod audit_log;
pub mod block_imports;
pub mod block_list;
pub mod call_events;
pub mod callers;
pub mod copies;
pub mod cors;
pub mod deliveries;
pub mod downloads;
pub mod extract;
pub mod file_answer;
pub mod health;
pub mod idempotency;
pub mod line_callbacks;
pub mod me;
pub mod me_stream;
pub mod notify_rules;
pub mod notify_services;
pub mod numbers;
pub mod openapi;
pub mod operator;
pub mod origin;
pub mod outbound_numbers;
pub mod paging;
pub mod password_resets;
pub mod passwords;
pub mod phone_ids;
pub mod plain_page;
pub mod problem;
pub mod rate_limit;
pub mod read;
pub mod ringing;
pub mod route_decisions;
pub mod route_previews;
pub mod service_tests;
pub mod sessions;
pub mod signing_keys;
pub mod softphone;
pub mod stream;
pub mod switch;
pub mod switch_feed;
pub mod switch_ids;
pub mod switch_state;
pub mod terminals;
pub mod tokens;
pub mod upload;

use actix_web::web;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::extract::Shared;
use crate::{App, spa};

/// Every route of the API. A route that is registered here is in the document, and only what is
/// registered here is served.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(line_callbacks::receive_line_callback)
        .service(downloads::get_download)
        .service(signing_keys::get_signing_keys);
    config.service(
        scope("/api/v1")
            .service(sessions::create_session)
            .service(sessions::get_session)
            .service(sessions::delete_session)
            .service(sessions::confirm_session)
            .configure(softphone_routes)
            .service(password_resets::create_password_reset)
            .service(password_resets::complete_password_reset)
            .service(accounts::get_account)
            .service(accounts::update_account)
            .service(switch_state::get_switch_state)
            .service(numbers::list_numbers)
            .service(numbers::get_number)
            .service(numbers::update_number)
            .service(numbers::get_channel_limit)
            .service(numbers::set_channel_limit)
            .service(route_previews::preview_route)
            .service(copies::copy_settings)
            .service(ringing::get_ringing)
            .service(ringing::set_ringing)
            .configure(block_list_routes)
            .service(phone_ids::list_ids)
            .service(phone_ids::get_id)
            .service(phone_ids::update_id)
            .service(outbound_numbers::get_outbound_number)
            .service(outbound_numbers::set_outbound_number)
            .service(terminals::delete_terminal)
            .service(terminals::create_sign_in_link)
            .service(passwords::set_password)
            .service(passwords::reveal_password)
            .service(passwords::check_password)
            .service(passwords::create_password_proposal)
            .configure(notify_routes)
            .configure(log_routes)
            .service(api_keys::list_api_keys)
            .service(api_keys::create_api_key)
            .service(api_keys::get_api_key)
            .service(api_keys::delete_api_key)
            .service(audit_log::list_audit_log)
            .service(audit_log::restore_audit_entry)
            .service(switch::create_switch_attachment)
            .service(switch::create_switch_events)
            .service(route_decisions::decide_route)
            .service(switch_ids::get_switch_id)
            .service(switch_feed::get_switch_snapshot)
            .service(switch_feed::get_switch_changes)
            .service(switch_feed::report_switch_applied)
            .configure(operator_routes)
            .default_service(web::to(openapi::unknown_route)),
    );
}

fn softphone_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(tokens::create_tokens)
        .service(tokens::create_tokens_by_link)
        .service(tokens::refresh_tokens)
        .service(tokens::revoke_tokens)
        .service(me::get_me)
        .service(me::list_my_numbers)
        .service(me::set_my_terminal)
        .service(me::delete_my_terminal)
        .service(me::get_my_outbound_number)
        .service(me::set_my_outbound_number)
        .service(me_stream::get_my_stream);
}

fn notify_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(notify_rules::list_notify_rules)
        .service(notify_rules::create_notify_rule)
        .service(notify_rules::get_notify_rule)
        .service(notify_rules::update_notify_rule)
        .service(notify_rules::delete_notify_rule)
        .service(notify_services::list_services)
        .service(notify_services::create_service)
        .service(notify_services::get_service)
        .service(notify_services::update_service)
        .service(notify_services::delete_service)
        .service(service_tests::test_service)
        .service(notify_services::rotate_service_secret);
}

fn log_routes(config: &mut ServiceConfig<'_>) {
    // Fixed paths stand before those with an id.
    config
        .service(call_events::list_call_events)
        .service(stream::get_call_event_stream)
        .service(call_events::get_call_event)
        .service(call_events::get_call_event_attachment)
        .service(call_events::revoke_call_event_link)
        .service(deliveries::list_deliveries)
        .service(deliveries::resend_deliveries)
        .service(deliveries::get_delivery)
        .service(deliveries::resend_delivery);
}

fn block_list_routes(config: &mut ServiceConfig<'_>) {
    // Fixed paths stand before those with an id.
    config
        .service(block_list::get_block_list)
        .service(block_list::update_block_list)
        .service(block_list::list_block_entries)
        .service(block_list::create_block_entry)
        .service(block_list::check_block_entry)
        .service(block_list::delete_block_entries)
        .service(block_list::get_block_entry)
        .service(block_list::update_block_entry)
        .service(block_list::delete_block_entry)
        .service(block_list::undo_block_deletion)
        .service(block_imports::create_block_import)
        .service(block_imports::get_block_import)
        .service(block_imports::list_block_import_rows)
        .service(block_imports::get_block_import_failed_rows)
        .service(block_imports::apply_block_import)
        .service(block_imports::undo_block_import)
        .service(block_imports::export_block_list)
        .service(block_imports::get_block_list_sample);
}

fn operator_routes(config: &mut ServiceConfig<'_>) {
    use operator::{accounts, keys, numbers, phone_ids};
    config
        .service(accounts::operator_create_account)
        .service(accounts::operator_list_accounts)
        .service(accounts::operator_get_account)
        .service(accounts::operator_update_account)
        .service(accounts::operator_delete_account)
        .service(accounts::operator_get_options)
        .service(accounts::operator_set_options)
        .service(numbers::operator_create_number)
        .service(numbers::operator_list_numbers)
        .service(numbers::operator_get_number)
        .service(numbers::operator_update_number)
        .service(numbers::operator_delete_number)
        .service(phone_ids::operator_create_id)
        .service(phone_ids::operator_list_ids)
        .service(phone_ids::operator_get_id)
        .service(phone_ids::operator_update_id)
        .service(phone_ids::operator_delete_id)
        .service(phone_ids::operator_set_password)
        .service(phone_ids::operator_create_terminal)
        .service(phone_ids::operator_delete_terminal)
        .service(keys::operator_create_key)
        .service(keys::operator_list_keys)
        .service(keys::operator_get_key)
        .service(keys::operator_delete_key)
        .service(keys::operator_create_switch)
        .service(keys::operator_list_switches)
        .service(keys::operator_get_switch)
        .service(keys::operator_delete_switch);
}

/// Everything that is served: the document and its page, health, the API, and the portal for the
/// rest.
pub fn configure(config: &mut web::ServiceConfig, app: Shared) {
    config
        .app_data(web::PayloadConfig::new(app.config.server.body_limit_bytes))
        .service(openapi::openapi_json)
        .service(openapi::docs_redirect)
        .service(openapi::docs_page())
        .service(health::healthz)
        .service(health::readyz)
        .service(downloads::get_download_page)
        .service(terminals::get_app_page);
    routes(&mut ServiceConfig::new(config));
    for others in ["/.well-known", "/callbacks", "/downloads"] {
        config.service(web::scope(others).default_service(web::to(openapi::unknown_route)));
    }
    spa::configure(&app.config)(config);
    config.app_data::<web::Data<App>>(app);
}

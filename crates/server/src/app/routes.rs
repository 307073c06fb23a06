//! Every route of the product, on one page.

use actix_web::web;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::{App, doors, health, openapi, spa};
use crate::{
    accounts, block_list, calls, history, identity, notify, numbers, routing, softphone, switch,
};

/// Every route of the API. A route that is registered here is in the document, and only what is
/// registered here is served.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(notify::channels::line::callbacks::receive_line_callback)
        .service(calls::http::downloads::get_download)
        .service(identity::http::signing_keys::get_signing_keys);
    config.service(
        scope("/api/v1")
            .service(identity::http::sessions::create_session)
            .service(identity::http::sessions::get_session)
            .service(identity::http::sessions::delete_session)
            .service(identity::http::sessions::confirm_session)
            .configure(softphone_routes)
            .service(identity::http::password_resets::create_password_reset)
            .service(identity::http::password_resets::complete_password_reset)
            .service(accounts::http::account::get_account)
            .service(accounts::http::account::update_account)
            .service(switch::http::state::get_switch_state)
            .service(numbers::http::numbers::list_numbers)
            .service(numbers::http::numbers::get_number)
            .service(numbers::http::numbers::update_number)
            .service(numbers::http::numbers::get_channel_limit)
            .service(numbers::http::numbers::set_channel_limit)
            .service(routing::http::previews::preview_route)
            .service(numbers::http::copies::copy_settings)
            .service(numbers::http::ringing::get_ringing)
            .service(numbers::http::ringing::set_ringing)
            .configure(block_list_routes)
            .service(numbers::http::phone_ids::list_ids)
            .service(numbers::http::phone_ids::get_id)
            .service(numbers::http::phone_ids::update_id)
            .service(numbers::http::outbound_numbers::get_outbound_number)
            .service(numbers::http::outbound_numbers::set_outbound_number)
            .service(softphone::http::terminals::delete_terminal)
            .service(softphone::http::terminals::create_sign_in_link)
            .service(identity::http::passwords::set_password)
            .service(identity::http::passwords::reveal_password)
            .service(identity::http::passwords::check_password)
            .service(identity::http::passwords::create_password_proposal)
            .configure(notify_routes)
            .configure(log_routes)
            .service(identity::http::api_keys::list_api_keys)
            .service(identity::http::api_keys::create_api_key)
            .service(identity::http::api_keys::get_api_key)
            .service(identity::http::api_keys::delete_api_key)
            .service(history::http::audit_log::list_audit_log)
            .service(history::http::audit_log::restore_audit_entry)
            .service(calls::http::switch_events::create_switch_attachment)
            .service(calls::http::switch_events::create_switch_events)
            .service(switch::http::registrations::report_registrations)
            .service(routing::http::decisions::decide_route)
            .service(switch::http::ids::get_switch_id)
            .service(switch::http::feed::get_switch_snapshot)
            .service(switch::http::feed::get_switch_changes)
            .service(switch::http::feed::report_switch_applied)
            .configure(operator_routes)
            .default_service(web::to(openapi::unknown_route)),
    );
}

fn softphone_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(identity::http::tokens::create_tokens)
        .service(identity::http::tokens::create_tokens_by_link)
        .service(identity::http::tokens::refresh_tokens)
        .service(identity::http::tokens::revoke_tokens)
        .service(softphone::http::me::get_me)
        .service(softphone::http::me::list_my_numbers)
        .service(softphone::http::me::get_my_directory)
        .service(softphone::http::me::set_my_terminal)
        .service(softphone::http::me::delete_my_terminal)
        .service(softphone::http::me::get_my_outbound_number)
        .service(softphone::http::me::set_my_outbound_number)
        .service(softphone::http::stream::get_my_stream);
}

fn notify_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(notify::http::rules::list_notify_rules)
        .service(notify::http::rules::create_notify_rule)
        .service(notify::http::rules::get_notify_rule)
        .service(notify::http::rules::update_notify_rule)
        .service(notify::http::rules::delete_notify_rule)
        .service(notify::http::services::list_services)
        .service(notify::http::services::create_service)
        .service(notify::http::services::get_service)
        .service(notify::http::services::update_service)
        .service(notify::http::services::delete_service)
        .service(notify::http::service_tests::test_service)
        .service(notify::http::services::rotate_service_secret);
}

fn log_routes(config: &mut ServiceConfig<'_>) {
    // Fixed paths stand before those with an id.
    config
        .service(calls::http::call_events::list_call_events)
        .service(calls::http::stream::get_call_event_stream)
        .service(calls::http::call_events::get_call_event)
        .service(calls::http::call_events::get_call_event_attachment)
        .service(calls::http::call_events::revoke_call_event_link)
        .service(notify::http::deliveries::list_deliveries)
        .service(notify::http::deliveries::resend_deliveries)
        .service(notify::http::deliveries::get_delivery)
        .service(notify::http::deliveries::resend_delivery);
}

fn block_list_routes(config: &mut ServiceConfig<'_>) {
    // Fixed paths stand before those with an id.
    config
        .service(numbers::http::block_switches::get_block_list)
        .service(numbers::http::block_switches::update_block_list)
        .service(block_list::http::entries::list_block_entries)
        .service(block_list::http::entries::create_block_entry)
        .service(block_list::http::entries::check_block_entry)
        .service(block_list::http::entries::delete_block_entries)
        .service(block_list::http::entries::get_block_entry)
        .service(block_list::http::entries::update_block_entry)
        .service(block_list::http::entries::delete_block_entry)
        .service(block_list::http::entries::undo_block_deletion)
        .service(block_list::http::imports::create_block_import)
        .service(block_list::http::imports::get_block_import)
        .service(block_list::http::imports::list_block_import_rows)
        .service(block_list::http::imports::get_block_import_failed_rows)
        .service(block_list::http::imports::apply_block_import)
        .service(block_list::http::imports::undo_block_import)
        .service(block_list::http::imports::export_block_list)
        .service(block_list::http::imports::get_block_list_sample);
}

fn operator_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(accounts::http::operator::operator_create_account)
        .service(accounts::http::operator::operator_list_accounts)
        .service(accounts::http::operator::operator_get_account)
        .service(accounts::http::operator::operator_update_account)
        .service(accounts::http::operator::operator_delete_account)
        .service(accounts::http::operator::operator_get_options)
        .service(accounts::http::operator::operator_set_options)
        .service(numbers::http::operator_numbers::operator_create_number)
        .service(numbers::http::operator_numbers::operator_list_numbers)
        .service(numbers::http::operator_numbers::operator_get_number)
        .service(numbers::http::operator_numbers::operator_update_number)
        .service(numbers::http::operator_numbers::operator_delete_number)
        .service(numbers::http::operator_ids::operator_create_id)
        .service(numbers::http::operator_ids::operator_list_ids)
        .service(numbers::http::operator_ids::operator_get_id)
        .service(numbers::http::operator_ids::operator_update_id)
        .service(numbers::http::operator_ids::operator_delete_id)
        .service(numbers::http::operator_ids::operator_set_password)
        .service(numbers::http::operator_ids::operator_create_terminal)
        .service(numbers::http::operator_ids::operator_delete_terminal)
        .service(identity::http::service_keys::operator_create_key)
        .service(identity::http::service_keys::operator_list_keys)
        .service(identity::http::service_keys::operator_get_key)
        .service(identity::http::service_keys::operator_delete_key)
        .service(identity::http::service_keys::operator_create_switch)
        .service(identity::http::service_keys::operator_list_switches)
        .service(identity::http::service_keys::operator_get_switch)
        .service(identity::http::service_keys::operator_delete_switch);
}

/// Everything that is served: the document and its page, health, the API, and the portal for the
/// rest.
pub fn configure(config: &mut web::ServiceConfig, app: &App) {
    config
        .app_data(web::PayloadConfig::new(app.config.server.body_limit_bytes))
        .service(openapi::openapi_json)
        .configure(doors::configure)
        .service(openapi::docs_page())
        .service(health::healthz)
        .service(health::readyz)
        .service(health::readyz_writes)
        .service(calls::http::downloads::get_download_page)
        .service(softphone::http::terminals::get_app_page);
    routes(&mut ServiceConfig::new(config));
    for others in ["/.well-known", "/callbacks", "/downloads"] {
        config.service(web::scope(others).default_service(web::to(openapi::unknown_route)));
    }
    spa::configure(&app.config)(config);
    app.provide(config);
}

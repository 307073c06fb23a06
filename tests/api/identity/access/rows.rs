//! One row per operation of the document.

use reqwest::Method;
use serde_json::Value;
use server::app::openapi::document;

use Who::{Anyone, Operator, Phone, Portal, Switch};

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// A contract holder who is signed in.
    Portal,
    /// A softphone that is signed in.
    Phone,
    /// An operator key.
    Operator,
    /// A switch key.
    Switch,
}

/// An operation: its id, method and path, who may call it, a body that it takes, and what the right
/// caller is answered.
pub struct Row(pub &'static str, pub Method, pub &'static str, pub Who, pub &'static str, pub u16);

const NEW_PASSWORD: &str =
    r#"{"new_password":"another long one","new_password_confirmation":"another long one"}"#;

/// Every operation of the document.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row("create_session", Method::POST, "/session", Anyone,
        r#"{"login_id":"minato000","password":"correct horse battery"}"#, 200),
    Row("get_session", Method::GET, "/session", Portal, "", 200),
    Row("confirm_session", Method::POST, "/session/confirm", Portal,
        r#"{"password":"correct horse battery"}"#, 200),
    Row("create_tokens", Method::POST, "/tokens", Anyone,
        r#"{"login_id":"minato001","password":"correct horse battery","terminal":{"kind":"ios","name":"iPhone"}}"#, 200),
    Row("create_tokens_by_link", Method::POST, "/tokens/link", Anyone,
        r#"{"link_token":"none","terminal":{"kind":"ios","name":"iPhone"}}"#, 410),
    Row("refresh_tokens", Method::POST, "/tokens/refresh", Anyone, r#"{"refresh_token":"none"}"#,
        401),
    Row("revoke_tokens", Method::POST, "/tokens/revoke", Anyone, r#"{"refresh_token":"none"}"#,
        204),
    Row("get_me", Method::GET, "/me", Phone, "", 200),
    Row("list_my_numbers", Method::GET, "/me/numbers", Phone, "", 200),
    Row("get_my_directory", Method::GET, "/me/directory", Phone, "", 200),
    Row("set_my_terminal", Method::PUT, "/me/terminal", Phone, r#"{"kind":"ios","name":"iPhone"}"#,
        200),
    Row("get_my_outbound_number", Method::GET, "/me/outbound-number", Phone, "", 200),
    Row("set_my_outbound_number", Method::PUT, "/me/outbound-number", Phone,
        r#"{"number_id":null}"#, 200),
    Row("get_my_stream", Method::GET, "/me/stream", Phone, "", 200),
    Row("delete_my_terminal", Method::DELETE, "/me/terminal", Phone, "", 204),
    Row("create_password_reset", Method::POST, "/password-resets", Anyone,
        r#"{"login_id":"minato000"}"#, 202),
    Row("complete_password_reset", Method::POST, "/password-resets/{token}", Anyone, NEW_PASSWORD,
        410),
    Row("get_account", Method::GET, "/account", Portal, "", 200),
    Row("get_switch_state", Method::GET, "/account/switch-state", Portal, "", 200),
    Row("update_account", Method::PATCH, "/account", Portal,
        r#"{"contact_mail":"new@example.jp"}"#, 200),
    Row("list_numbers", Method::GET, "/numbers", Portal, "", 200),
    Row("get_number", Method::GET, "/numbers/{number_id}", Portal, "", 200),
    Row("update_number", Method::PATCH, "/numbers/{number_id}", Portal, r#"{"name":"x"}"#, 200),
    Row("get_channel_limit", Method::GET, "/numbers/{number_id}/channel-limit", Portal, "", 200),
    Row("set_channel_limit", Method::PUT, "/numbers/{number_id}/channel-limit", Portal,
        r#"{"limit":2}"#, 200),
    Row("preview_route", Method::POST, "/numbers/{number_id}/route-preview", Portal,
        r#"{"caller":"090-1234-5678"}"#, 200),
    Row("copy_settings", Method::POST, "/numbers/{number_id}/copy-settings", Portal,
        r#"{"from_number_id":"{other_number_id}","parts":["general","ringing","block_list"]}"#,
            200),
    Row("get_ringing", Method::GET, "/numbers/{number_id}/ringing", Portal, "", 200),
    Row("set_ringing", Method::PUT, "/numbers/{number_id}/ringing", Portal,
        r#"{"targets":[{"phone_id":"{phone_id}","rings":false}],"busy_announcement":true}"#, 200),
    Row("get_block_list", Method::GET, "/numbers/{number_id}/block-list", Portal, "", 200),
    Row("update_block_list", Method::PATCH, "/numbers/{number_id}/block-list", Portal,
        r#"{"reject_withheld":true}"#, 200),
    Row("list_block_entries", Method::GET, "/numbers/{number_id}/block-list/entries", Portal, "",
        200),
    Row("create_block_entry", Method::POST, "/numbers/{number_id}/block-list/entries", Portal,
        r#"{"caller":"0120-000-111"}"#, 201),
    Row("check_block_entry", Method::POST, "/numbers/{number_id}/block-list/entries/check", Portal,
        r#"{"caller":"0120"}"#, 200),
    Row("get_block_entry", Method::GET, "/numbers/{number_id}/block-list/entries/{entry_id}",
        Portal, "", 200),
    Row("update_block_entry", Method::PATCH, "/numbers/{number_id}/block-list/entries/{entry_id}",
        Portal, r#"{"note":"x"}"#, 200),
    Row("delete_block_entry", Method::DELETE, "/numbers/{number_id}/block-list/entries/{entry_id}",
        Portal, "", 204),
    Row("undo_block_deletion", Method::POST,
        "/numbers/{number_id}/block-list/deletions/{deletion_id}/undo", Portal, "", 200),
    Row("get_block_import", Method::GET, "/numbers/{number_id}/block-list/imports/{import_id}",
        Portal, "", 200),
    Row("list_block_import_rows", Method::GET,
        "/numbers/{number_id}/block-list/imports/{import_id}/rows", Portal, "", 200),
    Row("get_block_import_failed_rows", Method::GET,
        "/numbers/{number_id}/block-list/imports/{import_id}/failed-rows", Portal, "", 200),
    Row("apply_block_import", Method::POST,
        "/numbers/{number_id}/block-list/imports/{import_id}/apply", Portal,
        r#"{"skip_invalid":true}"#, 200),
    Row("undo_block_import", Method::POST,
        "/numbers/{number_id}/block-list/imports/{import_id}/undo", Portal, "", 200),
    Row("create_block_import", Method::POST, "/numbers/{number_id}/block-list/imports", Portal,
        "0120-000-222\n", 200),
    Row("export_block_list", Method::GET, "/numbers/{number_id}/block-list/export", Portal, "",
        200),
    Row("get_block_list_sample", Method::GET, "/numbers/{number_id}/block-list/sample", Portal, "",
        200),
    Row("delete_block_entries", Method::POST, "/numbers/{number_id}/block-list/entries/delete",
        Portal, r#"{"all":true}"#, 200),
    Row("list_ids", Method::GET, "/ids", Portal, "", 200),
    Row("get_id", Method::GET, "/ids/{phone_id}", Portal, "", 200),
    Row("update_id", Method::PATCH, "/ids/{phone_id}", Portal, r#"{"terminal_name":"x"}"#, 200),
    Row("get_outbound_number", Method::GET, "/ids/{phone_id}/outbound-number", Portal, "", 200),
    Row("set_outbound_number", Method::PUT, "/ids/{phone_id}/outbound-number", Portal,
        r#"{"number_id":null}"#, 200),
    Row("delete_terminal", Method::DELETE, "/ids/{phone_id}/terminals/{terminal_id}", Portal, "",
        204),
    Row("create_sign_in_link", Method::POST, "/ids/{phone_id}/sign-in-links", Portal, "", 200),
    Row("set_password", Method::PUT, "/ids/{phone_id}/password", Portal, NEW_PASSWORD, 200),
    Row("reveal_password", Method::POST, "/ids/{phone_id}/password/reveal", Portal, "", 200),
    Row("check_password", Method::POST, "/password-checks", Portal, r#"{"password":"minato2026"}"#,
        200),
    Row("create_password_proposal", Method::POST, "/password-proposals", Portal, "", 200),
    Row("list_notify_rules", Method::GET, "/notify-rules", Portal, "", 200),
    Row("create_notify_rule", Method::POST, "/notify-rules", Portal, r#"{"name":"x"}"#, 201),
    Row("get_notify_rule", Method::GET, "/notify-rules/{rule_id}", Portal, "", 200),
    Row("update_notify_rule", Method::PATCH, "/notify-rules/{rule_id}", Portal, r#"{"name":"y"}"#,
        200),
    Row("list_services", Method::GET, "/notify-rules/{rule_id}/services", Portal, "", 200),
    Row("create_service", Method::POST, "/notify-rules/{rule_id}/services", Portal,
        r#"{"type":"webhook","credentials":{"url":"https://hooks.invalid/2"},"unchecked":true}"#, 201),
    Row("get_service", Method::GET, "/notify-rules/{rule_id}/services/{service_id}", Portal, "",
        200),
    Row("update_service", Method::PATCH, "/notify-rules/{rule_id}/services/{service_id}", Portal,
        r#"{"label":"x"}"#, 200),
    Row("test_service", Method::POST, "/notify-rules/{rule_id}/services/{service_id}/test", Portal,
        "", 200),
    Row("rotate_service_secret", Method::POST,
        "/notify-rules/{rule_id}/services/{service_id}/rotate-secret", Portal, "", 200),
    Row("delete_service", Method::DELETE, "/notify-rules/{rule_id}/services/{service_id}", Portal,
        "", 204),
    Row("delete_notify_rule", Method::DELETE, "/notify-rules/{rule_id}", Portal, "", 204),
    Row("receive_line_callback", Method::POST, "//callbacks/line/{token}", Anyone,
        r#"{"events":[]}"#, 404),
    Row("get_signing_keys", Method::GET, "//.well-known/jwks.json", Anyone, "", 200),
    Row("list_call_events", Method::GET, "/call-events", Portal, "", 200),
    Row("get_call_event_stream", Method::GET, "/call-events/stream", Portal, "", 200),
    Row("get_call_event", Method::GET, "/call-events/{event_id}", Portal, "", 200),
    Row("get_call_event_attachment", Method::GET, "/call-events/{event_id}/attachment", Portal, "",
        200),
    Row("revoke_call_event_link", Method::POST, "/call-events/{event_id}/revoke-link", Portal, "",
        200),
    Row("list_deliveries", Method::GET, "/deliveries", Portal, "", 200),
    Row("resend_deliveries", Method::POST, "/deliveries/resend", Portal,
        r#"{"since":"2026-11-22T00:00:00Z"}"#, 200),
    Row("get_delivery", Method::GET, "/deliveries/{delivery_id}", Portal, "", 200),
    Row("resend_delivery", Method::POST, "/deliveries/{delivery_id}/resend", Portal, "", 409),
    Row("get_download", Method::GET, "//downloads/{token}/{file_name}", Anyone, "", 410),
    Row("list_api_keys", Method::GET, "/api-keys", Portal, "", 200),
    Row("create_api_key", Method::POST, "/api-keys", Portal,
        r#"{"name":"x","scopes":["numbers:read"]}"#, 201),
    Row("get_api_key", Method::GET, "/api-keys/{api_key_id}", Portal, "", 200),
    Row("delete_api_key", Method::DELETE, "/api-keys/{api_key_id}", Portal, "", 204),
    Row("list_audit_log", Method::GET, "/audit-log", Portal, "", 200),
    Row("restore_audit_entry", Method::POST, "/audit-log/{audit_id}/restore", Portal,
        r#"{"overwrite":true}"#, 200),
    Row("delete_session", Method::DELETE, "/session", Portal, "", 204),
    Row("create_switch_attachment", Method::POST, "/switch/attachments", Switch, "%PDF-1.4", 201),
    Row("create_switch_events", Method::POST, "/switch/events", Switch, "[]", 200),
    Row("report_registrations", Method::POST, "/switch/registrations", Switch, "[]", 200),
    Row("get_switch_id", Method::GET, "/switch/ids/{login_id}", Switch, "", 200),
    Row("get_switch_snapshot", Method::GET, "/switch/snapshot", Switch, "", 200),
    // Without the position that it needs.
    Row("get_switch_changes", Method::GET, "/switch/changes", Switch, "", 422),
    Row("report_switch_applied", Method::POST, "/switch/applied", Switch, r#"{"position":1}"#, 410),
    Row("decide_route", Method::POST, "/switch/route-decision", Switch,
        r#"{"call_id":"1","called":"050-9999-0009"}"#, 200),
    Row("operator_create_account", Method::POST, "/operator/accounts", Operator, r#"{"name":"x"}"#,
        201),
    Row("operator_list_accounts", Method::GET, "/operator/accounts", Operator, "", 200),
    Row("operator_get_account", Method::GET, "/operator/accounts/{account_id}", Operator, "", 200),
    Row("operator_update_account", Method::PATCH, "/operator/accounts/{account_id}", Operator,
        r#"{"name":"y"}"#, 200),
    Row("operator_get_options", Method::GET, "/operator/accounts/{account_id}/options", Operator,
        "", 200),
    Row("operator_set_options", Method::PUT, "/operator/accounts/{account_id}/options", Operator,
        r#"{"fax":true}"#, 200),
    Row("operator_create_number", Method::POST, "/operator/accounts/{account_id}/numbers", Operator,
        r#"{"number":"050-9999-0001","kind":"additional","max_channels":1}"#, 201),
    Row("operator_list_numbers", Method::GET, "/operator/accounts/{account_id}/numbers", Operator,
        "", 200),
    Row("operator_get_number", Method::GET, "/operator/accounts/{account_id}/numbers/{number_id}",
        Operator, "", 200),
    Row("operator_update_number", Method::PATCH,
        "/operator/accounts/{account_id}/numbers/{number_id}", Operator, r#"{"max_channels":3}"#,
        200),
    Row("operator_delete_number", Method::DELETE,
        "/operator/accounts/{account_id}/numbers/{number_id}", Operator, "", 204),
    Row("operator_create_id", Method::POST, "/operator/accounts/{account_id}/ids", Operator,
        r#"{"login_id":"minato900","kind":"additional","extension":"900"}"#, 201),
    Row("operator_list_ids", Method::GET, "/operator/accounts/{account_id}/ids", Operator, "", 200),
    Row("operator_get_id", Method::GET, "/operator/accounts/{account_id}/ids/{phone_id}", Operator,
        "", 200),
    Row("operator_update_id", Method::PATCH, "/operator/accounts/{account_id}/ids/{phone_id}",
        Operator, r#"{"extension":"901"}"#, 200),
    Row("operator_set_password", Method::PUT,
        "/operator/accounts/{account_id}/ids/{phone_id}/password", Operator, "{}", 200),
    Row("operator_create_terminal", Method::POST,
        "/operator/accounts/{account_id}/ids/{phone_id}/terminals", Operator,
        r#"{"kind":"ios","name":"iPhone"}"#, 201),
    Row("operator_delete_terminal", Method::DELETE,
        "/operator/accounts/{account_id}/ids/{phone_id}/terminals/{terminal_id}", Operator, "",
        204),
    Row("operator_delete_id", Method::DELETE, "/operator/accounts/{account_id}/ids/{phone_id}",
        Operator, "", 204),
    Row("operator_delete_account", Method::DELETE, "/operator/accounts/{account_id}", Operator, "",
        204),
    Row("operator_create_key", Method::POST, "/operator/keys", Operator, r#"{"name":"x"}"#, 201),
    Row("operator_list_keys", Method::GET, "/operator/keys", Operator, "", 200),
    Row("operator_get_key", Method::GET, "/operator/keys/{key_id}", Operator, "", 200),
    Row("operator_delete_key", Method::DELETE, "/operator/keys/{key_id}", Operator, "", 204),
    Row("operator_create_switch", Method::POST, "/operator/switches", Operator, r#"{"name":"x"}"#,
        201),
    Row("operator_list_switches", Method::GET, "/operator/switches", Operator, "", 200),
    Row("operator_get_switch", Method::GET, "/operator/switches/{switch_id}", Operator, "", 200),
    Row("operator_delete_switch", Method::DELETE, "/operator/switches/{switch_id}", Operator, "",
        204),
];

impl Row {
    /// Whether it changes anything.
    pub fn is_write(&self) -> bool {
        self.1 != Method::GET
    }

    /// What the document says of it.
    pub fn documented(&self) -> &'static Value {
        let path = self
            .2
            .strip_prefix('/')
            .filter(|path| path.starts_with('/'))
            .map_or_else(|| format!("/api/v1{}", self.2), str::to_owned);
        &document()["paths"][path][self.1.as_str().to_lowercase()]
    }

    /// Whether it needs a version.
    pub fn takes_if_match(&self) -> bool {
        self.documented()["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == "If-Match")
    }

    /// The kind of body that it takes.
    pub fn content_type(&self) -> &'static str {
        let kinds = self.documented()["requestBody"]["content"].as_object();
        kinds
            .and_then(|kinds| kinds.keys().find(|kind| !kind.starts_with("multipart")))
            .map_or("application/json", String::as_str)
    }

    /// The resource whose ETag a write needs.
    pub fn resource(&self) -> &'static str {
        self.2.trim_end_matches("/password").trim_end_matches("/rotate-secret")
    }
}

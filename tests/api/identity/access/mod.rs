//! Who may call what: one row per operation of the document, tried as everybody.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use server::http::openapi::document;
use server::provisioning::KeyKind;
use tests::{Answer, Client, Holder, TestApp, on_both};

use Who::{Anyone, Operator, Phone, Portal, Switch};

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
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
struct Row(&'static str, Method, &'static str, Who, &'static str, u16);

const NEW_PASSWORD: &str =
    r#"{"new_password":"another long one","new_password_confirmation":"another long one"}"#;

#[rustfmt::skip]
const ROWS: &[Row] = &[
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
        r#"{"type":"webhook","credentials":{"url":"https://hooks.invalid/2"}}"#, 201),
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
    fn is_write(&self) -> bool {
        self.1 != Method::GET
    }

    fn documented(&self) -> &'static Value {
        let path = self
            .2
            .strip_prefix('/')
            .filter(|path| path.starts_with('/'))
            .map_or_else(|| format!("/api/v1{}", self.2), str::to_owned);
        &document()["paths"][path][self.1.as_str().to_lowercase()]
    }

    fn takes_if_match(&self) -> bool {
        self.documented()["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|parameter| parameter["name"] == "If-Match")
    }

    /// The kind of body that it takes.
    fn content_type(&self) -> &'static str {
        let kinds = self.documented()["requestBody"]["content"].as_object();
        kinds
            .and_then(|kinds| kinds.keys().find(|kind| !kind.starts_with("multipart")))
            .map_or("application/json", String::as_str)
    }

    /// The resource whose ETag a write needs.
    fn resource(&self) -> &'static str {
        self.2.trim_end_matches("/password").trim_end_matches("/rotate-secret")
    }
}

/// A fax on the first number that the rule tells of; answers the event and the notice.
async fn told(app: &TestApp, minato: &Holder, rule: &str, switch_key: &str) -> (String, String) {
    let path = format!("/notify-rules/{rule}");
    let version = minato.client.get(&path).await.version();
    let patch = json!({"emails": ["soumu@minato.example"], "events": ["fax"]});
    minato.client.if_match(version).patch(&path, patch).await.expect(200);
    let number = minato.client.get(&minato.number(0)).await;
    let e164 = number["e164"].clone();
    minato
        .client
        .if_match(number.version())
        .patch(&minato.number(0), json!({"notify_rule_id": rule}))
        .await
        .expect(200);
    let switch = app.nobody().bearer(switch_key);
    let fax = switch
        .clone()
        .header("content-type", "application/pdf")
        .send(Method::POST, "/switch/attachments", Some("%PDF-1.4".into()))
        .await;
    let event = json!({"id": "1", "type": "fax", "call_id": "1", "called": e164,
        "caller": "03-9876-5432", "at": app.clock.now().to_rfc3339(),
        "pages": 1, "attachment_id": fax.expect(201)["attachment_id"]});
    switch.post("/switch/events", json!([event])).await.expect(200);
    // Nothing uses the rule any more, so that it can be removed.
    let version = minato.client.get(&minato.number(0)).await.version();
    minato
        .client
        .if_match(version)
        .patch(&minato.number(0), json!({"notify_rule_id": null}))
        .await
        .expect(200);
    let newest = async |path: &str| {
        minato.client.get(path).await.expect(200)["items"][0]["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (newest("/call-events").await, newest("/deliveries").await)
}

/// Two contracts, and one of everything that a path can name.
struct Stage {
    app: TestApp,
    minato: Holder,
    stranger: Holder,
    switch_key: String,
    /// Of a softphone of the first contract.
    access_token: String,
    ids: BTreeMap<&'static str, String>,
}

impl Stage {
    async fn set(app: TestApp) -> Self {
        let minato = app.holder("minato").await;
        let stranger = app.holder("kobe").await;
        let operator = app.operator();
        let made =
            |answer: Answer| answer.expect(201)["id"].as_str().unwrap_or_default().to_owned();
        let terminals = format!("{}/ids/{}/terminals", minato.operator_path(), minato.ids[2]);
        let terminal =
            made(operator.post(&terminals, json!({"kind": "ip_phone", "name": "T54W"})).await);
        let own_terminal =
            made(operator.post(&terminals, json!({"kind": "ios", "name": "iPhone"})).await);
        let sign_in = json!({"login_id": "minato001", "password": tests::PASSWORD,
            "terminal": {"kind": "ios", "name": "iPhone"}});
        let tokens = app.nobody().post("/tokens", sign_in).await.expect(200);
        let api_key = made(
            minato.client.post("/api-keys", json!({"name": "x", "scopes": ["numbers:read"]})).await,
        );
        let key = made(operator.post("/operator/keys", json!({"name": "second"})).await);
        let switch = made(operator.post("/operator/switches", json!({"name": "tokyo"})).await);
        let number = minato.number(1);
        minato.client.if_match(1).patch(&number, json!({"name": "支店"})).await.expect(200);
        let audit = minato.log().await[0]["id"].as_str().unwrap_or_default().to_owned();
        let entries = format!("{number}/block-list/entries");
        let entry = made(minato.client.post(&entries, json!({"caller": "090-0000-0001"})).await);
        let removed = made(minato.client.post(&entries, json!({"caller": "090-0000-0002"})).await);
        let removal = minato
            .client
            .post(&format!("{entries}/delete"), json!({"ids": [removed]}))
            .await
            .expect(200);
        let file = Some("電話番号\n090-0000-0003\nnonsense\n".into());
        let csv = minato.client.clone().header("content-type", "text/csv");
        let import = csv
            .send(Method::POST, &format!("{number}/block-list/imports?dry_run=true"), file)
            .await
            .expect(200);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rule = made(minato.client.post("/notify-rules", json!({"name": "営業"})).await);
        let webhook = json!({"type": "webhook", "credentials": {"url": "https://hooks.invalid/1"}});
        let service =
            made(minato.client.post(&format!("/notify-rules/{rule}/services"), webhook).await);
        let switch_key = tests::service_key(&app.app, KeyKind::Switch).await;
        let (event, delivery) = told(&app, &minato, &rule, &switch_key).await;
        let ids = BTreeMap::from([
            ("{event_id}", event),
            ("{delivery_id}", delivery),
            ("{file_name}", "voicemail.m4a".into()),
            ("{audit_id}", audit),
            ("{entry_id}", entry),
            ("{deletion_id}", text(&removal["deletion_id"])),
            ("{import_id}", text(&import["import_id"])),
            ("{other_number_id}", minato.numbers[0].clone()),
            ("{account_id}", minato.account_id.clone()),
            ("{number_id}", minato.numbers[1].clone()),
            ("{phone_id}", minato.ids[2].clone()),
            ("{login_id}", "minato001".into()),
            ("{api_key_id}", api_key),
            ("{terminal_id}", terminal),
            ("{own_terminal_id}", own_terminal),
            ("{key_id}", key),
            ("{switch_id}", switch),
            ("{token}", "none".into()),
            ("{rule_id}", rule),
            ("{service_id}", service),
        ]);
        Self { app, minato, stranger, switch_key, access_token: text(&tokens["access_token"]), ids }
    }

    fn fill(&self, template: &str) -> String {
        let path = self.named(template);
        assert!(!path.contains('{'), "{path} names something that this test does not make");
        path
    }

    /// Two operations sign a terminal out, and each needs one of its own.
    fn path(&self, row: &Row) -> String {
        match row.0 {
            "delete_terminal" => self.fill(&row.2.replace("{terminal_id}", "{own_terminal_id}")),
            _ => self.fill(row.2),
        }
    }

    fn named(&self, template: &str) -> String {
        self.ids.iter().fold(template.to_owned(), |text, (name, id)| text.replace(name, id))
    }

    /// The client of whoever may call the operation.
    fn rightful(&self, row: &Row) -> Client {
        match row.3 {
            Anyone => self.app.nobody(),
            Portal => self.minato.client.clone(),
            Phone => self.app.nobody().bearer(&self.access_token),
            Operator => self.app.operator(),
            Switch => self.app.nobody().bearer(&self.switch_key),
        }
    }

    /// Calls the operation correctly but for who calls, and checks that the document knows the
    /// answer.
    async fn call(&self, client: &Client, row: &Row) -> Answer {
        let mut client = client.clone();
        if row.takes_if_match() {
            let version = self.rightful(row).get(&self.fill(row.resource())).await.version();
            client = client.if_match(version);
        }
        let body = (!row.4.is_empty()).then(|| self.named(row.4));
        if body.is_some() {
            client = client.header("content-type", row.content_type());
        }
        let answer = client.send(row.1.clone(), &self.path(row), body).await;
        let documented = &row.documented()["responses"][answer.status.to_string()];
        assert!(
            documented.is_object(),
            "{}: the document does not know the answer {}: {}",
            row.0,
            answer.status,
            answer.text
        );
        answer
    }

    /// Calls the operation with what nobody can read. Who is not known, and what is not there, is
    /// said first.
    async fn nonsense(&self, client: &Client, row: &Row) -> Answer {
        let client =
            client.clone().header("if-match", "nonsense").header("content-type", "text/plain");
        client
            .send(row.1.clone(), &format!("{}?surprise=1", self.path(row)), Some("nonsense".into()))
            .await
    }

    /// Everything of the first contract, and the keys.
    async fn everything(&self) -> Vec<Value> {
        let operator = self.app.operator();
        let mut found = Vec::new();
        for path in ["", "/options", "/numbers", "/ids"] {
            found.push(
                operator.get(&format!("{}{path}", self.minato.operator_path())).await.expect(200),
            );
        }
        for path in ["/operator/keys", "/operator/switches", "/operator/accounts"] {
            found.push(operator.get(path).await.expect(200));
        }
        let services = format!("/notify-rules/{}/services", self.ids["{rule_id}"]);
        for path in ["/account", "/numbers", "/ids", "/audit-log", "/notify-rules", &services] {
            found.push(self.minato.client.get(path).await.expect(200));
        }
        for path in [
            "ringing",
            "block-list",
            "block-list/entries",
            &format!("block-list/imports/{}", self.ids["{import_id}"]),
        ] {
            found.push(
                self.minato
                    .client
                    .get(&format!("{}/{path}", self.minato.number(1)))
                    .await
                    .expect(200),
            );
        }
        found
    }
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let mut operations = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let security = operation["security"].to_string();
            let who = match (
                security.contains("session"),
                security.contains("operator_key"),
                security.contains("switch_key"),
            ) {
                (false, false, false) if security.contains("access_token") => Phone,
                (true, false, false) => Portal,
                (false, true, false) => Operator,
                (false, false, true) => Switch,
                _ => Anyone,
            };
            let id = operation["operationId"].as_str().unwrap_or("?").to_owned();
            // A path at the root is written with two slashes in the rows.
            let path =
                path.strip_prefix("/api/v1").map_or_else(|| format!("/{path}"), str::to_owned);
            operations.insert(format!("{id}: {} {path} for {who:?}", method.to_uppercase()));
            let with_token = security.contains("csrf");
            assert_eq!(
                with_token,
                who == Portal && method != "get",
                "{id}: every write with a session needs the CSRF token, nothing else"
            );
        }
    }
    let rows: BTreeSet<String> =
        ROWS.iter().map(|row| format!("{}: {} {} for {:?}", row.0, row.1, row.2, row.3)).collect();
    let without_row: Vec<_> = operations.difference(&rows).collect();
    let without_operation: Vec<_> = rows.difference(&operations).collect();
    assert!(
        without_row.is_empty() && without_operation.is_empty(),
        "operations without a row: {without_row:#?}\nrows without an operation: \
            {without_operation:#?}"
    );
}

on_both!(nobody_is_answered_without_a_session_or_key, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    for row in ROWS.iter().filter(|row| row.3 != Anyone) {
        stage.call(&stage.app.nobody(), row).await.expect_problem(401, "unauthenticated");
        stage.nonsense(&stage.app.nobody(), row).await.expect_problem(401, "unauthenticated");
    }
    assert_eq!(stage.everything().await, before);
});

on_both!(what_belongs_to_a_stranger_does_not_exist, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    let client = &stage.stranger.client;
    for row in ROWS.iter().filter(|row| row.3 == Portal && row.0 != "delete_session") {
        let answer = stage.call(client, row).await;
        if row.2.contains('{') {
            answer.expect_problem(404, "not_found");
        } else {
            assert_eq!(answer.status, row.5, "{}", row.0);
            let of_minato = stage
                .ids
                .values()
                .chain(&stage.minato.numbers)
                .chain(&stage.minato.ids)
                .find(|id| answer.text.contains(*id));
            assert_eq!(of_minato, None, "{}: {}", row.0, answer.text);
        }
    }
    for row in ROWS.iter().filter(|row| matches!(row.3, Operator | Switch | Phone)) {
        stage.call(client, row).await.expect_problem(401, "unauthenticated");
    }
    // Signing out everywhere ends the sessions of the stranger alone.
    client.delete("/session?everywhere=true").await.expect(204);
    let mut after = stage.everything().await;
    // The operator's list of contracts shows what the stranger did with the own one.
    let of_stranger = |list: &Value| list["items"][1].clone();
    assert_ne!(of_stranger(&after[6]), of_stranger(&before[6]));
    after[6]["items"][1] = of_stranger(&before[6]);
    assert_eq!(after, before);
});

on_both!(a_contract_of_the_operator_that_does_not_exist_is_not_found, async |app| {
    let stage = Stage::set(app).await;
    let operator = stage.app.operator();
    let known = &stage.ids["{account_id}"];
    for row in ROWS.iter().filter(|row| row.2.contains("{account_id}")) {
        // A contract that never was, and the contract of someone else.
        for other in ["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", &stage.stranger.account_id] {
            let inside = row.2.contains("{number_id}") || row.2.contains("{phone_id}");
            if other == stage.stranger.account_id && !inside {
                continue;
            }
            let path = stage.fill(row.2).replace(known, other);
            let body = (!row.4.is_empty()).then(|| row.4.to_owned());
            operator
                .if_match(1)
                .send(row.1.clone(), &path, body)
                .await
                .expect_problem(404, "not_found");
        }
    }
});

on_both!(keys_and_sessions_open_only_what_they_are_for, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    let nobody = stage.app.nobody();
    let cookie = |value: &str| nobody.clone().header("cookie", &format!("denwaban={value}"));
    let token = stage.minato.session.cookie.split_once('=').expect("a cookie has a value").1;
    for row in ROWS {
        let wrong = match row.3 {
            Anyone => continue,
            Portal => vec![
                stage.app.operator(),
                nobody.clone().bearer(&stage.access_token),
                nobody.clone().bearer(token),
                cookie(&stage.app.operator_key),
                cookie(""),
            ],
            Operator => vec![
                stage.minato.client.clone(),
                nobody.clone().bearer(&stage.switch_key),
                nobody.clone().bearer(token),
                nobody.clone().bearer("dwo_0000000000000000000000000000000000000000000"),
                nobody.clone().header("authorization", &stage.app.operator_key),
            ],
            Phone => vec![
                stage.minato.client.clone(),
                stage.app.operator(),
                nobody.clone().bearer(&stage.switch_key),
                nobody.clone().bearer(token),
                nobody.clone().bearer(&format!("{}x", stage.access_token)),
                nobody.clone().header("authorization", &stage.access_token),
            ],
            Switch => vec![
                stage.minato.client.clone(),
                stage.app.operator(),
                nobody.clone().bearer(token),
                nobody.clone().bearer("dws_0000000000000000000000000000000000000000000"),
                nobody.clone().header("authorization", &stage.switch_key),
            ],
        };
        for client in wrong {
            stage.call(&client, row).await.expect_problem(401, "unauthenticated");
            stage.nonsense(&client, row).await.expect_problem(401, "unauthenticated");
        }
    }
    assert_eq!(stage.everything().await, before);
});

on_both!(a_write_with_a_session_needs_its_own_csrf_token, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    let client = &stage.minato.client;
    for row in ROWS.iter().filter(|row| row.3 == Portal && row.is_write()) {
        stage
            .call(&client.clone().without("x-csrf-token"), row)
            .await
            .expect_problem(403, "csrf_failed");
        for wrong in ["", "x", &stage.stranger.session.csrf] {
            stage
                .call(&client.clone().header("x-csrf-token", wrong), row)
                .await
                .expect_problem(403, "csrf_failed");
        }
    }
    for row in ROWS.iter().filter(|row| row.3 == Portal && !row.is_write()) {
        assert_eq!(
            stage.call(&client.clone().without("x-csrf-token"), row).await.status,
            row.5,
            "{}",
            row.0
        );
    }
    assert_eq!(stage.everything().await, before);
});

on_both!(no_page_of_another_site_can_write, async |app| {
    let stage = Stage::set(app).await;
    let before = stage.everything().await;
    for row in ROWS.iter().filter(|row| matches!(row.3, Anyone | Portal) && row.is_write()) {
        let client = stage.rightful(row);
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            stage
                .call(&client.clone().header(name, value), row)
                .await
                .expect_problem(403, "foreign_origin");
        }
    }
    assert_eq!(stage.everything().await, before);
    // Our own pages say where they are from, too.
    let own = stage
        .minato
        .client
        .clone()
        .header("origin", &stage.app.url)
        .header("sec-fetch-site", "same-origin");
    for row in ROWS.iter().filter(|row| row.3 == Portal && row.0 != "delete_session") {
        assert_eq!(stage.call(&own, row).await.status, row.5, "{}", row.0);
    }
});

on_both!(whoever_may_call_is_answered, async |app| {
    let stage = Stage::set(app).await;
    for row in ROWS.iter().filter(|row| row.3 != Operator) {
        let answer = stage.call(&stage.rightful(row), row).await;
        assert_eq!(answer.status, row.5, "{}: {}", row.0, answer.text);
    }
    // The operator's rows are in an order in which each still finds what it needs.
    for row in ROWS.iter().filter(|row| row.3 == Operator) {
        let answer = stage.call(&stage.rightful(row), row).await;
        assert_eq!(answer.status, row.5, "{}: {}", row.0, answer.text);
    }
});

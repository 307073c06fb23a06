//! What the operations are tried on.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use server::identity::service_keys::KeyKind;
use tests::{Answer, Client, Holder, TestApp};

use super::rows::Row;
use super::rows::Who::{Anyone, Operator, Phone, Portal, Switch};

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
pub struct Stage {
    /// The server.
    pub app: TestApp,
    /// The first contract.
    pub minato: Holder,
    /// The second one.
    pub stranger: Holder,
    /// A key of a switch.
    pub switch_key: String,
    /// Of a softphone of the first contract.
    pub access_token: String,
    /// What stands for each name in a path.
    pub ids: BTreeMap<&'static str, String>,
}

impl Stage {
    /// Makes both.
    pub async fn set(app: TestApp) -> Self {
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
        let webhook = json!({"type": "webhook", "credentials": {"url": "https://hooks.invalid/1"}, "unchecked": true});
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

    /// A path with ids for its names.
    pub fn fill(&self, template: &str) -> String {
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
    pub fn rightful(&self, row: &Row) -> Client {
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
    pub async fn call(&self, client: &Client, row: &Row) -> Answer {
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
    pub async fn nonsense(&self, client: &Client, row: &Row) -> Answer {
        let client =
            client.clone().header("if-match", "nonsense").header("content-type", "text/plain");
        client
            .send(row.1.clone(), &format!("{}?surprise=1", self.path(row)), Some("nonsense".into()))
            .await
    }

    /// Everything of the first contract, and the keys.
    pub async fn everything(&self) -> Vec<Value> {
        let operator = self.app.operator();
        let mut found = Vec::new();
        for path in ["", "/options", "/numbers", "/ids"] {
            found.push(
                operator.get(&format!("{}{path}", self.minato.operator_path())).await.expect(200),
            );
        }
        for path in ["/operator/keys", "/operator/switches", "/operator/accounts"] {
            let mut page = operator.get(path).await.expect(200);
            // When a switch's key was used is written aside, whenever that may be.
            for item in page["items"].as_array_mut().into_iter().flatten() {
                if path == "/operator/switches" {
                    item["last_used_at"].take();
                }
            }
            found.push(page);
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

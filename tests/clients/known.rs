//! Something of everything, for probing to meet.

use reqwest::Method;
use serde_json::{Value, json};
use tests::PASSWORD;
use tests::switch::{Switch, event, recording};

use crate::stage::Stage;

/// Ids of what exists, by the names of parameters and fields: of each some, where there can be
/// some.
pub async fn known(stage: &Stage) -> Value {
    let (holder, client) = (&stage.holder, &stage.holder.client);
    let dialled = holder.dialled(0).await;
    let mut rules = Vec::new();
    let mut services = Vec::new();
    for name in ["営業", "総務"] {
        let rule = client
            .post("/notify-rules", json!({"name": name, "events": ["missed_call", "voicemail"]}))
            .await
            .expect(201);
        let rule = rule["id"].as_str().unwrap().to_owned();
        if rules.is_empty() {
            for label in ["受付", "予備"] {
                let hook = json!({"type": "webhook", "label": label,
                    "credentials": {"url": "https://hooks.invalid/1"}, "unchecked": true});
                let made =
                    client.post(&format!("/notify-rules/{rule}/services"), hook).await.expect(201);
                services.push(made["id"].clone());
            }
        }
        rules.push(rule);
    }
    let version = client.get(&holder.number(0)).await.version();
    client
        .if_match(version)
        .patch(&holder.number(0), json!({"notify_rule_id": rules[0]}))
        .await
        .expect(200);
    let switch = Switch::of(&stage.app).await;
    let file = switch.hand_in(&recording()).await;
    let now = stage.app.clock.now();
    let told = |id: &str, more: Value| {
        let mut event = event(&dialled, "missed_call", json!({"id": id, "call_id": id, "at": now}));
        event.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        event
    };
    let voicemail = json!({"type": "voicemail", "attachment_id": file});
    switch.tell(json!([told("1", json!({})), told("2", voicemail)])).await;
    let list = holder.number(0) + "/block-list";
    for caller in ["0120-000-111", "0120-000-112", "0120-000-113"] {
        client.post(&format!("{list}/entries"), json!({"caller": caller})).await.expect(201);
    }
    let csv = client.clone().header("content-type", "text/csv");
    let import = csv
        .send(Method::POST, &format!("{list}/imports?dry_run=true"), Some("0120-000-222\n".into()))
        .await
        .expect(200);
    let ids = |page: Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    };
    let terminal = json!({"kind": "ip_phone", "name": "受付"});
    let path = format!("{}/ids/{}/terminals", holder.operator_path(), holder.ids[0]);
    let terminal = stage.app.operator().post(&path, terminal).await.expect(201);
    json!({
        "account_id": [holder.account_id], "number_id": holder.numbers, "phone_id": holder.ids,
            "rule_id": rules, "service_id": services,
        "priority_phone_id": holder.ids, "notify_rule_id": rules,
            "from_number_id": [holder.numbers[1]],
        "entry_id": ids(client.get(&format!("{list}/entries")).await.expect(200)),
        "event_id": ids(client.get("/call-events").await.expect(200)),
        "delivery_id": ids(client.get("/deliveries").await.expect(200)),
        "audit_id": ids(client.get("/audit-log").await.expect(200)),
        "import_id": [import["import_id"]], "terminal_id": [terminal["id"]],
        "login_id": [holder.login_id], "password": [PASSWORD], "called": [dialled],
            "attachment_id": [file],
    })
}

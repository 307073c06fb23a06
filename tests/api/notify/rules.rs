//! Notify rules through the API.

use serde_json::{Value, json};
use tests::{Holder, on_both};

/// What a rule's numbers and the log say about a removal.
fn actions(log: &[Value]) -> Vec<String> {
    log.iter()
        .map(|entry| {
            format!(
                "{} {}",
                entry["object_kind"].as_str().unwrap_or("?"),
                entry["action"].as_str().unwrap_or("?")
            )
        })
        .collect()
}

async fn full_rule(holder: &Holder) -> Value {
    let rule = json!({
        "name": " 営業チーム ", "emails": [" soumu@minato.example ", "Soumu@minato.example",
            "eigyo@minato.example"],
        "events": ["fax", "missed_call", "fax"], "language": "en", "private_subject": true,
    });
    holder.client.post("/notify-rules", rule).await.expect(201)
}

on_both!(a_rule_is_made_changed_and_removed, async |app| {
    let minato = app.holder("minato").await;
    let revision = minato.revision().await;
    let made = full_rule(&minato).await;
    let id = made["id"].as_str().unwrap_or_default();
    let expected = json!({
        "id": id, "name": "営業チーム", "emails": ["soumu@minato.example", "eigyo@minato.example"],
            "events": ["missed_call", "fax"],
        "language": "en", "private_subject": true, "services": [], "number_ids": [], "version": 1,
    });
    assert_eq!(made, expected);
    assert_eq!(minato.revision().await, revision + 1);
    let path = format!("/notify-rules/{id}");
    let got = minato.client.get(&path).await;
    assert_eq!(got.version(), 1);
    assert_eq!(got.expect(200), expected);
    minato
        .client
        .if_match(1)
        .patch(&minato.number(1), json!({"notify_rule_id": id}))
        .await
        .expect(200);
    let changed = minato
        .client
        .if_match(1)
        .patch(&path, json!({"emails": [], "events": ["voicemail"], "language": "ja"}))
        .await
        .expect(200);
    assert_eq!(
        (&changed["emails"], &changed["events"], &changed["name"]),
        (&json!([]), &json!(["voicemail"]), &json!("営業チーム"))
    );
    assert_eq!(changed["number_ids"], json!([minato.numbers[1]]));
    let line = &minato.log().await[0];
    assert_eq!(
        line["before"],
        json!({"emails": "soumu@minato.example, eigyo@minato.example",
            "events": "missed_call, fax", "language": "en"})
    );
    assert_eq!(line["after"], json!({"emails": "", "events": "voicemail", "language": "ja"}));
    // What changes nothing leaves no line.
    let revision = minato.revision().await;
    let same = minato.client.if_match(2).patch(&path, json!({"name": "営業チーム"})).await;
    assert_eq!(same.version(), 2);
    assert_eq!(minato.revision().await, revision);
    let list = minato.client.get("/notify-rules").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
});

on_both!(a_rule_in_use_is_only_removed_with_detach, async |app| {
    let minato = app.holder("minato").await;
    let id = minato.notify_rule(&app, "営業").await;
    let path = format!("/notify-rules/{id}");
    let webhook = json!({"type": "webhook", "credentials": {"url": "https://hooks.minato.example"}, "unchecked": true});
    minato.client.post(&format!("{path}/services"), webhook).await.expect(201);
    for number in [0, 1] {
        minato
            .client
            .if_match(1)
            .patch(&minato.number(number), json!({"notify_rule_id": id}))
            .await
            .expect(200);
    }
    let revision = minato.revision().await;
    let refused = minato.client.if_match(1).delete(&path).await;
    let problem = refused.expect_problem(409, "in_use");
    let users = problem["used_by"].as_array().expect("who uses it");
    for (user, index) in users.iter().zip(0..2) {
        let number = minato.client.get(&minato.number(index)).await.expect(200);
        let named = json!({"number_id": number["id"], "number": number["e164"],
            "number_name": number["name"]});
        assert_eq!(user, &named);
        let e164 = number["e164"].as_str().unwrap_or_default();
        let printed = api_types::PhoneNumber::parse(e164).expect("a number").japanese();
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(&printed), "{detail}");
    }
    assert_eq!(users.len(), 2);
    minato
        .client
        .if_match(1)
        .delete(&format!("{path}?detach=false"))
        .await
        .expect_problem(409, "in_use");
    assert_eq!(minato.revision().await, revision, "a refused removal changes nothing");
    minato.client.if_match(1).delete(&format!("{path}?detach=true")).await.expect(204);
    for number in [0, 1] {
        assert_eq!(
            minato.client.get(&minato.number(number)).await.expect(200)["notify_rule_id"],
            Value::Null
        );
    }
    minato.client.get(&path).await.expect_problem(404, "not_found");
    let log = minato.log().await;
    assert_eq!(
        actions(&log[..4]),
        ["notify_rule delete", "notify_service delete", "number update", "number update"]
    );
    assert_eq!(log[0]["before"]["name"], "営業");
    assert_eq!((&log[0]["restorable"], &log[2]["restorable"]), (&json!(false), &json!(true)));
    // The rule that was taken away is gone, so it cannot come back to the number.
    let restore = format!("/audit-log/{}/restore", log[2]["id"].as_str().unwrap_or_default());
    minato
        .client
        .post(&restore, json!({}))
        .await
        .expect_fields(&[("/notify_rule_id", "not_found")]);
});

on_both!(wrong_fields_of_a_rule_are_named, async |app| {
    let minato = app.holder("minato").await;
    let post = async |body: Value| minato.client.post("/notify-rules", body).await;
    post(json!({})).await.expect_fields(&[("/name", "required")]);
    post(json!({"name": " "})).await.expect_fields(&[("/name", "required")]);
    post(json!({"name": "x".repeat(41)})).await.expect_fields(&[("/name", "too_long")]);
    post(json!({"name": "x", "events": ["answered"]}))
        .await
        .expect_fields(&[("/events/0", "wrong_type")]);
    let emails = json!({"name": "x", "emails": ["a@example.jp", "nobody",
        "hana..ko@docomo.example", "", "hanako.@docomo.example"]});
    let problem = post(emails).await.expect_fields(&[
        ("/emails/1", "invalid_format"),
        ("/emails/2", "carrier_address"),
        ("/emails/3", "required"),
        ("/emails/4", "carrier_address"),
    ]);
    assert!(
        problem["errors"][1]["message"].as_str().unwrap_or_default().contains("メールサーバー")
    );
    let many: Vec<String> = (0..21).map(|index| format!("a{index}@example.jp")).collect();
    let problem = post(json!({"name": "x", "emails": many}))
        .await
        .expect_fields(&[("/emails", "limit_reached")]);
    assert_eq!(problem["errors"][0]["message"], "メールアドレスは20件までです。");
    let id = minato.notify_rule(&app, "営業").await;
    let path = format!("/notify-rules/{id}");
    minato
        .client
        .patch(&path, json!({"name": "x"}))
        .await
        .expect_problem(428, "precondition_required");
    minato.client.if_match(7).patch(&path, json!({"name": "x"})).await.expect_problem(412, "stale");
    minato.client.if_match(7).delete(&path).await.expect_problem(412, "stale");
    minato
        .client
        .if_match(1)
        .patch(&path, json!({"emails": ["a@b@c"]}))
        .await
        .expect_fields(&[("/emails/0", "invalid_format")]);
    minato
        .client
        .if_match(1)
        .patch(&path, json!({"emails": null}))
        .await
        .expect_fields(&[("/emails", "wrong_type")]);
});

on_both!(a_rule_is_made_once_per_idempotency_key, async |app| {
    let minato = app.holder("minato").await;
    let client = minato.client.clone().header("idempotency-key", "rule-1");
    let first = client.post("/notify-rules", json!({"name": "営業"})).await;
    let again = client.post("/notify-rules", json!({"name": "営業"})).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.expect(201), again.expect(201));
    client
        .post("/notify-rules", json!({"name": "総務"}))
        .await
        .expect_problem(422, "idempotency_key_reused");
    assert_eq!(
        minato.client.get("/notify-rules").await.expect(200)["items"].as_array().map(Vec::len),
        Some(1)
    );
});

on_both!(rules_belong_to_their_account, async |app| {
    let (minato, kobe) = (app.holder("minato").await, app.holder("kobe").await);
    let id = minato.notify_rule(&app, "営業").await;
    let path = format!("/notify-rules/{id}");
    kobe.client.get(&path).await.expect_problem(404, "not_found");
    kobe.client
        .if_match(1)
        .patch(&path, json!({"name": "x"}))
        .await
        .expect_problem(404, "not_found");
    kobe.client.if_match(1).delete(&path).await.expect_problem(404, "not_found");
    kobe.client
        .if_match(1)
        .patch(&kobe.number(0), json!({"notify_rule_id": id}))
        .await
        .expect_fields(&[("/notify_rule_id", "not_found")]);
    assert_eq!(kobe.client.get("/notify-rules").await.expect(200)["items"], json!([]));
    assert_eq!(minato.client.get(&path).await.expect(200)["name"], "営業");
});

on_both!(a_changed_rule_can_be_put_back, async |app| {
    let minato = app.holder("minato").await;
    let before = full_rule(&minato).await;
    let path = format!("/notify-rules/{}", before["id"].as_str().unwrap_or_default());
    let changes = json!({"name": "総務", "emails": ["x@minato.example"], "events": [],
        "language": "ja", "private_subject": false});
    minato.client.if_match(1).patch(&path, changes).await.expect(200);
    let restore =
        format!("/audit-log/{}/restore", minato.log().await[0]["id"].as_str().unwrap_or_default());
    minato.client.post(&restore, json!({})).await.expect(200);
    let mut after = minato.client.get(&path).await.expect(200);
    after["version"] = before["version"].clone();
    assert_eq!(after, before);
    minato.client.if_match(3).patch(&path, json!({"name": "経理"})).await.expect(200);
    minato.client.post(&restore, json!({})).await.expect_problem(409, "changed_since");
});

on_both!(there_are_a_hundred_rules_at_most, async |app| {
    let minato = app.holder("minato").await;
    for index in 0..100 {
        minato.notify_rule(&app, &format!("ルール{index}")).await;
    }
    let problem = minato
        .client
        .post("/notify-rules", json!({"name": "もう1つ"}))
        .await
        .expect_fields(&[("", "limit_reached")]);
    assert!(problem["errors"][0]["message"].as_str().unwrap_or_default().contains("100件"));
    let page = minato.client.get("/notify-rules?limit=60").await.expect(200);
    let rest = minato
        .client
        .get(&format!(
            "/notify-rules?limit=60&cursor={}",
            page["next_cursor"].as_str().unwrap_or_default()
        ))
        .await
        .expect(200);
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(40));
});

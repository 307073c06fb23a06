//! Keys of integrators: each opens what its scopes say, of one account, for as long and from where
//! it may.

use api_types::ApiScope;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use server::app::openapi::document;
use tests::{Client, Holder, TestApp, on_both};

async fn key(app: &TestApp, holder: &Holder, more: Value) -> (Client, Value) {
    let mut new = json!({"name": "顧客管理", "scopes": ["numbers:read"]});
    new.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    let made = holder.client.post("/api-keys", new).await.expect(201);
    (app.nobody().bearer(made["key"].as_str().unwrap_or_default()), made)
}

fn path_of(key: &Value) -> String {
    format!("/api-keys/{}", key["id"].as_str().unwrap_or_default())
}

on_both!(a_key_is_shown_once_works_and_stops_at_once, async |app| {
    let holder = app.holder("minato").await;
    let (client, made) =
        key(&app, &holder, json!({"scopes": ["numbers:write", "numbers:read", "numbers:read"]}))
            .await;
    let secret = made["key"].as_str().unwrap_or_default();
    assert!(secret.starts_with("dwk_") && secret.len() > 40);
    assert_eq!(made["scopes"], json!(["numbers:read", "numbers:write"]));
    let list = holder.client.get("/api-keys").await;
    assert!(!list.text.contains(secret) && list.text.contains("顧客管理"), "{}", list.text);
    assert!(!app.database.dump().contains(secret));
    let number = client.get(&holder.number(0)).await;
    client
        .if_match(number.version())
        .patch(&holder.number(0), json!({"name": "外から"}))
        .await
        .expect(200);
    let line = &holder.log().await[0];
    assert_eq!(
        (&line["actor_kind"], &line["actor"], &line["object_kind"]),
        (&json!("api_key"), &json!("顧客管理"), &json!("number"))
    );
    let seen = holder.client.get(&path_of(&made)).await.expect(200);
    assert!(seen["last_used_at"].is_string() && seen["key"].is_null(), "{seen}");
    // A stranger's things are not there for it, and neither is the key for a stranger.
    let stranger = app.holder("kawasaki").await;
    assert_eq!(client.get(&stranger.number(0)).await.status, 404);
    assert_eq!(stranger.client.get(&path_of(&made)).await.status, 404);
    holder.client.delete(&path_of(&made)).await.expect(204);
    client.get(&holder.number(0)).await.expect_problem(401, "unauthenticated");
    let log = holder.log().await;
    assert_eq!(
        (&log[0]["object_kind"], &log[0]["action"], &log[0]["before"]["name"]),
        (&json!("api_key"), &json!("delete"), &json!("顧客管理"))
    );
});

on_both!(a_key_opens_what_the_document_says_and_nothing_else, async |app| {
    let holder = app.holder("minato").await;
    let all: Vec<&str> = ApiScope::ALL.iter().map(|scope| scope.as_str()).collect();
    let (everything, _) = key(&app, &holder, json!({"scopes": all})).await;
    let paths = document()["paths"].as_object().expect("paths");
    let mut opened = std::collections::BTreeSet::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().unwrap_or_default();
            let ways = operation["security"].as_array().cloned().unwrap_or_default();
            let needed = ways.iter().find_map(|way| way["api_key"][0].as_str());
            let filled: String = path
                .trim_start_matches("/api/v1")
                .split('/')
                .map(|part| if part.starts_with('{') { "none" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let filled = if path.starts_with("/api/v1") { filled } else { format!("/{filled}") };
            let method: Method = method.to_uppercase().parse().expect("a method");
            let ask = |client: &Client| {
                let client = client.clone();
                let (method, filled) = (method.clone(), filled.clone());
                async move { client.send(method, &filled, None).await }
            };
            let Some(needed) = needed else {
                let by_session = ways.iter().any(|way| way.get("session").is_some());
                if by_session {
                    ask(&everything).await.expect_problem(403, "not_for_keys");
                }
                continue;
            };
            opened.insert(needed.to_owned());
            let status = ask(&everything).await.status;
            assert!(status != 401 && status != 403, "{id}: {status} with every scope");
            let others: Vec<&&str> = all.iter().filter(|scope| **scope != needed).collect();
            let (others, made) = key(&app, &holder, json!({"scopes": others})).await;
            ask(&others).await.expect_problem(403, "scope_missing");
            holder.client.delete(&path_of(&made)).await.expect(204);
        }
    }
    assert_eq!(
        opened,
        all.iter().map(|scope| (*scope).to_owned()).collect(),
        "every scope opens something"
    );
});

on_both!(a_key_ends_and_is_bound_to_addresses, async |app| {
    let holder = app.holder("minato").await;
    let end = app.clock.now() + TimeDelta::hours(1);
    let (client, _) = key(&app, &holder, json!({"expires_at": end.to_rfc3339()})).await;
    assert_eq!(client.get("/numbers").await.status, 200);
    app.clock.advance(TimeDelta::minutes(61));
    client.get("/numbers").await.expect_problem(401, "unauthenticated");
    let holder = app.holder("kawasaki").await;
    let (here, _) = key(&app, &holder, json!({"allowed_addresses": ["127.0.0.0/8", "::1"]})).await;
    assert_eq!(here.get("/numbers").await.status, 200);
    let (elsewhere, _) =
        key(&app, &holder, json!({"allowed_addresses": ["198.51.100.0/24"]})).await;
    elsewhere.get("/numbers").await.expect_problem(403, "address_not_allowed");
    // Suspended contracts keep everybody out.
    let account = holder.operator_path();
    let operator = app.operator();
    let version = operator.get(&account).await.version();
    operator
        .if_match(version)
        .patch(&account, json!({"status": "suspended", "suspended_reason": "x"}))
        .await
        .expect(200);
    here.get("/numbers").await.expect_problem(403, "account_suspended");
});

on_both!(wrong_keys_are_refused_by_field, async |app| {
    let holder = app.holder("minato").await;
    for (more, pointer, code) in [
        (json!({"name": " "}), "/name", "required"),
        (json!({"scopes": []}), "/scopes", "required"),
        (json!({"scopes": ["everything"]}), "/scopes/0", "wrong_type"),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "/expires_at", "in_the_past"),
        (json!({"allowed_addresses": ["example.com"]}), "/allowed_addresses", "invalid_format"),
    ] {
        let mut new = json!({"name": "x", "scopes": ["numbers:read"]});
        new.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        let problem = holder.client.post("/api-keys", new).await.expect(422);
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code)),
            "{more}: {problem}"
        );
    }
    for index in 0..50 {
        key(&app, &holder, json!({"name": format!("{index}")})).await;
    }
    let problem = holder
        .client
        .post("/api-keys", json!({"name": "x", "scopes": ["numbers:read"]}))
        .await
        .expect(422);
    assert_eq!(problem["errors"][0]["code"], "limit_reached");
});

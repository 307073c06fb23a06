//! Provisioning: keys of operators and switches.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::on_both;

on_both!(a_key_is_shown_once_and_works_until_it_is_removed, async |app| {
    let operator = app.operator();
    let made = operator.post("/operator/keys", json!({"name": " provisioning "})).await;
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    let key = made["key"].as_str().expect("a key").to_owned();
    assert!(key.starts_with("dwo_") && key.len() > 40, "{key}");
    assert_eq!((&made["name"], made["hint"].as_str()), (&json!("provisioning"), Some(&key[..8])));
    let read = operator.get(&path).await;
    assert_eq!((&read["key"], &read["last_used_at"]), (&Value::Null, &Value::Null));
    assert!(!read.text.contains(&key) && !operator.get("/operator/keys").await.text.contains(&key));
    assert!(!app.database.dump().contains(&key), "it is stored in clear");

    let client = app.nobody().bearer(&key);
    client.get("/operator/accounts").await.expect(200);
    assert_eq!(operator.get(&path).await["last_used_at"], json!(app.clock.now()));
    app.clock.advance(TimeDelta::minutes(1));
    client.get("/operator/accounts").await.expect(200);
    assert_eq!(operator.get(&path).await["last_used_at"], json!(app.clock.now()));

    operator.delete(&path).await.expect(204);
    client.get("/operator/accounts").await.expect_problem(401, "unauthenticated");
    client
        .post("/operator/accounts", json!({"name": "x"}))
        .await
        .expect_problem(401, "unauthenticated");
    operator.get(&path).await.expect_problem(404, "not_found");
    operator.delete(&path).await.expect_problem(404, "not_found");
});

on_both!(a_key_may_remove_itself, async |app| {
    let list = app.operator().get("/operator/keys").await.expect(200);
    let path = format!("/operator/keys/{}", list["items"][0]["id"].as_str().unwrap_or_default());
    app.operator().delete(&path).await.expect(204);
    app.operator().get("/operator/keys").await.expect_problem(401, "unauthenticated");
});

on_both!(a_switch_has_a_key_of_its_own_kind, async |app| {
    let operator = app.operator();
    let made = operator.post("/operator/switches", json!({"name": "tokyo-sbc-1"})).await;
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    assert!(made["key"].as_str().is_some_and(|key| key.starts_with("dws_")), "{}", made.text);
    assert_eq!(operator.get(&path).await.expect(200)["name"], "tokyo-sbc-1");
    // A switch is no operator key, and the other way round.
    operator.get(&path.replace("switches", "keys")).await.expect_problem(404, "not_found");
    operator.delete(&path.replace("switches", "keys")).await.expect_problem(404, "not_found");
    assert_eq!(
        operator.get("/operator/switches").await.expect(200)["items"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(
        operator.get("/operator/keys").await.expect(200)["items"].as_array().map(Vec::len),
        Some(1)
    );
    operator.delete(&path).await.expect(204);
    operator.get(&path).await.expect_problem(404, "not_found");
});

on_both!(a_key_needs_a_name, async |app| {
    for path in ["/operator/keys", "/operator/switches"] {
        for (body, code) in [
            (json!({}), "required"),
            (json!({"name": ""}), "required"),
            (json!({"name": "　 "}), "required"),
            (json!({"name": "x".repeat(101)}), "too_long"),
            (json!({"name": "a\nb"}), "control_character"),
            (json!({"name": 1}), "wrong_type"),
        ] {
            app.operator().post(path, body).await.expect_fields(&[("/name", code)]);
        }
    }
});

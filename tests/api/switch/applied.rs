//! The portal is told when a change is in force.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{eventually, on_both};

use crate::switch::feed_reader::{changes, snapshot};

on_both!(the_portal_is_told_when_a_change_is_in_force, async |app| {
    let (minato, switch) = (app.holder("minato").await, Switch::of(&app).await.client);
    let state = async || minato.client.get("/account/switch-state").await.expect(200);
    assert_eq!(state().await["state"], "no_switch");
    // A switch that asks is a second behind.
    switch
        .post("/switch/route-decision", json!({"call_id": "1", "called": "050-9999-0000"}))
        .await
        .expect(200);
    let save = async || {
        let version = minato.client.get(&minato.number(0)).await.version();
        let name = minato.revision().await.to_string();
        minato
            .client
            .if_match(version)
            .patch(&minato.number(0), json!({"name": name}))
            .await
            .expect(200)
    };
    // When a key was used is written aside.
    eventually("the switch is known", async || state().await["state"] != "no_switch").await;
    save().await;
    assert_eq!(state().await["state"], "waiting");
    app.clock.advance(TimeDelta::seconds(1));
    let asked = state().await;
    assert_eq!(
        (&asked["state"], &asked["lag_ms"], &asked["revision"]),
        (&json!("applied"), &json!(1_000), &json!(minato.revision().await))
    );
    // One that follows says it itself.
    let first = snapshot(&switch).await.end.position;
    switch.post("/switch/applied", json!({"position": first})).await.expect(204);
    app.clock.advance(TimeDelta::seconds(10));
    save().await;
    assert_eq!(state().await["state"], "waiting");
    app.clock.advance(TimeDelta::milliseconds(800));
    let news = changes(&switch, first, 5).await.end.position;
    assert_eq!(state().await["state"], "waiting");
    switch.post("/switch/applied", json!({"position": news})).await.expect(204);
    let applied = state().await;
    assert_eq!(
        (&applied["state"], &applied["lag_ms"], &applied["last_seen_at"]),
        (&json!("applied"), &json!(800), &Value::Null)
    );
    // What comes later does not change when it came into force.
    app.clock.advance(TimeDelta::seconds(30));
    switch.post("/switch/applied", json!({"position": news})).await.expect(204);
    assert_eq!(state().await, applied);
    // What no call asks for is none of the switches' business.
    minato.client.post("/notify-rules", json!({"name": "営業"})).await.expect(201);
    assert_eq!(state().await, applied);
    save().await;
    app.clock.advance(TimeDelta::seconds(91));
    let silent = state().await;
    assert_eq!(
        (&silent["state"], &silent["lag_ms"], &silent["applied_at"]),
        (&json!("silent"), &Value::Null, &Value::Null)
    );
    assert!(silent["last_seen_at"].is_string());
    // Nothing of it names a switch, and a key that opens the account may read it.
    let key = json!({"name": "x", "scopes": ["account:read"]});
    let key = minato.client.post("/api-keys", key).await.expect(201)["key"]
        .as_str()
        .expect("a key")
        .to_owned();
    assert_eq!(app.nobody().bearer(&key).get("/account/switch-state").await.expect(200), silent);
    // A switch that began anew serves no more what it served before.
    switch.post("/switch/applied", json!({"position": first})).await.expect(204);
    assert_eq!(state().await["state"], "waiting");
});

//! What changes while somebody looks is told, and only to them.

use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{EventStream, Holder, Replica, TestApp, on_both};

async fn open(url: &str, holder: &Holder) -> EventStream {
    EventStream::open(
        &format!("{url}/api/v1/call-events/stream"),
        ("cookie", &holder.session.cookie),
    )
    .await
}

/// Id of the newest event.
async fn newest(holder: &Holder) -> String {
    let events: Value = holder.client.get("/call-events").await.expect(200);
    events["items"][0]["id"].as_str().expect("an event").to_owned()
}

async fn tell(app: &TestApp, url: &str) {
    let (holder, other, switch) =
        (app.holder("minato").await, app.holder("kawasaki").await, Switch::of(app).await);
    let (mut mine, mut theirs) = (open(url, &holder).await, open(url, &other).await);
    switch.tell(json!([event(&holder.dialled(0).await, "voicemail", json!({}))])).await;
    let told = newest(&holder).await;
    mine.until(&told).await;
    switch.tell(json!([event(&other.dialled(0).await, "voicemail", json!({}))])).await;
    theirs.until(&newest(&other).await).await;
    assert!(!theirs.text.contains(&told), "{}", theirs.text);
}

on_both!(an_event_is_told_to_those_who_look_at_its_account, async |app| {
    tell(&app, &app.url).await;
});

on_both!(what_another_process_did_is_told_too, async |app| {
    let replica = Replica::of(&app);
    tell(&app, &replica.url).await;
});

on_both!(what_came_during_a_break_is_told_after_it, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await);
    let url = format!("{}/api/v1/call-events/stream", app.url);
    let who = ("cookie", holder.session.cookie.as_str());
    let called = holder.dialled(0).await;
    let mut stream = EventStream::open(&url, who).await;
    stream.until("event: position\ndata: {}\n\n").await;
    let first = stream.last_id();
    drop(stream);
    // Two events, and what was said in the first of them.
    let voicemail = |id: &str| {
        let mut told = event(&called, "voicemail", json!({}));
        (told["id"], told["call_id"]) = (json!(id), json!(id));
        told
    };
    switch.tell(json!([voicemail("one")])).await;
    let one = newest(&holder).await;
    switch.tell(json!([voicemail("two")])).await;
    let two = newest(&holder).await;
    let mut again = EventStream::go_on(&url, who, Some(&first)).await;
    again.until(&one).await;
    again.until(&two).await;
    // From there on, nothing old comes again.
    let last = again.last_id();
    assert_ne!(last, first);
    let mut rest = EventStream::go_on(&url, who, Some(&last)).await;
    switch.tell(json!([voicemail("three")])).await;
    rest.until(&newest(&holder).await).await;
    assert!(!rest.text.contains(&format!("\"{one}\"")), "{}", rest.text);
    // What is no position of ours begins now.
    for wrong in ["1", "a.b.c", "..", "x.y.z.w", "\u{9}"] {
        EventStream::go_on(&url, who, Some(wrong)).await.until("event: position").await;
    }
});

on_both!(nobody_looks_without_a_session, async |app| {
    app.nobody().get("/call-events/stream").await.expect_problem(401, "unauthenticated");
});

on_both!(an_integrator_looks_with_a_key, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await);
    let made = holder
        .client
        .post("/api-keys", json!({"name": "CRM", "scopes": ["call_events:read"]}))
        .await
        .expect(201);
    let bearer = format!("Bearer {}", made["key"].as_str().expect("a key"));
    let url = format!("{}/api/v1/call-events/stream", app.url);
    let mut stream = EventStream::open(&url, ("authorization", &bearer)).await;
    switch.tell(json!([event(&holder.dialled(0).await, "voicemail", json!({}))])).await;
    stream.until(&newest(&holder).await).await;
    // The stream of a key that is removed ends at the next sign of life.
    let key = made["id"].as_str().expect("an id");
    assert_eq!(holder.client.delete(&format!("/api-keys/{key}")).await.status, 204);
    stream.until_it_ends().await;
    let other = holder
        .client
        .post("/api-keys", json!({"name": "x", "scopes": ["numbers:read"]}))
        .await
        .expect(201);
    app.nobody()
        .bearer(other["key"].as_str().expect("a key"))
        .get("/call-events/stream")
        .await
        .expect_problem(403, "scope_missing");
});

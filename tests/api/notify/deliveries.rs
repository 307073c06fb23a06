//! What was sent, what came of it, and sending it again.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::switch::{Switch, event, recording};
use tests::{Holder, TestApp, on_both};

async fn list(holder: &Holder, query: &str) -> Vec<Value> {
    holder.client.get(&format!("/deliveries{query}")).await.expect(200)["items"]
        .as_array()
        .expect("items")
        .clone()
}

fn text<'v>(delivery: &'v Value, name: &str) -> &'v str {
    delivery[name].as_str().unwrap_or("?")
}

fn path(delivery: &Value) -> String {
    format!("/deliveries/{}", text(delivery, "id"))
}

async fn resend(holder: &Holder, delivery: &Value) -> tests::Answer {
    holder.client.post(&format!("{}/resend", path(delivery)), json!({})).await
}

/// A fax that was told by mail and to Slack, and the notice of each.
async fn told(
    app: &TestApp,
    state: &'static str,
    problem: Option<&'static str>,
) -> (Holder, Value, Value) {
    let holder = app.holder("minato").await;
    holder.told(app, 0, &["a@example.jp"], &[("slack", "#営業", true)], None).await;
    let called = holder.dialled(0).await;
    Switch::of(app).await.tell(json!([event(&called, "fax", json!({}))])).await;
    holder.end(app, state, problem).await;
    let found = list(&holder, "").await;
    (holder, found[1].clone(), found[0].clone())
}

on_both!(a_notice_is_sent_again_once_for_one_key, async |app| {
    let (holder, _, slack) = told(&app, "delivered", None).await;
    let count = list(&holder, "").await.len();
    let resend = format!("{}/resend", path(&slack));
    let client = holder.client.clone().header("idempotency-key", "again-1");
    let first = client.post(&resend, json!({})).await;
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = client.post(&resend, json!({})).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(list(&holder, "").await.len(), count + 1);
    // The key is for this notice alone.
    let all = client.post("/deliveries/resend", json!({"since": "2026-01-01T00:00:00Z"})).await;
    all.expect_problem(422, "idempotency_key_reused");
    let other = holder.client.clone().header("idempotency-key", "again-2");
    other.post(&resend, json!({})).await.expect(200);
    assert_eq!(list(&holder, "").await.len(), count + 2);
});

on_both!(what_was_sent_is_listed_the_latest_first_with_words, async |app| {
    let (holder, mail, slack) = told(&app, "delivered", None).await;
    assert_eq!(
        (text(&mail, "channel"), text(&mail, "destination"), &mail["service_id"]),
        ("mail", "a@example.jp", &Value::Null)
    );
    assert_eq!((text(&slack, "channel"), text(&slack, "destination")), ("slack", "#営業"));
    assert_eq!(
        (text(&slack, "state"), &slack["problem"], &slack["next_at"]),
        ("delivered", &Value::Null, &Value::Null)
    );
    assert_eq!(
        (&slack["attempt_count"], &slack["attempts"], &slack["resendable"]),
        (&json!(1), &json!([]), &json!(true))
    );
    assert!(text(&slack, "message").chars().any(|c| ('ぁ'..='ん').contains(&c)), "{slack}");
    let one = holder.client.get(&path(&slack)).await.expect(200);
    assert_eq!(one["attempts"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&one["attempts"][0]["status"], &one["attempts"][0]["duration_ms"]),
        (&json!(200), &json!(84))
    );
    let english =
        holder.client.clone().header("accept-language", "en").get(&path(&slack)).await.expect(200);
    assert!(
        text(&english, "message").is_ascii() && text(&english["attempts"][0], "message").is_ascii(),
        "{english}"
    );

    for (query, count) in [
        ("?state=delivered".to_owned(), 2),
        ("?state=failed".to_owned(), 0),
        (format!("?service_id={}", text(&slack, "service_id")), 1),
        (format!("?call_event_id={}", text(&slack, "call_event_id")), 2),
        (format!("?call_event_id={}&state=waiting", text(&slack, "call_event_id")), 0),
    ] {
        assert_eq!(list(&holder, &query).await.len(), count, "{query}");
    }
    let first = holder.client.get("/deliveries?limit=1").await.expect(200);
    let second = holder
        .client
        .get(&format!("/deliveries?limit=1&cursor={}", text(&first, "next_cursor")))
        .await
        .expect(200);
    assert_eq!(
        (&first["items"][0], &second["items"][0], &second["next_cursor"]),
        (&slack, &mail, &Value::Null)
    );
    let stranger = app.holder("kobe").await;
    assert_eq!(list(&stranger, "").await, Vec::<Value>::new());
    stranger.client.get(&path(&slack)).await.expect_problem(404, "not_found");
    resend(&stranger, &slack).await.expect_problem(404, "not_found");
});

on_both!(what_was_given_up_says_why_and_goes_on_when_it_is_asked_to, async |app| {
    let (holder, _, slack) = told(&app, "failed", Some("slack.invalid_auth")).await;
    assert_eq!(text(&slack["problem"], "code"), "slack.invalid_auth");
    assert!(
        text(&slack["problem"], "advice").chars().any(|c| ('ぁ'..='ん').contains(&c)),
        "{slack}"
    );
    let again = resend(&holder, &slack).await.expect(200);
    assert_eq!(
        (&again["id"], &again["short_id"], text(&again, "state")),
        (&slack["id"], &slack["short_id"], "waiting")
    );
    assert_eq!(
        (&again["problem"], &again["finished_at"], &again["resendable"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    assert_eq!(
        again["attempts"].as_array().map(Vec::len),
        Some(1),
        "what was tried stays in the log"
    );
    resend(&holder, &slack).await.expect_problem(409, "already_done");
    assert_eq!(list(&holder, "").await.len(), 2);
});

on_both!(what_had_arrived_is_sent_as_another_one, async |app| {
    let (holder, mail, _) = told(&app, "delivered", None).await;
    let again = resend(&holder, &mail).await.expect(200);
    assert!(again["id"] != mail["id"] && again["short_id"] != mail["short_id"], "{again}");
    assert_eq!(
        (text(&again, "state"), text(&again, "destination"), &again["call_event_id"]),
        ("waiting", "a@example.jp", &mail["call_event_id"])
    );
    assert_eq!(text(&holder.client.get(&path(&mail)).await.expect(200), "state"), "delivered");
});

on_both!(what_was_not_needed_or_has_nobody_left_is_not_sent_again, async |app| {
    let holder = app.holder("minato").await;
    let rule = holder.told(&app, 0, &["a@example.jp"], &[("slack", "#営業", true)], None).await;
    let (called, switch) = (holder.dialled(0).await, Switch::of(&app).await);
    switch.tell(json!([event(&called, "missed_call", json!({}))])).await;
    switch.tell(json!([event(&called, "answered_call", json!({}))])).await;
    for canceled in list(&holder, "").await {
        assert_eq!(
            (text(&canceled, "state"), &canceled["resendable"]),
            ("canceled", &json!(false))
        );
        resend(&holder, &canceled).await.expect_problem(409, "already_done");
    }
    switch.tell(json!([event(&called, "fax", json!({"call_id": "2"}))])).await;
    holder.end(&app, "failed", Some("slack.invalid_auth")).await;
    let slack = list(&holder, "?state=failed").await[0].clone();
    // The service is switched off: what is sent again waits for it.
    let (scope, id, now) = (
        store::Scope::account(&holder.account_id),
        text(&slack, "service_id").to_owned(),
        app.clock.now_naive(),
    );
    let stop = move |conn: &mut store::Conn| {
        store::notify::service_health::stop(conn, &scope, &id, "slack.invalid_auth", now)
    };
    app.app.db.write(stop).await.expect("it stops");
    assert_eq!(text(&resend(&holder, &slack).await.expect(200), "state"), "held");
    // The rule is removed.
    let path = format!("/notify-rules/{rule}");
    let version = holder.client.get(&path).await.version();
    holder.client.if_match(version).delete(&format!("{path}?detach=true")).await.expect(204);
    for gone in
        list(&holder, "?state=failed").await.iter().filter(|row| text(row, "channel") == "slack")
    {
        resend(&holder, gone).await.expect_problem(409, "already_done");
    }
});

on_both!(everything_since_a_time_is_sent_again, async |app| {
    let holder = app.holder("minato").await;
    let rule = holder.told(&app, 0, &["a@example.jp"], &[("slack", "#営業", true)], None).await;
    let other = holder.told(&app, 1, &["b@example.jp"], &[], None).await;
    let (called, elsewhere, switch) =
        (holder.dialled(0).await, holder.dialled(1).await, Switch::of(&app).await);
    switch.tell(json!([event(&called, "fax", json!({"call_id": "old"}))])).await;
    holder.end(&app, "failed", Some("slack.invalid_auth")).await;
    app.clock.advance(TimeDelta::hours(1));
    let since = app.clock.now();
    switch
        .tell(json!([
            event(&called, "fax", json!({"call_id": "1"})),
            event(&elsewhere, "fax", json!({"call_id": "2"}))
        ]))
        .await;
    holder.end(&app, "failed", Some("slack.invalid_auth")).await;
    switch.tell(json!([event(&called, "fax", json!({"call_id": "3"}))])).await;
    holder.end(&app, "skipped", None).await;
    switch.tell(json!([event(&called, "fax", json!({"call_id": "4"}))])).await;
    holder.deliver(&app).await;
    let again = async |body: Value| {
        holder.client.post("/deliveries/resend", body).await.expect(200)["resent"].clone()
    };
    assert_eq!(again(json!({"since": since, "rule_id": other})).await, 1);
    let services = holder.client.get(&format!("/notify-rules/{rule}/services")).await.expect(200);
    let slack = &services["items"][0]["id"];
    assert_eq!(again(json!({"since": since, "service_id": rule})).await, 0, "no service");
    let before = json!({"since": since - TimeDelta::hours(2), "until": since, "service_id": slack});
    assert_eq!(again(before.clone()).await, 1, "the old one, of one of its two destinations");
    assert_eq!(again(before).await, 0);
    assert_eq!(again(json!({"since": since, "until": since})).await, 0);
    assert_eq!(again(json!({"since": since, "service_id": slack})).await, 2);
    assert_eq!(again(json!({"since": since, "rule_id": rule})).await, 2);
    assert_eq!(again(json!({"since": since})).await, 0, "once");
    assert_eq!(again(json!({"since": since - TimeDelta::hours(2)})).await, 1);
    assert_eq!(list(&holder, "?state=waiting").await.len(), 7);
    assert_eq!(list(&holder, "?state=delivered").await.len(), 2);
    holder
        .client
        .post("/deliveries/resend", json!({}))
        .await
        .expect_fields(&[("/since", "required")]);
});

on_both!(a_notice_that_is_sent_again_has_a_link_that_works_unless_it_was_revoked, async |app| {
    let holder = app.holder("minato").await;
    holder.told(&app, 0, &["a@example.jp"], &[], None).await;
    let (called, switch) = (holder.dialled(0).await, Switch::of(&app).await);
    for call in ["1", "2"] {
        let file = switch.hand_in(&recording()).await;
        switch
            .tell(json!([event(
                &called,
                "voicemail",
                json!({"call_id": call, "attachment_id": file})
            )]))
            .await;
    }
    holder.deliver(&app).await;
    let revoked = list(&holder, "").await[0]["call_event_id"].clone();
    let revoke = format!("/call-events/{}/revoke-link", revoked.as_str().unwrap_or("?"));
    holder.client.post(&revoke, json!({})).await.expect(200);
    app.clock.advance(TimeDelta::days(8));
    for delivery in list(&holder, "").await {
        resend(&holder, &delivery).await.expect(200);
        let event = holder
            .client
            .get(&format!("/call-events/{}", text(&delivery, "call_event_id")))
            .await
            .expect(200);
        let expected = if delivery["call_event_id"] == revoked {
            Value::Null
        } else {
            json!("2026-12-07T03:00:00Z")
        };
        assert_eq!(event["attachment"]["link_expires_at"], expected);
    }
});

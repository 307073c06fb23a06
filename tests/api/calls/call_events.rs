//! What happened on the numbers, as their holder sees it.

use serde_json::{Value, json};
use tests::switch::{Switch, event, recording};
use tests::{Client, Holder, TestApp, on_both};

/// Every event, page by page: kind, number of the call, and how its notices stand (sent, waiting,
/// failed).
async fn log(client: &Client, query: &str) -> Vec<String> {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/call-events?limit=2{query}{next}")).await.expect(200);
        for event in page["items"].as_array().expect("items") {
            let counts = ["sent", "waiting", "failed"]
                .map(|name| event["deliveries"][name].to_string())
                .join(" ");
            found.push(format!(
                "{} {} {counts}",
                event["type"].as_str().unwrap_or("?"),
                event["call_id"].as_str().unwrap_or("?")
            ));
        }
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return found,
        }
    }
}

async fn only(holder: &Holder) -> Value {
    let page = holder.client.get("/call-events").await.expect(200);
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1), "{page}");
    page["items"][0].clone()
}

fn path(event: &Value) -> String {
    format!("/call-events/{}", event["id"].as_str().unwrap_or("?"))
}

async fn told(app: &TestApp) -> (Holder, Switch, String) {
    let holder = app.holder("minato").await;
    holder.told(app, 0, &["a@example.jp"], &[("slack", "#営業", false)], None).await;
    let called = holder.dialled(0).await;
    (holder, Switch::of(app).await, called)
}

on_both!(the_log_has_what_notices_tell_of_the_latest_first, async |app| {
    let (holder, switch, called) = told(&app).await;
    let other = holder.dialled(1).await;
    let call = |kind: &str, id: &str| event(&called, kind, json!({"call_id": id}));
    switch
        .tell(json!([
            call("missed_call", "1"),
            call("answered_call", "2"),
            call("voicemail", "3"),
            call("fax", "4")
        ]))
        .await;
    holder.deliver(&app).await;
    switch
        .tell(json!([
            call("outgoing_call", "5"),
            event(&other, "forwarded_call", json!({"call_id": "6"}))
        ]))
        .await;
    // Three terminals of one call, which is no call any more when somebody answers.
    switch
        .tell(json!([call("missed_call", "7"), call("missed_call", "7"), call("missed_call", "8")]))
        .await;
    switch.tell(json!([call("answered_call", "7")])).await;
    let all = [
        "missed_call 8 0 2 0",
        "forwarded_call 6 0 0 0",
        "fax 4 1 1 0",
        "voicemail 3 1 1 0",
        "missed_call 1 1 1 0",
    ];
    assert_eq!(log(&holder.client, "").await, all);
    assert_eq!(log(&holder.client, "&type=missed_call").await, [all[0], all[4]]);
    assert_eq!(log(&holder.client, &format!("&number_id={}", holder.numbers[1])).await, [all[1]]);
    assert_eq!(
        log(&holder.client, &format!("&number_id={}&type=fax", holder.numbers[1])).await,
        Vec::<String>::new()
    );
    holder
        .client
        .get("/call-events?type=answered_call")
        .await
        .expect_fields(&[("?type", "invalid_format")]);
    holder.client.get("/call-events?limit=0").await.expect_fields(&[("?limit", "out_of_range")]);
    let stranger = app.holder("kobe").await;
    assert_eq!(log(&stranger.client, "").await, Vec::<String>::new());
});

on_both!(an_event_says_what_happened, async |app| {
    let (holder, switch, called) = told(&app).await;
    let file = switch.hand_in(&recording()).await;
    let sent = json!({"duration_s": 2, "transcript": "田中です。", "attachment_id": file,
        "caller": null, "from_user": "anonymous",
            "from_display": "Anonymous", "call_id": "a84b4c76e66710@192.0.2.1"});
    switch.tell(json!([event(&called, "voicemail", sent)])).await;
    let event = only(&holder).await;
    let caller =
        json!({"text": "非通知", "e164": null, "no_number": "withheld", "international": false});
    assert_eq!(
        (&event["caller"], &event["transcript"], &event["duration_s"]),
        (&caller, &json!("田中です。"), &json!(2))
    );
    assert_eq!(
        (&event["at"], &event["number_id"]),
        (&json!("2026-11-22T02:15:00Z"), &json!(holder.numbers[0]))
    );
    let attachment = json!({"id": file, "kind": "audio", "content_type": "audio/wav",
        "file_name": "voicemail-20261122-1115.wav",
            "size": 16_044, "link_expires_at": "2026-11-29T03:00:00Z", "downloads": 0,
                "last_download_at": null});
    assert_eq!(event["attachment"], attachment);
    assert_eq!(holder.client.get(&path(&event)).await.expect(200), event);
    let english =
        holder.client.clone().header("accept-language", "en").get(&path(&event)).await.expect(200);
    assert!(english["caller"]["text"].as_str().is_some_and(str::is_ascii), "{english}");
    let stranger = app.holder("kobe").await;
    for path in [path(&event), format!("{}/attachment", path(&event))] {
        stranger.client.get(&path).await.expect_problem(404, "not_found");
    }
});

on_both!(why_a_call_was_missed_is_told_apart, async |app| {
    let (holder, switch, called) = told(&app).await;
    let missed = |more: Value| event(&called, "missed_call", more);
    let calls = [
        json!({"call_id": "1"}),
        json!({"call_id": "2", "reason": "busy"}),
        json!({"call_id": "3", "reason": "refused"}),
        json!({"call_id": "4", "reason": "hung_up", "duration_s": 4}),
    ];
    switch.tell(json!(calls.map(missed))).await;
    let page = holder.client.get("/call-events").await.expect(200);
    let found: Vec<_> = page["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|event| (event["reason"].clone(), event["duration_s"].clone()))
        .collect();
    let expected = [
        ("hung_up", json!(4)),
        ("refused", Value::Null),
        ("busy", Value::Null),
        ("no_answer", Value::Null),
    ];
    assert_eq!(found, expected.map(|(reason, length)| (json!(reason), length)));
    // A terminal that saw more has the last word.
    switch
        .tell(json!([missed(json!({"call_id": "1", "reason": "hung_up", "duration_s": 9}))]))
        .await;
    let page = holder.client.get("/call-events").await.expect(200);
    assert_eq!(
        (&page["items"][3]["reason"], &page["items"][3]["duration_s"]),
        (&json!("hung_up"), &json!(9))
    );
});

on_both!(the_holder_hears_a_recording_whole_or_in_parts_whatever_became_of_its_link, async |app| {
    let (holder, switch, called) = told(&app).await;
    let (bytes, file) = (recording(), switch.hand_in(&recording()).await);
    switch.tell(json!([event(&called, "voicemail", json!({"attachment_id": file}))])).await;
    let event = only(&holder).await;
    let audio = format!("{}/attachment", path(&event));
    holder.client.post(&format!("{}/revoke-link", path(&event)), json!({})).await.expect(200);
    assert_eq!(only(&holder).await["attachment"]["link_expires_at"], Value::Null);
    let whole = holder.client.get(&audio).await;
    assert_eq!(
        (whole.status, whole.header("content-type"), whole.header("accept-ranges")),
        (200, Some("audio/wav"), Some("bytes"))
    );
    assert_eq!(whole.bytes, bytes);
    let part = holder.client.clone().header("range", "bytes=44-143").get(&audio).await;
    assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 44-143/16044")));
    assert_eq!(part.bytes, bytes[44..144]);
    assert_eq!(
        only(&holder).await["attachment"]["downloads"],
        0,
        "the holder's own listening is not counted"
    );
    switch.tell(json!([tests::switch::event(&called, "fax", json!({"call_id": "2"}))])).await;
    let fax = holder.client.get("/call-events?type=fax").await.expect(200)["items"][0].clone();
    holder.client.get(&format!("{}/attachment", path(&fax))).await.expect_problem(404, "not_found");
    holder
        .client
        .post(&format!("{}/revoke-link", path(&fax)), json!({}))
        .await
        .expect_problem(404, "not_found");
});

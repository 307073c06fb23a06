//! The softphone's own view.

use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{Client, EventStream, Holder, PASSWORD, Replica, TestApp, on_both};

struct Phone {
    client: Client,
    access_token: String,
}

async fn phone(app: &TestApp, login_id: &str) -> Phone {
    let body = json!({"login_id": login_id, "password": PASSWORD,
        "terminal": {"kind": "android", "name": "Pixel 11"}});
    let tokens = app.nobody().post("/tokens", body).await.expect(200);
    let access_token = tokens["access_token"].as_str().expect("a token").to_owned();
    Phone { client: app.nobody().bearer(&access_token), access_token }
}

async fn rename(holder: &Holder, number: usize, patch: Value) {
    let version = holder.client.get(&holder.number(number)).await.version();
    holder.client.if_match(version).patch(&holder.number(number), patch).await.expect(200);
}

on_both!(it_shows_what_an_incoming_call_needs, async |app| {
    let holder = app.holder("minato").await;
    rename(
        &holder,
        1,
        json!({"name": "横浜支店", "display_name": "横浜", "ringtone": "ringtone_2",
        "priority_phone_id": holder.ids[1]}),
    )
    .await;
    holder.silence(&app, 0, 1).await;
    let phone = phone(&app, "minato001").await;
    let numbers = phone.client.get("/me/numbers").await.expect(200);
    let expected = json!([
        {"id": holder.numbers[0], "e164": numbers["items"][0]["e164"], "kind": "primary",
            "name": "", "display_name": "",
            "ringtone": "ringtone_1", "rings": false, "rings_first": false},
        {"id": holder.numbers[1], "e164": numbers["items"][1]["e164"], "kind": "additional",
            "name": "横浜支店", "display_name": "横浜",
            "ringtone": "ringtone_2", "rings": true, "rings_first": true},
    ]);
    assert_eq!(numbers["items"], expected);
    let me = phone.client.get("/me").await.expect(200);
    assert_eq!(
        (&me["login_id"], &me["kind"], &me["extension"]),
        (&json!("minato001"), &json!("additional"), &json!("201"))
    );
    let page = phone.client.get("/me/numbers?limit=1").await.expect(200);
    let next = page["next_cursor"].as_str().expect("there is more");
    let rest = phone.client.get(&format!("/me/numbers?limit=1&cursor={next}")).await.expect(200);
    assert_eq!(
        (&rest["items"][0]["name"], &rest["next_cursor"]),
        (&json!("横浜支店"), &Value::Null)
    );
});

on_both!(the_app_says_what_it_is_and_signs_out, async |app| {
    let holder = app.holder("minato").await;
    let phone = phone(&app, "minato001").await;
    let changed = phone
        .client
        .put("/me/terminal", json!({"kind": "ios", "name": " 田中の iPhone "}))
        .await
        .expect(200);
    assert_eq!((&changed["kind"], &changed["name"]), (&json!("ios"), &json!("田中の iPhone")));
    assert_eq!(holder.client.get(&holder.id(1)).await.expect(200)["terminals"], json!([changed]));
    assert_eq!(phone.client.delete("/me/terminal").await.status, 204);
    phone.client.get("/me").await.expect_problem(401, "unauthenticated");
    assert_eq!(holder.client.get(&holder.id(1)).await.expect(200)["terminals"], json!([]));
});

on_both!(the_app_chooses_the_number_that_it_calls_out_with, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let (phone, switch) = (phone(&app, "minato001").await, Switch::of(&app).await);
    let before = phone.client.get("/me/outbound-number").await;
    assert_eq!(before["number_id"], Value::Null);
    let path = "/me/outbound-number";
    let chosen = json!({"number_id": holder.numbers[1]});
    phone.client.put(path, chosen.clone()).await.expect_problem(428, "precondition_required");
    phone.client.if_match(99).put(path, chosen.clone()).await.expect_problem(412, "stale");
    let of_stranger = json!({"number_id": stranger.numbers[0]});
    phone
        .client
        .if_match(before.version())
        .put(path, of_stranger)
        .await
        .expect_fields(&[("/number_id", "not_found")]);
    let after = phone.client.if_match(before.version()).put(path, chosen.clone()).await;
    assert_eq!(after.version(), before.version() + 1);
    assert_eq!(after.expect(200), chosen);
    let told = switch.client.get("/switch/ids/minato001").await.expect(200);
    let number = holder.client.get(&holder.number(1)).await.expect(200);
    assert_eq!(told["outbound"]["number"], number["e164"]);
    let log = holder.log().await;
    assert_eq!(
        (&log[0]["actor_kind"], &log[0]["object_kind"]),
        (&json!("app"), &json!("phone_id"))
    );
});

async fn follow(app: &TestApp, url: &str) {
    let (holder, stranger) = (app.holder("minato").await, app.holder("kobe").await);
    let phone = phone(app, "minato001").await;
    let bearer = format!("Bearer {}", phone.access_token);
    let mut stream =
        EventStream::open(&format!("{url}/api/v1/me/stream"), ("authorization", &bearer)).await;
    let present = holder.revision().await;
    stream.until(&format!("event: change\ndata: {{\"revision\":{present}}}\n\n")).await;
    rename(&stranger, 0, json!({"name": "神戸"})).await;
    rename(&holder, 0, json!({"name": "新しい名前"})).await;
    stream.until(&format!("data: {{\"revision\":{}}}\n\n", present + 1)).await;
    assert_eq!(
        stream.text.matches("event: change").count(),
        2,
        "one of the own account only: {}",
        stream.text
    );
    assert_eq!(phone.client.get("/me/numbers").await.expect(200)["items"][0]["name"], "新しい名前");
    // Signed out in the portal: the stream ends, and does not open again.
    let terminal = phone.client.get("/me").await.expect(200)["terminal"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    assert_eq!(
        holder.client.delete(&format!("{}/terminals/{terminal}", holder.id(1))).await.status,
        204
    );
    stream.until_it_ends().await;
    phone.client.get("/me/stream").await.expect_problem(401, "unauthenticated");
}

on_both!(a_renamed_number_is_told_at_once, async |app| {
    follow(&app, &app.url).await;
});

on_both!(a_change_on_another_server_is_told_too, async |app| {
    let replica = Replica::of(&app);
    follow(&app, &replica.url).await;
});

on_both!(the_app_lists_everybody_within_the_contract, async |app| {
    let (holder, _) = (app.holder("minato").await, app.holder("kobe").await);
    let (phone, switch) = (phone(&app, "minato001").await, Switch::of(&app).await);
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[2]);
    let version = app.operator().get(&path).await.version();
    let patch = json!({"terminal_name": "会議室", "extension": "99"});
    app.operator().if_match(version).patch(&path, patch).await.expect(200);
    // What the operator has entered says nothing about now.
    let entered = format!("{}/ids/{}/terminals", holder.operator_path(), holder.ids[0]);
    app.operator().post(&entered, json!({"kind": "ip_phone", "name": "T54W"})).await.expect(201);
    let number = holder.client.get(&holder.number(0)).await.expect(200)["e164"].clone();
    let before = phone.client.get("/me/directory").await;
    let (tag, before) = (before.header("etag").expect("a tag").to_owned(), before.expect(200));
    let entry = |id: usize, extension: &str, name: &str, kind: &str, number: &Value, me: bool| {
        json!({"phone_id": holder.ids[id], "extension": extension, "name": name, "kind": kind,
            "number": number, "is_me": me, "is_online": me})
    };
    let expected = json!([
        entry(0, "200", "", "basic", &number, false),
        entry(2, "99", "会議室", "additional", &Value::Null, false),
        entry(1, "201", "", "additional", &Value::Null, true),
    ]);
    assert_eq!(before["items"], expected);
    let known = phone.client.clone().header("if-none-match", &tag);
    assert_eq!(known.get("/me/directory").await.status, 304);
    let now = app.clock.now();
    let report = json!([{"event": "registered", "login_id": "minato002", "contact": "sip:1",
        "expires_at": now + chrono::TimeDelta::minutes(5), "at": now}]);
    switch.registrations(report).await;
    let after = known.get("/me/directory").await.expect(200);
    assert_eq!(after["items"][1]["is_online"], true);
    app.clock.advance(chrono::TimeDelta::minutes(6));
    assert_eq!(known.get("/me/directory").await.status, 304);
});

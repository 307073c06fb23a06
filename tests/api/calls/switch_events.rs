//! What switches report: each event once, one notice per call and destination, whatever the order.

use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{Holder, TestApp, on_both};

/// A number whose events are told by mail and to Slack, and its switch.
struct Scene {
    holder: Holder,
    switch: Switch,
    called: String,
}

async fn scene(app: &TestApp) -> Scene {
    let holder = app.holder("minato").await;
    holder.told(app, 0, &["a@example.jp"], &[("slack", "#営業", true)], None).await;
    Scene { switch: Switch::of(app).await, called: holder.dialled(0).await, holder }
}

impl Scene {
    fn event(&self, kind: &str, more: Value) -> Value {
        event(&self.called, kind, more)
    }
}

on_both!(one_call_is_one_notice_per_destination, async |app| {
    let scene = scene(&app).await;
    let ringing = json!([
        scene.event("missed_call", json!({})),
        scene.event("missed_call", json!({"reason": "hung_up", "duration_s": 4})),
        scene.event("missed_call", json!({"call_id": "call-2"})),
    ]);
    scene.switch.tell(ringing).await;
    scene.switch.tell(json!([scene.event("missed_call", json!({}))])).await;
    let twice = ["missed_call a@example.jp waiting", "missed_call #営業 waiting"];
    assert_eq!(scene.holder.planned(&app).await, [twice, twice].concat());
});

on_both!(nobody_is_told_of_a_call_that_was_answered_whatever_comes_first, async |app| {
    let scene = scene(&app).await;
    let (missed, answered) = (
        |call: &str| scene.event("missed_call", json!({"call_id": call})),
        |call: &str| scene.event("answered_call", json!({"call_id": call})),
    );
    scene.switch.tell(json!([missed("1"), answered("1"), answered("2"), missed("2")])).await;
    assert_eq!(
        scene.holder.planned(&app).await,
        Vec::<String>::new(),
        "what was taken back at once leaves no trace"
    );
    scene.switch.tell(json!([missed("3")])).await;
    scene.switch.tell(json!([answered("3")])).await;
    assert_eq!(
        scene.holder.planned(&app).await,
        ["call a@example.jp canceled", "call #営業 canceled"]
    );
    // It was told, and stays in the log.
    scene.switch.tell(json!([missed("4")])).await;
    scene.holder.deliver(&app).await;
    scene.switch.tell(json!([answered("4")])).await;
    assert_eq!(
        scene.holder.planned(&app).await[2..],
        ["missed_call a@example.jp delivered", "missed_call #営業 delivered"]
    );
});

on_both!(a_message_takes_the_place_of_the_missed_call, async |app| {
    let scene = scene(&app).await;
    scene.switch.tell(json!([scene.event("missed_call", json!({}))])).await;
    scene
        .switch
        .tell(json!([
            scene.event("voicemail", json!({"duration_s": 23})),
            scene.event("missed_call", json!({}))
        ]))
        .await;
    let planned = scene.holder.planned(&app).await;
    assert_eq!(planned[..2], ["missed_call a@example.jp canceled", "missed_call #営業 canceled"]);
    assert_eq!(planned[2..], ["voicemail a@example.jp waiting", "voicemail #営業 waiting"]);
});

on_both!(the_same_event_twice_is_one_event_also_at_once, async |app| {
    let scene = scene(&app).await;
    let fax = scene.event("fax", json!({"pages": 3}));
    let reports = (0..8).map(|_| scene.switch.report(json!([fax, fax])));
    let outcomes = futures_util::future::join_all(reports).await.concat();
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "accepted").count(), 1, "{outcomes:?}");
    assert_eq!(
        outcomes.iter().filter(|outcome| *outcome == "duplicate").count(),
        15,
        "{outcomes:?}"
    );
    assert_eq!(scene.holder.planned(&app).await, ["fax a@example.jp waiting", "fax #営業 waiting"]);
    // Another switch has ids of its own.
    assert_eq!(Switch::of(&app).await.report(json!([fax])).await, ["accepted"]);
});

on_both!(terminals_that_report_one_call_at_once_make_one_notice, async |app| {
    let scene = scene(&app).await;
    let events: Vec<Value> = (0..8).map(|_| scene.event("missed_call", json!({}))).collect();
    futures_util::future::join_all(
        events.into_iter().map(|event| scene.switch.tell(json!([event]))),
    )
    .await;
    assert_eq!(
        scene.holder.planned(&app).await,
        ["missed_call a@example.jp waiting", "missed_call #営業 waiting"]
    );
});

on_both!(each_event_is_judged_alone, async |app| {
    let scene = scene(&app).await;
    let with = |more: Value| scene.event("missed_call", more);
    let mut nameless = with(json!({}));
    nameless.as_object_mut().expect("an object").remove("id");
    let table = [
        (with(json!({"call_id": "other"})), "accepted"),
        (with(json!({"called": "03-0000-9999"})), "rejected /1/called not_found"),
        (with(json!({"called": "Tokyo"})), "rejected /2/called unexpected_character"),
        (with(json!({"caller": "9.01E+09", "call_id": "odd"})), "accepted"),
        (nameless, "rejected /4/id required"),
        (with(json!({"id": ""})), "rejected /5/id required"),
        (with(json!({"surprise": 1})), "rejected /6/surprise unknown_field"),
        (with(json!({"type": "telegram"})), "rejected /7/type wrong_type"),
        (json!("missed_call"), "rejected /8 wrong_type"),
        (with(json!({"at": "2027-11-22T00:00:00Z"})), "rejected /9/at out_of_range"),
        (with(json!({"caller": "a\0b", "call_id": "a\0b\tc"})), "accepted"),
        (
            scene.event("fax", json!({"attachment_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b29"})),
            "rejected /11/attachment_id not_found",
        ),
        (scene.event("transcript", json!({"transcript": " "})), "rejected /12/transcript required"),
        (
            scene.event("forwarded_call", json!({"forwarded_to": "withheld", "call_id": "f"})),
            "accepted",
        ),
        (with(json!({"duration_s": -1})), "rejected /14/duration_s out_of_range"),
        (with(json!({"at": "2025-01-01T00:00:00Z", "call_id": "very late"})), "accepted"),
    ];
    let (events, expected): (Vec<Value>, Vec<&str>) = table.into_iter().unzip();
    assert_eq!(scene.switch.report(json!(events)).await, expected);
    assert_eq!(scene.holder.planned(&app).await.len(), 10);
});

on_both!(no_event_is_lost_because_its_caller_is_odd, async |app| {
    let scene = scene(&app).await;
    let called = &scene.called;
    let long = "x".repeat(293);
    let rows = [
        (json!({"caller": "asterisk"}), "表示圏外"),
        (json!({"caller": "1001"}), "表示圏外"),
        (json!({"caller": "09012345678@carrier.example"}), "090-1234-5678"),
        (json!({"caller": "819012345678"}), "090-1234-5678"),
        (json!({"called": format!("{called};npdi;rn=+81300000000")}), "090-1234-5678"),
        (json!({"called": format!("{called}@carrier.example")}), "090-1234-5678"),
        (json!({"called": called.trim_start_matches('+')}), "090-1234-5678"),
        (json!({"caller": null, "pai": "<tel:+81300000000;cpc=payphone>"}), "公衆電話"),
        (json!({"caller": null, "from_user": "y".repeat(1_700)}), "表示圏外"),
        (json!({"call_id": format!("{long}1")}), "090-1234-5678"),
        (json!({"call_id": format!("{long}2")}), "090-1234-5678"),
    ];
    for (index, (mut more, shown)) in rows.into_iter().enumerate() {
        if more.get("call_id").is_none() {
            more["call_id"] = json!(format!("odd {index}"));
        }
        scene.switch.tell(json!([scene.event("missed_call", more.clone())])).await;
        let latest = &scene.holder.client.get("/call-events?limit=1").await.expect(200)["items"][0];
        assert_eq!(latest["caller"]["text"], shown, "{more}: {latest}");
    }
    assert_eq!(scene.holder.planned(&app).await.len(), 22, "each is a call of its own");
});

on_both!(the_same_name_days_later_is_another_call, async |app| {
    let scene = scene(&app).await;
    let missed = |id: &str, caller: &str, at: &str| {
        scene.event("missed_call", json!({"id": id, "call_id": "1.42", "caller": caller, "at": at}))
    };
    let shown = async || -> Vec<String> {
        let list = scene.holder.client.get("/call-events").await.expect(200);
        let items = list["items"].as_array().expect("items").iter();
        items.map(|item| item["caller"]["e164"].as_str().unwrap_or("?").to_owned()).collect()
    };
    let planned = async || scene.holder.planned(&app).await.len();
    scene.switch.tell(json!([missed("a", "09011110001", "2026-11-01T00:15:00Z")])).await;
    let of_one = planned().await;
    assert!(of_one > 0);
    // Another terminal of the same call, an hour later by its clock.
    scene.switch.tell(json!([missed("b", "09011110001", "2026-11-01T01:15:00Z")])).await;
    assert_eq!((shown().await.len(), planned().await), (1, of_one));
    scene.switch.tell(json!([missed("c", "09011110002", "2026-11-15T00:15:00Z")])).await;
    assert_eq!(shown().await, ["+819011110002", "+819011110001"]);
    assert_eq!(planned().await, 2 * of_one);
    // In one report, too.
    scene
        .switch
        .tell(json!([
            missed("d", "09011110003", "2026-11-17T00:15:00Z"),
            missed("e", "09011110004", "2026-11-19T00:15:00Z"),
            missed("f", "09011110003", "2026-11-17T00:15:30Z"),
        ]))
        .await;
    assert_eq!(shown().await[..2], ["+819011110004", "+819011110003"]);
    assert_eq!((shown().await.len(), planned().await), (4, 4 * of_one));
    // Who answers one of them has not answered the others.
    let answered = json!({"id": "g", "call_id": "1.42", "at": "2026-11-19T00:15:40Z"});
    scene.switch.tell(json!([scene.event("answered_call", answered)])).await;
    assert!(shown().await.contains(&"+819011110001".to_owned()));
});

on_both!(a_dialplan_reports_one_event_as_a_form, async |app| {
    let scene = scene(&app).await;
    let form = scene.switch.client.header("content-type", "application/x-www-form-urlencoded");
    let report = async |kind: &str, more: &str| {
        let called = scene.called.replace('+', "%2B");
        let body = format!(
            "id={kind}-{}&type={kind}&called={called}&at=2026-11-22T00%3A15%3A00Z&{more}",
            more.len()
        );
        form.send(reqwest::Method::POST, "/switch/events", Some(body)).await.expect(200)["items"]
            .clone()
    };
    for (kind, more, field, value) in [
        // A name that would break out of JSON, and of a form that is not encoded.
        (
            "missed_call",
            "call_id=1&from_user=%2B819012345678&from_display=%22%2C%22type%22%3A%22fax&pai=\
             &privacy=&diversion=&reason=hung_up&duration_s=4",
            "/caller/text",
            json!("090-1234-5678"),
        ),
        (
            "missed_call",
            "call_id=2&from_user=anonymous&from_display=Coin%20line%2Fpayphone&reason=busy",
            "/caller/text",
            json!("公衆電話"),
        ),
        (
            "missed_call",
            "call_id=3&from_user=09012345678&pai=%3Csip%3A09012345678%40x%3E&privacy=id",
            "/caller/text",
            json!("非通知"),
        ),
        (
            "missed_call",
            "call_id=4&diversion=%3Csip%3A0%40x%3E&duration_s=12",
            "/duration_s",
            json!(12),
        ),
        ("fax", "call_id=5&caller=0611112222&pages=+3", "/pages", json!(3)),
    ] {
        let items = report(kind, more).await;
        assert_eq!(items[0]["outcome"], "accepted", "{more}: {items}");
        assert_eq!(items.as_array().map(Vec::len), Some(1));
        let latest = &scene.holder.client.get("/call-events?limit=1").await.expect(200)["items"][0];
        assert_eq!(latest.pointer(field), Some(&value), "{more}: {latest}");
        assert_eq!(report(kind, more).await[0]["outcome"], "duplicate");
    }
    for (more, pointer, code) in [
        ("from_user=1", "/0/call_id", "required"),
        ("call_id=6&duration_s=long", "/0/duration_s", "wrong_type"),
        ("call_id=6&surprise=1", "/0/surprise", "unknown_field"),
    ] {
        let items = report("missed_call", more).await;
        let error = &items[0]["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{items}");
    }
});

on_both!(a_list_that_cannot_be_read_is_refused_whole, async |app| {
    let switch = Switch::of(&app).await;
    assert_eq!(switch.report(json!([])).await, Vec::<String>::new());
    switch
        .client
        .post("/switch/events", json!({"events": []}))
        .await
        .expect_fields(&[("", "wrong_type")]);
    let many: Vec<Value> = (0..1_001).map(|_| json!({})).collect();
    switch.client.post("/switch/events", json!(many)).await.expect_problem(413, "body_too_large");
    let text = switch.client.clone().header("content-type", "text/plain");
    text.post("/switch/events", json!([])).await.expect_problem(415, "unsupported_media_type");
    let broken = Some("[{]".to_owned());
    switch
        .client
        .send(reqwest::Method::POST, "/switch/events", broken)
        .await
        .expect_problem(400, "malformed_request");
    // A thousand at once, with more text than other bodies may have.
    let holder = app.holder("minato").await;
    let called = holder.dialled(0).await;
    let said = "もしもし。".repeat(60);
    let many: Vec<Value> = (0..1_000)
        .map(|index| {
            event(&called, "voicemail", json!({"call_id": format!("{index}"), "transcript": said}))
        })
        .collect();
    switch.tell(json!(many)).await;
});

on_both!(whoever_is_suspended_or_has_no_rule_is_not_told_but_nothing_is_lost, async |app| {
    let scene = scene(&app).await;
    let other = scene.holder.dialled(1).await;
    scene.switch.tell(json!([event(&other, "voicemail", json!({"call_id": "no rule"}))])).await;
    let path = scene.holder.operator_path();
    app.operator().if_match(1).patch(&path, json!({"status": "suspended"})).await.expect(200);
    scene.switch.tell(json!([scene.event("voicemail", json!({}))])).await;
    assert_eq!(scene.holder.planned(&app).await, Vec::<String>::new());
    let kept = store::Scope::account(&scene.holder.account_id);
    let rows = app
        .app
        .db
        .read(move |conn| {
            store::calls::call_event::list(
                conn,
                &kept,
                &store::calls::call_event::Filter::default(),
                10,
            )
        })
        .await;
    assert_eq!(rows.expect("rows").len(), 2);
});

on_both!(a_service_that_is_off_holds_its_notices, async |app| {
    let holder = app.holder("minato").await;
    holder.told(&app, 0, &[], &[("slack", "#営業", false), ("line", "家族", true)], None).await;
    let called = holder.dialled(0).await;
    Switch::of(&app).await.tell(json!([event(&called, "fax", json!({}))])).await;
    assert_eq!(holder.planned(&app).await, ["fax #営業 held", "fax 家族 waiting"]);
});

on_both!(a_late_transcript_goes_along_or_follows, async |app| {
    let scene = scene(&app).await;
    let voicemail = |call: &str| scene.event("voicemail", json!({"call_id": call}));
    let said = |call: &str, text: &str| {
        scene.event("transcript", json!({"call_id": call, "transcript": text}))
    };
    scene.switch.tell(json!([voicemail("1")])).await;
    scene.switch.tell(json!([said("1", "田中です。")])).await;
    assert_eq!(scene.holder.planned(&app).await.len(), 2, "it goes along with what waits");
    scene.holder.deliver(&app).await;
    scene.switch.tell(json!([said("2", "先に来ました。"), voicemail("2")])).await;
    scene.holder.deliver(&app).await;
    scene.switch.tell(json!([voicemail("3")])).await;
    scene.holder.deliver(&app).await;
    scene.switch.tell(json!([said("3", "後から来ました。"), said("3", "後から来ました。")])).await;
    let follows =
        ["voicemail a@example.jp waiting transcript", "voicemail #営業 waiting transcript"];
    assert_eq!(scene.holder.planned(&app).await[6..], follows);
});

on_both!(whom_the_block_list_refuses_is_counted_there_and_told_to_nobody, async |app| {
    let scene = scene(&app).await;
    let list = format!("{}/block-list", scene.holder.number(0));
    let new = json!({"caller": "0120-999", "match": "prefix", "confirm": true});
    let entry = scene.holder.client.post(&format!("{list}/entries"), new).await.expect(201);
    let refused = |caller: &str, call: &str| {
        scene.event(
            "missed_call",
            json!({"reason": "refused", "caller": caller, "call_id": call,
            "at": "2026-11-22T02:20:00Z"}),
        )
    };
    scene
        .switch
        .tell(json!([
            refused("0120-999-001", "1"),
            refused("0120-999-001", "1"),
            refused("0120-999-002", "2")
        ]))
        .await;
    scene.switch.tell(json!([refused("0120-999-001", "1")])).await;
    let entry = scene
        .holder
        .client
        .get(&format!("{list}/entries/{}", entry["id"].as_str().unwrap_or("?")))
        .await
        .expect(200);
    assert_eq!(
        (&entry["hits"], &entry["last_hit_at"]),
        (&json!(2), &json!("2026-11-22T02:20:00Z"))
    );
    assert_eq!(scene.holder.planned(&app).await, Vec::<String>::new());
    // Somebody pressed the red button: that is a missed call.
    scene.switch.tell(json!([refused("090-1234-5678", "3")])).await;
    assert_eq!(scene.holder.planned(&app).await.len(), 2);
});

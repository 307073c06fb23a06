//! What becomes of a call: the verdict, the setting that gave it, and what rings.

use serde_json::{Value, json};
use tests::{Answer, Holder, on_both};

pub const CALLER: &str = "090-1234-5678";

pub async fn ask(holder: &Holder, call: Value) -> Answer {
    holder.client.post(&format!("{}/route-preview", holder.number(0)), call).await
}

pub async fn preview(holder: &Holder, call: Value) -> Value {
    ask(holder, call).await.expect(200)
}

/// The verdict of a call, and the setting that gave it.
pub async fn verdict(holder: &Holder, call: Value) -> (String, String) {
    let decision = preview(holder, call).await;
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    (text(&decision["action"]), text(&decision["matched"]["rule"]))
}

pub fn is(action: &str, rule: &str) -> (String, String) {
    (action.to_owned(), rule.to_owned())
}

/// The reasons in both languages, which say something and not the same.
pub async fn reasons(holder: &Holder, call: Value) -> (String, String) {
    let mut reasons = Vec::new();
    for language in ["ja", "en"] {
        let client = holder.client.clone().header("accept-language", language);
        let decision = client
            .post(&format!("{}/route-preview", holder.number(0)), call.clone())
            .await
            .expect(200);
        let reason = decision["matched"]["reason"].as_str().unwrap_or_default().to_owned();
        assert!(
            !reason.is_empty() && !reason.contains("route.") && !reason.contains("%{"),
            "{language}: {reason}"
        );
        assert_eq!(
            reason.chars().any(|c| ('ぁ'..='ん').contains(&c)),
            language == "ja",
            "{language}: {reason}"
        );
        reasons.push(reason);
    }
    let en = reasons.pop().unwrap_or_default();
    (reasons.pop().unwrap_or_default(), en)
}

pub async fn add(holder: &Holder, entry: Value) -> String {
    let made = holder
        .client
        .post(&format!("{}/block-list/entries", holder.number(0)), entry)
        .await
        .expect(201);
    made["id"].as_str().unwrap_or_default().to_owned()
}

pub async fn switch(holder: &Holder, path: &str, change: Value) {
    let path = format!("{}{path}", holder.number(0));
    let version = holder.client.get(&path).await.version();
    let client = holder.client.if_match(version);
    let answer = if path.ends_with("ringing") || path.ends_with("limit") {
        client.put(&path, change).await
    } else {
        client.patch(&path, change).await
    };
    answer.expect(200);
}

on_both!(a_call_rings_where_it_is_set_to, async |app| {
    let holder = app.holder("minato").await;
    switch(
        &holder,
        "",
        json!({"name": "代表番号", "display_name": "東京", "ringtone": "ringtone_2"}),
    )
    .await;
    holder
        .client
        .if_match(1)
        .patch(&holder.id(2), json!({"terminal_name": "受付"}))
        .await
        .expect(200);
    let (revision, log) = (holder.revision().await, holder.log().await);
    let device = |index: usize, seconds: u32| {
        json!({
            "phone_id": holder.ids[index], "login_id": format!("minato{index:03}"),
                "terminal_name": if index == 2 { "受付" } else { "" },
            "extension": (200 + index).to_string(), "ring_after_s": seconds,
                "ringtone": "ringtone_2", "display_name": "東京",
            "number_name": "代表番号",
        })
    };
    let expected = json!({
        "revision": revision,
        "caller": {"text": CALLER, "e164": "+819012345678", "no_number": null,
            "international": false},
        "action": "ring", "matched": {"rule": "ringing", "entry_id": null,
            "reason": "この番号で鳴る設定の端末を呼び出します。"},
        "sip": null, "announcement": null, "devices": [device(0, 0), device(1, 0), device(2, 0)],
            "channel_limit": 5, "notices": [],
    });
    assert_eq!(preview(&holder, json!({"caller": CALLER})).await, expected);
    assert_eq!(
        reasons(&holder, json!({"caller": CALLER})).await.1,
        "The terminals that are set to ring for this number ring."
    );
    let answer = ask(&holder, json!({"caller": CALLER})).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        (holder.revision().await, holder.log().await),
        (revision, log),
        "nothing is changed"
    );

    // The one that rings first rings alone for a while; the others follow in their order.
    switch(&holder, "", json!({"priority_phone_id": holder.ids[2]})).await;
    let first = preview(&holder, json!({"caller": CALLER})).await;
    assert_eq!(first["devices"], json!([device(2, 0), device(0, 10), device(1, 10)]));
    assert_eq!(first["matched"]["rule"], "ringing");
    let (ja, en) = reasons(&holder, json!({"caller": CALLER})).await;
    assert!(ja.contains("10秒") && en.contains("10 seconds"), "{ja} {en}");
    // Who does not ring does not ring.
    let off = json!({"targets": [{"phone_id": holder.ids[0], "rings": false}],
        "busy_announcement": false});
    switch(&holder, "/ringing", off).await;
    assert_eq!(
        preview(&holder, json!({"caller": CALLER})).await["devices"],
        json!([device(2, 0), device(1, 10)])
    );
});

on_both!(who_has_called_for_help_is_always_reached, async |app| {
    let holder = app.holder("minato").await;
    add(&holder, json!({"caller": CALLER})).await;
    switch(&holder, "/block-list", json!({"reject_withheld": true})).await;
    for caller in [CALLER, "withheld"] {
        let refused = verdict(&holder, json!({"caller": caller})).await;
        assert_eq!(refused.0, "reject", "{caller}");
        let call = json!({"caller": caller, "emergency_callback": true});
        assert_eq!(verdict(&holder, call.clone()).await, is("ring", "ringing"), "{caller}");
        let (ja, en) = reasons(&holder, call).await;
        assert!(ja.contains("緊急通報") && en.contains("emergency"), "{ja} {en}");
    }
    for service in ["110", "118", "119"] {
        assert_eq!(
            verdict(&holder, json!({"caller": service})).await,
            is("ring", "ringing"),
            "{service}"
        );
    }
    // Nothing would have refused this one, so nothing is said about it.
    let plain =
        reasons(&holder, json!({"caller": "03-9999-0000", "emergency_callback": true})).await;
    assert!(!plain.0.contains("緊急通報"), "{}", plain.0);
    // A line that is not there cannot ring.
    let busy = json!({"caller": CALLER, "emergency_callback": true, "active_calls": 5});
    assert_eq!(verdict(&holder, busy).await, is("reject", "channel_limit"));
});

on_both!(a_busy_number_says_so_as_it_is_set, async |app| {
    let holder = app.holder("minato").await;
    switch(&holder, "/channel-limit", json!({"limit": 2})).await;
    assert_eq!(
        verdict(&holder, json!({"caller": CALLER, "active_calls": 1})).await,
        is("ring", "ringing")
    );
    for active in [2, 3, 99] {
        let busy = preview(&holder, json!({"caller": CALLER, "active_calls": active})).await;
        assert_eq!(
            (&busy["action"], &busy["matched"]["rule"]),
            (&json!("reject"), &json!("channel_limit")),
            "{active}"
        );
        assert_eq!(
            (&busy["sip"], &busy["announcement"]),
            (&json!({"code": 486, "reason": "Busy Here"}), &Value::Null)
        );
        assert_eq!((&busy["channel_limit"], &busy["devices"]), (&json!(2), &json!([])));
    }
    let tone = reasons(&holder, json!({"caller": CALLER, "active_calls": 2})).await;
    assert!(tone.0.contains("（2）") && tone.1.contains("limit: 2"), "{tone:?}");
    switch(&holder, "/ringing", json!({"targets": [], "busy_announcement": true})).await;
    let announced = preview(&holder, json!({"caller": CALLER, "active_calls": 2})).await;
    assert_eq!(
        (&announced["action"], &announced["matched"]["rule"]),
        (&json!("announce"), &json!("channel_limit"))
    );
    assert_eq!((&announced["sip"], &announced["announcement"]), (&Value::Null, &json!("busy")));
    assert_ne!(reasons(&holder, json!({"caller": CALLER, "active_calls": 2})).await, tone);
    // Who is refused hears no announcement.
    add(&holder, json!({"caller": CALLER})).await;
    assert_eq!(
        verdict(&holder, json!({"caller": CALLER, "active_calls": 2})).await,
        is("reject", "block_entry")
    );
    ask(&holder, json!({"caller": CALLER, "active_calls": 100}))
        .await
        .expect_fields(&[("/active_calls", "out_of_range")]);
});

on_both!(where_nothing_rings_the_caller_hears_that_nobody_is_there, async |app| {
    let holder = app.holder("minato").await;
    let off: Vec<Value> =
        holder.ids.iter().map(|id| json!({"phone_id": id, "rings": false})).collect();
    switch(&holder, "/ringing", json!({"targets": off, "busy_announcement": true})).await;
    let decision = preview(&holder, json!({"caller": CALLER})).await;
    assert_eq!(
        (&decision["action"], &decision["matched"]["rule"]),
        (&json!("reject"), &json!("no_terminal_rings"))
    );
    assert_eq!(decision["sip"], json!({"code": 480, "reason": "Temporarily Unavailable"}));
    assert_eq!(decision["devices"], json!([]));
    reasons(&holder, json!({"caller": CALLER})).await;
    assert_eq!(
        verdict(&holder, json!({"caller": CALLER, "active_calls": 5})).await,
        is("announce", "channel_limit")
    );
});

on_both!(who_would_be_told_stands_beside_it, async |app| {
    let holder = app.holder("minato").await;
    assert_eq!(preview(&holder, json!({"caller": CALLER})).await["notices"], json!([]));
    let rule = holder
        .told(
            &app,
            0,
            &["a@example.jp"],
            &[("slack", "#営業", true), ("line", "家族", false)],
            None,
        )
        .await;
    let notice = |when: &str| {
        let destinations = ["メール a@example.jp", "Slack #営業", "LINE 家族（オフ）"];
        json!([{"rule_id": rule, "rule_name": "営業", "when": when, "destinations": destinations}])
    };
    let busy = json!({"caller": CALLER, "active_calls": 5});
    assert_eq!(
        preview(&holder, json!({"caller": CALLER})).await["notices"],
        notice("だれも出なかったとき")
    );
    assert_eq!(
        preview(&holder, busy.clone()).await["notices"],
        notice("話中で着信できなかったとき")
    );
    let english = holder.client.clone().header("accept-language", "en");
    let told = english
        .post(&format!("{}/route-preview", holder.number(0)), busy.clone())
        .await
        .expect(200);
    let notices = json!([{"rule_id": rule, "rule_name": "営業",
        "when": "Because every channel is busy",
            "destinations": ["Mail to a@example.jp", "Slack #営業", "LINE 家族 (off)"]}]);
    assert_eq!(told["notices"], notices);
    switch(&holder, "/ringing", json!({"targets": [], "busy_announcement": true})).await;
    assert_eq!(preview(&holder, busy).await["notices"], notice("話中で着信できなかったとき"));
    add(&holder, json!({"caller": CALLER})).await;
    assert_eq!(
        preview(&holder, json!({"caller": CALLER})).await["notices"],
        json!([]),
        "nobody is told of whom they refuse"
    );
    holder.told(&app, 1, &["a@example.jp"], &[], Some(&["fax"])).await;
    let other = holder
        .client
        .post(&format!("{}/route-preview", holder.number(1)), json!({"caller": CALLER}))
        .await;
    assert_eq!(other["notices"], json!([]), "a rule for faxes says nothing of calls");
});

on_both!(a_caller_that_cannot_be_read_is_refused_by_name, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    for caller in
        ["Tokyo", "9012345678", "12", "090-1234-5678-9999-0000-1", "*21*", "9.01E+09", "anonymous2"]
    {
        let problem = ask(&holder, json!({"caller": caller})).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/caller", "{caller}");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(1), "{caller}");
        assert!(
            problem["errors"][0]["message"]
                .as_str()
                .is_some_and(|text| !text.is_empty() && !text.contains("%{")),
            "{problem}"
        );
    }
    ask(&holder, json!({"caller": ""})).await.expect_fields(&[("/caller", "required")]);
    ask(&holder, json!({"caller": "1".repeat(257)}))
        .await
        .expect_fields(&[("/caller", "too_long")]);
    ask(&holder, json!({})).await.expect_fields(&[("/caller", "required")]);
    ask(&holder, json!({"caller": CALLER, "at": "tomorrow"}))
        .await
        .expect_fields(&[("/at", "wrong_type")]);
    ask(&holder, json!({"caller": CALLER, "to": "x"}))
        .await
        .expect_fields(&[("/to", "unknown_field")]);
    for id in [stranger.numbers[0].as_str(), "x", &holder.ids[0]] {
        let path = format!("/numbers/{id}/route-preview");
        holder.client.post(&path, json!({"caller": CALLER})).await.expect_problem(404, "not_found");
    }
});

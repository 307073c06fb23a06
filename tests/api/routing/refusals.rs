//! Who is refused, and by which setting.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::on_both;

use crate::routing::previews::{CALLER, add, ask, is, preview, reasons, switch, verdict};

on_both!(calls_without_a_number_are_refused_by_their_own_switch, async |app| {
    let holder = app.holder("minato").await;
    let kinds = ["withheld", "pay_phone", "out_of_range", "service_conflict"];
    let texts = ["非通知", "公衆電話", "表示圏外", "サービス競合"];
    for (kind, text) in kinds.into_iter().zip(texts) {
        let open = preview(&holder, json!({"caller": kind})).await;
        assert_eq!(
            open["caller"],
            json!({"text": text, "e164": null, "no_number": kind, "international": false})
        );
        assert_eq!(open["action"], "ring");
        let english = holder.client.clone().header("accept-language", "en");
        let open = english
            .post(&format!("{}/route-preview", holder.number(0)), json!({"caller": kind}))
            .await
            .expect(200);
        assert!(open["caller"]["text"].as_str().is_some_and(str::is_ascii), "{open}");
        let switch_name = format!("reject_{kind}");
        switch(&holder, "/block-list", json!({&switch_name: true})).await;
        let refused = preview(&holder, json!({"caller": kind})).await;
        assert_eq!(
            (&refused["action"], &refused["matched"]["rule"]),
            (&json!("reject"), &json!(switch_name))
        );
        assert_eq!(refused["sip"], json!({"code": 433, "reason": "Anonymity Disallowed"}));
        assert_eq!(
            (&refused["devices"], &refused["matched"]["entry_id"]),
            (&json!([]), &Value::Null)
        );
        assert!(reasons(&holder, json!({"caller": kind})).await.0.contains(text));
        for other in kinds.into_iter().filter(|other| *other != kind) {
            assert_eq!(
                verdict(&holder, json!({"caller": other})).await,
                is("ring", "ringing"),
                "{other} while {kind} is refused"
            );
        }
        assert_eq!(verdict(&holder, json!({"caller": CALLER})).await, is("ring", "ringing"));
        switch(&holder, "/block-list", json!({&switch_name: false})).await;
    }
});

on_both!(an_entry_refuses_whom_it_names_however_it_is_written, async |app| {
    let holder = app.holder("minato").await;
    let entry = add(&holder, json!({"caller": CALLER})).await;
    for caller in [
        CALLER,
        "09012345678",
        "+81 90 1234 5678",
        "０９０－１２３４－５６７８",
        "sip:+819012345678@example.jp",
    ] {
        let refused = preview(&holder, json!({"caller": caller})).await;
        assert_eq!(
            (&refused["action"], &refused["matched"]["entry_id"]),
            (&json!("reject"), &json!(entry)),
            "{caller}"
        );
        assert_eq!(refused["sip"], json!({"code": 603, "reason": "Decline"}));
        assert_eq!((&refused["devices"], &refused["notices"]), (&json!([]), &json!([])));
    }
    let (ja, en) = reasons(&holder, json!({"caller": CALLER})).await;
    assert!(ja.contains(CALLER) && en.contains(CALLER), "{ja} {en}");
    for other in ["090-1234-5679", "090-1234-567", "withheld"] {
        let answer = ask(&holder, json!({"caller": other})).await;
        assert!(answer.status == 422 || answer["action"] == "ring", "{other}: {}", answer.text);
    }
    let list = format!("{}/block-list/entries", holder.number(0));
    assert_eq!(holder.client.get(&list).await["items"][0]["hits"], 0, "a preview is no call");
    let other = format!("{}/route-preview", holder.number(1));
    assert_eq!(
        holder.client.post(&other, json!({"caller": CALLER})).await["action"],
        "ring",
        "each number has its own list"
    );
});

on_both!(what_says_more_about_the_caller_decides, async |app| {
    let holder = app.holder("minato").await;
    let mut entries = Vec::new();
    for (caller, matching) in
        [("090", "prefix"), ("0901234", "prefix"), ("09012", "prefix"), (CALLER, "exact")]
    {
        entries.push((caller, add(&holder, json!({"caller": caller, "match": matching})).await));
    }
    // The exact one, then the longest beginning, then what is left.
    for (index, shown) in [(3, CALLER), (1, "090-1234"), (2, "090-12"), (0, "090")] {
        let refused = preview(&holder, json!({"caller": CALLER})).await;
        assert_eq!(refused["matched"]["entry_id"], entries[index].1, "{}", entries[index].0);
        let (ja, en) = reasons(&holder, json!({"caller": CALLER})).await;
        assert!(ja.contains(shown) && en.contains(shown), "{ja} {en}");
        assert_eq!(ja.contains("始まる"), index != 3, "{ja}");
        let path = format!("{}/block-list/entries/{}", holder.number(0), entries[index].1);
        holder.client.if_match(1).delete(&path).await.expect(204);
    }
    assert_eq!(verdict(&holder, json!({"caller": CALLER})).await, is("ring", "ringing"));
});

on_both!(an_entry_refuses_until_it_expires, async |app| {
    let holder = app.holder("minato").await;
    let end = app.clock.now() + TimeDelta::days(1);
    let entry = add(&holder, json!({"caller": CALLER, "expires_at": end})).await;
    let at = |at: chrono::DateTime<chrono::Utc>| json!({"caller": CALLER, "at": at});
    for (call, blocked) in [
        (json!({"caller": CALLER}), true),
        (json!({"caller": CALLER, "at": null}), true),
        (at(end - TimeDelta::seconds(1)), true),
        (at(end), false),
        (at(end + TimeDelta::days(400)), false),
    ] {
        let decision = preview(&holder, call.clone()).await;
        assert_eq!(decision["matched"]["entry_id"] == entry, blocked, "{call}");
    }
    // Its place is taken by one that says less but goes on.
    let wider = add(&holder, json!({"caller": "090", "match": "prefix"})).await;
    assert_eq!(preview(&holder, at(end)).await["matched"]["entry_id"], wider);
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(preview(&holder, json!({"caller": CALLER})).await["matched"]["entry_id"], wider);
    assert_eq!(
        preview(&holder, at(end - TimeDelta::seconds(1))).await["matched"]["entry_id"],
        entry,
        "as it would have been then"
    );
});

on_both!(a_caller_from_abroad_is_recognised, async |app| {
    let holder = app.holder("minato").await;
    let table = [
        ("+1 212 555 0123", "+12125550123", true),
        ("010-1-212-555-0123", "+12125550123", true),
        ("010-81-90-1234-5678", "+819012345678", true),
        ("+81 90 1234 5678", "+819012345678", false),
    ];
    for (caller, e164, international) in table {
        let decision = preview(&holder, json!({"caller": caller})).await;
        assert_eq!(
            (&decision["caller"]["e164"], &decision["caller"]["international"]),
            (&json!(e164), &json!(international)),
            "{caller}"
        );
        assert_eq!(decision["action"], "ring");
    }
    add(&holder, json!({"caller": "+1", "match": "prefix", "confirm": true})).await;
    assert_eq!(
        verdict(&holder, json!({"caller": "010-1-212-555-0123"})).await,
        is("reject", "block_entry")
    );
    assert_eq!(
        verdict(&holder, json!({"caller": "+44 20 7946 0958"})).await,
        is("ring", "ringing")
    );
});

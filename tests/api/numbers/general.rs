//! Numbers and their general settings.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{Contract, Holder, TestApp, on_both};

/// Changes a number from its present version.
pub async fn patch(holder: &Holder, index: usize, change: Value) -> tests::Answer {
    let version = holder.client.get(&holder.number(index)).await.version();
    holder.client.if_match(version).patch(&holder.number(index), change).await
}

/// Changes a number, and checks that exactly one change was written down: the new version, the next
/// revision, one line in the log.
pub async fn change(
    holder: &Holder,
    index: usize,
    change: Value,
    before: Value,
    after: Value,
) -> Value {
    let (old, revision, lines) = (
        holder.client.get(&holder.number(index)).await,
        holder.revision().await,
        holder.log().await.len(),
    );
    let changed = patch(holder, index, change).await;
    assert_eq!(changed.version(), old.version() + 1);
    let log = holder.log().await;
    assert_eq!(
        (holder.revision().await, log.len()),
        (revision + 1, lines + 1),
        "one revision and one line per change"
    );
    let entry = &log[0];
    assert_eq!((&entry["before"], &entry["after"]), (&before, &after));
    assert_eq!((&entry["revision"], &entry["action"]), (&json!(revision + 1), &json!("update")));
    assert_eq!(
        (&entry["object_kind"], &entry["object_id"]),
        (&json!("number"), &json!(holder.numbers[index]))
    );
    let seen = holder.client.get(&holder.number(index)).await;
    assert_eq!(seen.version(), changed.version());
    assert_eq!(seen.json, changed.json, "what was answered is what is there");
    changed.expect(200)
}

/// Refuses a change, and checks that nothing was written down.
pub async fn refuse(holder: &Holder, index: usize, change: Value, faults: &[(&str, &str)]) {
    let (before, revision, lines) = (
        holder.client.get(&holder.number(index)).await.expect(200),
        holder.revision().await,
        holder.log().await,
    );
    patch(holder, index, change).await.expect_fields(faults);
    assert_eq!(holder.client.get(&holder.number(index)).await.expect(200), before);
    assert_eq!((holder.revision().await, holder.log().await), (revision, lines));
}

pub async fn small(app: &TestApp, numbers: usize, ids: usize, options: Value) -> Holder {
    Holder::provision(app, "minato", Contract { numbers, ids, options }).await
}

async fn capabilities(holder: &Holder, index: usize) -> Vec<String> {
    let number = holder.client.get(&holder.number(index)).await.expect(200);
    serde_json::from_value(number["capabilities"].clone()).expect("a list of texts")
}

on_both!(a_holder_renames_a_number_and_sees_it_everywhere, async |app| {
    let holder = app.holder("minato").await;
    let after = change(
        &holder,
        0,
        json!({"name": " 代表番号　"}),
        json!({"name": ""}),
        json!({"name": "代表番号"}),
    )
    .await;
    assert_eq!(after["name"], "代表番号", "names are trimmed");
    let list = holder.client.get("/numbers").await.expect(200);
    assert_eq!((&list["items"][0], &list["items"][1]["name"]), (&after, &json!("")));
    let entry = &holder.log().await[0];
    assert_eq!((&entry["actor_kind"], &entry["actor"]), (&json!("holder"), &json!("minato000")));
    assert_eq!(entry["at"], json!(app.clock.now()));
    change(&holder, 0, json!({"name": ""}), json!({"name": "代表番号"}), json!({"name": ""})).await;
});

on_both!(a_number_shows_what_it_is, async |app| {
    let holder = app.holder("minato").await;
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    let shown = json!({
        "id": holder.numbers[0], "e164": number["e164"], "kind": "primary", "name": "",
            "display_name": "", "ringtone": "ringtone_1",
        "priority_phone_id": null, "notify_rule_id": null, "pause_until": null, "channel_limit": 5,
            "max_channels": 5, "ringing_phone_ids": holder.ids,
        "capabilities": ["name", "display_name", "ringtone", "priority", "channel_limit",
            "notify_rule", "block_list", "ringing",
            "busy_announcement"],
        "version": 1,
    });
    assert_eq!(number, shown);
    assert!(number["e164"].as_str().is_some_and(|e164| e164.starts_with("+813")), "{number}");
    assert_eq!(holder.client.get(&holder.number(1)).await["kind"], "additional");
});

on_both!(several_settings_change_together_or_not_at_all, async |app| {
    let holder = app.holder("minato").await;
    let rule = holder.notify_rule(&app, "営業").await;
    let wanted = json!({
        "name": "代表", "display_name": "東京", "ringtone": "ringtone_2",
            "priority_phone_id": holder.ids[1], "notify_rule_id": rule,
    });
    let before = json!({"name": "", "display_name": "", "ringtone": "ringtone_1",
        "priority_phone_id": null, "notify_rule_id": null});
    let after = change(&holder, 0, wanted.clone(), before, wanted.clone()).await;
    for (field, value) in wanted.as_object().expect("fields") {
        assert_eq!(&after[field], value, "{field}");
    }
    refuse(
        &holder,
        0,
        json!({"name": "x", "priority_phone_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21"}),
        &[("/priority_phone_id", "not_found")],
    )
    .await;
});

on_both!(a_display_name_needs_the_ip_phone_option, async |app| {
    let holder =
        small(&app, 2, 2, json!({"premises_device": true, "voicemail": true, "fax": true})).await;
    assert!(!capabilities(&holder, 0).await.contains(&"display_name".to_owned()));
    refuse(&holder, 0, json!({"display_name": "東京"}), &[("/display_name", "not_contracted")])
        .await;
    for empty in ["", " 　"] {
        assert_eq!(
            patch(&holder, 0, json!({"display_name": empty})).await.expect(200)["version"],
            1,
            "it may stay empty"
        );
    }
    for (language, words) in [("ja", "IP電話機オプション"), ("en", "IP-phone option")] {
        let client = holder.client.if_match(1).header("accept-language", language);
        let problem = client
            .patch(&holder.number(0), json!({"display_name": "東京"}))
            .await
            .expect_problem(422, "invalid");
        let message = problem["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{message}");
    }
});

on_both!(a_ringtone_is_chosen_where_there_are_two_numbers, async |app| {
    let holder = small(&app, 1, 2, json!({})).await;
    assert!(!capabilities(&holder, 0).await.contains(&"ringtone".to_owned()));
    refuse(&holder, 0, json!({"ringtone": "ringtone_2"}), &[("/ringtone", "not_applicable")]).await;
    assert_eq!(
        patch(&holder, 0, json!({"ringtone": "ringtone_1"})).await.expect(200)["version"],
        1,
        "it may stay as it is"
    );

    let second = json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1});
    app.operator().post(&format!("{}/numbers", holder.operator_path()), second).await.expect(201);
    assert!(capabilities(&holder, 0).await.contains(&"ringtone".to_owned()));
    change(
        &holder,
        0,
        json!({"ringtone": "ringtone_2"}),
        json!({"ringtone": "ringtone_1"}),
        json!({"ringtone": "ringtone_2"}),
    )
    .await;
});

on_both!(a_priority_terminal_is_one_that_rings_for_the_number, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    holder.silence(&app, 0, 2).await;
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    assert_eq!(number["ringing_phone_ids"], json!([holder.ids[0], holder.ids[1]]));
    refuse(
        &holder,
        0,
        json!({"priority_phone_id": holder.ids[2]}),
        &[("/priority_phone_id", "does_not_ring")],
    )
    .await;
    for unknown in [&stranger.ids[1], &holder.numbers[0], &"x".repeat(500), ""] {
        refuse(
            &holder,
            0,
            json!({"priority_phone_id": unknown}),
            &[("/priority_phone_id", "not_found")],
        )
        .await;
    }
    let chosen = json!({"priority_phone_id": holder.ids[1]});
    let none = json!({"priority_phone_id": null});
    change(&holder, 0, chosen.clone(), none.clone(), chosen.clone()).await;
    // For the other number that ID does ring.
    change(
        &holder,
        1,
        json!({"priority_phone_id": holder.ids[2]}),
        none.clone(),
        json!({"priority_phone_id": holder.ids[2]}),
    )
    .await;
    change(&holder, 0, none.clone(), chosen, none).await;
});

on_both!(a_priority_needs_two_ids_that_ring, async |app| {
    let holder = small(&app, 2, 2, json!({})).await;
    assert!(capabilities(&holder, 0).await.contains(&"priority".to_owned()));
    holder.silence(&app, 0, 0).await;
    assert!(!capabilities(&holder, 0).await.contains(&"priority".to_owned()));
    assert!(
        capabilities(&holder, 1).await.contains(&"priority".to_owned()),
        "the other number is not concerned"
    );
    refuse(
        &holder,
        0,
        json!({"priority_phone_id": holder.ids[1]}),
        &[("/priority_phone_id", "not_applicable")],
    )
    .await;
    refuse(
        &holder,
        0,
        json!({"priority_phone_id": holder.ids[0]}),
        &[("/priority_phone_id", "does_not_ring")],
    )
    .await;
    assert_eq!(
        patch(&holder, 0, json!({"priority_phone_id": null})).await.expect(200)["version"],
        1
    );
});

on_both!(a_patch_that_changes_nothing_leaves_no_trace, async |app| {
    let holder = app.holder("minato").await;
    patch(&holder, 0, json!({"name": "代表", "ringtone": "ringtone_2"})).await.expect(200);
    let before = (
        holder.client.get(&holder.number(0)).await.expect(200),
        holder.revision().await,
        holder.log().await,
    );
    for nothing in [
        json!({}),
        json!({"name": "代表"}),
        json!({"name": " 代表 "}),
        json!({"ringtone": "ringtone_2", "priority_phone_id": null}),
    ] {
        let answer = patch(&holder, 0, nothing.clone()).await;
        assert_eq!(answer.version(), 2, "{nothing}");
        assert_eq!(answer.expect(200), before.0, "{nothing}");
    }
    assert_eq!(
        (
            holder.client.get(&holder.number(0)).await.expect(200),
            holder.revision().await,
            holder.log().await
        ),
        before
    );
});

on_both!(the_channel_limit_stays_within_the_contract, async |app| {
    let holder = app.holder("minato").await;
    let path = format!("{}/channel-limit", holder.number(0));
    let shown = holder.client.get(&path).await;
    assert_eq!((shown.version(), &shown.json), (1, &json!({"limit": 5, "max": 5})));
    let mut version = 1;
    for limit in [1, 5, 3] {
        let set = holder.client.if_match(version).put(&path, json!({"limit": limit})).await;
        version = set.version();
        assert_eq!(set.expect(200), json!({"limit": limit, "max": 5}));
        assert_eq!(holder.client.get(&holder.number(0)).await["channel_limit"], limit);
    }
    assert_eq!(version, 4, "its ETag is the number's");
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["before"], &entry["after"]),
        (&json!({"channel_limit": 5}), &json!({"channel_limit": 3}))
    );
    let table = [
        (json!({"limit": 0}), ("/limit", "out_of_range")),
        (json!({"limit": 6}), ("/limit", "out_of_range")),
        (json!({"limit": 10}), ("/limit", "out_of_range")),
        (json!({"limit": -1}), ("/limit", "out_of_range")),
        (json!({"limit": 256}), ("/limit", "out_of_range")),
        (json!({"limit": 1.5}), ("/limit", "wrong_type")),
        (json!({"limit": "3"}), ("/limit", "wrong_type")),
        (json!({"limit": null}), ("/limit", "wrong_type")),
        (json!({}), ("/limit", "required")),
        (json!({"limit": 2, "max": 9}), ("/max", "unknown_field")),
    ];
    for (body, fault) in table {
        let problem =
            holder.client.if_match(version).put(&path, body.clone()).await.expect_fields(&[fault]);
        let message = problem["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(!message.contains("（）") && !message.contains("%{"), "{body}: {message}");
    }
    holder
        .client
        .put(&path, json!({"limit": 2}))
        .await
        .expect_problem(428, "precondition_required");
    holder.client.if_match(1).put(&path, json!({"limit": 2})).await.expect_problem(412, "stale");
    assert_eq!(
        holder.client.if_match(version).put(&path, json!({"limit": 3})).await.version(),
        version,
        "nothing changed"
    );
    assert_eq!(holder.client.get(&path).await.expect(200), json!({"limit": 3, "max": 5}));
});

on_both!(a_number_that_does_not_exist_is_not_found, async |app| {
    let holder = app.holder("minato").await;
    for id in [
        "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21",
        "x",
        "%20",
        "..%2F..%2Fsession",
        holder.ids[0].as_str(),
        &"9".repeat(300),
    ] {
        for path in [format!("/numbers/{id}"), format!("/numbers/{id}/channel-limit")] {
            holder.client.get(&path).await.expect_problem(404, "not_found");
        }
        holder
            .client
            .if_match(1)
            .patch(&format!("/numbers/{id}"), json!({"name": "x"}))
            .await
            .expect_problem(404, "not_found");
    }
});

on_both!(
    a_pause_is_a_setting_that_ends_by_itself,
    |config| config.switch.marks_psap = vec!["*".into()],
    async |app| {
        let (holder, client) = (app.holder("minato").await, Switch::of(&app).await.client);
        let (now, called) = (app.clock.now(), holder.dialled(0).await);
        let at = |seconds: i64| json!((now + TimeDelta::seconds(seconds)).to_rfc3339());
        for (until, code) in [
            (at(-1), "in_the_past"),
            (at(0), "in_the_past"),
            (at(366 * 86_400 + 1), "out_of_range"),
            (json!("tomorrow"), "wrong_type"),
        ] {
            refuse(&holder, 0, json!({"pause_until": until}), &[("/pause_until", code)]).await;
        }
        let paused = patch(&holder, 0, json!({"pause_until": at(900)})).await.expect(200);
        let end = paused["pause_until"].clone();
        assert_eq!(holder.client.get("/numbers").await["items"][0]["pause_until"], end);

        // Preview, switch and snapshot say the same before the end, at it and after it.
        let snapshot = client.get("/switch/snapshot").await.text;
        let mut lines =
            snapshot.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let kept = lines.find(|line| line["number"] == called.as_str()).expect("the number");
        assert_eq!(kept["pause_until"], end);
        let preview = async |seconds: i64, caller: &str, call_back: bool| {
            let call =
                json!({"caller": caller, "at": at(seconds), "emergency_callback": call_back});
            let path = format!("{}/route-preview", holder.number(0));
            holder.client.post(&path, call).await.expect(200)
        };
        let decide = async |seconds: i64, caller: &str, call_back: bool| {
            let previewed = preview(seconds, caller, call_back).await;
            let question = json!({"call_id": "1", "called": called, "from_user": caller,
            "at": at(seconds), "priority": call_back.then_some("psap-callback")});
            let decided = client.post("/switch/route-decision", question).await.expect(200);
            for field in ["action", "sip", "announcement", "matched"] {
                assert_eq!(previewed[field], decided[field], "{field} {seconds} {caller}");
            }
            previewed["matched"]["rule"].clone()
        };
        let caller = "09012345678";
        for (seconds, rule) in [(0, "paused"), (899, "paused"), (900, "ringing"), (901, "ringing")]
        {
            assert_eq!(decide(seconds, caller, false).await, rule, "{seconds}");
        }
        assert_eq!(preview(0, caller, false).await["sip"]["code"], 486);
        assert_eq!(decide(0, "119", false).await, "ringing");
        assert_eq!(decide(0, caller, true).await, "ringing");

        // It is not copied; it ends with `null`, and the change log puts it back while it lies ahead.
        let copy = json!({"from_number_id": holder.numbers[0], "parts": ["general", "ringing"]});
        holder.client.post(&format!("{}/copy-settings", holder.number(1)), copy).await.expect(200);
        assert_eq!(holder.client.get(&holder.number(1)).await["pause_until"], Value::Null);
        let none = json!({"pause_until": null});
        change(&holder, 0, none.clone(), json!({"pause_until": end}), none).await;
        assert_eq!(preview(0, caller, false).await["matched"]["rule"], "ringing");
        let restore =
            format!("/audit-log/{}/restore", holder.log().await[0]["id"].as_str().expect("id"));
        holder.client.post(&restore, json!({})).await.expect(200);
        assert_eq!(preview(0, caller, false).await["matched"]["rule"], "paused");
    }
);

//! Settings of numbers that will not do.

use serde_json::json;
use tests::on_both;

use crate::numbers::general::{change, patch, refuse, small};

on_both!(a_notify_rule_is_one_of_the_account, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let (own, foreign) =
        (holder.notify_rule(&app, "営業").await, stranger.notify_rule(&app, "総務").await);
    let listed = holder.client.get("/notify-rules").await.expect(200);
    let items = listed["items"].as_array().cloned().unwrap_or_default();
    assert_eq!(
        items.iter().map(|rule| (&rule["id"], &rule["name"])).collect::<Vec<_>>(),
        [(&json!(own), &json!("営業"))]
    );
    refuse(&holder, 0, json!({"notify_rule_id": foreign}), &[("/notify_rule_id", "not_found")])
        .await;
    refuse(&holder, 0, json!({"notify_rule_id": "gone"}), &[("/notify_rule_id", "not_found")])
        .await;
    let (none, chosen) = (json!({"notify_rule_id": null}), json!({"notify_rule_id": own}));
    change(&holder, 1, chosen.clone(), none.clone(), chosen.clone()).await;
    change(&holder, 1, none.clone(), chosen, none).await;
});

on_both!(every_wrong_field_is_named_at_once, async |app| {
    let holder = small(&app, 1, 1, json!({})).await;
    let wrong = json!({"display_name": "東京", "ringtone": "ringtone_2", "priority_phone_id": "x",
        "notify_rule_id": "y"});
    let faults = [
        ("/display_name", "not_contracted"),
        ("/ringtone", "not_applicable"),
        ("/priority_phone_id", "not_found"),
        ("/notify_rule_id", "not_found"),
    ];
    refuse(&holder, 0, wrong, &faults).await;
    let long = json!({"name": "x".repeat(41), "display_name": "y\u{7}".repeat(20)});
    let faults = [
        ("/display_name", "too_long"),
        ("/display_name", "control_character"),
        ("/name", "too_long"),
    ];
    refuse(&holder, 0, long, &faults).await;
});

on_both!(names_hold_what_people_write_and_nothing_that_breaks_a_display, async |app| {
    let holder = app.holder("minato").await;
    for name in [
        "あ".repeat(40),
        "👨‍👩‍👧 営業部 📞".into(),
        "Ünïcødé — ｶﾅ ㈱".into(),
        "名\u{3000}前".into(),
        "<b>\"'&\\</b>".into(),
        "x".into(),
    ] {
        let after = patch(&holder, 0, json!({"name": name})).await.expect(200);
        assert_eq!(after["name"], name);
        assert_eq!(holder.client.get(&holder.number(0)).await["name"], name);
    }
    patch(&holder, 0, json!({"display_name": "あ".repeat(20)})).await.expect(200);
    refuse(&holder, 0, json!({"name": "あ".repeat(41)}), &[("/name", "too_long")]).await;
    refuse(&holder, 0, json!({"display_name": "あ".repeat(21)}), &[("/display_name", "too_long")])
        .await;
    // Line breaks, tabs, escape sequences, NUL, line separators, and marks that turn the direction
    // of writing.
    for bad in [
        '\n', '\r', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\0', '\u{2028}', '\u{2029}', '\u{202a}',
        '\u{202e}', '\u{2066}', '\u{2069}',
    ] {
        refuse(&holder, 0, json!({"name": format!("a{bad}b")}), &[("/name", "control_character")])
            .await;
        refuse(
            &holder,
            0,
            json!({"display_name": format!("a{bad}b")}),
            &[("/display_name", "control_character")],
        )
        .await;
    }
});

on_both!(a_wrong_field_is_explained_in_both_languages, async |app| {
    let holder = app.holder("minato").await;
    let table = [
        (json!({"name": "x".repeat(41)}), "/name", "too_long", "40文字以内", "at most 40"),
        (
            json!({"display_name": "x".repeat(21)}),
            "/display_name",
            "too_long",
            "20文字以内",
            "at most 20",
        ),
        (
            json!({"name": "a\nb"}),
            "/name",
            "control_character",
            "改行や制御文字",
            "control characters",
        ),
        (json!({"nmae": "x"}), "/nmae", "unknown_field", "指定できません", "not known"),
        (
            json!({"channel_limit": 3}),
            "/channel_limit",
            "unknown_field",
            "指定できません",
            "not known",
        ),
        (json!({"e164": "+81312345678"}), "/e164", "unknown_field", "指定できません", "not known"),
        (json!({"name": 5}), "/name", "wrong_type", "指定できない値", "not allowed"),
        (json!({"name": ["x"]}), "/name", "wrong_type", "指定できない値", "not allowed"),
        (json!({"name": null}), "/name", "wrong_type", "指定できない値", "not allowed"),
        (json!({"ringtone": null}), "/ringtone", "wrong_type", "指定できない値", "not allowed"),
        (
            json!({"ringtone": "ringtone_3"}),
            "/ringtone",
            "wrong_type",
            "指定できない値",
            "not allowed",
        ),
        (
            json!({"priority_phone_id": 7}),
            "/priority_phone_id",
            "wrong_type",
            "指定できない値",
            "not allowed",
        ),
        (
            json!({"notify_rule_id": "x"}),
            "/notify_rule_id",
            "not_found",
            "見つかりません",
            "does not exist",
        ),
        (json!(["x"]), "", "wrong_type", "指定できない値", "not allowed"),
    ];
    for (body, pointer, code, ja, en) in table {
        for (language, words) in [("ja", ja), ("en", en)] {
            let client = holder.client.if_match(1).header("accept-language", language);
            let problem = client
                .patch(&holder.number(0), body.clone())
                .await
                .expect_fields(&[(pointer, code)]);
            let message = problem["errors"][0]["message"].as_str().unwrap_or_default();
            assert!(
                message.contains(words) && !message.contains("%{"),
                "{body} {language}: {message}"
            );
        }
    }
    assert_eq!(holder.client.get(&holder.number(0)).await.version(), 1);
});

on_both!(a_write_needs_the_version_that_it_was_made_from, async |app| {
    let holder = app.holder("minato").await;
    let path = holder.number(0);
    let untouched =
        (holder.client.get(&path).await.expect(200), holder.revision().await, holder.log().await);
    let change = json!({"name": "x"});
    holder.client.patch(&path, change.clone()).await.expect_problem(428, "precondition_required");
    for stale in [
        "\"2\"",
        "\"0\"",
        "\"-1\"",
        "\"garbage\"",
        "\"\"",
        "W/\"1\"",
        "\"3\", \"2\"",
        "\"99999999999999999999\"",
    ] {
        let client = holder.client.clone().header("if-match", stale);
        client.patch(&path, change.clone()).await.expect_problem(412, "stale");
    }
    assert_eq!(
        (holder.client.get(&path).await.expect(200), holder.revision().await, holder.log().await),
        untouched
    );

    let first = holder.client.if_match(1).patch(&path, change).await;
    assert_eq!(first.version(), 2);
    let second = holder.client.if_match(1).patch(&path, json!({"name": "y"})).await;
    second.expect_problem(412, "stale");
    assert_eq!(
        holder.client.get(&path).await["name"],
        "x",
        "the later writer did not overwrite the earlier one"
    );
});

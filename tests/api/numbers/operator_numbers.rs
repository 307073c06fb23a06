//! Provisioning: numbers.

use serde_json::{Value, json};
use tests::{Contract, Holder, on_both};

on_both!(a_number_is_made_read_changed_and_removed, async |app| {
    let holder =
        Holder::provision(&app, "minato", Contract { numbers: 0, ..Contract::default() }).await;
    let operator = app.operator();
    let numbers = format!("{}/numbers", holder.operator_path());
    let made = operator
        .post(
            &numbers,
            json!({"number": "０５０（１２３４）５６７８", "kind": "primary", "max_channels": 9,
                "name": " 代表 "}),
        )
        .await;
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    assert_eq!((made.status, made.version()), (201, 1));
    let shown = json!({
        "id": made["id"], "e164": "+815012345678", "kind": "primary", "name": "代表",
            "max_channels": 9, "channel_limit": 9, "version": 1,
    });
    assert_eq!(made.json, shown);
    assert_eq!(operator.get(&path).await.json, shown);
    let seen =
        holder.client.get(&format!("/numbers/{}", made["id"].as_str().unwrap_or_default())).await;
    assert_eq!(
        (&seen["e164"], &seen["name"], &seen["ringing_phone_ids"]),
        (&json!("+815012345678"), &json!("代表"), &json!(holder.ids))
    );

    let changed = operator.if_match(1).patch(&path, json!({"name": "総合受付"})).await;
    assert_eq!(
        (changed.version(), &changed["name"], &changed["max_channels"]),
        (2, &json!("総合受付"), &json!(9))
    );
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["before"], &entry["after"]),
        (&json!({"name": "代表"}), &json!({"name": "総合受付"}))
    );
    for nothing in [json!({}), json!({"name": "総合受付", "max_channels": 9})] {
        assert_eq!(operator.if_match(2).patch(&path, nothing).await.version(), 2);
    }
    operator.if_match(1).patch(&path, json!({"name": "x"})).await.expect_problem(412, "stale");
    operator.patch(&path, json!({"name": "x"})).await.expect_problem(428, "precondition_required");
    operator.if_match(1).delete(&path).await.expect_problem(412, "stale");
    operator.if_match(2).delete(&path).await.expect(204);
    operator.get(&path).await.expect_problem(404, "not_found");
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["action"], &entry["before"]["e164"], &entry["after"]),
        (&json!("delete"), &json!("+815012345678"), &json!({}))
    );
    operator
        .post(&numbers, json!({"number": "+815012345678", "kind": "primary", "max_channels": 1}))
        .await
        .expect(201);
});

on_both!(a_number_belongs_to_one_contract_however_it_is_written, async |app| {
    let minato =
        Holder::provision(&app, "minato", Contract { numbers: 0, ..Contract::default() }).await;
    let kobe =
        Holder::provision(&app, "kobe", Contract { numbers: 0, ..Contract::default() }).await;
    let operator = app.operator();
    let make = async |holder: &Holder, number: &str| {
        let body = json!({"number": number, "kind": "additional", "max_channels": 1});
        operator.post(&format!("{}/numbers", holder.operator_path()), body).await
    };
    make(&minato, "03-1234-5678").await.expect(201);
    for spelling in [
        "03-1234-5678",
        "0312345678",
        "+81312345678",
        "+81 (0)3 1234 5678",
        "０３ー１２３４ー５６７８",
        "010-81-3-1234-5678",
    ] {
        for holder in [&minato, &kobe] {
            let problem = make(holder, spelling).await.expect_fields(&[("/number", "taken")]);
            assert_eq!(problem["errors"][0]["message"], "この電話番号はすでに登録されています。");
        }
    }
    make(&kobe, "03-1234-5679").await.expect(201);
    let count = async |holder: &Holder| {
        holder.client.get("/numbers").await.expect(200)["items"].as_array().map(Vec::len)
    };
    assert_eq!((count(&minato).await, count(&kobe).await), (Some(1), Some(1)));
    assert_eq!(
        (minato.revision().await, kobe.revision().await),
        (5, 5),
        "a refusal leaves no trace"
    );
});

on_both!(what_is_no_number_of_a_contract_is_refused_by_its_field, async |app| {
    let holder = app.holder("minato").await;
    let path = format!("{}/numbers", holder.operator_path());
    let revision = holder.revision().await;
    let number = |text: &str| json!({"number": text, "kind": "additional", "max_channels": 1});
    let table = [
        (number("12345678"), ("/number", "invalid_format")),
        (number("03-1234-567x"), ("/number", "invalid_format")),
        (number("03-1234-567"), ("/number", "invalid_format")),
        (number("+1234567890123456"), ("/number", "invalid_format")),
        (number("sip:0312345678@example.jp"), ("/number", "invalid_format")),
        (number(" "), ("/number", "invalid_format")),
        (number(""), ("/number", "required")),
        (number(&"0".repeat(41)), ("/number", "too_long")),
        (json!({"kind": "additional", "max_channels": 1}), ("/number", "required")),
        (json!({"number": "050-1234-5678", "max_channels": 1}), ("/kind", "required")),
        (
            json!({"number": "050-1234-5678", "kind": "second", "max_channels": 1}),
            ("/kind", "wrong_type"),
        ),
        (
            json!({"number": "050-1234-5678", "kind": "primary", "max_channels": 1}),
            ("/kind", "taken"),
        ),
        (json!({"number": "050-1234-5678", "kind": "additional"}), ("/max_channels", "required")),
        (
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 0}),
            ("/max_channels", "out_of_range"),
        ),
        (
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 10}),
            ("/max_channels", "out_of_range"),
        ),
        (
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 300}),
            ("/max_channels", "out_of_range"),
        ),
        (
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1,
                "name": "x".repeat(41)}),
            ("/name", "too_long"),
        ),
        (
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1,
                "name": "a\u{202e}"}),
            ("/name", "control_character"),
        ),
    ];
    for (body, fault) in table {
        operator_refuses(&app, &path, body, fault).await;
    }
    assert_eq!(holder.revision().await, revision);
});

async fn operator_refuses(app: &tests::TestApp, path: &str, body: Value, fault: (&str, &str)) {
    let problem = app.operator().post(path, body).await.expect_fields(&[fault]);
    let message = problem["errors"][0]["message"].as_str().unwrap_or_default();
    assert!(!message.contains("%{") && !message.contains("（）"), "{message}");
}

on_both!(lowering_the_maximum_takes_the_limit_down_and_raising_it_leaves_it, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let path = format!("{}/numbers/{}", holder.operator_path(), holder.numbers[0]);
    let limit_path = format!("{}/channel-limit", holder.number(0));
    holder.client.if_match(1).put(&limit_path, json!({"limit": 4})).await.expect(200);
    let revision = holder.revision().await;
    let table = [(4, 4), (2, 2), (9, 2), (3, 2), (1, 1)];
    for (index, (maximum, limit)) in table.into_iter().enumerate() {
        let version = 2 + index as u64;
        let changed =
            operator.if_match(version).patch(&path, json!({"max_channels": maximum})).await;
        assert_eq!(
            (changed.version(), &changed["channel_limit"]),
            (version + 1, &json!(limit)),
            "{maximum}"
        );
        assert_eq!(
            holder.client.get(&limit_path).await.expect(200),
            json!({"limit": limit, "max": maximum})
        );
    }
    assert_eq!(holder.revision().await, revision + 5, "both fields change as one");
    let lowered = &holder.log().await[3];
    assert_eq!(lowered["before"], json!({"channel_limit": 4, "max_channels": 4}));
    assert_eq!(lowered["after"], json!({"channel_limit": 2, "max_channels": 2}));
    for (maximum, code) in
        [(json!(0), "out_of_range"), (json!(10), "out_of_range"), (json!(null), "wrong_type")]
    {
        operator
            .if_match(7)
            .patch(&path, json!({"max_channels": maximum}))
            .await
            .expect_fields(&[("/max_channels", code)]);
    }
});

on_both!(with_its_second_number_a_contract_loses_the_choice_of_ringtones, async |app| {
    let holder = app.holder("minato").await;
    holder
        .client
        .if_match(1)
        .patch(&holder.number(0), json!({"ringtone": "ringtone_2"}))
        .await
        .expect(200);
    let path = format!("{}/numbers/{}", holder.operator_path(), holder.numbers[1]);
    app.operator().if_match(1).delete(&path).await.expect(204);
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    assert!(
        !number["capabilities"].as_array().is_some_and(|list| list.contains(&json!("ringtone"))),
        "{number}"
    );
    // What was chosen stays, and saving other settings with it does not fail.
    assert_eq!(number["ringtone"], "ringtone_2");
    let saved = holder
        .client
        .if_match(2)
        .patch(&holder.number(0), json!({"name": "代表", "ringtone": "ringtone_2"}))
        .await;
    saved.expect(200);
});

on_both!(nobody_calls_out_with_a_removed_number, async |app| {
    let holder = app.holder("minato").await;
    for (id, number) in [(1, 1), (2, 0)] {
        holder.call_out_with(&app, id, number).await;
    }
    let path = format!("{}/numbers/{}", holder.operator_path(), holder.numbers[1]);
    app.operator().if_match(1).delete(&path).await.expect(204);
    let freed = holder.client.get(&holder.id(1)).await;
    assert_eq!((freed.version(), &freed["outbound_number_id"]), (3, &Value::Null));
    let other = holder.client.get(&holder.id(2)).await;
    assert_eq!((other.version(), &other["outbound_number_id"]), (2, &json!(holder.numbers[0])));
    let log = holder.log().await;
    assert_eq!(
        (&log[0]["action"], &log[1]["before"]),
        (&json!("delete"), &json!({"outbound_number_id": holder.numbers[1]}))
    );
});

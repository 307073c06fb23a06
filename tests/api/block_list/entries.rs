//! Entries of a block list: added, listed, found, changed.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::on_both;

use crate::block_list::helpers::{List, at, id_of, log_of, mobile, text};

on_both!(a_number_is_the_same_however_it_is_written, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let table: &[(&str, &str, &str, &[&str])] = &[
        (
            "exact",
            "+819012345678",
            "090-1234-5678",
            &[
                "09012345678",
                "090-1234-5678",
                "０９０ー１２３４ー５６７８",
                "+81 90 1234 5678",
                "+81-(0)90-1234-5678",
                "(090) 1234 5678",
                "'09012345678",
                "=\"09012345678\"",
                "tel:+81-90-1234-5678",
                "<sip:09012345678@example.jp;user=phone>",
                "186-090-1234-5678",
                "010-81-90-1234-5678",
            ],
        ),
        (
            "exact",
            "+12125550123",
            "+12125550123",
            &["+1 212 555 0123", "010-1-212-555-0123", "＋１ (212) 555-0123"],
        ),
        ("exact", "104", "104", &["104", "１０４"]),
        ("prefix", "+81120", "0120", &["0120", "０１２０", "+81 120", "0120-"]),
        ("prefix", "+813999", "03999", &["03-999", "03 999", "+81-3-999"]),
    ];
    for &(matching, key, shown, forms) in table {
        for form in forms {
            let entry = list.add(json!({"caller": form, "match": matching})).await;
            assert_eq!(
                (&entry["caller"], &entry["match"]),
                (&json!(key), &json!(matching)),
                "{form}"
            );
            if matching == "exact" {
                assert_eq!(entry["caller_text"], shown, "{form}");
            }
            for other in forms {
                let again = list.try_add(json!({"caller": other, "match": matching})).await;
                let problem = again.expect_fields(&[("/caller", "duplicate")]);
                assert_eq!(problem["errors"][0]["existing_id"], entry["id"], "{other}");
            }
            assert_eq!(list.delete(json!({"ids": [id_of(&entry)]})).await["deleted"], 1);
        }
    }
    // The beginning and the whole number are two entries.
    list.add(json!({"caller": "0120-444-444", "match": "prefix"})).await;
    list.block("0120-444-444").await;
    assert_eq!(list.count().await, 2);
    assert_eq!(List::of(&app, &holder, 1).count().await, 0, "each number has a list of its own");
    List::of(&app, &holder, 1).block("0120-444-444").await;
});

on_both!(a_new_entry_shows_what_it_is_and_where, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let revision = holder.revision().await;
    let expires_at = at(&app, TimeDelta::days(3));
    let body = json!({"caller": "０９０-1234-5678", "note": "　しつこい営業 ",
        "expires_at": expires_at + TimeDelta::milliseconds(500)});
    let keyed = list.client.clone().header("idempotency-key", "entry-1");
    let added = keyed.post(&list.entries_path(), body.clone()).await;
    let expected = json!({
        "id": added["id"], "caller": "+819012345678", "caller_text": "090-1234-5678",
            "match": "exact", "note": "しつこい営業",
        "expires_at": expires_at, "expired": false, "hits": 0, "last_hit_at": null,
            "import_id": null, "created_at": app.clock.now(),
        "version": 1,
    });
    assert_eq!((added.status, &added.json, added.version()), (201, &expected, 1));
    let location = format!("/api/v1{}", list.entry_path(&added.json));
    assert_eq!(added.header("location"), Some(location.as_str()));
    let seen = list.client.get(&list.entry_path(&added.json)).await;
    assert_eq!((seen.version(), &seen.json), (1, &expected));
    assert_eq!(list.entries("").await, vec![expected.clone()]);
    assert_eq!(list.count().await, 1);

    let line = &log_of(&holder, 0).await[0];
    assert_eq!(
        (&line["action"], &line["before"], &line["revision"]),
        (&json!("add_entry"), &json!({}), &json!(revision + 1))
    );
    let values = json!({"caller": "+819012345678", "match": "exact", "note": "しつこい営業",
        "expires_at": text(&expected["expires_at"])});
    assert_eq!(line["after"], values);

    let again = keyed.post(&list.entries_path(), body.clone()).await;
    assert_eq!(
        (again.header("idempotent-replayed"), again.header("location")),
        (Some("true"), Some(location.as_str()))
    );
    assert_eq!((again.version(), &again.json), (1, &added.json));
    assert_eq!(
        (again.status, list.count().await, holder.revision().await),
        (201, 1, revision + 1),
        "it happened once"
    );
    keyed
        .post(&list.entries_path(), json!({"caller": "0120-1"}))
        .await
        .expect_problem(422, "idempotency_key_reused");
    let other = List::of(&app, &holder, 1);
    keyed.post(&other.entries_path(), body).await.expect_problem(422, "idempotency_key_reused");
    // A refusal is not kept: the same key works once the reason has gone.
    let refused = list.client.clone().header("idempotency-key", "entry-2");
    refused
        .post(&list.entries_path(), json!({"caller": "0901234"}))
        .await
        .expect_fields(&[("/caller", "number_too_short")]);
    refused.post(&list.entries_path(), json!({"caller": "09012345679"})).await.expect(201);
});

on_both!(what_cannot_be_an_entry_is_named, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let now = app.clock.now();
    let table: &[(Value, &[(&str, &str)])] = &[
        (json!({}), &[("/caller", "required")]),
        (json!({"caller": ""}), &[("/caller", "required")]),
        (json!({"caller": " 　"}), &[("/caller", "required")]),
        (json!({"caller": "0".repeat(257)}), &[("/caller", "too_long")]),
        (json!({"caller": 9_012_345_678_u64}), &[("/caller", "wrong_type")]),
        (json!({"caller": "山田"}), &[("/caller", "unexpected_character")]),
        (json!({"caller": "090*1234"}), &[("/caller", "star_or_hash")]),
        (json!({"caller": "0901234"}), &[("/caller", "number_too_short")]),
        (json!({"caller": "090123456789012345"}), &[("/caller", "number_too_long")]),
        (json!({"caller": "12345"}), &[("/caller", "no_prefix")]),
        (json!({"caller": "9012345678"}), &[("/caller", "lost_zero")]),
        (json!({"caller": "9.01E+09"}), &[("/caller", "scientific_notation")]),
        (json!({"caller": "非通知"}), &[("/caller", "no_number_given")]),
        (json!({"caller": "0312345678", "match": "suffix"}), &[("/match", "wrong_type")]),
        (json!({"caller": "0312345678", "note": "x".repeat(101)}), &[("/note", "too_long")]),
        (json!({"caller": "0312345678", "note": "a\nb"}), &[("/note", "control_character")]),
        (json!({"caller": "0312345678", "note": "a\0b"}), &[("/note", "control_character")]),
        (json!({"caller": "0312345678", "expires_at": now}), &[("/expires_at", "in_the_past")]),
        (
            json!({"caller": "0312345678", "expires_at": now - TimeDelta::days(1)}),
            &[("/expires_at", "in_the_past")],
        ),
        // Whole seconds are kept: this one would have ended when it began.
        (
            json!({"caller": "0312345678", "expires_at": now + TimeDelta::milliseconds(900)}),
            &[("/expires_at", "in_the_past")],
        ),
        (
            json!({"caller": "0312345678", "expires_at": "2026-12-31"}),
            &[("/expires_at", "wrong_type")],
        ),
        (
            json!({"caller": "x", "expires_at": now}),
            &[("/caller", "unexpected_character"), ("/expires_at", "in_the_past")],
        ),
        (json!({"caller": "0312345678", "number": "0312345678"}), &[("/number", "unknown_field")]),
        (json!({"caller": "0312345678", "hits": 5}), &[("/hits", "unknown_field")]),
    ];
    for (body, faults) in table {
        list.try_add(body.clone()).await.expect_fields(faults);
    }
    for (language, words) in
        [("ja", "090-1234-5678として登録できます"), ("en", "It can be added as 090-1234-5678")]
    {
        let client = list.client.clone().header("accept-language", language);
        let problem =
            client.post(&list.entries_path(), json!({"caller": "9012345678"})).await.expect(422);
        assert!(text(&problem["errors"][0]["message"]).contains(words), "{problem}");
    }
    assert_eq!((list.count().await, log_of(&holder, 0).await.len()), (0, 0));
    for note in ["あ".repeat(100), "👨‍👩‍👧".into(), "<b>'\"&\\%_".into(), "=1+1".into()]
    {
        let entry =
            list.add(json!({"caller": "0312345678", "note": note, "expires_at": null})).await;
        assert_eq!(entry["note"], note);
        list.delete(json!({"all": true})).await;
    }
});

on_both!(an_expiry_is_a_day_that_every_calendar_and_every_file_knows, async |app| {
    let holder = app.holder("minato").await;
    let (list, other) = (List::of(&app, &holder, 0), List::of(&app, &holder, 1));
    let table = [
        ("9999-12-31T14:59:59Z", true),
        ("9999-12-31T15:00:00Z", true),
        ("9999-12-31T15:00:01Z", false),
        ("9999-12-31T23:59:59Z", false),
        ("+10000-01-01T00:00:00Z", false),
        ("+262142-01-01T00:00:00Z", false),
    ];
    for (index, (expiry, good)) in table.into_iter().enumerate() {
        let added = list.try_add(json!({"caller": mobile(index), "expires_at": expiry})).await;
        if good {
            assert_eq!((added.status, &added["expires_at"]), (201, &json!(expiry)));
            assert_eq!(
                list.client.get(&list.entry_path(&added.json)).await.expect(200),
                added.json
            );
            continue;
        }
        added.expect_fields(&[("/expires_at", "out_of_range")]);
        let entry = list.entries("").await.remove(0);
        let patched = list
            .client
            .if_match(1)
            .patch(&list.entry_path(&entry), json!({"expires_at": expiry}))
            .await;
        patched.expect_fields(&[("/expires_at", "out_of_range")]);
    }
    let export = list.download("/export").await.file();
    other.import("", export.clone()).await.expect(200);
    assert_eq!(other.download("/export").await.file(), export);
});

on_both!(an_entry_gets_another_note_and_expiry, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let entry = list.add(json!({"caller": "09012345678", "note": "営業"})).await;
    let path = list.entry_path(&entry);
    let (soon, later) = (at(&app, TimeDelta::hours(1)), at(&app, TimeDelta::days(9)));
    list.client
        .patch(&path, json!({"note": "x"}))
        .await
        .expect_problem(428, "precondition_required");
    list.client.if_match(2).patch(&path, json!({"note": "x"})).await.expect_problem(412, "stale");
    let table: &[(Value, &str, &str)] = &[
        (json!({"note": "x".repeat(101)}), "/note", "too_long"),
        (json!({"note": "a\u{7}"}), "/note", "control_character"),
        (json!({"note": null}), "/note", "wrong_type"),
        (json!({"expires_at": app.clock.now()}), "/expires_at", "in_the_past"),
        (json!({"expires_at": "soon"}), "/expires_at", "wrong_type"),
        (json!({"caller": "0312345678"}), "/caller", "unknown_field"),
        (json!({"match": "prefix"}), "/match", "unknown_field"),
    ];
    for (body, pointer, code) in table {
        list.client.if_match(1).patch(&path, body.clone()).await.expect_fields(&[(pointer, code)]);
    }
    assert_eq!(
        (list.client.get(&path).await.json, log_of(&holder, 0).await.len()),
        (entry.clone(), 1)
    );

    let changed =
        list.client.if_match(1).patch(&path, json!({"note": " 勧誘　", "expires_at": soon})).await;
    assert_eq!(
        (changed.version(), &changed["note"], &changed["expires_at"]),
        (2, &json!("勧誘"), &json!(soon))
    );
    assert_eq!(list.client.get(&path).await.json, changed.json);
    let line = &log_of(&holder, 0).await[0];
    let (named, expires_at) =
        (json!({"caller": "+819012345678", "match": "exact"}), text(&changed["expires_at"]));
    let with = |note: &str, expires_at: Option<&str>| {
        let mut values = named.clone();
        (values["note"], values["expires_at"]) = (json!(note), json!(expires_at));
        values
    };
    assert_eq!(
        (&line["before"], &line["after"]),
        (&with("営業", None), &with("勧誘", Some(expires_at)))
    );
    assert_eq!(line["action"], "change_entry");
    for same in [json!({}), json!({"note": "勧誘"}), json!({"expires_at": soon})] {
        assert_eq!(
            list.client.if_match(2).patch(&path, same).await.version(),
            2,
            "what is so already is no change"
        );
    }
    let changed = list.client.if_match(2).patch(&path, json!({"expires_at": null})).await;
    assert_eq!((&changed["expires_at"], &changed["note"]), (&Value::Null, &json!("勧誘")));
    list.client
        .if_match(3)
        .patch(&path, json!({"expires_at": later, "note": ""}))
        .await
        .expect(200);
    let lines = log_of(&holder, 0).await;
    assert_eq!(lines.len(), 4);
    let restore = format!("/audit-log/{}/restore", text(&lines[0]["id"]));
    holder.client.post(&restore, json!({})).await.expect(200);
    let seen = list.client.get(&path).await;
    assert_eq!(
        (&seen["note"], &seen["expires_at"], seen.version()),
        (&json!("勧誘"), &Value::Null, 5)
    );
});

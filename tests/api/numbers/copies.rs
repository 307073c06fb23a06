//! Settings of one number taken over from another.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Contract, Holder, TestApp, on_both};

const ALL: [&str; 3] = ["general", "ringing", "block_list"];

/// Takes settings of the second number over to the first one.
async fn copy(holder: &Holder, parts: &[&str], dry_run: bool) -> Answer {
    let body = json!({"from_number_id": holder.numbers[1], "parts": parts, "dry_run": dry_run});
    holder.client.post(&format!("{}/copy-settings", holder.number(0)), body).await
}

async fn change(holder: &Holder, index: usize, path: &str, change: Value) {
    let path = format!("{}{path}", holder.number(index));
    let version = holder.client.get(&path).await.version();
    let method = if path.ends_with("ringing") || path.ends_with("limit") {
        Method::PUT
    } else {
        Method::PATCH
    };
    holder.client.if_match(version).send(method, &path, Some(change.to_string())).await.expect(200);
}

async fn add(holder: &Holder, index: usize, entry: Value) {
    holder
        .client
        .post(&format!("{}/block-list/entries", holder.number(index)), entry)
        .await
        .expect(201);
}

/// The callers that a number's list names.
async fn callers(holder: &Holder, index: usize) -> BTreeSet<String> {
    let page = holder
        .client
        .get(&format!("{}/block-list/entries?limit=200", holder.number(index)))
        .await
        .expect(200);
    let entries = page["items"].as_array().expect("items");
    entries.iter().map(|entry| entry["caller_text"].as_str().unwrap_or("?").to_owned()).collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Everything of both numbers.
async fn state(holder: &Holder) -> Vec<Value> {
    let mut found = vec![json!(holder.revision().await), json!(holder.log().await)];
    for index in 0..2 {
        for path in ["", "/ringing", "/block-list", "/block-list/entries"] {
            found.push(
                holder.client.get(&format!("{}{path}", holder.number(index))).await.expect(200),
            );
        }
    }
    found
}

/// A contract whose second number has everything set.
async fn stage(app: &TestApp) -> Holder {
    let holder = app.holder("minato").await;
    let rule = holder.notify_rule(app, "営業").await;
    let general = json!({
        "name": "支店", "display_name": "横浜", "ringtone": "ringtone_2",
            "priority_phone_id": holder.ids[1], "notify_rule_id": rule,
    });
    change(&holder, 1, "", general).await;
    change(&holder, 1, "/channel-limit", json!({"limit": 2})).await;
    let off = json!({"targets": [{"phone_id": holder.ids[2], "rings": false}],
        "busy_announcement": true});
    change(&holder, 1, "/ringing", off).await;
    change(&holder, 1, "/block-list", json!({"reject_withheld": true, "reject_pay_phone": true}))
        .await;
    let end = app.clock.now() + TimeDelta::days(1);
    add(
        &holder,
        1,
        json!({"caller": "090-0000-0001", "note": "営業", "expires_at": end + TimeDelta::days(30)}),
    )
    .await;
    add(&holder, 1, json!({"caller": "0120", "match": "prefix"})).await;
    add(&holder, 1, json!({"caller": "090-0000-0003"})).await;
    add(&holder, 1, json!({"caller": "090-0000-0004", "expires_at": end})).await;
    add(&holder, 1, json!({"caller": "03-7777-0001"})).await;
    add(&holder, 0, json!({"caller": "090-0000-0003", "note": "own"})).await;
    add(&holder, 0, json!({"caller": "090-0000-0009"})).await;
    // One number that the list refuses becomes the account's own, and one entry expires.
    let number = json!({"number": "03-7777-0001", "kind": "additional", "max_channels": 1});
    app.operator().post(&format!("{}/numbers", holder.operator_path()), number).await.expect(201);
    app.clock.advance(TimeDelta::days(1));
    holder
}

on_both!(a_preview_names_exactly_what_the_copy_then_changes, async |app| {
    let holder = stage(&app).await;
    let before = state(&holder).await;
    let preview = copy(&holder, &ALL, true).await.expect(200);
    assert_eq!(state(&holder).await, before, "a preview changes nothing");
    assert_eq!(preview["import_id"], Value::Null);

    let lines = holder.log().await.len();
    let copied = copy(&holder, &ALL, false).await.expect(200);
    for field in ["changes", "entries_added", "entries_refused", "left_out"] {
        assert_eq!(copied[field], preview[field], "{field}");
    }
    let change = |part: &str, field: &str, before: Value, after: Value| json!({"part": part, "field": field, "before": before, "after": after});
    let general = holder.client.get(&holder.number(1)).await.expect(200);
    let expected = json!([
        change("ringing", "busy_announcement", json!(false), json!(true)),
        change("ringing", &format!("rings:{}", holder.ids[2]), json!(true), json!(false)),
        change("general", "channel_limit", json!(5), json!(2)),
        change("general", "notify_rule_id", Value::Null, general["notify_rule_id"].clone()),
        change("general", "priority_phone_id", Value::Null, json!(holder.ids[1])),
        change("general", "ringtone", json!("ringtone_1"), json!("ringtone_2")),
        change("block_list", "reject_pay_phone", json!(false), json!(true)),
        change("block_list", "reject_withheld", json!(false), json!(true)),
    ]);
    assert_eq!(copied["changes"], expected);
    assert_eq!(
        (&copied["entries_added"], &copied["entries_refused"], &copied["left_out"]),
        (&json!(2), &json!(1), &json!([]))
    );

    // The log tells the same, change by change.
    let log = holder.log().await;
    let new = &log[..log.len() - lines];
    let mut told = BTreeSet::new();
    for line in new {
        assert_eq!(
            (&line["object_id"], &line["actor"]),
            (&json!(holder.numbers[0]), &json!("minato000"))
        );
        for (field, after) in line["after"].as_object().expect("fields") {
            told.insert(format!("{field} {} {after}", line["before"][field]));
        }
    }
    let mut named: BTreeSet<String> = expected
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| {
            format!(
                "{} {} {}",
                change["field"].as_str().unwrap_or("?"),
                change["before"],
                change["after"]
            )
        })
        .collect();
    named.extend(["count null 2".to_owned(), format!("import_id null {}", copied["import_id"])]);
    assert_eq!(told, named);
    let kinds: Vec<&str> =
        new.iter().rev().filter_map(|line| line["object_kind"].as_str()).collect();
    assert_eq!(kinds, ["ringing", "number", "block_list", "block_list"], "a line for each screen");

    // What both have in common now, and what each keeps.
    let numbers = [holder.client.get(&holder.number(0)).await.expect(200), general];
    for field in
        ["ringtone", "priority_phone_id", "notify_rule_id", "channel_limit", "ringing_phone_ids"]
    {
        assert_eq!(numbers[0][field], numbers[1][field], "{field}");
    }
    assert_eq!(
        (&numbers[0]["name"], &numbers[0]["display_name"]),
        (&json!(""), &json!("")),
        "names tell numbers apart"
    );
    let present = set(&["090-0000-0001", "0120", "090-0000-0003", "090-0000-0009"]);
    assert_eq!(callers(&holder, 0).await, present, "entries are added, none is removed");
    let page =
        holder.client.get(&format!("{}/block-list/entries", holder.number(0))).await.expect(200);
    let entry = |caller: &str| {
        page["items"].as_array().into_iter().flatten().find(|entry| entry["caller_text"] == caller)
    };
    let source =
        holder.client.get(&format!("{}/block-list/entries", holder.number(1))).await.expect(200);
    let of_source = source["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|entry| entry["caller_text"] == "090-0000-0001");
    for field in ["note", "expires_at", "match"] {
        assert_eq!(
            entry("090-0000-0001").map(|entry| &entry[field]),
            of_source.map(|entry| &entry[field]),
            "{field}"
        );
    }
    assert_eq!(entry("090-0000-0003").map(|entry| &entry["note"]), Some(&json!("own")));
    assert_eq!(page["total"], 4);

    // The second time there is nothing left to do.
    let before = state(&holder).await;
    let again = copy(&holder, &ALL, false).await.expect(200);
    assert_eq!(
        (&again["changes"], &again["entries_added"], &again["import_id"]),
        (&json!([]), &json!(0), &Value::Null)
    );
    assert_eq!(state(&holder).await, before);
});

on_both!(copied_entries_are_taken_back_like_an_import, async |app| {
    let holder = stage(&app).await;
    let own = callers(&holder, 0).await;
    let copied = copy(&holder, &["block_list"], false).await.expect(200);
    let import = format!(
        "{}/block-list/imports/{}",
        holder.number(0),
        copied["import_id"].as_str().unwrap_or_default()
    );
    let seen = holder.client.get(&import).await.expect(200);
    assert_eq!(
        (&seen["state"], &seen["added"], &seen["total"]),
        (&json!("applied"), &json!(2), &json!(2))
    );
    assert_eq!(
        holder.client.send(Method::POST, &format!("{import}/undo"), None).await.expect(200),
        json!({"removed": 2})
    );
    assert_eq!(callers(&holder, 0).await, own);
    assert_eq!(
        holder.client.get(&format!("{}/block-list", holder.number(0))).await["entry_count"],
        2
    );
    holder
        .client
        .send(Method::POST, &format!("{import}/undo"), None)
        .await
        .expect_problem(409, "already_done");
    // The switches are another change and stay.
    assert_eq!(
        holder.client.get(&format!("{}/block-list", holder.number(0))).await["reject_withheld"],
        true
    );
    assert_eq!(callers(&holder, 1).await.len(), 5, "the source keeps its own");
});

on_both!(each_part_is_copied_by_itself, async |app| {
    let holder = stage(&app).await;
    let fields = |copied: &Value| -> BTreeSet<String> {
        let changes = copied["changes"].as_array().expect("changes");
        changes.iter().map(|change| change["field"].as_str().unwrap_or("?").to_owned()).collect()
    };
    let general = copy(&holder, &["general"], true).await.expect(200);
    assert_eq!(
        fields(&general),
        set(&["channel_limit", "notify_rule_id", "priority_phone_id", "ringtone"])
    );
    let ringing = copy(&holder, &["ringing"], true).await.expect(200);
    assert_eq!(fields(&ringing), set(&["busy_announcement", &format!("rings:{}", holder.ids[2])]));
    let blocked = copy(&holder, &["block_list"], true).await.expect(200);
    assert_eq!(fields(&blocked), set(&["reject_pay_phone", "reject_withheld"]));
    assert_eq!(
        (&general["entries_added"], &ringing["entries_added"], &blocked["entries_added"]),
        (&json!(0), &json!(0), &json!(2))
    );
    let twice = copy(&holder, &["ringing", "ringing"], true).await.expect(200);
    assert_eq!(fields(&twice), fields(&ringing));
});

on_both!(who_no_longer_rings_does_not_ring_first, async |app| {
    let holder = stage(&app).await;
    change(&holder, 0, "", json!({"priority_phone_id": holder.ids[2]})).await;
    let copied = copy(&holder, &["ringing"], false).await.expect(200);
    let cleared = json!({"part": "ringing", "field": "priority_phone_id", "before": holder.ids[2],
        "after": null});
    assert!(
        copied["changes"].as_array().is_some_and(|changes| changes.contains(&cleared)),
        "{copied}"
    );
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    assert_eq!(
        (&number["priority_phone_id"], &number["ringing_phone_ids"]),
        (&Value::Null, &json!(holder.ids[..2]))
    );
});

on_both!(what_does_not_apply_stays_as_it_is_and_is_named, async |app| {
    let holder = stage(&app).await;
    let path = format!("{}/numbers/{}", holder.operator_path(), holder.numbers[0]);
    let version = app.operator().get(&path).await.version();
    app.operator().if_match(version).patch(&path, json!({"max_channels": 1})).await.expect(200);
    // The source's first one does not ring here.
    let off = json!({"targets": [{"phone_id": holder.ids[1], "rings": false}],
        "busy_announcement": false});
    change(&holder, 0, "/ringing", off).await;
    let copied = copy(&holder, &["general"], false).await.expect(200);
    assert_eq!(copied["left_out"], json!(["priority_phone_id", "channel_limit"]));
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    assert_eq!((&number["priority_phone_id"], &number["channel_limit"]), (&Value::Null, &json!(1)));
    assert_eq!(number["ringtone"], "ringtone_2", "the others are taken over");
    // With ringing it does.
    let both = copy(&holder, &["general", "ringing"], false).await.expect(200);
    assert_eq!(both["left_out"], json!(["channel_limit"]));
    assert_eq!(
        holder.client.get(&holder.number(0)).await["priority_phone_id"],
        json!(holder.ids[1])
    );
});

on_both!(a_copy_comes_from_another_number_of_the_account, async |app| {
    let holder = Holder::provision(&app, "minato", Contract::default()).await;
    let stranger = app.holder("kobe").await;
    let before = state(&holder).await;
    let path = format!("{}/copy-settings", holder.number(0));
    let from = |id: &str| json!({"from_number_id": id, "parts": ["ringing"], "dry_run": false});
    let client = &holder.client;
    client
        .post(&path, from(&holder.numbers[0]))
        .await
        .expect_fields(&[("/from_number_id", "duplicate")]);
    for id in
        [stranger.numbers[0].as_str(), "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", "", &holder.ids[0]]
    {
        client.post(&path, from(id)).await.expect_fields(&[("/from_number_id", "not_found")]);
    }
    for id in [stranger.numbers[0].as_str(), "x"] {
        let path = format!("/numbers/{id}/copy-settings");
        client.post(&path, from(&holder.numbers[1])).await.expect_problem(404, "not_found");
        client.post(&path, from(id)).await.expect_problem(404, "not_found");
    }
    for parts in [
        json!([]),
        json!(["names"]),
        json!(["general", "general", "general", "general"]),
        json!("general"),
    ] {
        let body = json!({"from_number_id": holder.numbers[1], "parts": parts});
        let problem = client.post(&path, body).await.expect_problem(422, "invalid");
        assert!(
            problem["errors"][0]["pointer"]
                .as_str()
                .is_some_and(|pointer| pointer.starts_with("/parts")),
            "{problem}"
        );
    }
    assert_eq!(state(&holder).await, before);
});

on_both!(an_entry_that_has_expired_makes_room_for_the_one_that_is_copied, async |app| {
    let holder = app.holder("minato").await;
    let end = app.clock.now() + TimeDelta::days(1);
    add(&holder, 0, json!({"caller": "090-0000-0001", "note": "old", "expires_at": end})).await;
    add(&holder, 1, json!({"caller": "090-0000-0001", "note": "new"})).await;
    app.clock.advance(TimeDelta::days(2));
    let preview = copy(&holder, &["block_list"], true).await.expect(200);
    let copied = copy(&holder, &["block_list"], false).await.expect(200);
    assert_eq!((&preview["entries_added"], &copied["entries_added"]), (&json!(1), &json!(1)));
    let call = json!({"caller": "090-0000-0001"});
    let decision =
        holder.client.post(&format!("{}/route-preview", holder.number(0)), call).await.expect(200);
    assert_eq!(
        decision["matched"]["rule"], "block_entry",
        "the number refuses whom the other one refuses"
    );
    assert_eq!(
        holder.client.get(&format!("{}/block-list", holder.number(0))).await["entry_count"],
        1
    );
});

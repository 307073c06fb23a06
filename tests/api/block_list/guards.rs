//! What must not stand in a block list, what needs a second thought, and what adding an entry would
//! mean.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Contract, Holder, TestApp, on_both};

use crate::block_list::helpers::{List, call, log_of, mobile, text};

/// A contract with two numbers, one of which we know, and a number that its calls are forwarded
/// from.
async fn stage(app: &TestApp) -> (Holder, List) {
    let holder =
        Holder::provision(app, "minato", Contract { numbers: 1, ..Contract::default() }).await;
    let operator = app.operator();
    let number = json!({"number": "045-123-4567", "kind": "additional", "max_channels": 1});
    operator.post(&format!("{}/numbers", holder.operator_path()), number).await.expect(201);
    let version = operator.get(&holder.operator_path()).await.version();
    let forwarding = json!({"forwarding_number": "052-987-6543"});
    operator.if_match(version).patch(&holder.operator_path(), forwarding).await.expect(200);
    let list = List::of(app, &holder, 0);
    (holder, list)
}

on_both!(what_would_hurt_the_account_cannot_be_added_whatever_is_confirmed, async |app| {
    let (holder, list) = stage(&app).await;
    let own =
        holder.client.get(&holder.number(0)).await["e164"].as_str().expect("a number").to_owned();
    let table = [
        ("exact", own.as_str(), "own_number", "own numbers"),
        ("exact", "045-123-4567", "own_number", "ご契約の電話番号"),
        ("exact", "+81 45 123 4567", "own_number", "ご契約の電話番号"),
        ("prefix", "045-123-4567", "covers_own_number", "045-123-4567"),
        ("prefix", "0451", "covers_own_number", "045-123-4567"),
        ("prefix", "045", "covers_own_number", "045-123-4567"),
        ("exact", "052-987-6543", "forwarding_number", "転送"),
        ("prefix", "0529", "covers_forwarding_number", "052-987-6543"),
        ("exact", "110", "emergency_number", "緊急通報"),
        ("exact", "１１８", "emergency_number", "緊急通報"),
        ("exact", "119", "emergency_number", "緊急通報"),
        ("prefix", "110", "emergency_number", "緊急通報"),
        ("prefix", "09", "prefix_too_short", "3桁"),
        ("prefix", "+8", "prefix_too_short", "3桁"),
        ("prefix", "+81", "prefix_too_short", "3桁"),
        ("prefix", "+2", "prefix_too_short", "3桁"),
    ];
    for (matching, caller, code, words) in table {
        for confirm in [false, true] {
            let added = list
                .try_add(json!({"caller": caller, "match": matching, "confirm": confirm}))
                .await;
            let problem = added.expect_fields(&[("/caller", code)]);
            let check = list.check(matching, caller).await;
            assert_eq!(
                check["refusal"], problem["errors"][0],
                "what is asked for first is what is said then"
            );
            assert_eq!(check["warnings"], json!([]));
            if caller != own {
                assert!(text(&check["refusal"]["message"]).contains(words), "{caller}: {check}");
            }
        }
    }
    assert_eq!((list.count().await, log_of(&holder, 0).await.len()), (0, 0));
    // What only looks like them may be added.
    for (matching, caller) in [
        ("exact", "045-123-4568"),
        ("prefix", "045-9"),
        ("exact", "104"),
        ("prefix", "0120"),
        ("prefix", "0110"),
    ] {
        list.add(json!({"caller": caller, "match": matching})).await;
    }
    // The number that calls are forwarded from may change, and another contract does not mind.
    let stranger = app.holder("kobe").await;
    List::of(&app, &stranger, 0).block("052-987-6543").await;
    let operator = app.operator();
    let version = operator.get(&holder.operator_path()).await.version();
    operator
        .if_match(version)
        .patch(&holder.operator_path(), json!({"forwarding_number": null}))
        .await
        .expect(200);
    list.block("052-987-6543").await;
});

on_both!(what_covers_recent_calls_or_a_country_needs_to_be_confirmed, async |app| {
    let (holder, list) = stage(&app).await;
    let day = TimeDelta::days(1);
    // Answered, called, only missed, answered by the other number long ago, and just within the
    // thirty days.
    call(&app, &holder, 0, ("in", "+819011110000", "answered"), day).await;
    call(&app, &holder, 0, ("out", "+819022220000", "missed"), day).await;
    call(&app, &holder, 0, ("in", "+819033330000", "missed"), day).await;
    call(&app, &holder, 0, ("in", "+819044440000", "answered"), day * 30 + TimeDelta::seconds(1))
        .await;
    call(&app, &holder, 0, ("in", "+819055550000", "answered"), day * 30).await;
    call(&app, &holder, 0, ("in", "+12125550123", "answered"), day).await;
    let stranger = app.holder("kobe").await;
    call(&app, &stranger, 0, ("in", "+819066660000", "answered"), day).await;
    let table: &[(&str, &str, &[&str])] = &[
        ("prefix", "090-1111", &["covers_recent_calls"]),
        ("prefix", "090-1111-0000", &["covers_recent_calls"]),
        ("prefix", "090-2222", &["covers_recent_calls"]),
        ("prefix", "090-3333", &[]),
        ("prefix", "090-4444", &[]),
        ("prefix", "090-5555", &["covers_recent_calls"]),
        ("prefix", "090-6666", &[]),
        ("prefix", "+852", &["covers_country"]),
        ("prefix", "+44", &["covers_country"]),
        ("prefix", "+1", &["covers_country", "covers_recent_calls"]),
        ("prefix", "+1212555", &["covers_recent_calls"]),
        ("exact", "090-1111-0000", &[]),
        ("exact", "+1 212 555 0123", &[]),
    ];
    for &(matching, caller, codes) in table {
        let check = list.check(matching, caller).await;
        let warned: Vec<&str> = check["warnings"]
            .as_array()
            .expect("warnings")
            .iter()
            .map(|fault| text(&fault["code"]))
            .collect();
        assert_eq!(
            (warned.as_slice(), &check["refusal"]),
            (codes, &Value::Null),
            "{matching} {caller}"
        );
        let body = json!({"caller": caller, "match": matching});
        let faults: Vec<(&str, &str)> = codes.iter().map(|code| ("/caller", *code)).collect();
        if !codes.is_empty() {
            let problem = list.try_add(body.clone()).await.expect_fields(&faults);
            assert_eq!(problem["errors"], check["warnings"]);
        }
        let mut confirmed = body;
        confirmed["confirm"] = json!(!codes.is_empty());
        list.add(confirmed).await;
    }
    assert_eq!(list.count().await, table.len());
    let check = list.check("prefix", "09022").await;
    assert!(
        text(&check["warnings"][0]["message"]).contains("090-2222-0000"),
        "a known one is named: {check}"
    );
});

on_both!(a_check_says_what_would_have_been_stopped, async |app| {
    let (holder, list) = stage(&app).await;
    let hours = |count: i32| TimeDelta::hours(1) * count;
    for index in 0..37 {
        let outcome = if index < 5 { "answered" } else { ["missed", "refused", "busy"][index % 3] };
        call(
            &app,
            &holder,
            0,
            ("in", &format!("+81120{index:06}"), outcome),
            hours(19 * index as i32),
        )
        .await;
    }
    // Called by us, to another number, of others, too long ago: none of them counts.
    call(&app, &holder, 0, ("out", "+81120000001", "answered"), hours(1)).await;
    call(&app, &holder, 0, ("in", "+81121000001", "answered"), hours(1)).await;
    call(&app, &holder, 0, ("in", "+8112", "answered"), hours(1)).await;
    call(
        &app,
        &holder,
        0,
        ("in", "+81120000001", "answered"),
        TimeDelta::days(30) + TimeDelta::seconds(1),
    )
    .await;
    let stranger = app.holder("kobe").await;
    call(&app, &stranger, 0, ("in", "+81120000001", "answered"), hours(1)).await;

    let revision = holder.revision().await;
    let check = list.check("prefix", "0120").await;
    assert_eq!(check["effect"], json!({"days": 30, "calls": 37, "answered": 5}));
    assert_eq!((&check["caller"], &check["caller_text"]), (&json!("+81120"), &json!("0120")));
    assert_eq!(
        (&check["proposal"], &check["refusal"], &check["covered_by"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(check["warnings"][0]["code"], "covers_recent_calls");
    assert_eq!(
        list.check("exact", "0120-000-001").await["effect"],
        json!({"days": 30, "calls": 1, "answered": 1})
    );
    assert_eq!(
        list.check("exact", "0120-000-036").await["effect"],
        json!({"days": 30, "calls": 1, "answered": 0})
    );
    assert_eq!(
        list.check("prefix", "0120-00000").await["effect"],
        json!({"days": 30, "calls": 10, "answered": 5})
    );
    assert_eq!(
        list.check("exact", "0120-999-999").await["effect"],
        json!({"days": 30, "calls": 0, "answered": 0})
    );
    assert_eq!(
        (holder.revision().await, list.count().await),
        (revision, 0),
        "asking changes nothing"
    );
});

on_both!(a_check_names_the_entry_that_covers_it_already, async |app| {
    let (_, list) = stage(&app).await;
    let wide = list.add(json!({"caller": "0800", "match": "prefix", "note": "勧誘"})).await;
    let narrow = list.add(json!({"caller": "0800-123", "match": "prefix"})).await;
    let exact = list.block("0800-123-4567").await;
    let table = [
        ("exact", "0800-123-4567", Some(&exact), Some("duplicate")),
        ("exact", "0800-123-4568", Some(&wide), None),
        ("prefix", "0800", Some(&wide), Some("duplicate")),
        ("prefix", "0800123", Some(&narrow), Some("duplicate")),
        ("prefix", "08001", Some(&wide), None),
        ("prefix", "080", None, None),
        ("exact", "0120-123-456", None, None),
    ];
    for (matching, caller, covered_by, refusal) in table {
        let check = list.check(matching, caller).await;
        assert_eq!(
            check["covered_by"],
            covered_by.cloned().unwrap_or(Value::Null),
            "{matching} {caller}"
        );
        assert_eq!(check["refusal"]["code"].as_str(), refusal, "{matching} {caller}");
    }
    // What is covered may be added all the same.
    list.block("0800-123-4568").await;
});

on_both!(a_check_of_what_cannot_be_read_is_no_error, async |app| {
    let (_, list) = stage(&app).await;
    let table = [
        ("exact", "", "required", None),
        ("exact", "   ", "required", None),
        ("exact", "山田", "unexpected_character", None),
        ("exact", "090", "number_too_short", None),
        ("exact", "9012345678", "lost_zero", Some("090-1234-5678")),
        ("prefix", "9012345678", "lost_zero", Some("090-1234-5678")),
        ("exact", "312345678", "lost_zero", Some("03-1234-5678")),
        ("exact", "12345", "no_prefix", None),
        ("exact", "9.01E+09", "scientific_notation", None),
        ("exact", "公衆電話", "no_number_given", None),
        ("prefix", "03*", "star_or_hash", None),
        ("exact", "\u{7}", "unexpected_character", None),
        ("exact", "sip:alice@example.jp", "invalid_format", None),
    ];
    for (matching, caller, code, proposal) in table {
        let check = list.check(matching, caller).await;
        let refusal = &check["refusal"];
        assert_eq!(
            (&refusal["pointer"], &refusal["code"]),
            (&json!("/caller"), &json!(code)),
            "{caller:?}: {check}"
        );
        assert_eq!(check["proposal"].as_str(), proposal, "{caller:?}");
        assert_eq!(
            (&check["caller"], &check["effect"], &check["warnings"]),
            (&Value::Null, &Value::Null, &json!([])),
            "{caller:?}"
        );
    }
    let path = format!("{}/check", list.entries_path());
    for (language, words) in
        [("ja", "090-1234-5678として登録できます"), ("en", "can be added as 090-1234-5678")]
    {
        let check = list
            .client
            .clone()
            .header("accept-language", language)
            .post(&path, json!({"caller": "9012345678"}))
            .await;
        assert!(text(&check["refusal"]["message"]).contains(words), "{}", check.text);
    }
    let table = [
        (json!({}), "/caller", "required"),
        (json!({"caller": "0".repeat(257)}), "/caller", "too_long"),
        (json!({"caller": "\0"}), "/caller", "control_character"),
        (json!({"caller": "0120", "match": "begins"}), "/match", "wrong_type"),
        (json!({"caller": "0120", "note": "x"}), "/note", "unknown_field"),
    ];
    for (body, pointer, code) in table {
        list.client.post(&path, body).await.expect_fields(&[(pointer, code)]);
    }
    assert_eq!(list.check("exact", &mobile(1)).await["refusal"], Value::Null);
});

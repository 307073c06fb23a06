//! Stored values that are none of ours: an error that says where they stand, never a default.

use chrono::TimeDelta;
use serde_json::json;
use store::{Db, StoreError, damage, step_back};
use tests::on_both;
use tests::switch::Switch;

use crate::block_list::helpers::call;

const NONE_OF_OURS: &str = "none of ours: s3cr3t";

on_both!(a_damaged_value_is_an_error_that_names_no_value, async |app| {
    let holder = app.holder("minato").await;
    holder.told(&app, 0, &["a@example.jp"], &[("slack", "#sales", true)], None).await;
    let terminals =
        format!("/operator/accounts/{}/ids/{}/terminals", holder.account_id, holder.ids[0]);
    app.operator().post(&terminals, json!({"kind": "ip_phone", "name": "1F"})).await.expect(201);
    holder
        .client
        .post("/api-keys", json!({"name": "CRM", "scopes": ["ids:read"]}))
        .await
        .expect(201);
    call(&app, &holder, 0, ("in", "+819012345678", "missed"), TimeDelta::hours(1)).await;
    Switch::of(&app)
        .await
        .report(json!([{"id": "1", "type": "missed_call", "call_id": "c", "called": "03-1234-5670",
            "caller": "withheld", "at": app.clock.now()}]))
        .await;
    let number = holder.number(0);
    for (table, column, good, path) in [
        ("deliveries", "channel", "mail", "/deliveries"),
        ("deliveries", "purpose", "event", "/deliveries"),
        ("deliveries", "progress", "{}", "/deliveries"),
        (
            "deliveries",
            "content",
            "{\"rule_name\":\"\",\"label\":\"\",\"message\":\"\",\"advice\":\"\",\"url\":\"\",\"waiting\":0}",
            "/deliveries",
        ),
        ("call_events", "no_number", "withheld", "/call-events"),
        ("call_events", "reason", "busy", "/call-events"),
        ("notify_services", "hints", "{}", "/notify-rules"),
        ("notify_services", "kind", "slack", "/notify-rules"),
        ("notify_rules", "language", "ja", "/notify-rules"),
        ("notify_rules", "events", "[]", "/notify-rules"),
        ("notify_rules", "emails", "[]", number.as_str()),
        ("audit_log", "before", "{}", "/audit-log"),
        ("audit_log", "after", "{}", "/audit-log"),
        ("audit_log", "action", "update", "/audit-log"),
        ("audit_log", "object_kind", "number", "/audit-log"),
        ("audit_log", "actor_kind", "holder", "/audit-log"),
        ("api_keys", "allowed_addresses", "[]", "/api-keys"),
        ("api_keys", "scopes", "[]", "/api-keys"),
        ("terminals", "kind", "ip_phone", "/ids"),
        ("phone_ids", "device_option", "ip_phone", "/ids"),
        ("numbers", "ringtone", "ringtone_1", number.as_str()),
    ] {
        let rows = damage(&app.app.db, table, column, NONE_OF_OURS).await;
        assert!(rows.expect("no CHECK stands there") > 0, "{table}.{column} has no row");
        let answer = holder.client.get(path).await;
        assert_eq!((answer.status, &answer.json["code"]), (500, &json!("internal")), "{column}");
        for inside in ["s3cr3t", table, "cannot be read"] {
            assert!(!answer.text.contains(inside), "{table}.{column}: {}", answer.text);
        }
        damage(&app.app.db, table, column, good).await.expect("a value of ours");
        holder.client.get(path).await.expect(200);
    }
});

on_both!(what_is_damaged_is_named_by_table_column_and_id, async |app| {
    let holder = app.holder("minato").await;
    damage(&app.app.db, "numbers", "ringtone", NONE_OF_OURS).await.expect("rows");
    let (scope, id) = (store::Scope::account(&holder.account_id), holder.numbers[0].clone());
    let read = app.app.db.read(move |conn| store::numbers::number::find(conn, &scope, &id)).await;
    let StoreError::Damaged(damaged) = read.expect_err("it is damaged") else {
        panic!("another error")
    };
    assert_eq!(
        damaged.to_string(),
        format!("numbers.ringtone of {} cannot be read", holder.numbers[0])
    );
});

on_both!(closed_sets_are_closed, async |app| {
    let holder = app.holder("minato").await;
    call(&app, &holder, 0, ("in", "+819012345678", "missed"), TimeDelta::hours(1)).await;
    for (table, column) in [
        ("accounts", "status"),
        ("numbers", "kind"),
        ("phone_ids", "kind"),
        ("call_events", "direction"),
        ("call_events", "outcome"),
    ] {
        let refused = damage(&app.app.db, table, column, NONE_OF_OURS).await;
        assert!(refused.is_err(), "{table}.{column} takes everything");
    }
});

on_both!(a_filled_database_of_the_version_before_is_brought_up_to_date, async |app| {
    let holder = app.holder("minato").await;
    call(&app, &holder, 0, ("in", "+819012345678", "missed"), TimeDelta::hours(1)).await;
    let entries = format!("{}/block-list/entries", holder.number(0));
    for caller in ["090-1234-5678", "0120-444-444"] {
        holder.client.post(&entries, json!({"caller": caller})).await.expect(201);
    }
    let before = holder.client.get(&entries).await.json;
    step_back(&app.app.db).await.expect("the version before");
    // Nothing stood in the way of damage then.
    damage(&app.app.db, "block_entries", "note", "kept").await.expect("rows");
    damage(&app.app.db, "accounts", "status", NONE_OF_OURS).await.expect("no CHECK stood there");
    let refused = Db::open(&app.app.config.db_options()).expect_err("damage stops the upgrade");
    assert!(matches!(refused, StoreError::Migration(_)), "{refused}");
    damage(&app.app.db, "accounts", "status", "active").await.expect("rows");
    Db::open(&app.app.config.db_options()).expect("the upgrade");
    let after = holder.client.get(&entries).await.json;
    assert_eq!(after["items"].as_array().map(Vec::len), before["items"].as_array().map(Vec::len));
    assert_eq!(after["items"][0]["note"], json!("kept"));
    let refused = damage(&app.app.db, "block_entries", "matching", NONE_OF_OURS).await;
    assert!(refused.is_err(), "the set is open after the upgrade");
});

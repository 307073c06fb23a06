//! Stored values that are none of ours: an error that says where they stand, never a default.

use chrono::TimeDelta;
use serde_json::json;
use store::{ClosedSet, Db, StoreError, closed_sets, step_back, tamper};
use tests::switch::Switch;
use tests::{Backend, TestApp, on_both};

use crate::block_list::helpers::call;
use crate::notify::outbox_helpers::Told;

const NONE_OF_OURS: &str = "none of ours: s3cr3t";

/// Writes a text into every row of a column past its type, as a bad disk or another program may.
/// Answers how many rows there were.
pub async fn damage(
    app: &TestApp,
    (table, column): (&str, &str),
    text: &str,
) -> Result<usize, StoreError> {
    tamper(&app.app.db, format!("UPDATE {table} SET {column} = '{text}'")).await
}

/// Every column with a type whose set is open: table, column, a value of ours, and a path that
/// reads it.
fn open_columns<'a>(
    number: &'a str,
    event: &'a str,
) -> Vec<(&'static str, &'static str, &'static str, &'a str)> {
    vec![
        ("deliveries", "channel", "mail", "/deliveries"),
        ("deliveries", "purpose", "event", "/deliveries"),
        ("deliveries", "progress", "{}", "/deliveries"),
        (
            "deliveries",
            "content",
            "{\"rule_name\":\"\",\"label\":\"\",\"message\":\"\",\"advice\":\"\",\"url\":\"\",\"waiting\":0}",
            "/deliveries",
        ),
        ("call_events", "kind", "missed_call", event),
        ("call_events", "no_number", "withheld", "/call-events"),
        ("call_events", "reason", "busy", "/call-events"),
        ("notify_services", "hints", "{}", "/notify-rules"),
        ("notify_services", "kind", "slack", "/notify-rules"),
        ("notify_rules", "language", "ja", "/notify-rules"),
        ("notify_rules", "events", "[]", "/notify-rules"),
        ("notify_rules", "emails", "[]", number),
        ("audit_log", "before", "{}", "/audit-log"),
        ("audit_log", "after", "{}", "/audit-log"),
        ("audit_log", "action", "update", "/audit-log"),
        ("audit_log", "object_kind", "number", "/audit-log"),
        ("audit_log", "actor_kind", "holder", "/audit-log"),
        ("api_keys", "allowed_addresses", "[]", "/api-keys"),
        ("api_keys", "scopes", "[]", "/api-keys"),
        ("terminals", "kind", "ip_phone", "/ids"),
        ("phone_ids", "device_option", "ip_phone", "/ids"),
        ("numbers", "ringtone", "ringtone_1", number),
    ]
}

#[test]
fn every_column_with_a_type_is_damaged_here_or_closed_by_the_databases() {
    let closed = closed_sets();
    let open = open_columns("", "");
    let mut seen = 0;
    for path in tests::sources("crates/store/src") {
        let source = std::fs::read_to_string(&path).expect("a source is a text");
        for declared in source.split("row! {\n    ").skip(1) {
            let table = declared.split(' ').next().unwrap_or_default();
            let body = declared.split("\n}\n").next().unwrap_or_default();
            for line in body.lines().map(str::trim) {
                let Some((name, kind)) = line.split_once(": ") else { continue };
                if !kind.contains("Stored<") && !kind.contains("Json<") {
                    continue;
                }
                let column = name.trim_start_matches("pub ");
                seen += 1;
                assert!(
                    closed.iter().any(|set| (set.table, set.column) == (table, column))
                        || open.iter().any(|(of, it, ..)| (*of, *it) == (table, column)),
                    "{table}.{column} is neither closed nor damaged"
                );
            }
        }
    }
    assert!(seen > 30, "only {seen} columns were found");
}

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
        .report(json!([{"id": "1", "type": "missed_call", "call_id": "c",
            "called": holder.dialled(0).await, "caller": "withheld", "at": app.clock.now()}]))
        .await;
    let number = holder.number(0);
    let events = holder.client.get("/call-events").await.expect(200);
    let event = format!("/call-events/{}", events["items"][0]["id"].as_str().expect("an event"));
    for (table, column, good, path) in open_columns(&number, &event) {
        let rows = damage(&app, (table, column), NONE_OF_OURS).await;
        assert!(rows.expect("no CHECK stands there") > 0, "{table}.{column} has no row");
        let answer = holder.client.get(path).await;
        assert_eq!(
            (answer.status, &answer.json["code"]),
            (500, &json!("internal")),
            "{table}.{column}"
        );
        for inside in ["s3cr3t", table, "cannot be read"] {
            assert!(!answer.text.contains(inside), "{table}.{column}: {}", answer.text);
        }
        damage(&app, (table, column), good).await.expect("a value of ours");
        holder.client.get(path).await.expect(200);
    }
});

on_both!(what_is_damaged_is_named_by_table_column_and_id, async |app| {
    let holder = app.holder("minato").await;
    damage(&app, ("numbers", "ringtone"), NONE_OF_OURS).await.expect("rows");
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
    for place in [
        ("accounts", "status"),
        ("numbers", "kind"),
        ("phone_ids", "kind"),
        ("call_events", "direction"),
        ("call_events", "outcome"),
    ] {
        let refused = damage(&app, place, NONE_OF_OURS).await;
        assert!(refused.is_err(), "{place:?} takes everything");
    }
});

/// The migration that closes the sets.
const CLOSED_SETS: &str = "2026-11-29-000000";

#[test]
fn the_databases_know_every_member_of_a_closed_set() {
    let expected: Vec<String> = closed_sets()
        .iter()
        .map(|ClosedSet { table, column, words }| {
            let name = format!("{table}_{column}_is_known");
            let words = words.join("', '");
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ('{words}'));")
        })
        .collect();
    for twin in ["sqlite", "postgres"] {
        let path = format!("migrations/{twin}/{CLOSED_SETS}_closed_sets/up.sql");
        let statements: Vec<String> = tests::source(&path)
            .lines()
            .filter(|line| !line.starts_with("--"))
            .collect::<Vec<_>>()
            .join(" ")
            .split_inclusive(';')
            .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|statement| !statement.is_empty())
            .collect();
        assert_eq!(statements, expected, "{twin}");
    }
}

on_both!(a_filled_database_of_the_version_before_is_brought_up_to_date, bare, async |backend| {
    let app = TestApp::start(backend).await;
    // As many as the largest list holds. PostgreSQL takes minutes to fill it, and as long as SQLite
    // to upgrade it.
    let many = if backend == Backend::Sqlite { 1_000_000 } else { 100_000 };
    let holder = app.holder("minato").await;
    call(&app, &holder, 0, ("in", "+819012345678", "missed"), TimeDelta::hours(1)).await;
    let entries = format!("{}/block-list/entries", holder.number(0));
    holder.client.post(&entries, json!({"caller": "090-1234-5678"})).await.expect(201);
    step_back(&app.app.db, CLOSED_SETS).await.expect("the version before");
    let filled = tamper(
        &app.app.db,
        format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) \
             INSERT INTO block_entries (account_id, number_id, id, pattern, matching, note, \
                search, hits, version, created_at, updated_at) \
             SELECT account_id, number_id, \
                '01930f5e-7a3c-7c1e-9a44-' || (100000000000 + i), '+8180' || (10000000 + i), \
                'exact', 'kept', 'kept', 0, 1, created_at, updated_at \
             FROM block_entries, n"
        ),
    );
    assert_eq!(filled.await.expect("the entries"), many);
    // Nothing stood in the way of damage then.
    let status = ("accounts", "status");
    damage(&app, status, NONE_OF_OURS).await.expect("no CHECK stood there");
    let upgrade = || Db::open(&app.app.config.db_options());
    let refused = upgrade().expect_err("damage stops the upgrade");
    assert_eq!(
        refused.to_string(),
        format!("accounts.status of {} cannot be read", holder.account_id)
    );
    damage(&app, status, "active").await.expect("rows");
    upgrade().expect("the upgrade");
    let page = holder.client.get(&entries).await.expect(200);
    // The one that came by the API has the latest id.
    assert_eq!(page["items"][1]["note"], json!("kept"), "{page}");
    let kept = "UPDATE block_entries SET hits = 0 WHERE note = 'kept'";
    assert_eq!(tamper(&app.app.db, kept).await.expect("all of them"), many);
    let refused = damage(&app, ("block_entries", "matching"), NONE_OF_OURS).await;
    assert!(refused.is_err(), "the set is open after the upgrade");
});

on_both!(
    a_notice_whose_rule_cannot_be_read_waits_and_is_never_sent_by_defaults,
    |config| {
        config.outbox.workers = 4;
        config.outbox.retry_schedule_s = vec![5];
        config.outbox.settle_s = 30;
    },
    async |app| {
        let told = Told::new(&app, "minato", &["soumu@minato.example"]).await;
        // A missed call waits a little, so the rule can be damaged meanwhile.
        let at = app.clock.now();
        told.report(&[json!({"id": "1", "type": "missed_call", "call_id": "c",
            "called": told.called, "caller": "090-1234-5678", "at": at})])
            .await;
        damage(&app, ("notify_rules", "language"), NONE_OF_OURS).await.expect("a rule");
        app.clock.advance(TimeDelta::seconds(60));
        let tried = told
            .until("it was tried", |all| {
                all.iter().all(|one| one["attempt_count"] == 1 && one["state"] == "waiting")
            })
            .await;
        assert_eq!(tried.len(), 1, "{tried:?}");
        assert!(app.mails().is_empty(), "a mail was sent by a rule that cannot be read");
        damage(&app, ("notify_rules", "language"), "ja").await.expect("a rule");
        app.clock.advance(TimeDelta::hours(1));
        told.all_are(&["delivered"]).await;
        assert_eq!(app.mails().len(), 1, "it was sent, and once");
    }
);

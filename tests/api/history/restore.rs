//! Former values put back from the change log.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Holder, PASSWORD, TestApp, on_both};

/// Puts the values from before a change back.
pub async fn restore(holder: &Holder, change: &Value, overwrite: bool) -> Answer {
    let path = format!("/audit-log/{}/restore", change["id"].as_str().unwrap_or_default());
    holder.client.post(&path, json!({"overwrite": overwrite})).await
}

/// Changes something from its present version, and answers the line of the log about it.
pub async fn change(holder: &Holder, path: &str, change: Value) -> Value {
    let version = holder.client.get(path).await.version();
    let put = ["ringing", "limit", "outbound-number"].iter().any(|end| path.ends_with(end));
    let method = if put { Method::PUT } else { Method::PATCH };
    holder.client.if_match(version).send(method, path, Some(change.to_string())).await.expect(200);
    latest(holder).await
}

pub async fn latest(holder: &Holder) -> Value {
    holder.client.get("/audit-log?limit=1").await.expect(200)["items"][0].clone()
}

/// Restores, and checks that exactly one change was written down, which says the opposite and is
/// what was answered.
pub async fn taken_back(holder: &Holder, line: &Value) -> Value {
    assert_eq!(line["restorable"], true, "{line}");
    let (revision, lines) = (holder.revision().await, holder.log().await.len());
    let answered = restore(holder, line, false).await.expect(200);
    let log = holder.log().await;
    assert_eq!((holder.revision().await, log.len()), (revision + 1, lines + 1), "{line}");
    assert_eq!((&answered, &answered["revision"]), (&log[0], &json!(revision + 1)));
    assert_eq!(
        (&answered["object_kind"], &answered["object_id"]),
        (&line["object_kind"], &line["object_id"])
    );
    assert_eq!(
        (&answered["actor_kind"], &answered["actor"]),
        (&json!("holder"), &json!(holder.login_id))
    );
    answered
}

/// Restores a setting and checks it; then takes the restoring back, and checks that it is as it was
/// before; then restores once more.
pub async fn there_and_back(holder: &Holder, path: &str, line: &Value) {
    let (before, after) = (line["before"].clone(), line["after"].clone());
    let changed = unversioned(holder, path).await;
    let restored = taken_back(holder, line).await;
    assert_eq!((&restored["before"], &restored["after"]), (&after, &before), "{path}");
    let former = unversioned(holder, path).await;
    assert_ne!(former, changed, "{path}");
    let redone = taken_back(holder, &restored).await;
    assert_eq!((&redone["before"], &redone["after"]), (&before, &after), "{path}");
    assert_eq!(unversioned(holder, path).await, changed, "{path}");
    taken_back(holder, &redone).await;
    assert_eq!(unversioned(holder, path).await, former, "{path}");
}

async fn unversioned(holder: &Holder, path: &str) -> Value {
    let mut value = holder.client.get(path).await.expect(200);
    for field in ["version", "revision"] {
        value[field] = Value::Null;
    }
    value
}

/// Checks that restoring is refused, and leaves everything as it is.
pub async fn refused(holder: &Holder, line: &Value, overwrite: bool, faults: &[(&str, &str)]) {
    let before = state(holder).await;
    restore(holder, line, overwrite).await.expect_fields(faults);
    assert_eq!(state(holder).await, before);
}

pub async fn conflict(holder: &Holder, line: &Value, overwrite: bool, code: &str) {
    let before = state(holder).await;
    restore(holder, line, overwrite).await.expect_problem(409, code);
    assert_eq!(state(holder).await, before);
}

async fn state(holder: &Holder) -> (Value, Value, Value, Vec<Value>) {
    let get = async |path: &str| holder.client.get(path).await.expect(200);
    (get("/account").await, get("/numbers").await, get("/ids").await, holder.log().await)
}

pub fn entries(holder: &Holder) -> String {
    format!("{}/block-list/entries", holder.number(0))
}

/// Adds an entry; answers its id.
pub async fn add(holder: &Holder, entry: Value) -> String {
    let made = holder.client.post(&entries(holder), entry).await.expect(201);
    made["id"].as_str().unwrap_or_default().to_owned()
}

/// The callers of the list, the latest first; their count is the one of the number.
pub async fn callers(holder: &Holder) -> Vec<String> {
    let page = holder.client.get(&format!("{}?limit=200", entries(holder))).await.expect(200);
    let found: Vec<String> = page["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| entry["caller_text"].as_str().unwrap_or("?").to_owned())
        .collect();
    assert_eq!(page["total"], found.len(), "{page}");
    found
}

/// Imports a file with these callers; answers the line of the log.
pub async fn import(holder: &Holder, callers: &[&str]) -> Value {
    let client = holder.client.clone().header("content-type", "text/csv");
    let path = format!("{}/block-list/imports", holder.number(0));
    client.send(Method::POST, &path, Some(callers.join("\n"))).await.expect(200);
    latest(holder).await
}

async fn options(app: &TestApp, holder: &Holder, options: Value) {
    let path = format!("{}/options", holder.operator_path());
    let version = app.operator().get(&path).await.version();
    app.operator().if_match(version).put(&path, options).await.expect(200);
}

on_both!(settings_of_a_number_come_back_together, async |app| {
    let holder = app.holder("minato").await;
    let rule = holder.notify_rule(&app, "営業").await;
    let all = json!({
        "name": "代表", "display_name": "東京", "ringtone": "ringtone_2",
            "priority_phone_id": holder.ids[1], "notify_rule_id": rule,
    });
    let path = holder.number(0);
    let line = change(&holder, &path, all).await;
    there_and_back(&holder, &path, &line).await;
    for (field, value) in
        [("name", "支店"), ("ringtone", "ringtone_2"), ("priority_phone_id", &holder.ids[2])]
    {
        let line = change(&holder, &path, json!({ field: value })).await;
        there_and_back(&holder, &path, &line).await;
    }
    // Another field that was changed since does not stand in the way.
    let line = change(&holder, &path, json!({"name": "本店"})).await;
    change(&holder, &path, json!({"display_name": "大阪"})).await;
    taken_back(&holder, &line).await;
    let number = holder.client.get(&path).await.expect(200);
    assert_eq!((&number["name"], &number["display_name"]), (&json!(""), &json!("大阪")));
});

on_both!(every_other_setting_comes_back, async |app| {
    let holder = app.holder("minato").await;
    let device = format!("{}/ids/{}", holder.operator_path(), holder.ids[1]);
    app.operator()
        .if_match(1)
        .patch(&device, json!({"device_option": "ip_phone"}))
        .await
        .expect(200);
    let (number, id) = (holder.number(0), holder.id(1));
    let off = json!([{"phone_id": holder.ids[1], "rings": false},
        {"phone_id": holder.ids[2], "rings": false}]);
    let table = [
        (format!("{number}/channel-limit"), json!({"limit": 2})),
        (format!("{number}/ringing"), json!({"targets": off, "busy_announcement": true})),
        (format!("{number}/ringing"), json!({"targets": [], "busy_announcement": true})),
        (
            format!("{number}/block-list"),
            json!({"reject_withheld": true, "reject_service_conflict": true}),
        ),
        (id.clone(), json!({"terminal_name": "受付 iPhone"})),
        (format!("{id}/outbound-number"), json!({"number_id": holder.numbers[1]})),
        ("/account".to_owned(), json!({"contact_mail": "soumu@minato.example"})),
    ];
    for (path, body) in table {
        let line = change(&holder, &path, body).await;
        there_and_back(&holder, &path, &line).await;
    }
});

on_both!(what_was_changed_since_is_only_overwritten_on_purpose, async |app| {
    let holder = app.holder("minato").await;
    let path = holder.number(0);
    let first = change(&holder, &path, json!({"name": "一"})).await;
    let second = change(&holder, &path, json!({"name": "二"})).await;
    conflict(&holder, &first, false, "changed_since").await;
    let restored = restore(&holder, &first, true).await.expect(200);
    assert_eq!(
        (&restored["before"], &restored["after"]),
        (&json!({"name": "二"}), &json!({"name": ""}))
    );
    // It is as it was before the first change; there is nothing left to put back.
    conflict(&holder, &first, false, "changed_since").await;
    conflict(&holder, &first, true, "already_done").await;
    conflict(&holder, &second, false, "changed_since").await;
    assert_eq!(restore(&holder, &second, true).await.expect(200)["after"], json!({"name": "一"}));
    taken_back(&holder, &first).await;

    let ringing = format!("{path}/ringing");
    let target = |rings: bool| {
        json!({"targets": [{"phone_id": holder.ids[1], "rings": rings}],
        "busy_announcement": false})
    };
    let off = change(&holder, &ringing, target(false)).await;
    change(&holder, &ringing, target(true)).await;
    conflict(&holder, &off, false, "changed_since").await;
    conflict(&holder, &off, true, "already_done").await;
    for (path, one, two) in [
        (
            format!("{path}/block-list"),
            json!({"reject_withheld": true}),
            json!({"reject_withheld": false}),
        ),
        (format!("{path}/channel-limit"), json!({"limit": 2}), json!({"limit": 3})),
        (holder.id(1), json!({"terminal_name": "一"}), json!({"terminal_name": "二"})),
        (
            "/account".to_owned(),
            json!({"contact_mail": "a@minato.example"}),
            json!({"contact_mail": "b@minato.example"}),
        ),
    ] {
        let line = change(&holder, &path, one).await;
        change(&holder, &path, two).await;
        conflict(&holder, &line, false, "changed_since").await;
    }
});

on_both!(a_former_value_obeys_the_rules_of_today, async |app| {
    let holder = app.holder("minato").await;
    let path = holder.number(0);
    // The option ends, and with it the name on the display.
    change(&holder, &path, json!({"display_name": "東京"})).await;
    options(&app, &holder, json!({})).await;
    let log = holder.log().await;
    let ended = log
        .iter()
        .find(|line| line["object_kind"] == "number")
        .expect("the name went with the option");
    assert_eq!(
        (&ended["after"], &ended["actor_kind"]),
        (&json!({"display_name": ""}), &json!("operator"))
    );
    refused(&holder, ended, false, &[("/display_name", "not_contracted")]).await;
    options(&app, &holder, json!({"ip_phone": true})).await;
    taken_back(&holder, ended).await;

    // More channels than are contracted now.
    let fewer = change(&holder, &format!("{path}/channel-limit"), json!({"limit": 2})).await;
    let operator = format!("{}{path}", holder.operator_path());
    let version = app.operator().get(&operator).await.version();
    app.operator().if_match(version).patch(&operator, json!({"max_channels": 3})).await.expect(200);
    refused(&holder, &fewer, false, &[("/limit", "out_of_range")]).await;

    // Who rang first does not ring any more, and who is to be silent rings first.
    let ringing = format!("{path}/ringing");
    change(&holder, &path, json!({"priority_phone_id": holder.ids[1]})).await;
    let nobody = change(&holder, &path, json!({"priority_phone_id": null})).await;
    let target = |rings: bool| {
        json!({"targets": [{"phone_id": holder.ids[1], "rings": rings}],
        "busy_announcement": false})
    };
    change(&holder, &ringing, target(false)).await;
    refused(&holder, &nobody, false, &[("/priority_phone_id", "does_not_ring")]).await;
    let rings = change(&holder, &ringing, target(true)).await;
    taken_back(&holder, &nobody).await;
    refused(&holder, &rings, false, &[("/targets/0/rings", "rings_first")]).await;

    // A number that an ID called out with belongs to the account no more.
    let device = format!("{}{}", holder.operator_path(), holder.id(1));
    app.operator()
        .if_match(1)
        .patch(&device, json!({"device_option": "ip_phone"}))
        .await
        .expect(200);
    let outbound = format!("{}/outbound-number", holder.id(1));
    change(&holder, &outbound, json!({"number_id": holder.numbers[1]})).await;
    let cleared = change(&holder, &outbound, json!({"number_id": null})).await;
    options(&app, &holder, json!({})).await;
    refused(&holder, &cleared, false, &[("/number_id", "not_contracted")]).await;
    options(&app, &holder, json!({"ip_phone": true})).await;
    let number = format!("{}{}", holder.operator_path(), holder.number(1));
    app.operator().if_match(1).delete(&number).await.expect(204);
    refused(&holder, &cleared, false, &[("/number_id", "not_found")]).await;
});

on_both!(what_cannot_be_taken_back_says_so, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let password = json!({"new_password": "eine neue Zeichenfolge",
        "new_password_confirmation": "eine neue Zeichenfolge"});
    holder.client.put(&format!("{}/password", holder.id(1)), password).await.expect(200);
    holder.client.post("/session/confirm", json!({"password": PASSWORD})).await.expect(200);
    holder
        .client
        .send(Method::POST, &format!("{}/password/reveal", holder.id(1)), None)
        .await
        .expect(200);
    let (id, number) = (
        format!("{}{}", holder.operator_path(), holder.id(2)),
        format!("{}{}", holder.operator_path(), holder.number(0)),
    );
    let operator = app.operator();
    operator.if_match(1).patch(&id, json!({"extension": "299"})).await.expect(200);
    operator.if_match(1).patch(&number, json!({"max_channels": 3})).await.expect(200);
    options(&app, &holder, json!({"ip_phone": true, "fax": true})).await;
    let version = operator.get(&holder.operator_path()).await.version();
    operator
        .if_match(version)
        .patch(&holder.operator_path(), json!({"name": "みなと商会"}))
        .await
        .expect(200);
    let log = holder.log().await;
    assert!(log.len() > 10, "{log:?}");
    for line in &log {
        assert_eq!(line["restorable"], false, "{line}");
        for overwrite in [false, true] {
            refused(&holder, line, overwrite, &[("", "not_applicable")]).await;
        }
    }
    change(&stranger, &stranger.number(0), json!({"name": "神戸"})).await;
    for id in [
        latest(&stranger).await["id"].clone(),
        json!("01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21"),
        json!("x"),
    ] {
        restore(&holder, &json!({"id": id}), true).await.expect_problem(404, "not_found");
    }
    assert_eq!(stranger.client.get(&stranger.number(0)).await["name"], "神戸");
    let path = format!("/audit-log/{}/restore", log[0]["id"].as_str().unwrap_or_default());
    holder
        .client
        .post(&path, json!({"overwrite": 1}))
        .await
        .expect_fields(&[("/overwrite", "wrong_type")]);
    holder
        .client
        .post(&path, json!({"force": true}))
        .await
        .expect_fields(&[("/force", "unknown_field")]);
});

on_both!(a_change_is_taken_back_once_however_many_ask, async |app| {
    let holder = app.holder("minato").await;
    let name = change(&holder, &holder.number(0), json!({"name": "代表"})).await;
    add(&holder, json!({"caller": "090-0000-0001"})).await;
    let entry = latest(&holder).await;
    holder
        .client
        .post(&format!("{}/delete", entries(&holder)), json!({"all": true}))
        .await
        .expect(200);
    let removal = latest(&holder).await;
    let import = import(&holder, &["090-0000-0002", "090-0000-0003"]).await;
    for (line, overwrite) in
        [(&name, false), (&removal, false), (&entry, false), (&import, false), (&name, true)]
    {
        if overwrite {
            change(&holder, &holder.number(0), json!({"name": "本店"})).await;
        }
        let revision = holder.revision().await;
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let (client, path) = (
                holder.client.clone(),
                format!("/audit-log/{}/restore", line["id"].as_str().unwrap_or_default()),
            );
            all.spawn(
                async move { client.post(&path, json!({"overwrite": overwrite})).await.status },
            );
        }
        let mut statuses = all.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409], "{line}");
        assert_eq!(holder.revision().await, revision + 1);
    }
    assert_eq!(holder.client.get(&holder.number(0)).await["name"], "");
    assert_eq!(callers(&holder).await, Vec::<String>::new());
});

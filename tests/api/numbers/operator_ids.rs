//! Provisioning: IDs, their passwords and terminals.

use serde_json::{Value, json};
use store::Scope;
use store::numbers::phone_id;
use tests::{Contract, Holder, PASSWORD, TestApp, on_both};

/// The password of an additional ID as the server would show it again; it has no API yet.
async fn sealed_password(app: &TestApp, holder: &Holder, id: &str) -> String {
    let (scope, wanted) = (Scope::account(&holder.account_id), id.to_owned());
    let row = app
        .app
        .db
        .read(move |conn| phone_id::find(conn, &scope, &wanted))
        .await
        .expect("the database answers")
        .expect("the ID is there");
    assert_eq!(row.password_hash, None, "an additional ID's password is sealed, not hashed");
    let place = server::identity::passwords::password_place(id);
    let opened = app
        .app
        .secrets
        .open(&place, row.sealed_password.as_deref().unwrap_or_default())
        .expect("it opens");
    String::from_utf8(opened).expect("a text")
}

on_both!(an_id_is_made_read_changed_and_removed, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let body = json!({
        "login_id": "minato.reception-1", "kind": "additional", "extension": "31",
            "terminal_name": " 受付 ",
        "device_option": "ip_phone", "password": PASSWORD,
    });
    let made = operator.post(&format!("{}/ids", holder.operator_path()), body).await;
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    assert_eq!((made.status, made.version()), (201, 1));
    let mut shown = json!({
        "id": made["id"], "login_id": "minato.reception-1", "kind": "additional",
            "extension": "31", "terminal_name": "受付",
        "device_option": "ip_phone", "terminals": [], "version": 1,
    });
    assert_eq!(operator.get(&path).await.json, shown);
    shown["generated_password"] = Value::Null;
    assert_eq!(made.json, shown, "a password that was given is not repeated");

    let changed = operator
        .if_match(1)
        .patch(&path, json!({"extension": "999999", "terminal_name": "", "device_option": null}))
        .await;
    assert_eq!(
        (changed.version(), &changed["extension"], &changed["device_option"]),
        (2, &json!("999999"), &Value::Null)
    );
    let entry = &holder.log().await[0];
    assert_eq!(
        entry["before"],
        json!({"device_option": "ip_phone", "extension": "31", "terminal_name": "受付"})
    );
    assert_eq!(
        entry["after"],
        json!({"device_option": null, "extension": "999999", "terminal_name": ""})
    );
    for nothing in [json!({}), json!({"extension": "999999"}), json!({"device_option": null})] {
        assert_eq!(operator.if_match(2).patch(&path, nothing).await.version(), 2);
    }
    operator
        .if_match(1)
        .patch(&path, json!({"extension": "32"}))
        .await
        .expect_problem(412, "stale");
    operator
        .patch(&path, json!({"extension": "32"}))
        .await
        .expect_problem(428, "precondition_required");
    operator.if_match(1).delete(&path).await.expect_problem(412, "stale");
    operator.if_match(2).delete(&path).await.expect(204);
    operator.get(&path).await.expect_problem(404, "not_found");
});

on_both!(what_is_in_use_is_refused_by_its_field, async |app| {
    let minato = app.holder("minato").await;
    let kobe =
        Holder::provision(&app, "kobe", Contract { options: json!({}), ..Contract::default() })
            .await;
    let operator = app.operator();
    let path = format!("{}/ids", kobe.operator_path());
    let revision = kobe.revision().await;
    let id = |login_id: &str, kind: &str, extension: &str| {
        json!({"login_id": login_id,
        "kind": kind, "extension": extension})
    };
    let with_option = json!({"login_id": "kobe900", "kind": "additional", "extension": "900",
        "device_option": "ip_phone"});
    let table: [(Value, &[(&str, &str)]); 8] = [
        (id("kobe001", "additional", "900"), &[("/login_id", "taken")]),
        (id("minato000", "additional", "900"), &[("/login_id", "taken")]),
        (id("kobe900", "additional", "200"), &[("/extension", "taken")]),
        (id("kobe900", "basic", "900"), &[("/kind", "taken")]),
        (with_option.clone(), &[("/device_option", "not_contracted")]),
        (
            id("minato001", "basic", "201"),
            &[("/login_id", "taken"), ("/extension", "taken"), ("/kind", "taken")],
        ),
        (
            json!({"login_id": "kobe900", "kind": "additional", "extension": "900",
                "device_option": "premises_device"}),
            &[("/device_option", "not_contracted")],
        ),
        (
            json!({"login_id": "kobe900", "kind": "additional", "extension": "900",
                "password": "kobe900 kobe900"}),
            &[("/password", "contains_login_id")],
        ),
    ];
    for (body, faults) in table {
        operator.post(&path, body).await.expect_fields(faults);
    }
    let other = format!("{path}/{}", kobe.ids[1]);
    operator
        .if_match(1)
        .patch(&other, json!({"extension": "202"}))
        .await
        .expect_fields(&[("/extension", "taken")]);
    operator
        .if_match(1)
        .patch(&other, json!({"device_option": "ip_phone"}))
        .await
        .expect_fields(&[("/device_option", "not_contracted")]);
    assert_eq!(kobe.revision().await, revision, "a refusal leaves no trace");
    // The same extension is another one in another contract, and an ID may keep its own.
    assert_eq!(
        minato.client.get(&minato.id(1)).await["extension"],
        kobe.client.get(&kobe.id(1)).await["extension"]
    );
    operator
        .if_match(1)
        .patch(&other, json!({"extension": "201", "terminal_name": "x"}))
        .await
        .expect(200);
});

on_both!(what_is_no_id_is_refused_by_its_field, async |app| {
    let holder = app.holder("minato").await;
    let path = format!("{}/ids", holder.operator_path());
    let id = |login_id: &str, extension: &str| {
        json!({"login_id": login_id, "kind": "additional",
        "extension": extension})
    };
    let table = [
        (id("abc", "900"), ("/login_id", "too_short")),
        (id(&"a".repeat(65), "900"), ("/login_id", "too_long")),
        (id("Minato900", "900"), ("/login_id", "invalid_format")),
        (id("minato 900", "900"), ("/login_id", "invalid_format")),
        (id("ミナト900", "900"), ("/login_id", "invalid_format")),
        (id("minato900@x", "900"), ("/login_id", "invalid_format")),
        (id("minato900", ""), ("/extension", "invalid_format")),
        (id("minato900", "1"), ("/extension", "invalid_format")),
        (id("minato900", "012"), ("/extension", "invalid_format")),
        (id("minato900", "1234567"), ("/extension", "invalid_format")),
        (id("minato900", "12a"), ("/extension", "invalid_format")),
        (id("minato900", "１２３"), ("/extension", "invalid_format")),
        (json!({"login_id": "minato900", "kind": "additional"}), ("/extension", "required")),
        (json!({"login_id": "minato900", "extension": "900"}), ("/kind", "required")),
        (
            json!({"login_id": "minato900", "kind": "additional", "extension": "900",
                "password": "short"}),
            ("/password", "too_short"),
        ),
        (
            json!({"login_id": "minato900", "kind": "additional", "extension": "900",
                "password": "x".repeat(129)}),
            ("/password", "too_long"),
        ),
        (
            json!({"login_id": "minato900", "kind": "additional", "extension": "900",
                "device_option": "fax"}),
            ("/device_option", "wrong_type"),
        ),
        (
            json!({"login_id": "minato900", "kind": "additional", "extension": "900",
                "terminal_name": "a\tb"}),
            ("/terminal_name", "control_character"),
        ),
    ];
    for (body, fault) in table {
        app.operator().post(&path, body).await.expect_fields(&[fault]);
    }
    app.operator().post(&path, id(&"a".repeat(64), "11")).await.expect(201);
});

on_both!(a_generated_password_is_shown_once_and_works, async |app| {
    let holder = Holder::provision(&app, "minato", Contract::default()).await;
    let operator = app.operator();
    let account = operator.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
    let path = format!("/operator/accounts/{}/ids", account["id"].as_str().unwrap_or_default());
    let made = operator
        .post(&path, json!({"login_id": "harbour001", "kind": "basic", "extension": "201"}))
        .await
        .expect(201);
    let password = made["generated_password"].as_str().expect("a password").to_owned();
    assert!(password.len() >= 16, "{password}");
    app.nobody().sign_in("harbour001", &password).await;
    let seen = operator.get(&format!("{path}/{}", made["id"].as_str().unwrap_or_default())).await;
    assert!(
        !seen.text.contains(&password) && seen["generated_password"] == Value::Null,
        "{}",
        seen.text
    );
    assert!(!app.database.dump().contains(&password), "it is stored in clear");

    let body = json!({"login_id": "minato900", "kind": "additional", "extension": "900"});
    let additional =
        operator.post(&format!("{}/ids", holder.operator_path()), body).await.expect(201);
    let id = additional["id"].as_str().unwrap_or_default();
    assert_eq!(sealed_password(&app, &holder, id).await, additional["generated_password"]);
    assert_eq!(
        sealed_password(&app, &holder, &holder.ids[1]).await,
        PASSWORD,
        "one that was given is kept, too"
    );
    assert!(!holder.client.get(&format!("/ids/{id}")).await.text.contains("password\":"));
});

on_both!(the_operator_sets_passwords, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let path = |index: usize| format!("{}/ids/{}", holder.operator_path(), holder.ids[index]);
    let set =
        operator.if_match(1).put(&format!("{}/password", path(0)), json!({})).await.expect(200);
    let password = set["generated_password"].as_str().expect("a password").to_owned();
    let (client, _) = app.nobody().sign_in(&holder.login_id, &password).await;
    let entry = &client.get("/audit-log?limit=1").await.expect(200)["items"][0];
    assert_eq!(
        (&entry["action"], &entry["before"], &entry["after"]),
        (&json!("set_password"), &json!({}), &json!({}))
    );

    operator
        .if_match(1)
        .put(&format!("{}/password", path(1)), json!({"password": "a new long one"}))
        .await
        .expect(200);
    assert_eq!(sealed_password(&app, &holder, &holder.ids[1]).await, "a new long one");
    client.get("/session").await.expect(200);
    operator
        .if_match(1)
        .put(&format!("{}/password", path(1)), json!({}))
        .await
        .expect_problem(412, "stale");
    operator
        .put(&format!("{}/password", path(1)), json!({}))
        .await
        .expect_problem(428, "precondition_required");
    for (body, code) in [
        (json!({"password": "short"}), "too_short"),
        (json!({"password": "my minato001 password"}), "contains_login_id"),
        (json!({"password": 5}), "wrong_type"),
    ] {
        operator
            .if_match(2)
            .put(&format!("{}/password", path(1)), body)
            .await
            .expect_fields(&[("/password", code)]);
    }
    assert_eq!(sealed_password(&app, &holder, &holder.ids[1]).await, "a new long one");
    assert_eq!(
        operator.get(&path(1)).await.version(),
        2,
        "a password counts as a change of the ID"
    );
});

on_both!(a_removed_id_rings_nowhere, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    for index in 0..2 {
        let priority = json!({"priority_phone_id": holder.ids[1 + index]});
        holder.client.if_match(1).patch(&holder.number(index), priority).await.expect(200);
    }
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[1]);
    operator
        .post(&format!("{path}/terminals"), json!({"kind": "ip_phone", "name": "T54W"}))
        .await
        .expect(201);
    operator.if_match(1).delete(&path).await.expect(204);
    let first = holder.client.get(&holder.number(0)).await;
    assert_eq!((first.version(), &first["priority_phone_id"]), (3, &Value::Null));
    assert_eq!(first["ringing_phone_ids"], json!([holder.ids[0], holder.ids[2]]));
    let second = holder.client.get(&holder.number(1)).await;
    assert_eq!(
        (second.version(), &second["priority_phone_id"]),
        (2, &json!(holder.ids[2])),
        "the other number is not concerned"
    );
    let log = holder.log().await;
    assert_eq!(
        (&log[0]["action"], &log[0]["object_id"]),
        (&json!("delete"), &json!(holder.ids[1]))
    );
    assert_eq!(
        (&log[1]["before"], &log[1]["after"]),
        (&json!({"priority_phone_id": holder.ids[1]}), &json!({"priority_phone_id": null}))
    );
    let again = json!({"login_id": "minato001", "kind": "additional", "extension": "201"});
    operator.post(&format!("{}/ids", holder.operator_path()), again).await.expect(201);
});

on_both!(terminals_come_and_go, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let path = format!("{}/ids/{}/terminals", holder.operator_path(), holder.ids[1]);
    let mut made = Vec::new();
    for kind in ["ios", "android", "windows", "macos", "ip_phone", "premises_device"] {
        let answer =
            operator.post(&path, json!({"kind": kind, "name": format!(" {kind} 1 ")})).await;
        let location =
            answer.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
        let terminal = answer.expect(201);
        assert_eq!(
            (&terminal["kind"], &terminal["name"]),
            (&json!(kind), &json!(format!("{kind} 1")))
        );
        assert_eq!(terminal["last_seen_at"], json!(app.clock.now()));
        made.push((terminal, location));
    }
    let shown: Vec<&Value> = made.iter().map(|(terminal, _)| terminal).collect();
    assert_eq!(holder.client.get(&holder.id(1)).await["terminals"], json!(shown));
    let revision = holder.revision().await;
    operator.delete(&made[2].1).await.expect(204);
    operator.delete(&made[2].1).await.expect_problem(404, "not_found");
    let elsewhere = made[0].1.replace(&holder.ids[1], &holder.ids[2]);
    operator.delete(&elsewhere).await.expect_problem(404, "not_found");
    assert_eq!(
        holder.client.get(&holder.id(1)).await["terminals"].as_array().map(Vec::len),
        Some(5)
    );
    assert_eq!(holder.revision().await, revision + 1);
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["object_kind"], &entry["action"], &entry["before"]),
        (&json!("terminal"), &json!("delete"), &json!({"kind": "windows", "name": "windows 1"}))
    );
    for (body, fault) in [
        (json!({"kind": "fridge", "name": "x"}), ("/kind", "wrong_type")),
        (json!({"kind": "ios"}), ("/name", "required")),
        (json!({"kind": "ios", "name": "x".repeat(41)}), ("/name", "too_long")),
    ] {
        operator.post(&path, body).await.expect_fields(&[fault]);
    }
});

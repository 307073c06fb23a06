//! Provisioning: contracts and their options.

use chrono::TimeDelta;
use serde_json::{Value, json};
use store::history::audit;
use store::identity::session;
use store::notify::notify_rule;
use store::numbers::ringing;
use store::softphone::terminal;
use store::{Conn, Scope, StoreError};
use tests::{Holder, PASSWORD, TestApp, on_both};

const NOTHING: &str = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21";

on_both!(a_contract_is_made_read_changed_and_removed, async |app| {
    let operator = app.operator();
    let whole = json!({"name": " 株式会社みなと商会　", "contact_mail": "soumu@minato.example",
        "options": {"voicemail": true}});
    let made = operator.post("/operator/accounts", whole).await;
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    assert_eq!((made.status, made.version()), (201, 1));
    let read = operator.get(&path).await;
    let shown = json!({
        "id": made["id"], "name": "株式会社みなと商会",
        "contact_mail": "soumu@minato.example", "status": "active", "suspended_reason": null,
        "forwarding_number": null, "options": {"ip_phone": false, "premises_device": false,
            "voicemail": true, "fax": false},
        "missing": ["primary_number", "basic_id"],
        "revision": 1, "created_at": app.clock.now(), "version": 1,
    });
    assert_eq!((read.version(), &read.json), (1, &shown), "Location leads to what was made");
    let mut answered = shown;
    answered["numbers"] = json!([]);
    answered["ids"] = json!([]);
    assert_eq!(made.json, answered);

    app.clock.advance(TimeDelta::minutes(1));
    let changed = operator
        .if_match(1)
        .patch(&path, json!({"name": "みなと商会", "contact_mail": null}))
        .await;
    assert_eq!((changed.version(), &changed["revision"]), (2, &json!(2)));
    assert_eq!(
        (&changed["name"], &changed["contact_mail"], &changed["created_at"]),
        (&json!("みなと商会"), &Value::Null, &made["created_at"])
    );

    operator.if_match(1).delete(&path).await.expect_problem(412, "stale");
    operator.delete(&path).await.expect_problem(428, "precondition_required");
    operator.if_match(2).delete(&path).await.expect(204);
    operator.get(&path).await.expect_problem(404, "not_found");
    operator.if_match(2).delete(&path).await.expect_problem(404, "not_found");
});

on_both!(a_contract_needs_a_name_and_a_mail_address_that_is_one, async |app| {
    let operator = app.operator();
    let table = [
        (json!({}), ("/name", "required")),
        (json!({"name": ""}), ("/name", "required")),
        (json!({"name": " 　"}), ("/name", "required")),
        (json!({"name": "x".repeat(101)}), ("/name", "too_long")),
        (json!({"name": "a\nb"}), ("/name", "control_character")),
        (json!({"name": "x", "contact_mail": "nobody"}), ("/contact_mail", "invalid_format")),
        (json!({"name": "x", "options": {"fax": 1}}), ("/options/fax", "wrong_type")),
        (
            json!({"name": "x", "options": {"internet": true}}),
            ("/options/internet", "unknown_field"),
        ),
        (json!({"name": "x", "status": "suspended"}), ("/status", "unknown_field")),
    ];
    for (body, fault) in table {
        operator.post("/operator/accounts", body).await.expect_fields(&[fault]);
    }
    assert_eq!(
        operator.get("/operator/accounts").await.expect(200)["items"],
        json!([]),
        "nothing was made"
    );
    let made =
        operator.post("/operator/accounts", json!({"name": "あ".repeat(100)})).await.expect(201);
    let path = format!("/operator/accounts/{}", made["id"].as_str().unwrap_or_default());
    let made = operator.get(&path).await.expect(200);
    let table = [
        (json!({"name": "  "}), ("/name", "required")),
        (json!({"name": null}), ("/name", "wrong_type")),
        (json!({"status": "gone"}), ("/status", "wrong_type")),
        (json!({"suspended_reason": "x".repeat(201)}), ("/suspended_reason", "too_long")),
        (json!({"options": {"fax": true}}), ("/options", "unknown_field")),
    ];
    for (body, fault) in table {
        operator.if_match(1).patch(&path, body).await.expect_fields(&[fault]);
    }
    for nothing in [
        json!({}),
        json!({"contact_mail": null}),
        json!({"status": "active"}),
        json!({"name": "あ".repeat(100)}),
    ] {
        let answer = operator.if_match(1).patch(&path, nothing).await;
        assert_eq!((answer.version(), &answer.json), (1, &made));
    }
    let stale = operator.clone().header("if-match", "garbage");
    stale.patch(&path, json!({"name": "x"})).await.expect_problem(400, "invalid_header");
    operator.patch(&path, json!({"name": "x"})).await.expect_problem(428, "precondition_required");
});

on_both!(what_a_contract_still_lacks_is_said, async |app| {
    let operator = app.operator();
    let made = operator.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
    assert_eq!(made["missing"], json!(["primary_number", "basic_id"]));
    let path = format!("/operator/accounts/{}", made["id"].as_str().unwrap_or_default());
    let number = json!({"number": "050-1234-5678", "kind": "primary", "max_channels": 1});
    operator.post(&format!("{path}/numbers"), number).await.expect(201);
    assert_eq!(operator.get(&path).await["missing"], json!(["basic_id"]));
    let id = json!({"login_id": "minato900", "kind": "basic", "extension": "900"});
    operator.post(&format!("{path}/ids"), id).await.expect(201);
    assert_eq!(operator.get(&path).await["missing"], json!([]));
    app.holder("kobe").await;
    operator.post("/operator/accounts", json!({"name": "神戸"})).await.expect(201);
    let list = operator.get("/operator/accounts").await.expect(200);
    let missing: Vec<_> = list["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|account| account["missing"].as_array().map_or(0, Vec::len))
        .collect();
    assert_eq!(missing, [0, 0, 2]);
});

on_both!(options_are_replaced_as_a_whole, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let path = format!("{}/options", holder.operator_path());
    let shown = operator.get(&path).await;
    assert_eq!(
        (shown.version(), &shown.json),
        (1, &json!({"ip_phone": true, "premises_device": false, "voicemail": false, "fax": false}))
    );
    let (revision, lines) = (holder.revision().await, holder.log().await.len());
    let set = operator.if_match(1).put(&path, json!({"voicemail": true, "fax": true})).await;
    assert_eq!(
        (set.version(), &set.json),
        (2, &json!({"ip_phone": false, "premises_device": false, "voicemail": true, "fax": true}))
    );
    assert_eq!(holder.client.get("/account").await["options"], set.json);
    assert_eq!((holder.revision().await, holder.log().await.len()), (revision + 1, lines + 1));
    let entry = &holder.log().await[0];
    assert_eq!(
        entry["after"],
        json!({"option_fax": true, "option_ip_phone": false, "option_voicemail": true})
    );

    let same = operator.if_match(2).put(&path, json!({"voicemail": true, "fax": true})).await;
    assert_eq!(same.version(), 2, "nothing changed");
    assert_eq!(holder.revision().await, revision + 1);
    operator.if_match(1).put(&path, json!({})).await.expect_problem(412, "stale");
    operator.put(&path, json!({})).await.expect_problem(428, "precondition_required");
    operator
        .if_match(2)
        .put(&path, json!({"fax": null}))
        .await
        .expect_fields(&[("/fax", "wrong_type")]);
});

on_both!(display_names_end_with_the_ip_phone_option, async |app| {
    let holder = app.holder("minato").await;
    for index in 0..2 {
        let names = json!({"name": "代表", "display_name": format!("表示{index}")});
        holder.client.if_match(1).patch(&holder.number(index), names).await.expect(200);
    }
    let revision = holder.revision().await;
    let path = format!("{}/options", holder.operator_path());
    app.operator().if_match(1).put(&path, json!({"voicemail": true})).await.expect(200);
    for index in 0..2 {
        let number = holder.client.get(&holder.number(index)).await;
        assert_eq!(
            (number.version(), &number["display_name"], &number["name"]),
            (3, &json!(""), &json!("代表"))
        );
    }
    assert_eq!(
        holder.revision().await,
        revision + 3,
        "one for the contract and one for each number"
    );
    let log = holder.log().await;
    let emptied: Vec<&Value> = log[..3]
        .iter()
        .filter(|entry| entry["object_kind"] == "number")
        .map(|entry| &entry["before"])
        .collect();
    assert_eq!(emptied.len(), 2);
    assert!(
        emptied.contains(&&json!({"display_name": "表示0"}))
            && emptied.contains(&&json!({"display_name": "表示1"})),
        "{log:?}"
    );
    let version = app.operator().get(&path).await.version();
    app.operator().if_match(version).put(&path, json!({"ip_phone": true})).await.expect(200);
    assert_eq!(
        holder.client.get(&holder.number(0)).await["display_name"],
        "",
        "it does not come back by itself"
    );
});

/// How many rows of a contract are left in tables that only it would show.
async fn rows_left(app: &TestApp, holder: &Holder) -> [usize; 5] {
    let scope = Scope::account(&holder.account_id);
    let count = move |conn: &mut Conn| -> Result<[usize; 5], StoreError> {
        Ok([
            terminal::list(conn, &scope)?.len(),
            notify_rule::list(conn, &scope)?.len(),
            ringing::silent_pairs(conn, &scope)?.len(),
            audit::list(conn, &scope, &audit::Filter::default(), 100)?.len(),
            session::delete_all(conn, &scope)?,
        ])
    };
    app.app.db.read(count).await.expect("the database answers")
}

on_both!(a_removed_contract_takes_everything_with_it, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let operator = app.operator();
    let terminals = format!("{}/ids/{}/terminals", holder.operator_path(), holder.ids[1]);
    operator.post(&terminals, json!({"kind": "ios", "name": "iPhone"})).await.expect(201);
    holder.notify_rule(&app, "営業").await;
    holder.silence(&app, 0, 1).await;
    app.nobody().post("/password-resets", json!({"login_id": holder.login_id})).await.expect(202);
    app.wait_for_mails(1).await;
    operator.if_match(1).delete(&holder.operator_path()).await.expect(204);

    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
    let sign_in = app
        .nobody()
        .post("/session", json!({"login_id": holder.login_id, "password": PASSWORD}))
        .await;
    sign_in.expect_problem(401, "bad_credentials");
    for path in ["", "/options", "/numbers", "/ids"] {
        operator
            .get(&format!("{}{path}", holder.operator_path()))
            .await
            .expect_problem(404, "not_found");
    }
    assert_eq!(rows_left(&app, &holder).await, [0; 5]);
    // Its numbers and login ids are free again, and the other contract is as it was.
    let again = app.holder("minato").await;
    assert_ne!(again.account_id, holder.account_id);
    assert_eq!(stranger.client.get("/account").await.expect(200)["number_count"], 2);
});

on_both!(the_log_names_the_key_of_the_operator, async |app| {
    let key =
        app.operator().post("/operator/keys", json!({"name": "provisioning-1"})).await.expect(201);
    let holder = app.holder("minato").await;
    let client = app.nobody().bearer(key["key"].as_str().unwrap_or_default());
    client.if_match(1).patch(&holder.operator_path(), json!({"name": "港商会"})).await.expect(200);
    let log = holder.log().await;
    assert_eq!(
        (&log[0]["actor_kind"], &log[0]["actor"]),
        (&json!("operator"), &json!("provisioning-1"))
    );
    assert_eq!(
        (&log[0]["before"], &log[0]["after"]),
        (&json!({"name": "minato商会"}), &json!({"name": "港商会"}))
    );
    let made = log.last().expect("the log begins with the contract");
    assert_eq!(
        (&made["action"], &made["object_kind"], &made["actor"]),
        (&json!("create"), &json!("account"), &json!("test"))
    );
    assert_eq!(made["before"], json!({}));
    assert!(log.iter().all(|entry| !entry.to_string().contains("password_hash")
        && !entry.to_string().contains(PASSWORD)));
});

on_both!(nothing_is_made_in_a_contract_that_does_not_exist, async |app| {
    let operator = app.operator();
    let path = format!("/operator/accounts/{NOTHING}");
    let number = json!({"number": "050-1234-5678", "kind": "primary", "max_channels": 1});
    operator
        .post(&format!("{path}/numbers"), number.clone())
        .await
        .expect_problem(404, "not_found");
    let id = json!({"login_id": "minato001", "kind": "basic", "extension": "201"});
    operator.post(&format!("{path}/ids"), id.clone()).await.expect_problem(404, "not_found");
    operator
        .post(&format!("{path}/ids/{NOTHING}/terminals"), json!({"kind": "ios", "name": "x"}))
        .await
        .expect_problem(404, "not_found");
    operator
        .if_match(1)
        .put(&format!("{path}/options"), json!({}))
        .await
        .expect_problem(404, "not_found");
    let made = operator.post("/operator/accounts", json!({"name": "x"})).await;
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    operator.post(&format!("{path}/numbers"), number).await.expect(201);
    operator.post(&format!("{path}/ids"), id).await.expect(201);
});

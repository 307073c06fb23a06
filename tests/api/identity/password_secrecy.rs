//! Passwords of IDs: shown to whom, judged, and never logged.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Client, Denwaban, PASSWORD, TestDatabase, on_both};

use crate::identity::passwords::{MINUTES, NEW, check, confirm, reveal, set};

on_both!(a_password_is_shown_for_five_minutes_after_the_own_one_was_typed, async |app| {
    let holder = app.holder("minato").await;
    let (other, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    reveal(&holder.client, &holder.id(1)).await.expect_problem(403, "confirmation_required");
    confirm(&holder.client, PASSWORD).await;
    reveal(&other, &holder.id(1)).await.expect_problem(403, "confirmation_required");
    app.clock.advance(MINUTES - TimeDelta::seconds(1));
    reveal(&holder.client, &holder.id(1)).await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    reveal(&holder.client, &holder.id(1)).await.expect_problem(403, "confirmation_required");
    app.clock.advance(MINUTES);
    reveal(&holder.client, &holder.id(1)).await.expect_problem(403, "confirmation_required");
    confirm(&holder.client, PASSWORD).await;
    reveal(&holder.client, &holder.id(1)).await.expect(200);
});

on_both!(every_look_at_a_password_is_in_the_log_and_no_password_is, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    set(&holder.client, &holder.id(1), NEW, None).await.expect(200);
    reveal(&holder.client, &holder.id(1)).await.expect_problem(403, "confirmation_required");
    reveal(&holder.client, &holder.id(0)).await.expect_fields(&[("", "not_applicable")]);
    confirm(&holder.client, PASSWORD).await;
    reveal(&holder.client, &holder.id(0)).await.expect_fields(&[("", "not_applicable")]);
    for id in [stranger.ids[1].as_str(), "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", &holder.numbers[0]]
    {
        reveal(&holder.client, &format!("/ids/{id}")).await.expect_problem(404, "not_found");
        set(&holder.client, &format!("/ids/{id}"), NEW, None)
            .await
            .expect_problem(404, "not_found");
    }
    let (revision, lines) = (holder.revision().await, holder.log().await.len());
    for look in 1..=3 {
        reveal(&holder.client, &holder.id(1)).await.expect(200);
        let log = holder.log().await;
        assert_eq!(
            (holder.revision().await, log.len()),
            (revision + look, lines + look as usize),
            "one line per look"
        );
        let expected = json!({
            "id": log[0]["id"], "at": app.clock.now(), "actor_kind": "holder",
                "actor": "minato000", "object_kind": "phone_id",
            "object_id": holder.ids[1], "action": "reveal_password", "before": {}, "after": {},
                "revision": revision + look,
            "restorable": false,
        });
        assert_eq!(log[0], expected);
    }
    for path in ["/audit-log?limit=200", "/ids", "/numbers", "/account", "/session"] {
        let answer = holder.client.get(path).await;
        assert!(
            !answer.text.contains(NEW) && !answer.text.contains(PASSWORD),
            "{path}: {}",
            answer.text
        );
    }
    let dump = app.database.dump();
    assert!(
        dump.contains("reveal_password") && !dump.contains(NEW),
        "a password is stored in clear"
    );
    reveal(&stranger.client, &stranger.id(1)).await.expect_problem(403, "confirmation_required");
    assert_eq!(stranger.log().await.len(), stranger.revision().await as usize);
});

on_both!(
    no_password_of_a_request_or_an_answer_reaches_the_log_of_the_process,
    bare,
    async |backend| {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = folder.path().join("data");
        let database = TestDatabase::create(backend, folder.path());
        let key = Denwaban::operator_key(&data_dir, &database.url);
        let server = Denwaban::serve(&data_dir, &database.url, "trace").await;
        let operator = Client::new(&server.url).bearer(&key);
        let account =
            operator.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
        let ids = format!("/operator/accounts/{}/ids", account["id"].as_str().unwrap_or_default());
        let basic = json!({"login_id": "minato001", "kind": "basic", "extension": "201",
            "password": PASSWORD});
        let basic = operator.post(&ids, basic).await.expect(201);
        let additional = operator
            .post(&ids, json!({"login_id": "minato002", "kind": "additional", "extension": "202"}))
            .await
            .expect(201);
        let path = |id: &Value| format!("/ids/{}", id["id"].as_str().unwrap_or_default());
        let text = |value: &Value| value.as_str().expect("a text").to_owned();

        let (holder, _) = Client::new(&server.url).sign_in("minato001", PASSWORD).await;
        confirm(&holder, PASSWORD).await;
        let first = text(&reveal(&holder, &path(&additional)).await.expect(200)["password"]);
        let proposed =
            text(&holder.post("/password-proposals", Value::Null).await.expect(200)["password"]);
        set(&holder, &path(&additional), &proposed, None).await.expect(200);
        check(&holder, "half a passw").await;
        set(&holder, &path(&basic), "refused00000", Some(PASSWORD))
            .await
            .expect_problem(422, "invalid");
        set(&holder, &path(&basic), NEW, Some("not the present one"))
            .await
            .expect_problem(422, "invalid");
        set(&holder, &path(&basic), NEW, Some(PASSWORD)).await.expect(200);

        let log = server.kill();
        assert!(
            log.contains("/password/reveal") && log.lines().count() > 50,
            "the log tells what happened: {log}"
        );
        for secret in [
            PASSWORD,
            NEW,
            &first,
            &proposed,
            "half a passw",
            "refused00000",
            "not the present one",
        ] {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} stands in the log");
        }
    }
);

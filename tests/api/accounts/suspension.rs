//! A suspended contract: nobody can sign in, and who knows the password reads why.

use serde_json::{Value, json};
use tests::{Answer, Client, Holder, PASSWORD, TestApp, on_both};

const REASON: &str = "お支払いの確認ができないため";

async fn set_status(app: &TestApp, holder: &Holder, change: Value) -> Value {
    let version = app.operator().get(&holder.operator_path()).await.version();
    app.operator().if_match(version).patch(&holder.operator_path(), change).await.expect(200)
}

async fn sign_in(client: &Client, holder: &Holder, password: &str) -> Answer {
    client.post("/session", json!({"login_id": holder.login_id, "password": password})).await
}

on_both!(who_knows_the_password_reads_why_they_cannot_sign_in, async |app| {
    let holder = app.holder("minato").await;
    set_status(&app, &holder, json!({"status": "suspended", "suspended_reason": REASON})).await;
    let nobody = app.nobody();
    for (language, words) in [("ja", "ご契約が停止されている"), ("en", "the contract is suspended")]
    {
        let refused =
            sign_in(&nobody.clone().header("accept-language", language), &holder, PASSWORD).await;
        assert!(refused.header("set-cookie").is_none());
        let detail = refused.expect_problem(403, "account_suspended")["detail"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(detail.contains(words) && detail.contains(REASON), "{detail}");
    }
    let guess = sign_in(&nobody, &holder, "wrong").await;
    assert!(!guess.text.contains(REASON));
    guess.expect_problem(401, "bad_credentials");
});

on_both!(a_suspension_ends_running_sessions_at_once_and_can_be_lifted, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    set_status(&app, &holder, json!({"status": "suspended", "suspended_reason": REASON})).await;
    holder.client.get("/numbers").await.expect_problem(401, "unauthenticated");
    let write = holder.client.if_match(1).patch(&holder.number(0), json!({"name": "x"})).await;
    write.expect_problem(401, "unauthenticated");
    stranger.client.get("/numbers").await.expect(200);

    let resumed = set_status(&app, &holder, json!({"status": "active"})).await;
    assert_eq!(
        (&resumed["status"], &resumed["suspended_reason"]),
        (&json!("active"), &Value::Null)
    );
    holder.client.get("/numbers").await.expect_problem(401, "unauthenticated");
    let (client, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    assert_eq!(client.get(&holder.number(0)).await.expect(200)["name"], "");
});

on_both!(a_reason_stands_only_with_a_suspension, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let account = operator.get(&holder.operator_path()).await;
    for patch in [
        json!({"suspended_reason": REASON}),
        json!({"suspended_reason": REASON, "status": "active"}),
    ] {
        let refused =
            operator.if_match(account.version()).patch(&holder.operator_path(), patch).await;
        refused.expect_fields(&[("/suspended_reason", "not_applicable")]);
    }
    // What is there already may be said again.
    set_status(&app, &holder, json!({"suspended_reason": null})).await;
    let suspended = set_status(&app, &holder, json!({"status": "suspended"})).await;
    assert_eq!(suspended["suspended_reason"], Value::Null);
    let refused = sign_in(&app.nobody().header("accept-language", "en"), &holder, PASSWORD).await;
    let detail = refused.expect_problem(403, "account_suspended")["detail"].clone();
    assert_eq!(detail, "You cannot sign in because the contract is suspended.");
    let explained = set_status(&app, &holder, json!({"suspended_reason": REASON})).await;
    assert_eq!(
        (&explained["status"], &explained["suspended_reason"]),
        (&json!("suspended"), &json!(REASON))
    );
});

on_both!(the_log_tells_who_suspended_and_who_resumed, async |app| {
    let holder = app.holder("minato").await;
    set_status(&app, &holder, json!({"status": "suspended", "suspended_reason": REASON})).await;
    set_status(&app, &holder, json!({"status": "active"})).await;
    let (client, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let log = client
        .get(&format!("/audit-log?object_id={}&limit=2", holder.account_id))
        .await
        .expect(200);
    let (resumed, suspended) = (&log["items"][0], &log["items"][1]);
    for entry in [resumed, suspended] {
        assert_eq!(
            (&entry["actor_kind"], &entry["actor"], &entry["object_kind"]),
            (&json!("operator"), &json!("test"), &json!("account"))
        );
    }
    let states = [
        json!({"status": "active", "suspended_reason": null}),
        json!({"status": "suspended", "suspended_reason": REASON}),
    ];
    assert_eq!((&suspended["before"], &suspended["after"]), (&states[0], &states[1]));
    assert_eq!((&resumed["before"], &resumed["after"]), (&states[1], &states[0]));
});

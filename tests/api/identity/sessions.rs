//! Signing in to the portal, step-up, signing out.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, Client, PASSWORD, on_both};

async fn try_sign_in(client: &Client, login_id: &str, password: &str) -> Answer {
    client.post("/session", json!({"login_id": login_id, "password": password})).await
}

fn set_cookie(answer: &Answer) -> &str {
    answer.header("set-cookie").expect("the answer sets a cookie")
}

on_both!(signing_in_shows_whose_session_it_is, async |app| {
    let holder = app.holder("minato").await;
    let session = try_sign_in(&app.nobody(), &holder.login_id, PASSWORD).await;
    assert_eq!(session.header("cache-control"), Some("no-store"));
    assert_eq!(
        (&session["login_id"], &session["account_name"]),
        (&json!("minato000"), &json!("minato商会"))
    );
    assert_eq!(
        (&session["account_id"], &session["confirmed_until"]),
        (&json!(holder.account_id), &Value::Null)
    );
    assert_eq!(session["expires_at"], json!(app.clock.now() + TimeDelta::days(14)));
    // As people type it on a telephone.
    let session = try_sign_in(&app.nobody(), " Minato000 ", PASSWORD).await;
    assert_eq!(session.expect(200)["login_id"], "minato000");
});

on_both!(on_this_machine_the_cookie_works_without_tls, async |app| {
    let holder = app.holder("minato").await;
    let session = try_sign_in(&app.nobody(), &holder.login_id, PASSWORD).await;
    let cookie = set_cookie(&session);
    assert!(cookie.starts_with("denwaban="), "{cookie}");
    let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=7776000"] {
        assert!(attributes.contains(&attribute), "{attribute} is not in {cookie}");
    }
    assert!(!attributes.contains(&"Secure") && !cookie.contains("Domain"), "{cookie}");
});

on_both!(
    behind_tls_the_cookie_is_bound_to_the_host,
    |config| {
        config.server.public_url = Some("https://portal.example.jp".parse().expect("a URL"));
    },
    async |app| {
        let holder = app.holder("minato").await;
        let session = try_sign_in(&app.nobody(), &holder.login_id, PASSWORD).await;
        let cookie = set_cookie(&session).to_owned();
        assert!(cookie.starts_with("__Host-denwaban="), "{cookie}");
        let attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Secure"] {
            assert!(attributes.contains(&attribute), "{attribute} is not in {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let client = app.nobody().session(&session.session());
        client.get("/session").await.expect(200);
        // The name without the prefix could have been set by another host of the domain.
        let unbound =
            client.clone().header("cookie", &session.session().cookie.replace("__Host-", ""));
        unbound.get("/session").await.expect_problem(401, "unauthenticated");
        // Pages of the public address may write, others not.
        client
            .clone()
            .header("origin", "https://portal.example.jp")
            .delete("/session")
            .await
            .expect(204);
        client
            .clone()
            .header("origin", "https://example.jp")
            .delete("/session")
            .await
            .expect_problem(403, "foreign_origin");
    }
);

on_both!(a_reloaded_page_gets_the_same_csrf_token, async |app| {
    let holder = app.holder("minato").await;
    let reloaded = holder.client.clone().without("x-csrf-token").get("/session").await.expect(200);
    assert_eq!(reloaded["csrf_token"], holder.session.csrf);
    let (_, other) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    assert_ne!((&other.csrf, &other.cookie), (&holder.session.csrf, &holder.session.cookie));
});

on_both!(signing_out_ends_this_session_and_no_other, async |app| {
    let holder = app.holder("minato").await;
    let (other, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let out = holder.client.delete("/session").await;
    let cookie = set_cookie(&out);
    assert!(
        cookie.starts_with("denwaban=;")
            && cookie.contains("Max-Age=0")
            && cookie.contains("Path=/"),
        "{cookie}"
    );
    out.expect(204);
    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
    holder.client.get("/numbers").await.expect_problem(401, "unauthenticated");
    other.get("/numbers").await.expect(200);
});

on_both!(signing_out_everywhere_ends_every_session, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let (other, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    holder.client.delete("/session?everywhere=true").await.expect(204);
    for client in [&holder.client, &other] {
        client.get("/session").await.expect_problem(401, "unauthenticated");
    }
    stranger.client.get("/session").await.expect(200);
    app.nobody().sign_in(&holder.login_id, PASSWORD).await;
});

on_both!(a_session_ends_when_it_is_not_used, async |app| {
    let holder = app.holder("minato").await;
    app.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    let used = holder.client.get("/session").await.expect(200);
    assert_eq!(
        used["expires_at"],
        json!(app.clock.now() + TimeDelta::days(14)),
        "using it makes it last"
    );
    app.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
    holder.client.get("/numbers").await.expect(200);
    app.clock.advance(TimeDelta::days(14));
    holder.client.get("/numbers").await.expect_problem(401, "unauthenticated");
    holder.client.get("/numbers").await.expect_problem(401, "unauthenticated");
});

on_both!(a_session_ends_after_three_months_however_busy, async |app| {
    let holder = app.holder("minato").await;
    let end = app.clock.now() + TimeDelta::days(90);
    for _ in 0..8 {
        app.clock.advance(TimeDelta::days(10));
        holder.client.get("/session").await.expect(200);
    }
    app.clock.advance(TimeDelta::days(10) - TimeDelta::seconds(1));
    assert_eq!(holder.client.get("/session").await.expect(200)["expires_at"], json!(end));
    app.clock.advance(TimeDelta::seconds(1));
    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
});

on_both!(a_confirmed_password_holds_for_five_minutes, async |app| {
    let holder = app.holder("minato").await;
    let (other, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let wrong = holder.client.post("/session/confirm", json!({"password": "wrong"})).await;
    wrong.expect_fields(&[("/password", "wrong_password")]);
    assert_eq!(holder.client.get("/session").await["confirmed_until"], Value::Null);

    let confirmed =
        holder.client.post("/session/confirm", json!({"password": PASSWORD})).await.expect(200);
    assert_eq!(confirmed["confirmed_until"], json!(app.clock.now() + TimeDelta::minutes(5)));
    assert_eq!(confirmed["csrf_token"], holder.session.csrf);
    assert_eq!(
        holder.client.get("/session").await["confirmed_until"],
        confirmed["confirmed_until"]
    );
    assert_eq!(
        other.get("/session").await["confirmed_until"],
        Value::Null,
        "only on the device where it was typed"
    );

    app.clock.advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    assert_eq!(
        holder.client.get("/session").await["confirmed_until"],
        confirmed["confirmed_until"]
    );
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(holder.client.get("/session").await["confirmed_until"], Value::Null);
});

on_both!(guessing_at_the_confirmation_gets_slow, async |app| {
    let holder = app.holder("minato").await;
    for _ in 0..6 {
        holder
            .client
            .post("/session/confirm", json!({"password": "wrong"}))
            .await
            .expect_problem(422, "invalid");
    }
    let slowed = holder.client.post("/session/confirm", json!({"password": PASSWORD})).await;
    assert_eq!(slowed.header("retry-after"), Some("2"));
    slowed.expect_problem(429, "too_many_attempts");
    app.clock.advance(TimeDelta::seconds(2));
    holder.client.post("/session/confirm", json!({"password": PASSWORD})).await.expect(200);
});

on_both!(a_changed_password_ends_the_sessions, async |app| {
    let holder = app.holder("minato").await;
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[0]);
    let version = app.operator().get(&path).await.version();
    let set = app
        .operator()
        .if_match(version)
        .put(&format!("{path}/password"), json!({"password": "a new long one"}))
        .await;
    assert_eq!(
        set.expect(200)["generated_password"],
        Value::Null,
        "a password that was given is not repeated"
    );
    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
    try_sign_in(&app.nobody(), &holder.login_id, PASSWORD)
        .await
        .expect_problem(401, "bad_credentials");
    app.nobody().sign_in(&holder.login_id, "a new long one").await;
});

on_both!(a_removed_id_is_signed_out, async |app| {
    let holder = app.holder("minato").await;
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[0]);
    app.operator().if_match(1).delete(&path).await.expect(204);
    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
    try_sign_in(&app.nobody(), &holder.login_id, PASSWORD)
        .await
        .expect_problem(401, "bad_credentials");
});

on_both!(neither_cookie_nor_password_can_be_read_from_the_database, async |app| {
    let holder = app.holder("minato").await;
    let dump = app.database.dump();
    assert!(dump.contains("minato000"), "the dump holds what is stored");
    let token = holder.session.cookie.split_once('=').expect("a value").1;
    for secret in [token, &holder.session.csrf, PASSWORD, &app.operator_key] {
        assert!(!dump.contains(secret), "{secret} is stored in clear");
    }
});

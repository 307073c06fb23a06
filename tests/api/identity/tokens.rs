//! Signing in with the softphone, staying signed in, signing out.

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::identity::signing;
use store::OperatorScope;
use tests::{Answer, Client, Holder, PASSWORD, Replica, TestApp, eventually, on_both};

fn iphone() -> Value {
    json!({"kind": "ios", "name": "iPhone 17"})
}

async fn try_sign_in(app: &TestApp, login_id: &str, password: &str) -> Answer {
    app.nobody()
        .post("/tokens", json!({"login_id": login_id, "password": password, "terminal": iphone()}))
        .await
}

async fn sign_in(app: &TestApp, login_id: &str) -> Value {
    try_sign_in(app, login_id, PASSWORD).await.expect(200)
}

fn text<'a>(tokens: &'a Value, field: &str) -> &'a str {
    tokens[field].as_str().unwrap_or_else(|| panic!("{field} is not in {tokens}"))
}

async fn refresh(client: &Client, tokens: &Value) -> Answer {
    client.post("/tokens/refresh", json!({"refresh_token": tokens["refresh_token"]})).await
}

async fn me(app: &TestApp, tokens: &Value) -> Answer {
    app.nobody().bearer(text(tokens, "access_token")).get("/me").await
}

/// The terminals of an ID, as its holder sees them.
async fn terminals(holder: &Holder, id: usize) -> Vec<Value> {
    holder.client.get(&holder.id(id)).await.expect(200)["terminals"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

on_both!(any_id_signs_in_and_is_listed_as_a_terminal, async |app| {
    let holder = app.holder("minato").await;
    for (index, login_id) in [(0, "minato000"), (1, " Minato001 ")] {
        let answer = try_sign_in(&app, login_id, PASSWORD).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let tokens = answer.expect(200);
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
        let me = me(&app, &tokens).await.expect(200);
        assert_eq!(
            (&me["phone_id"], &me["account_name"]),
            (&json!(holder.ids[index]), &json!("minato商会"))
        );
        let shown = json!({"id": tokens["terminal_id"], "kind": "ios", "name": "iPhone 17",
            "last_seen_at": app.clock.now(), "registered": false});
        assert_eq!(me["terminal"], shown);
        assert_eq!(terminals(&holder, index).await, [shown]);
    }
    let log = holder.log().await;
    assert_eq!(
        (&log[0]["actor_kind"], &log[0]["actor"], &log[0]["action"]),
        (&json!("app"), &json!("minato001"), &json!("create"))
    );
});

on_both!(a_wrong_password_is_refused_alike_for_every_kind_of_id, async |app| {
    app.holder("minato").await;
    for login_id in ["minato000", "minato001", "nobody"] {
        try_sign_in(&app, login_id, "wrong battery horse")
            .await
            .expect_problem(401, "bad_credentials");
    }
    for _ in 0..5 {
        try_sign_in(&app, "minato001", "wrong battery horse")
            .await
            .expect_problem(401, "bad_credentials");
    }
    let refused = try_sign_in(&app, "minato001", PASSWORD).await;
    assert!(refused.header("retry-after").is_some());
    refused.expect_problem(429, "too_many_attempts");
});

on_both!(wrong_fields_are_named, async |app| {
    let wrong =
        json!({"login_id": "", "password": "", "terminal": {"kind": "ios", "name": "a\tb"}});
    let fields = [
        ("/login_id", "required"),
        ("/password", "required"),
        ("/terminal/name", "control_character"),
    ];
    app.nobody().post("/tokens", wrong).await.expect_fields(&fields);
    let wrong =
        json!({"login_id": "x", "password": "x", "terminal": {"kind": "toaster", "name": "x"}});
    app.nobody().post("/tokens", wrong).await.expect_fields(&[("/terminal/kind", "wrong_type")]);
});

on_both!(an_access_token_ends_and_the_next_one_goes_on, async |app| {
    app.holder("minato").await;
    let first = sign_in(&app, "minato001").await;
    app.clock.advance(TimeDelta::minutes(11));
    me(&app, &first).await.expect_problem(401, "unauthenticated");
    let second = refresh(&app.nobody(), &first).await.expect(200);
    assert_eq!(second["terminal_id"], first["terminal_id"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    me(&app, &second).await.expect(200);
    // It is the same on every server.
    let replica = Replica::of(&app);
    Client::new(&replica.url).bearer(text(&second, "access_token")).get("/me").await.expect(200);
});

on_both!(a_refresh_token_that_is_used_twice_signs_its_terminal_out, async |app| {
    let holder = app.holder("minato").await;
    let (first, other) = (sign_in(&app, "minato001").await, sign_in(&app, "minato001").await);
    let second = refresh(&app.nobody(), &first).await.expect(200);
    app.clock.advance(TimeDelta::seconds(11));
    refresh(&app.nobody(), &first).await.expect_problem(401, "refresh_token_ended");
    refresh(&app.nobody(), &second).await.expect_problem(401, "refresh_token_ended");
    me(&app, &second).await.expect_problem(401, "unauthenticated");
    assert_eq!(holder.log().await[0]["action"], "sign_out_reused");
    // The other phone of the same ID has nothing to do with it.
    me(&app, &other).await.expect(200);
    refresh(&app.nobody(), &other).await.expect(200);
    assert_eq!(terminals(&holder, 1).await.len(), 1);
});

on_both!(an_answer_that_got_lost_is_given_again_under_the_same_key, async |app| {
    app.holder("minato").await;
    let first = sign_in(&app, "minato001").await;
    let (train, tunnel) =
        (app.nobody().header("idempotency-key", "1"), app.nobody().header("idempotency-key", "2"));
    let second = refresh(&train, &first).await.expect(200);
    app.clock.advance(TimeDelta::hours(3));
    let again = refresh(&train, &first).await.expect(200);
    assert_eq!(again["refresh_token"], second["refresh_token"]);
    let third = refresh(&tunnel, &again).await.expect(200);
    me(&app, &third).await.expect(200);
    app.clock.advance(TimeDelta::seconds(11));
    // The next one was used by now: whoever still has the old one is somebody else.
    refresh(&train, &first).await.expect_problem(401, "refresh_token_ended");
    me(&app, &third).await.expect_problem(401, "unauthenticated");
});

on_both!(another_key_is_another_use, async |app| {
    app.holder("minato").await;
    let first = sign_in(&app, "minato001").await;
    let second = refresh(&app.nobody().header("idempotency-key", "1"), &first).await.expect(200);
    app.clock.advance(TimeDelta::seconds(11));
    refresh(&app.nobody().header("idempotency-key", "2"), &first)
        .await
        .expect_problem(401, "refresh_token_ended");
    me(&app, &second).await.expect_problem(401, "unauthenticated");
});

on_both!(two_exchanges_at_once_get_the_same_answer, async |app| {
    app.holder("minato").await;
    for keys in [[None, None], [Some("1"), Some("2")], [None, Some("3")]] {
        let first = sign_in(&app, "minato001").await;
        let clients = keys.map(|key| match key {
            Some(key) => app.nobody().header("idempotency-key", key),
            None => app.nobody(),
        });
        let (one, two) = tokio::join!(refresh(&clients[0], &first), refresh(&clients[1], &first));
        let (one, two) = (one.expect(200), two.expect(200));
        assert_eq!(one["refresh_token"], two["refresh_token"], "{keys:?}");
        me(&app, &one).await.expect(200);
        me(&app, &two).await.expect(200);
        // A straggler of the same moment, when the next token was used already.
        let next = refresh(&app.nobody(), &one).await.expect(200);
        let late = refresh(&clients[1], &first).await.expect(200);
        assert_eq!(late["refresh_token"], one["refresh_token"], "{keys:?}");
        me(&app, &next).await.expect(200);
    }
});

on_both!(an_id_and_a_password_are_the_same_however_they_are_typed, async |app| {
    let holder = app.holder("minato").await;
    for login_id in ["ｍｉｎａｔｏ００１", "ＭＩＮＡＴＯ001", "\u{3000}minato001"] {
        try_sign_in(&app, login_id, PASSWORD).await.expect(200);
    }
    // Composed as a PC writes it, and with the marks apart as some systems hand it over.
    let (composed, apart) =
        ("がっこうの ひみつです 47", "か\u{3099}っこうの\u{3000}ひみつて\u{3099}す 47");
    let (mut client, mut current) = (holder.client.clone(), PASSWORD.to_owned());
    for set in [composed, apart] {
        for (id, login_id) in [(1, "minato001"), (0, "minato000")] {
            let mut new = json!({"new_password": set, "new_password_confirmation": set});
            if id == 0 {
                new["current_password"] = json!(current);
            }
            client.put(&format!("{}/password", holder.id(id)), new).await.expect(200);
            for typed in [composed, apart] {
                try_sign_in(&app, login_id, typed).await.expect(200);
            }
        }
        // The portal is signed in to with the other way to type it.
        let other = if set == composed { apart } else { composed };
        (client, _) = app.nobody().sign_in(&holder.login_id, other).await;
        current = other.to_owned();
    }
});

on_both!(signing_out_ends_every_token_of_the_terminal_and_tells_nobody_more, async |app| {
    let holder = app.holder("minato").await;
    let tokens = sign_in(&app, "minato001").await;
    let body = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(app.nobody().post("/tokens/revoke", body.clone()).await.status, 204);
    me(&app, &tokens).await.expect_problem(401, "unauthenticated");
    refresh(&app.nobody(), &tokens).await.expect_problem(401, "refresh_token_ended");
    assert!(terminals(&holder, 1).await.is_empty());
    assert_eq!(app.nobody().post("/tokens/revoke", body).await.status, 204);
    assert_eq!(
        app.nobody().post("/tokens/revoke", json!({"refresh_token": "dwr_none"})).await.status,
        204
    );
});

on_both!(a_new_password_signs_the_softphones_of_its_id_out, async |app| {
    let holder = app.holder("minato").await;
    let (own, other) = (sign_in(&app, "minato001").await, sign_in(&app, "minato002").await);
    let new = json!({"new_password": "another long one",
        "new_password_confirmation": "another long one"});
    let changed = holder.client.put(&format!("{}/password", holder.id(1)), new).await.expect(200);
    assert_eq!(changed["ended_terminals"], 1);
    me(&app, &own).await.expect_problem(401, "unauthenticated");
    refresh(&app.nobody(), &own).await.expect_problem(401, "refresh_token_ended");
    me(&app, &other).await.expect(200);
    try_sign_in(&app, "minato001", PASSWORD).await.expect_problem(401, "bad_credentials");
    try_sign_in(&app, "minato001", "another long one").await.expect(200);
});

on_both!(a_suspended_contract_keeps_its_softphones_waiting, async |app| {
    let holder = app.holder("minato").await;
    let tokens = sign_in(&app, "minato001").await;
    let operator = app.operator();
    let status = async |status: &str| {
        let version = operator.get(&holder.operator_path()).await.version();
        operator
            .if_match(version)
            .patch(&holder.operator_path(), json!({"status": status}))
            .await
            .expect(200);
    };
    status("suspended").await;
    me(&app, &tokens).await.expect_problem(403, "account_suspended");
    refresh(&app.nobody(), &tokens).await.expect_problem(403, "account_suspended");
    try_sign_in(&app, "minato001", PASSWORD).await.expect_problem(403, "account_suspended");
    status("active").await;
    me(&app, &tokens).await.expect(200);
    refresh(&app.nobody(), &tokens).await.expect(200);
});

on_both!(whoever_is_not_used_for_three_months_is_signed_out, async |app| {
    let holder = app.holder("minato").await;
    let idle = sign_in(&app, "minato001").await;
    let mut busy = sign_in(&app, "minato001").await;
    app.clock.advance(TimeDelta::days(60));
    busy = refresh(&app.nobody(), &busy).await.expect(200);
    app.clock.advance(TimeDelta::days(31));
    refresh(&app.nobody(), &idle).await.expect_problem(401, "refresh_token_ended");
    server::app::housekeeping::clean(&app.app).await.expect("it is tidied up");
    let (client, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let left = client.get(&holder.id(1)).await.expect(200)["terminals"].clone();
    assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    assert_eq!(left[0]["id"], busy["terminal_id"]);
    refresh(&app.nobody(), &busy).await.expect(200);
});

on_both!(the_eleventh_phone_of_an_id_signs_out_the_one_that_was_seen_longest_ago, async |app| {
    let holder = app.holder("minato").await;
    let mut phones = Vec::new();
    for _ in 0..10 {
        phones.push(sign_in(&app, "minato001").await);
        app.clock.advance(TimeDelta::minutes(2));
    }
    // The first is the busiest.
    phones[0] = refresh(&app.nobody(), &phones[0]).await.expect(200);
    sign_in(&app, "minato001").await;
    assert_eq!(terminals(&holder, 1).await.len(), 10);
    refresh(&app.nobody(), &phones[1]).await.expect_problem(401, "refresh_token_ended");
    refresh(&app.nobody(), &phones[0]).await.expect(200);
});

on_both!(a_key_that_others_may_know_ends_access_tokens_but_no_sign_in, async |app| {
    app.holder("minato").await;
    let tokens = sign_in(&app, "minato001").await;
    let (secrets, now, scope) =
        (app.app.secrets.clone(), app.clock.now_naive(), OperatorScope::authorised());
    app.app
        .db
        .write(move |conn| signing::rotate(conn, scope, &secrets, now, true))
        .await
        .expect("a new key");
    let replica = Replica::of(&app);
    let client = Client::new(&replica.url);
    client
        .clone()
        .bearer(text(&tokens, "access_token"))
        .get("/me")
        .await
        .expect_problem(401, "unauthenticated");
    let tokens = refresh(&client, &tokens).await.expect(200);
    client.bearer(text(&tokens, "access_token")).get("/me").await.expect(200);
    // The first server meets a key that it does not know yet, and reads it: once a second at the
    // most.
    eventually("the key is read", async || {
        let answer = me(&app, &tokens).await;
        if answer.status == 200 { Ok(()) } else { Err(answer.text) }
    })
    .await;
});

//! Passwords of IDs: changed, shown, judged, proposed.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Client, Holder, PASSWORD, TestApp, on_both};

pub const NEW: &str = "eine neue Zeichenfolge";
pub const MINUTES: TimeDelta = TimeDelta::minutes(5);

/// Sets a password, as a form does that asks for it twice.
pub async fn set(client: &Client, path: &str, new: &str, current: Option<&str>) -> Answer {
    let body =
        json!({"new_password": new, "new_password_confirmation": new, "current_password": current});
    client.put(&format!("{path}/password"), body).await
}

pub async fn reveal(client: &Client, path: &str) -> Answer {
    client.send(Method::POST, &format!("{path}/password/reveal"), None).await
}

pub async fn confirm(client: &Client, password: &str) {
    client.post("/session/confirm", json!({"password": password})).await.expect(200);
}

pub async fn check(client: &Client, password: &str) -> Value {
    client.post("/password-checks", json!({"password": password})).await.expect(200)
}

async fn sign_in(app: &TestApp, login_id: &str, password: &str) -> Answer {
    app.nobody().post("/session", json!({"login_id": login_id, "password": password})).await
}

/// Asks for a mail, and answers the token of the link in it.
async fn token_of_mail(app: &TestApp, login_id: &str) -> String {
    assert_eq!(
        app.nobody().post("/password-resets", json!({"login_id": login_id})).await.status,
        202
    );
    let mails = app.wait_for_mails(1).await;
    let token =
        mails[0].split("/reset-password#").nth(1).and_then(|rest| rest.split_whitespace().next());
    token.expect("a link stands in the mail").to_owned()
}

on_both!(a_new_password_ends_the_other_sessions_of_the_id, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let (second, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let (third, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let revision = holder.revision().await;
    let changed = set(&holder.client, &holder.id(0), NEW, Some(PASSWORD)).await;
    assert_eq!(changed.header("cache-control"), Some("no-store"));
    assert_eq!(changed.expect(200), json!({"ended_sessions": 2, "ended_terminals": 0}));
    for ended in [&second, &third] {
        ended.get("/session").await.expect_problem(401, "unauthenticated");
    }
    holder.client.get("/session").await.expect(200);
    stranger.client.get("/session").await.expect(200);
    sign_in(&app, &holder.login_id, PASSWORD).await.expect_problem(401, "bad_credentials");
    app.nobody().sign_in(&holder.login_id, NEW).await;

    assert_eq!(holder.revision().await, revision + 1);
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["action"], &entry["object_kind"]),
        (&json!("set_password"), &json!("phone_id"))
    );
    assert_eq!(
        (&entry["object_id"], &entry["actor"]),
        (&json!(holder.ids[0]), &json!("minato000"))
    );
    assert_eq!(
        (&entry["before"], &entry["after"], &entry["restorable"]),
        (&json!({}), &json!({}), &json!(false))
    );
    // The session that was begun with the new one is another device.
    assert_eq!(
        set(&holder.client, &holder.id(0), PASSWORD, Some(NEW)).await.expect(200),
        json!({"ended_sessions": 1, "ended_terminals": 0})
    );
    assert_eq!(
        set(&holder.client, &holder.id(0), NEW, Some(PASSWORD)).await.expect(200),
        json!({"ended_sessions": 0, "ended_terminals": 0})
    );
    confirm(&holder.client, NEW).await;
});

on_both!(the_basic_id_needs_its_present_password_and_guessing_gets_slow, async |app| {
    let holder = app.holder("minato").await;
    let before = (holder.revision().await, holder.log().await);
    for missing in [None, Some("")] {
        let refused = set(&holder.client, &holder.id(0), NEW, missing).await;
        refused.expect_fields(&[("/current_password", "required")]);
    }
    // What is refused for another reason was no guess.
    for _ in 0..9 {
        let weak = set(&holder.client, &holder.id(0), "password123", Some("wrong")).await;
        weak.expect_fields(&[("/new_password", "too_weak")]);
    }
    for _ in 0..6 {
        let wrong = set(&holder.client, &holder.id(0), NEW, Some("wrong")).await;
        wrong.expect_fields(&[("/current_password", "wrong_password")]);
    }
    let slowed = set(&holder.client, &holder.id(0), NEW, Some(PASSWORD)).await;
    assert_eq!(slowed.header("retry-after"), Some("2"));
    slowed.expect_problem(429, "too_many_attempts");
    // It is the same password that is asked for when something delicate is confirmed.
    let same = holder.client.post("/session/confirm", json!({"password": PASSWORD})).await;
    same.expect_problem(429, "too_many_attempts");
    assert_eq!((holder.revision().await, holder.log().await), before);
    holder.client.get("/session").await.expect(200);
    app.clock.advance(TimeDelta::seconds(2));
    set(&holder.client, &holder.id(0), NEW, Some(PASSWORD)).await.expect(200);
    set(&holder.client, &holder.id(0), PASSWORD, Some("wrong"))
        .await
        .expect_fields(&[("/current_password", "wrong_password")]);
});

on_both!(a_password_that_will_not_do_is_named, async |app| {
    let holder = app.holder("minato").await;
    let before = (holder.revision().await, holder.log().await);
    let (short, long) = ("kumo-7384", "k".repeat(129));
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
    let table: [Row; 12] = [
        (NEW, "eine neue Zeichenfolgf", &[("/new_password_confirmation", "mismatch")]),
        (NEW, "", &[("/new_password_confirmation", "mismatch")]),
        (short, short, &[("/new_password", "too_short")]),
        ("", "", &[("/new_password", "too_short")]),
        (
            &long,
            &long,
            &[("/new_password", "too_long"), ("/new_password_confirmation", "too_long")],
        ),
        ("password123", "password123", &[("/new_password", "too_weak")]),
        ("qwertyuiop", "qwertyuiop", &[("/new_password", "too_weak")]),
        ("1234567890123", "1234567890123", &[("/new_password", "too_weak")]),
        ("denwaban2026", "denwaban2026", &[("/new_password", "too_weak")]),
        (
            "my minato001 secret phrase",
            "my minato001 secret phrase",
            &[("/new_password", "contains_login_id")],
        ),
        (
            "MINATO001 is my own name",
            "MINATO001 is my own name",
            &[("/new_password", "contains_login_id")],
        ),
        (
            "password123",
            "password124",
            &[("/new_password_confirmation", "mismatch"), ("/new_password", "too_weak")],
        ),
    ];
    let path = format!("{}/password", holder.id(1));
    for (new, again, faults) in table {
        let body = json!({"new_password": new, "new_password_confirmation": again});
        for language in ["ja", "en"] {
            let client = holder.client.clone().header("accept-language", language);
            let problem = client.put(&path, body.clone()).await.expect_fields(faults);
            assert!(new.is_empty() || !problem.to_string().contains(new), "{problem}");
        }
    }
    let client = &holder.client;
    client
        .put(&path, json!({"new_password": NEW}))
        .await
        .expect_fields(&[("/new_password_confirmation", "required")]);
    let more = json!({"new_password": NEW, "new_password_confirmation": NEW, "hint": "x"});
    client.put(&path, more).await.expect_fields(&[("/hint", "unknown_field")]);
    assert_eq!((holder.revision().await, holder.log().await), before);
    confirm(&holder.client, PASSWORD).await;
    assert_eq!(
        reveal(&holder.client, &holder.id(1)).await.expect(200),
        json!({"password": PASSWORD})
    );
});

on_both!(the_password_of_an_additional_id_is_set_without_the_present_one_and_shown, async |app| {
    let holder = app.holder("minato").await;
    let (other, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let odd = " パス\"word\\ ｶﾅ 𠮷野家 <b>'; -- ";
    assert_eq!(
        set(&holder.client, &holder.id(1), odd, None).await.expect(200),
        json!({"ended_sessions": 0, "ended_terminals": 0})
    );
    other.get("/session").await.expect(200);
    sign_in(&app, "minato001", odd).await.expect_problem(401, "bad_credentials");
    reveal(&holder.client, &holder.id(1)).await.expect_problem(403, "confirmation_required");
    confirm(&holder.client, PASSWORD).await;
    let shown = reveal(&holder.client, &holder.id(1)).await;
    assert_eq!(shown.header("cache-control"), Some("no-store"));
    assert_eq!(shown.expect(200), json!({"password": odd}), "to the letter");
    assert_eq!(
        reveal(&holder.client, &holder.id(2)).await.expect(200),
        json!({"password": PASSWORD}),
        "the one of another ID"
    );
    // What the operator makes is shown as well.
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[2]);
    let made =
        app.operator().if_match(1).put(&format!("{path}/password"), json!({})).await.expect(200);
    let shown = reveal(&holder.client, &holder.id(2)).await.expect(200);
    assert_eq!(shown["password"], made["generated_password"]);
});

on_both!(a_password_is_judged_while_it_is_typed, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let before = (holder.revision().await, holder.log().await);
    let english = holder.client.clone().header("accept-language", "en");
    for password in [
        "",
        "a",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "password123",
        "minato商会",
        "my minato000 secret phrase",
    ] {
        let (ja, en) = (check(&holder.client, password).await, check(&english, password).await);
        assert_eq!((&ja["acceptable"], &ja["score"]), (&json!(false), &en["score"]), "{password}");
        assert!(ja["score"].as_u64().is_some_and(|score| score < 3), "{password}: {ja}");
        let (ja, en) =
            (ja["advice"].as_array().expect("advice"), en["advice"].as_array().expect("advice"));
        assert_eq!(ja.len(), en.len(), "{password}");
        assert!(!ja.is_empty(), "{password}");
        let japanese = |text: &Value| {
            text.as_str().is_some_and(|text| text.chars().any(|c| ('ぁ'..='ん').contains(&c)))
        };
        assert!(ja.iter().all(japanese) && !en.iter().any(japanese), "{password}: {ja:?} {en:?}");
    }
    let short = check(&holder.client, "kumo").await["advice"][0].clone();
    assert_eq!(short, "あと6文字必要です。");
    for good in [PASSWORD, NEW, "kumo-7384-mado-haru"] {
        let found = check(&holder.client, good).await;
        assert_eq!((&found["acceptable"], &found["advice"]), (&json!(true), &json!([])), "{good}");
        assert!(found["score"].as_u64().is_some_and(|score| score >= 3), "{found}");
    }
    // Whose login id it must not have depends on whom it is for: the one who is signed in, if
    // nothing is said.
    let (of_basic, of_second) = ("my minato000 secret phrase", "my minato001 secret phrase");
    for (password, id, acceptable) in [
        (of_basic, None, false),
        (of_second, None, true),
        (of_basic, Some(&holder.ids[1]), true),
        (of_second, Some(&holder.ids[1]), false),
    ] {
        let found = holder
            .client
            .post("/password-checks", json!({"password": password, "phone_id": id}))
            .await
            .expect(200);
        assert_eq!(found["acceptable"], acceptable, "{password} for {id:?}");
    }
    for id in [stranger.ids[1].as_str(), "x", &holder.numbers[0]] {
        let refused =
            holder.client.post("/password-checks", json!({"password": NEW, "phone_id": id})).await;
        refused.expect_fields(&[("/phone_id", "not_found")]);
    }
    let long = holder.client.post("/password-checks", json!({"password": "k".repeat(129)})).await;
    long.expect_fields(&[("/password", "too_long")]);
    holder
        .client
        .post("/password-checks", json!({}))
        .await
        .expect_fields(&[("/password", "required")]);
    let answer = holder.client.post("/password-checks", json!({"password": NEW})).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!((holder.revision().await, holder.log().await), before, "asking changes nothing");
});

on_both!(a_proposed_password_is_good_enough_and_no_two_are_alike, async |app| {
    let holder = app.holder("minato").await;
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let answer = holder.client.send(Method::POST, "/password-proposals", None).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let proposed = answer.expect(200)["password"].as_str().expect("a password").to_owned();
        assert_eq!(check(&holder.client, &proposed).await["acceptable"], true, "{proposed}");
        assert!(seen.insert(proposed), "twice the same");
    }
    let proposed = seen.first().expect("a proposal");
    set(&holder.client, &holder.id(0), proposed, Some(PASSWORD)).await.expect(200);
    app.nobody().sign_in(&holder.login_id, proposed).await;
    set(&holder.client, &holder.id(1), proposed, None).await.expect(200);
});

on_both!(a_link_that_waits_in_a_mailbox_dies_with_a_change, async |app| {
    let holder = app.holder("minato").await;
    let token = token_of_mail(&app, &holder.login_id).await;
    set(&holder.client, &holder.id(0), NEW, Some("wrong")).await.expect_problem(422, "invalid");
    set(&holder.client, &holder.id(1), NEW, None).await.expect(200);
    let path = format!("/password-resets/{token}");
    let weak = json!({"new_password": "qwertyuiop", "new_password_confirmation": "qwertyuiop"});
    app.nobody().post(&path, weak).await.expect_fields(&[("/new_password", "too_weak")]);
    set(&holder.client, &holder.id(0), NEW, Some(PASSWORD)).await.expect(200);
    let again = json!({"new_password": "noch eine Zeichenfolge",
        "new_password_confirmation": "noch eine Zeichenfolge"});
    app.nobody().post(&path, again).await.expect_problem(410, "link_expired");
    app.nobody().sign_in(&holder.login_id, NEW).await;
});

on_both!(changes_at_once_leave_one_password_and_a_line_for_each, async |app| {
    let holder: Holder = app.holder("minato").await;
    let revision = holder.revision().await;
    let mut all = tokio::task::JoinSet::new();
    for index in 0..4 {
        let (client, path) = (holder.client.clone(), holder.id(1));
        all.spawn(async move { set(&client, &path, &format!("{NEW} {index}"), None).await.status });
    }
    assert_eq!(all.join_all().await, [200; 4]);
    assert_eq!(holder.revision().await, revision + 4);
    confirm(&holder.client, PASSWORD).await;
    let shown = reveal(&holder.client, &holder.id(1)).await.expect(200);
    assert!(
        shown["password"].as_str().is_some_and(|password| password.starts_with(NEW)),
        "{shown}"
    );
});

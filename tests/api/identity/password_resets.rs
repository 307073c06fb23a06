//! A forgotten password: the mail, its link, and setting a new one.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, Client, PASSWORD, TestApp, on_both};

const NEW: &str = "eine neue Zeichenfolge";

/// Asks for a mail.
async fn ask(client: &Client, login_id: &str) -> Answer {
    client.post("/password-resets", json!({"login_id": login_id})).await
}

/// Asks for a mail, waits for it as the `count`th one, and answers the token of its link.
async fn token(app: &TestApp, login_id: &str, count: usize) -> String {
    assert_eq!(ask(&app.nobody(), login_id).await.status, 202);
    let mails = app.wait_for_mails(count).await;
    token_in(app, &mails[count - 1])
}

fn token_in(app: &TestApp, mail: &str) -> String {
    let link = mail
        .split_whitespace()
        .find(|word| word.starts_with(&app.url))
        .expect("a link stands in the mail");
    let (page, token) = link.split_once('#').expect("the token is in the fragment");
    assert_eq!(page, format!("{}/reset-password", app.url), "nothing else of the link carries it");
    token.to_owned()
}

async fn set(app: &TestApp, token: &str, password: &str, again: &str) -> Answer {
    app.nobody()
        .post(
            &format!("/password-resets/{token}"),
            json!({"new_password": password, "new_password_confirmation": again}),
        )
        .await
}

async fn sign_in(app: &TestApp, login_id: &str, password: &str) -> Answer {
    app.nobody().post("/session", json!({"login_id": login_id, "password": password})).await
}

on_both!(a_holder_who_forgot_the_password_sets_a_new_one_by_mail, async |app| {
    let holder = app.holder("minato").await;
    let token = token(&app, " Minato000 ", 1).await;
    let done = set(&app, &token, NEW, NEW).await;
    assert_eq!((done.status, done.text.as_str()), (204, ""));
    sign_in(&app, &holder.login_id, PASSWORD).await.expect_problem(401, "bad_credentials");
    let (client, _) = app.nobody().sign_in(&holder.login_id, NEW).await;
    let entry = &client.get("/audit-log?limit=1").await.expect(200)["items"][0];
    let (action, before, after) = (&entry["action"], &entry["before"], &entry["after"]);
    assert_eq!((action, before, after), (&json!("set_password"), &json!({}), &json!({})));
    assert_eq!((&entry["actor_kind"], &entry["actor"]), (&json!("holder"), &json!("minato000")));
});

on_both!(a_new_password_ends_every_session, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let (other, _) = app.nobody().sign_in(&holder.login_id, PASSWORD).await;
    let token = token(&app, &holder.login_id, 1).await;
    holder.client.get("/session").await.expect(200);
    set(&app, &token, NEW, NEW).await.expect(204);
    for client in [&holder.client, &other] {
        client.get("/session").await.expect_problem(401, "unauthenticated");
    }
    stranger.client.get("/session").await.expect(200);
});

on_both!(the_answer_does_not_tell_whether_an_id_exists, async |app| {
    let holder = app.holder("minato").await;
    let silent = app.holder("kobe").await;
    let version = app.operator().get(&silent.operator_path()).await.version();
    app.operator()
        .if_match(version)
        .patch(&silent.operator_path(), json!({"contact_mail": null}))
        .await
        .expect(200);
    // Unknown, an additional ID, a contract without an address, what is no ID at all; and then one
    // that gets a mail.
    for login_id in ["nobody999", "minato001", &silent.login_id, "ミナト", &holder.login_id] {
        let answer = ask(&app.nobody(), login_id).await;
        assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{login_id}");
        let names: BTreeSet<&str> = answer.headers.keys().map(|name| name.as_str()).collect();
        let usual =
            ["cache-control", "content-length", "date", "x-content-type-options", "x-request-id"];
        assert!(names.iter().eq(&usual), "{login_id}: {names:?}");
    }
    let mails = app.wait_for_mails(1).await;
    assert!(mails[0].contains("To: minato@example.jp"), "{}", mails[0]);
});

on_both!(the_mail_is_in_the_language_of_who_asks, async |app| {
    let holder = app.holder("minato").await;
    let table = [
        ("ja", ["minato商会 様", "パスワード再設定のお申し込み", "60分間有効"]),
        ("en", ["Dear minato商会,", "reset the password", "valid for 60 minutes"]),
    ];
    for (index, (language, words)) in table.into_iter().enumerate() {
        ask(&app.nobody().header("accept-language", language), &holder.login_id).await.expect(202);
        let mail = &app.wait_for_mails(index + 1).await[index];
        for word in words {
            assert!(mail.contains(word), "{word} is not in {mail}");
        }
        assert!(
            mail.contains("text/plain") && mail.contains(&format!("<html lang=\"{language}\">")),
            "{mail}"
        );
        assert!(!mail.contains("%{"), "{mail}");
        app.clock.advance(TimeDelta::seconds(1));
    }
});

on_both!(a_link_works_once, async |app| {
    let holder = app.holder("minato").await;
    let token = token(&app, &holder.login_id, 1).await;
    set(&app, &token, NEW, NEW).await.expect(204);
    for language in ["ja", "en"] {
        let client = app.nobody().header("accept-language", language);
        let body = json!({"new_password": "yet another one",
            "new_password_confirmation": "yet another one"});
        client
            .post(&format!("/password-resets/{token}"), body)
            .await
            .expect_problem(410, "link_expired");
    }
    sign_in(&app, &holder.login_id, NEW).await.expect(200);
});

on_both!(of_two_uses_at_once_one_counts, async |app| {
    let holder = app.holder("minato").await;
    let token = token(&app, &holder.login_id, 1).await;
    let (one, other) = tokio::join!(
        set(&app, &token, NEW, NEW),
        set(&app, &token, "the other one", "the other one")
    );
    let winner = if one.status == 204 { NEW } else { "the other one" };
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410]);
    sign_in(&app, &holder.login_id, winner).await.expect(200);
});

on_both!(a_link_ends_after_an_hour, async |app| {
    let holder = app.holder("minato").await;
    let first = token(&app, &holder.login_id, 1).await;
    app.clock.advance(TimeDelta::hours(1));
    set(&app, &first, NEW, NEW).await.expect_problem(410, "link_expired");
    let second = token(&app, &holder.login_id, 2).await;
    app.clock.advance(TimeDelta::hours(1) - TimeDelta::seconds(1));
    set(&app, &second, NEW, NEW).await.expect(204);
});

on_both!(a_newer_link_replaces_the_older_one, async |app| {
    let holder = app.holder("minato").await;
    let first = token(&app, &holder.login_id, 1).await;
    app.clock.advance(TimeDelta::seconds(1));
    let second = token(&app, &holder.login_id, 2).await;
    assert_ne!(first, second);
    set(&app, &first, NEW, NEW).await.expect_problem(410, "link_expired");
    set(&app, &second, NEW, NEW).await.expect(204);
});

on_both!(a_token_that_never_was_opens_nothing, async |app| {
    let holder = app.holder("minato").await;
    let token = token(&app, &holder.login_id, 1).await;
    for wrong in
        ["x", "%20", &token.to_uppercase(), &token[1..], &format!("{token}x"), &"x".repeat(2000)]
    {
        set(&app, wrong, NEW, NEW).await.expect_problem(410, "link_expired");
    }
    set(&app, &token, NEW, NEW).await.expect(204);
});

on_both!(a_password_that_will_not_do_is_named_and_the_link_stays_good, async |app| {
    let holder = app.holder("minato").await;
    let token = token(&app, &holder.login_id, 1).await;
    let long = "x".repeat(129);
    let table = [
        ("short", "short", &[("/new_password", "too_short")][..]),
        ("", "", &[("/new_password", "too_short")]),
        (
            long.as_str(),
            long.as_str(),
            &[("/new_password", "too_long"), ("/new_password_confirmation", "too_long")],
        ),
        (NEW, "eine neue Zeichenfolgf", &[("/new_password_confirmation", "mismatch")]),
        (
            "my minato000 password",
            "my minato000 password",
            &[("/new_password", "contains_login_id")],
        ),
        ("MINATO000 is my name", "MINATO000 is my name", &[("/new_password", "contains_login_id")]),
        ("qwertyuiop", "qwertyuiop", &[("/new_password", "too_weak")]),
    ];
    for (password, again, faults) in table {
        let problem = set(&app, &token, password, again).await.expect_fields(faults);
        assert!(!problem.to_string().contains("%{"), "{problem}");
    }
    let path = format!("/password-resets/{token}");
    let missing = app.nobody().post(&path, json!({"new_password": NEW})).await;
    missing.expect_fields(&[("/new_password_confirmation", "required")]);
    sign_in(&app, &holder.login_id, PASSWORD).await.expect(200);
    let longest: String =
        (0..128).filter_map(|index| char::from_u32(0x30a1 + index * 53 % 83)).collect();
    set(&app, &token, &longest, &longest).await.expect(204);
    sign_in(&app, &holder.login_id, &longest).await.expect(200);
});

on_both!(a_suspended_contract_gets_no_mail_and_its_links_say_why, async |app| {
    let holder = app.holder("minato").await;
    let other = app.holder("kobe").await;
    let token = token(&app, &holder.login_id, 1).await;
    let version = app.operator().get(&holder.operator_path()).await.version();
    let suspension =
        json!({"status": "suspended", "suspended_reason": "お支払いの確認ができないため"});
    app.operator().if_match(version).patch(&holder.operator_path(), suspension).await.expect(200);
    let refused = set(&app, &token, NEW, NEW).await.expect_problem(403, "account_suspended");
    assert!(
        refused["detail"].as_str().is_some_and(|detail| detail.contains("お支払いの確認")),
        "{refused}"
    );
    assert_eq!(ask(&app.nobody(), &holder.login_id).await.status, 202);
    app.clock.advance(TimeDelta::seconds(1));
    // The mail of the other one comes, and none before it.
    assert_eq!(ask(&app.nobody(), &other.login_id).await.status, 202);
    assert!(app.wait_for_mails(2).await[1].contains("To: kobe@example.jp"));
});

on_both!(asking_again_and_again_gets_slow, async |app| {
    let holder = app.holder("minato").await;
    for login_id in [holder.login_id.as_str(), "nobody999"] {
        for _ in 0..6 {
            assert_eq!(ask(&app.nobody(), login_id).await.status, 202);
        }
        let refused = ask(&app.nobody(), login_id).await;
        assert_eq!(refused.header("retry-after"), Some("2"));
        refused.expect_problem(429, "too_many_attempts");
    }
    // Signing in is not slowed down by it.
    sign_in(&app, &holder.login_id, PASSWORD).await.expect(200);
});

on_both!(the_token_cannot_be_read_from_the_database, async |app| {
    let holder = app.holder("minato").await;
    let token = token(&app, &holder.login_id, 1).await;
    assert!(!app.database.dump().contains(&token));
    set(&app, &token, NEW, NEW).await.expect(204);
    let dump = app.database.dump();
    assert!(!dump.contains(&token) && !dump.contains(NEW));
    let log = app.nobody().sign_in(&holder.login_id, NEW).await.0.get("/audit-log").await;
    assert_eq!(log.json["items"][0]["after"], json!({}));
    assert_eq!(log.json["next_cursor"], Value::Null);
});

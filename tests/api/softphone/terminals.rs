//! What is signed in with an ID: shown and signed out in the portal, signed in by a link.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, Holder, PASSWORD, TestApp, on_both};

async fn confirm(holder: &Holder) {
    holder.client.post("/session/confirm", json!({"password": PASSWORD})).await.expect(200);
}

async fn link(holder: &Holder, id: usize) -> Answer {
    holder.client.post(&format!("{}/sign-in-links", holder.id(id)), Value::Null).await
}

fn token(link: &Value) -> String {
    let url = link["url"].as_str().expect("a link");
    url.split_once('#').expect("the token stands behind the mark").1.to_owned()
}

async fn by_link(app: &TestApp, token: &str) -> Answer {
    app.nobody()
        .post(
            "/tokens/link",
            json!({"link_token": token, "terminal": {"kind": "ios", "name": "iPhone 17"}}),
        )
        .await
}

on_both!(a_link_signs_an_app_in_once, async |app| {
    let holder = app.holder("minato").await;
    link(&holder, 1).await.expect_problem(403, "confirmation_required");
    confirm(&holder).await;
    let made = link(&holder, 1).await.expect(200);
    assert!(
        made["url"]
            .as_str()
            .is_some_and(|url| url.starts_with(&format!("{}/app/sign-in#", app.url))),
        "{made}"
    );
    assert_eq!(made["expires_at"], json!(app.clock.now() + TimeDelta::minutes(5)));
    assert_eq!(made["expires_in"], 300);
    let tokens = by_link(&app, &token(&made)).await.expect(200);
    let me = app
        .nobody()
        .bearer(tokens["access_token"].as_str().expect("a token"))
        .get("/me")
        .await
        .expect(200);
    assert_eq!(me["login_id"], "minato001");
    by_link(&app, &token(&made)).await.expect_problem(410, "link_expired");
    let log = holder.log().await;
    assert_eq!(
        (&log[1]["action"], &log[0]["action"]),
        (&json!("create_sign_in_link"), &json!("create"))
    );
    assert!(
        !log.iter().any(|entry| entry.to_string().contains(&token(&made))),
        "the log keeps no link"
    );
});

on_both!(a_link_ends_after_five_minutes_and_when_there_is_a_newer_one, async |app| {
    let holder = app.holder("minato").await;
    confirm(&holder).await;
    let (first, second) = (link(&holder, 1).await.expect(200), link(&holder, 1).await.expect(200));
    by_link(&app, &token(&first)).await.expect_problem(410, "link_expired");
    app.clock.advance(TimeDelta::minutes(6));
    by_link(&app, &token(&second)).await.expect_problem(410, "link_expired");
    by_link(&app, "none").await.expect_problem(410, "link_expired");
});

on_both!(a_link_ends_with_a_new_password, async |app| {
    let holder = app.holder("minato").await;
    confirm(&holder).await;
    let made = link(&holder, 1).await.expect(200);
    let new = json!({"new_password": "another long one",
        "new_password_confirmation": "another long one"});
    holder.client.put(&format!("{}/password", holder.id(1)), new).await.expect(200);
    by_link(&app, &token(&made)).await.expect_problem(410, "link_expired");
});

on_both!(opened_in_a_browser_it_says_what_it_is_for, async |app| {
    let page = app.nobody().header("accept-language", "ja").get("//app/sign-in").await;
    assert_eq!((page.status, page.header("cache-control")), (200, Some("private, no-store")));
    assert!(
        page.text.contains("アプリでログイン") && !page.text.contains("<script"),
        "{}",
        page.text
    );
    let page = app.nobody().header("accept-language", "en").get("//app/sign-in").await;
    assert!(page.text.contains("Sign in with the app"), "{}", page.text);
});

on_both!(
    an_operator_with_an_app_of_its_own_names_where_links_lead,
    |config| {
        config.tokens.app_url = Some("denwaban://sign-in".into());
    },
    async |app| {
        let holder = app.holder("minato").await;
        confirm(&holder).await;
        let made = link(&holder, 0).await.expect(200);
        assert!(
            made["url"].as_str().is_some_and(|url| url.starts_with("denwaban://sign-in#")),
            "{made}"
        );
        by_link(&app, &token(&made)).await.expect(200);
    }
);

on_both!(the_holder_signs_a_terminal_out, async |app| {
    let (holder, stranger) = (app.holder("minato").await, app.holder("kobe").await);
    let body = json!({"login_id": "minato001", "password": PASSWORD,
        "terminal": {"kind": "windows", "name": "受付PC"}});
    let tokens = app.nobody().post("/tokens", body).await.expect(200);
    let terminal = tokens["terminal_id"].as_str().expect("an id");
    let path = format!("{}/terminals/{terminal}", holder.id(1));
    stranger.client.delete(&path).await.expect_problem(404, "not_found");
    holder
        .client
        .delete(&format!("{}/terminals/{terminal}", holder.id(2)))
        .await
        .expect_problem(404, "not_found");
    assert_eq!(holder.client.delete(&path).await.status, 204);
    holder.client.delete(&path).await.expect_problem(404, "not_found");
    let phone = app.nobody().bearer(tokens["access_token"].as_str().expect("a token"));
    phone.get("/me").await.expect_problem(401, "unauthenticated");
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["action"], &entry["actor_kind"], &entry["before"]["name"]),
        (&json!("delete"), &json!("holder"), &json!("受付PC"))
    );
});

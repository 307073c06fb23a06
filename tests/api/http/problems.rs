//! Error answers: one shape, two languages, nothing of our insides.

use api_types::{ActorKind, AuditAction, AuditObject};
use reqwest::Method;
use serde_json::{Value, json};
use store::history::audit;
use store::{Scope, StoreError, new_id};
use tests::{Answer, on_both};

use crate::store::damaged::damage;

/// Checks the shape of a problem and what goes with it.
#[track_caller]
fn check(answer: Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let language = answer.header("content-language").map(str::to_owned);
    let id = answer.header("x-request-id").map(str::to_owned);
    let problem = answer.expect_problem(status, code);
    assert_eq!(language.as_deref(), Some("ja"));
    assert_eq!(
        problem["request_id"].as_str(),
        id.as_deref(),
        "the id in the body is the one in the header"
    );
    assert_eq!(problem["type"], format!("/api/docs/errors#{code}"));
    for text in ["title", "detail"] {
        let text = problem[text].as_str().unwrap_or_default();
        assert!(
            !text.is_empty() && !text.contains("problem.") && !text.contains("%{"),
            "{problem}"
        );
    }
    let fields: Vec<&String> = problem.as_object().expect("an object").keys().collect();
    let known =
        ["type", "title", "status", "code", "detail", "request_id", "errors", "required_scope"];
    assert!(fields.iter().all(|field| known.contains(&field.as_str())), "{fields:?}");
    assert_eq!(
        problem["errors"].is_array(),
        matches!(code, "invalid" | "invalid_header"),
        "errors stand where something that was sent is named"
    );
    problem
}

on_both!(every_refusal_has_the_same_shape, async |app| {
    let holder = app.holder("minato").await;
    let client = holder.client.if_match(1);
    let patch = |body: &str| client.send(Method::PATCH, "/account", Some(body.to_owned()));
    for broken in [
        "",
        "{",
        "nonsense",
        "{\"contact_mail\": \"a@b.example\"",
        "{\"contact_mail\":\"a@b.example\"} {}",
        "\u{feff}\u{feff}{}",
    ] {
        check(patch(broken).await, 400, "malformed_request");
    }
    check(app.nobody().get("/numbers").await, 401, "unauthenticated");
    check(
        client.clone().without("x-csrf-token").patch("/account", json!({})).await,
        403,
        "csrf_failed",
    );
    check(client.get("/numbers/x").await, 404, "not_found");
    check(
        app.nobody()
            .post(
                "/password-resets/x",
                json!({"new_password": "0123456789", "new_password_confirmation": "0123456789"}),
            )
            .await,
        410,
        "link_expired",
    );
    check(holder.client.if_match(9).patch("/account", json!({})).await, 412, "stale");
    let unquoted = holder.client.clone().header("if-match", "1");
    check(unquoted.patch("/account", json!({})).await, 400, "invalid_header");
    check(
        patch(&format!("{{\"contact_mail\":\"{}\"}}", "x".repeat(300_000))).await,
        413,
        "body_too_large",
    );
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "",
    ] {
        let client = client.clone().header("content-type", kind);
        check(
            client.send(Method::PATCH, "/account", Some("{}".into())).await,
            415,
            "unsupported_media_type",
        );
    }
    check(patch("{\"surprise\":1}").await, 422, "invalid");
    check(client.get("/numbers?limit=0").await, 422, "invalid");
    check(holder.client.patch("/account", json!({})).await, 428, "precondition_required");
    client
        .clone()
        .header("content-type", "Application/JSON; charset=utf-8")
        .send(Method::PATCH, "/account", Some("{}".into()))
        .await
        .expect(200);
});

on_both!(a_path_that_does_not_exist_is_a_problem_below_the_api, async |app| {
    let holder = app.holder("minato").await;
    for path in [
        "/nothing",
        "/numbers/",
        "/Numbers",
        "/numbers/x/y/z",
        "/session/confirm/now",
        "//api/v1",
        "//api/v2/numbers",
        "//api/nothing",
        "/operator",
    ] {
        for client in [&app.nobody(), &holder.client, &app.operator()] {
            check(client.get(path).await, 404, "not_found");
            check(client.post(path, json!({})).await, 404, "not_found");
        }
    }
});

on_both!(a_method_that_does_not_exist_names_those_that_do, async |app| {
    let table = [
        (Method::PUT, "/numbers", "GET, HEAD"),
        (Method::DELETE, "/numbers/x", "GET, HEAD, PATCH"),
        (Method::POST, "/numbers/x/channel-limit", "GET, HEAD, PUT"),
        (Method::PATCH, "/session", "DELETE, GET, HEAD, POST"),
        (Method::GET, "/session/confirm", "POST"),
        (Method::GET, "/password-resets", "POST"),
        (Method::PUT, "/operator/accounts/x", "DELETE, GET, HEAD, PATCH"),
        (Method::OPTIONS, "/account", "GET, HEAD, PATCH"),
    ];
    for (method, path, expected) in table {
        let answer = app.nobody().send(method.clone(), path, None).await;
        let mut allow: Vec<&str> = answer.header("allow").unwrap_or_default().split(", ").collect();
        allow.sort_unstable();
        assert_eq!(allow.join(", "), expected, "{method} {path}");
        check(answer, 405, "method_not_allowed");
    }
});

on_both!(problems_speak_the_callers_language, async |app| {
    let table = [
        ("ja", "ja", "ログインが必要です"),
        ("en", "en", "Please sign in"),
        ("en-GB,en;q=0.9,ja;q=0.1", "en", "Please sign in"),
        ("ja-JP, en;q=0.5", "ja", "ログインが必要です"),
        ("fr-FR, de;q=0.9", "ja", "ログインが必要です"),
        ("fr, en;q=0.2", "en", "Please sign in"),
        ("*", "ja", "ログインが必要です"),
        ("", "ja", "ログインが必要です"),
        ("en;q=0, ja", "ja", "ログインが必要です"),
        (";;q=,,", "ja", "ログインが必要です"),
    ];
    for (accepted, language, title) in table {
        let answer = app.nobody().header("accept-language", accepted).get("/account").await;
        assert_eq!(answer.header("content-language"), Some(language), "{accepted}");
        assert_eq!(answer.expect_problem(401, "unauthenticated")["title"], title, "{accepted}");
    }
    let silent = app.nobody().get("/account").await.expect_problem(401, "unauthenticated");
    assert_eq!(silent["title"], "ログインが必要です");
});

on_both!(a_request_has_an_id_of_the_callers_choice_or_ours, async |app| {
    let holder = app.holder("minato").await;
    let own = "support-case.4711_a";
    for path in ["/account", "/nothing", "//healthz", "/openapi.json"] {
        let answer = holder.client.clone().header("x-request-id", own).get(path).await;
        assert_eq!(answer.header("x-request-id"), Some(own), "{path}");
    }
    let refused = app
        .nobody()
        .header("x-request-id", own)
        .get("/account")
        .await
        .expect_problem(401, "unauthenticated");
    assert_eq!(refused["request_id"], own);
    let mut seen = std::collections::BTreeSet::new();
    // What would break a log line or is no id is replaced, and no two requests share one.
    for bad in ["short", &"x".repeat(65), "with space", "{\"json\":1}", "日本語の文字"] {
        let answer = app.nobody().header("x-request-id", bad).get("/account").await;
        let id = answer.header("x-request-id").unwrap_or_default().to_owned();
        assert!(id != bad && id.len() == 36 && seen.insert(id), "{bad}");
    }
});

on_both!(answers_of_the_api_are_kept_nowhere, async |app| {
    let holder = app.holder("minato").await;
    for path in [
        "/session",
        "/account",
        "/numbers",
        &holder.number(0),
        "/ids",
        &holder.id(0),
        "/audit-log",
        "/notify-rules",
    ] {
        let answer = holder.client.get(path).await;
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, Some("no-store")),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    }
    let written = holder.client.if_match(1).patch(&holder.number(0), json!({"name": "x"})).await;
    assert_eq!(written.header("cache-control"), Some("no-store"));
    let made = app.operator().post("/operator/keys", json!({"name": "x"})).await;
    assert_eq!((made.status, made.header("cache-control")), (201, Some("no-store")));
});

on_both!(what_nobody_foresaw_tells_nothing_of_our_insides, async |app| {
    let holder = app.holder("minato").await;
    let row = audit::Row {
        account_id: holder.account_id.clone(),
        id: new_id(),
        at: app.clock.now_naive(),
        actor_kind: ActorKind::Holder.into(),
        actor: "minato000".into(),
        object_kind: AuditObject::Number.into(),
        object_id: holder.numbers[0].clone(),
        action: AuditAction::Update.into(),
        before: Default::default(),
        after: Default::default(),
        revision: 99,
    };
    let scope = Scope::account(&holder.account_id);
    app.app
        .db
        .write(move |conn| -> Result<(), StoreError> { audit::insert(conn, &scope, row) })
        .await
        .expect("the row is written");
    // Nothing of ours writes this; a damaged database may hold it.
    damage(&app, ("audit_log", "after"), "not json: s3cr3t").await.expect("a row");
    let answer = holder.client.get("/audit-log").await;
    for inside in
        ["s3cr3t", "audit_log", "serde", "diesel", "sqlite", "postgres", "expected", ".rs"]
    {
        assert!(!answer.text.contains(inside), "{inside}: {}", answer.text);
    }
    check(answer, 500, "internal");
});

on_both!(a_nul_character_is_refused_wherever_it_stands, async |app| {
    let holder = app.holder("minato").await;
    for path in ["/numbers/%00", "/numbers/a%00b/channel-limit", "/ids/%00", "/nothing%00"] {
        check(holder.client.get(path).await, 404, "not_found");
    }
    for path in ["/operator/accounts/%00", "/operator/accounts/x/numbers/%00", "/operator/keys/%00"]
    {
        check(app.operator().get(path).await, 404, "not_found");
    }
    holder
        .client
        .get("/audit-log?object_id=%00")
        .await
        .expect_fields(&[("?object_id", "invalid_format")]);
    holder.client.get("/numbers?cursor=a%00").await.expect_fields(&[("?cursor", "invalid_format")]);
    app.operator()
        .get("/operator/accounts?cursor=%00")
        .await
        .expect_fields(&[("?cursor", "invalid_format")]);
    let nul = [("/login_id", "control_character")];
    app.nobody()
        .post("/session", json!({"login_id": "a\0b", "password": "x"}))
        .await
        .expect_fields(&nul);
    app.nobody().post("/password-resets", json!({"login_id": "\0"})).await.expect_fields(&nul);
    let fault = [("/password", "control_character")];
    app.nobody()
        .post("/session", json!({"login_id": "a", "password": "\0"}))
        .await
        .expect_fields(&fault);
});

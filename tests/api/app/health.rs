//! Signs of life, and what is served beside the API.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, Backend, TestApp, block_on, eventually, on_both};

#[track_caller]
fn is_safe_page(answer: &Answer) {
    let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin");
    assert!(header("permissions-policy").contains("microphone=()"));
    let policy = header("content-security-policy");
    for rule in [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{rule} is not in {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("http"), "{policy}");
}

on_both!(a_server_says_that_it_lives_and_that_it_is_ready, async |app| {
    let healthy = app.nobody().get("//healthz").await;
    assert_eq!((healthy.status, healthy.text.as_str()), (200, "ok\n"));
    for path in ["//readyz", "//readyz/writes"] {
        let all = json!({"decisions": true, "reads": true, "writes": true});
        assert_eq!(app.nobody().get(path).await.expect(200), all, "{path}");
    }
    for path in ["//healthz", "//readyz", "//readyz/writes"] {
        // As many monitors ask.
        assert_eq!(app.nobody().send(Method::HEAD, path, None).await.status, 200, "HEAD {path}");
        assert_eq!(app.nobody().send(Method::POST, path, None).await.status, 404, "POST {path}");
    }
});

mod without_its_database_a_server_lives_but_is_not_ready {
    use super::*;

    // Only PostgreSQL can be taken away: an open file stays.
    #[test]
    fn postgres() {
        block_on(async {
            let app = TestApp::start(Backend::Postgres).await;
            let holder = app.holder("minato").await;
            app.database.vanish();
            let english = holder.client.clone().header("accept-language", "en");
            let (nobody, probe) = (app.nobody(), app.nobody());
            let (ready, api) = tokio::join!(nobody.get("//readyz"), english.get("/numbers"));
            // Nobody copies in a test, so that nothing decides about calls.
            let none = json!({"decisions": false, "reads": false, "writes": false});
            assert_eq!(ready.expect(503), none);
            assert_eq!(probe.get("//readyz/writes").await.expect(503), none);
            assert_eq!(probe.get("//healthz").await.status, 200);
            assert!(api.header("retry-after").is_some());
            let problem = api.expect_problem(503, "unavailable");
            assert_eq!(problem["detail"], "Please try again in a while.");
        });
    }
}

mod a_database_that_takes_no_changes_is_read {
    use super::*;

    // SQLite has no other server that takes changes meanwhile.
    #[test]
    fn postgres() {
        block_on(async {
            let app = TestApp::start(Backend::Postgres).await;
            let holder = app.holder("minato").await;
            let path = holder.number(0);
            let version = holder.client.get(&path).await.version();
            let readiness = async |writes: bool, status: u16| {
                eventually("the server says so", async || {
                    let (ready, of_writes) = (
                        app.nobody().get("//readyz").await,
                        app.nobody().get("//readyz/writes").await,
                    );
                    let all = json!({"decisions": true, "reads": true, "writes": writes});
                    let found = (ready.status, &ready.json, of_writes.status);
                    if found == (200, &all, status) { Ok(()) } else { Err(format!("{found:?}")) }
                })
                .await;
            };
            app.database.set_read_only(true);
            readiness(false, 503).await;
            // Also at a time at which its use would be noted.
            app.clock.advance(TimeDelta::minutes(5));
            holder.client.get(&path).await.expect(200);
            let refused = holder.client.if_match(version).patch(&path, json!({"name": "x"})).await;
            assert!(refused.header("retry-after").is_some());
            refused.expect_problem(503, "unavailable");
            app.database.set_read_only(false);
            readiness(true, 200).await;
            let done = holder.client.if_match(version).patch(&path, json!({"name": "x"})).await;
            done.expect(200);
        });
    }
}

on_both!(every_page_of_the_portal_is_its_shell, async |app| {
    let browser = app.nobody().header("accept", "text/html,*/*;q=0.8");
    if !tests::repository().join("frontend/dist/index.html").exists() {
        let page = browser.get("//numbers/x").await;
        assert_eq!(page.status, 503, "it says what is missing: {}", page.text);
        assert!(page.text.contains("cargo xtask bundle"), "{}", page.text);
        return;
    }
    let shell = app.nobody().get("//").await;
    assert_eq!(shell.status, 200);
    for path in ["//numbers/x", "//ids/x", "//sign-in", "//reset-password"] {
        let page = browser.get(path).await;
        assert_eq!((page.status, &page.text), (200, &shell.text), "{path}");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-cache"), "{path}");
        is_safe_page(&page);
    }
    assert_eq!(
        app.nobody().get("//assets/gone.js").await.status,
        404,
        "a script that is gone does not come back as a page"
    );
    let written = app.nobody().send(Method::POST, "//numbers/x", None).await;
    assert_eq!((written.status, written.header("allow")), (405, Some("GET, HEAD")));
});

on_both!(
    behind_tls_browsers_keep_to_it,
    |config| {
        config.server.public_url = Some("https://portal.example.jp".parse().expect("a URL"));
    },
    async |app| {
        let transport =
            |answer: &Answer| answer.header("strict-transport-security").map(str::to_owned);
        let page = app.nobody().get("//sign-in").await;
        assert!(
            transport(&page).is_some_and(|value| value.contains("max-age=")),
            "{:?}",
            page.headers
        );
    }
);

on_both!(without_tls_browsers_are_not_told_to_keep_to_it, async |app| {
    assert_eq!(app.nobody().get("//sign-in").await.header("strict-transport-security"), None);
});

on_both!(the_metrics_are_not_on_the_public_listener, async |app| {
    for path in [
        "//metrics",
        "//.well-known/nothing",
        "//downloads",
        "//downloads/a/b/c",
        "//healthz/x",
        "//changelog",
        "//v1",
        "//numbers",
    ] {
        let answer = app.nobody().get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
});

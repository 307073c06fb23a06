//! Signs of life, and what is served beside the API.

use reqwest::Method;
use tests::{Answer, Backend, TestApp, block_on, on_both};

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
    let ready = app.nobody().get("//readyz").await;
    assert_eq!((ready.status, ready.text.as_str()), (200, "ready\n"));
    for path in ["//healthz", "//readyz"] {
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
            assert_eq!(
                (ready.status, ready.text.as_str()),
                (503, "the database does not answer\n")
            );
            assert_eq!(probe.get("//healthz").await.status, 200);
            assert!(api.header("retry-after").is_some());
            let problem = api.expect_problem(503, "unavailable");
            assert_eq!(problem["detail"], "Please try again in a while.");
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

//! Pages of other sites that may use the API.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, Client, PASSWORD, on_both};

const CRM: &str = "https://crm.example.jp";

async fn preflight(client: Client, origin: &str, path: &str) -> Answer {
    let asked = [
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,if-match"),
    ];
    asked
        .into_iter()
        .fold(client, |client, (name, value)| client.header(name, value))
        .send(Method::OPTIONS, path, None)
        .await
}

on_both!(
    a_page_that_is_named_may_use_keys,
    |config| {
        config.server.cors_origins = "https://crm.example.jp, http://localhost:5173".into();
    },
    async |app| {
        let holder = app.holder("minato").await;
        let answer = preflight(app.nobody(), CRM, &holder.number(0)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(CRM)));
        let allowed =
            answer.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
        for header in ["authorization", "content-type", "if-match", "idempotency-key"] {
            assert!(allowed.contains(header), "{allowed}");
        }
        assert!(
            answer
                .header("access-control-allow-methods")
                .is_some_and(|methods| methods.contains("PATCH") && methods.contains("DELETE"))
        );
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            None,
            "never with the cookie"
        );

        let made = holder
            .client
            .post("/api-keys", json!({"name": "CRM", "scopes": ["numbers:read", "numbers:write"]}))
            .await
            .expect(201);
        let page = app
            .nobody()
            .bearer(made["key"].as_str().expect("a key"))
            .header("origin", CRM)
            .header("sec-fetch-site", "cross-site");
        let number = page.get(&holder.number(0)).await;
        let exposed =
            number.header("access-control-expose-headers").unwrap_or_default().to_lowercase();
        for header in ["etag", "ratelimit", "retry-after", "location"] {
            assert!(exposed.contains(header), "{exposed}");
        }
        page.if_match(number.version())
            .patch(&holder.number(0), json!({"name": "CRM"}))
            .await
            .expect(200);
        // A page can read what went wrong, too.
        let refused = page.get("/account").await;
        assert_eq!(refused.header("access-control-allow-origin"), Some(CRM));
        refused.expect_problem(403, "scope_missing");
        // A softphone in a browser signs in.
        let body = json!({"login_id": "minato001", "password": PASSWORD,
            "terminal": {"kind": "windows", "name": "PC"}});
        let web = app
            .nobody()
            .header("origin", "http://localhost:5173")
            .header("sec-fetch-site", "cross-site");
        web.post("/tokens", body).await.expect(200);
    }
);

on_both!(
    no_page_can_use_the_session_and_others_nothing,
    |config| {
        config.server.cors_origins = "https://crm.example.jp".into();
    },
    async |app| {
        let holder = app.holder("minato").await;
        let evil = preflight(app.nobody(), "https://evil.example", &holder.number(0)).await;
        assert_eq!(evil.header("access-control-allow-origin"), None);
        // Even the page that is named: the browser would not send the cookie, and we would not take
        // it.
        let page =
            holder.client.clone().header("origin", CRM).header("sec-fetch-site", "cross-site");
        page.if_match(1)
            .patch(&holder.number(0), json!({"name": "x"}))
            .await
            .expect_problem(403, "foreign_origin");
        let read = page.get("/numbers").await;
        assert_eq!(read.header("access-control-allow-credentials"), None);
        // The portal's own pages go on as before.
        let own = holder
            .client
            .clone()
            .header("origin", &app.url)
            .header("sec-fetch-site", "same-origin");
        let version = own.get(&holder.number(0)).await.version();
        own.if_match(version).patch(&holder.number(0), json!({"name": "本店"})).await.expect(200);
    }
);

on_both!(nobody_is_named_by_default, async |app| {
    let holder = app.holder("minato").await;
    let answer = preflight(app.nobody(), CRM, &holder.number(0)).await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let made = holder
        .client
        .post("/api-keys", json!({"name": "CRM", "scopes": ["numbers:read"]}))
        .await
        .expect(201);
    let page = app.nobody().bearer(made["key"].as_str().expect("a key")).header("origin", CRM);
    assert_eq!(page.get("/numbers").await.header("access-control-allow-origin"), None);
});

on_both!(
    an_operator_may_name_everybody,
    |config| {
        config.server.cors_origins = "*".into();
    },
    async |app| {
        let holder = app.holder("minato").await;
        let answer = preflight(app.nobody(), "https://anywhere.example", &holder.number(0)).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        let page = holder
            .client
            .clone()
            .header("origin", "https://anywhere.example")
            .header("sec-fetch-site", "cross-site");
        page.if_match(1)
            .patch(&holder.number(0), json!({"name": "x"}))
            .await
            .expect_problem(403, "foreign_origin");
    }
);

//! How often keys and softphones may call.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, Client, Holder, PASSWORD, TestApp, on_both};

async fn key(app: &TestApp, holder: &Holder) -> Client {
    let made = holder
        .client
        .post("/api-keys", json!({"name": "CRM", "scopes": ["numbers:read"]}))
        .await
        .expect(201);
    app.nobody().bearer(made["key"].as_str().expect("a key"))
}

/// Policy and what is left of it.
fn limits(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

on_both!(
    a_key_is_told_what_is_left_and_when_to_come_back,
    |config| {
        config.limits.key_per_minute = 3;
    },
    async |app| {
        let holder = app.holder("minato").await;
        let (first, second) = (key(&app, &holder).await, key(&app, &holder).await);
        for left in ["\"key\";r=2;t=20", "\"key\";r=1;t=40"] {
            let answer = first.get("/numbers").await;
            assert_eq!(
                (answer.status, limits(&answer)),
                (200, (Some("\"key\";q=3;w=60"), Some(left)))
            );
        }
        // Also what is refused counts, and says so.
        let refused = first.get("/account").await;
        assert_eq!(limits(&refused).1, Some("\"key\";r=0;t=60"));
        refused.expect_problem(403, "scope_missing");
        let refused = first.get("/numbers").await;
        assert_eq!(
            (refused.header("retry-after"), limits(&refused).1),
            (Some("20"), Some("\"key\";r=0;t=60"))
        );
        let problem = refused.expect_problem(429, "too_many_requests");
        assert!(
            problem["detail"].as_str().is_some_and(|detail| detail.contains("20")),
            "{problem}"
        );

        // Another key of the same contract, and the contract's own portal, have nothing to do with
        // it.
        second.get("/numbers").await.expect(200);
        let portal = holder.client.get("/numbers").await;
        assert_eq!((portal.status, limits(&portal)), (200, (None, None)));
        app.clock.advance(TimeDelta::seconds(20));
        first.get("/numbers").await.expect(200);
        first.get("/numbers").await.expect_problem(429, "too_many_requests");
    }
);

on_both!(
    a_softphone_is_limited_by_its_terminal,
    |config| {
        config.limits.terminal_per_minute = 2;
    },
    async |app| {
        app.holder("minato").await;
        let sign_in = async || {
            let body = json!({"login_id": "minato001", "password": PASSWORD,
                "terminal": {"kind": "ios", "name": "iPhone"}});
            let tokens: Value = app.nobody().post("/tokens", body).await.expect(200);
            app.nobody().bearer(tokens["access_token"].as_str().expect("a token"))
        };
        let (one, two) = (sign_in().await, sign_in().await);
        assert_eq!(
            limits(&one.get("/me").await),
            (Some("\"terminal\";q=2;w=60"), Some("\"terminal\";r=1;t=30"))
        );
        one.get("/me").await.expect(200);
        one.get("/me").await.expect_problem(429, "too_many_requests");
        two.get("/me").await.expect(200);
    }
);

on_both!(
    an_operator_may_do_without,
    |config| {
        config.limits.key_per_minute = 0;
    },
    async |app| {
        let holder = app.holder("minato").await;
        let key = key(&app, &holder).await;
        for _ in 0..10 {
            let answer = key.get("/numbers").await;
            assert_eq!((answer.status, limits(&answer)), (200, (None, None)));
        }
    }
);

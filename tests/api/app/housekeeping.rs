//! What has ended is taken away, and nothing else.

use chrono::TimeDelta;
use serde_json::json;
use server::app::housekeeping::clean;
use tests::{PASSWORD, on_both};

on_both!(ended_sessions_links_and_kept_answers_go, async |app| {
    let holder = app.holder("minato").await;
    app.nobody().post("/password-resets", json!({"login_id": holder.login_id})).await.expect(202);
    app.wait_for_mails(1).await;
    let key = app.operator().header("idempotency-key", "one");
    let made = key.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
    assert_eq!(clean(&app.app).await.expect("it cleans"), 0, "nothing has ended yet");

    app.clock.advance(TimeDelta::hours(24) + TimeDelta::seconds(1));
    // The link, the kept answer, and four counts: of the address and the login id at signing in and
    // at the mail.
    assert!(clean(&app.app).await.expect("it cleans") >= 2);
    holder.client.get("/session").await.expect(200);
    let again = key.post("/operator/accounts", json!({"name": "港商会"})).await;
    assert_eq!(again.header("idempotent-replayed"), None);
    assert_ne!(again.expect(201)["id"], made["id"], "after a day the same key is a new one");

    app.clock.advance(TimeDelta::days(14));
    assert!(clean(&app.app).await.expect("it cleans") >= 1);
    assert_eq!(
        clean(&app.app).await.expect("it cleans"),
        0,
        "the second time nothing is left to do"
    );
    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
    app.nobody().sign_in(&holder.login_id, PASSWORD).await;
});

on_both!(
    a_wait_outlasts_the_cleaning,
    |config| {
        config.sign_in.max_delay_s = 5 * 86_400;
        config.sign_in.base_delay_s = 86_400;
    },
    async |app| {
        let holder = app.holder("minato").await;
        let guess = async || {
            app.nobody()
                .post("/session", json!({"login_id": holder.login_id, "password": "wrong"}))
                .await
        };
        for _ in 0..6 {
            guess().await.expect_problem(401, "bad_credentials");
        }
        app.clock.advance(TimeDelta::hours(23));
        clean(&app.app).await.expect("it cleans");
        assert_eq!(guess().await.header("retry-after"), Some("3600"));
    }
);

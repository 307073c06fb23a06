//! 「テスト送信」: what comes of it, in words.

use serde_json::{Value, json};
use tests::fakes::Reply;
use tests::fakes::slack::{self, Slack};
use tests::fakes::teams::Teams;
use tests::{Backend, Holder, TestApp, on_both};

use crate::notify::services::{let_out, with_rule};

/// A holder with a service of Slack, and the path of the service.
async fn with_slack(backend: Backend, slack: &Slack) -> (TestApp, Holder, String) {
    let app = TestApp::start_with(backend, |config| {
        let_out(config);
        tests::provider(config, "slack.base_url", &slack.fake.url);
    })
    .await;
    let (minato, services) = with_rule(&app, "minato").await;
    let body = json!({"type": "slack", "label": "#営業", "credentials": {"bot_token": slack::TOKEN,
        "channel_id": slack::CHANNEL}});
    let made = minato.client.post(&services, body).await.expect(201);
    let path = format!("{services}/{}", made["id"].as_str().unwrap_or_default());
    (app, minato, path)
}

on_both!(a_test_is_seen_or_says_what_to_click, bare, async |backend| {
    let slack = Slack::start();
    let (app, minato, path) = with_slack(backend, &slack).await;
    let test = format!("{path}/test");
    let revision = minato.revision().await;
    let sent = minato.client.post(&test, Value::Null).await.expect(200);
    assert_eq!(
        (&sent["outcome"], &sent["problem"], &sent["status"]),
        (&json!("delivered"), &Value::Null, &json!(200))
    );
    assert_eq!(sent["message"], "テスト通知を送りました。送信先に届いていることをご確認ください。");
    let message = slack.messages().pop().expect("a message").to_string();
    assert!(message.contains("テスト") && message.contains("営業"), "{message}");

    slack.refuse("chat.postMessage", "not_in_channel");
    let failed = minato.client.post(&test, Value::Null).await.expect(200);
    assert_eq!(
        (&failed["outcome"], &failed["problem"]["code"]),
        (&json!("failed"), &json!("slack.not_in_channel"))
    );
    assert!(
        failed["problem"]["advice"].as_str().is_some_and(|advice| advice.contains("/invite")),
        "{failed}"
    );
    let english = minato.client.clone().header("accept-language", "en");
    slack.refuse("chat.postMessage", "not_in_channel");
    let failed = english.post(&test, Value::Null).await.expect(200);
    assert!(
        failed["message"]
            .as_str()
            .is_some_and(|message| message.is_ascii() || message.contains("bot")),
        "{failed}"
    );
    slack.turn("chat.postMessage", Reply::HangUp);
    let unsure = minato.client.post(&test, Value::Null).await.expect(200);
    assert_eq!(unsure["outcome"], "failed");
    assert!(
        !unsure.to_string().contains("doctor.") && !unsure.to_string().contains(slack::TOKEN),
        "{unsure}"
    );

    // A test that fails switches nothing off, and none of them is a change.
    let service = minato.client.get(&path).await.expect(200);
    assert_eq!(
        (&service["enabled"], &service["problem"], &service["version"]),
        (&json!(true), &Value::Null, &json!(1))
    );
    assert_eq!(minato.revision().await, revision);
    assert!(minato.planned(&app).await.is_empty(), "a test is no notice of the log");
});

on_both!(five_tests_a_minute, bare, async |backend| {
    let slack = Slack::start();
    let (app, minato, path) = with_slack(backend, &slack).await;
    let test = format!("{path}/test");
    for _ in 0..5 {
        minato.client.post(&test, Value::Null).await.expect(200);
    }
    app.clock.advance(chrono::TimeDelta::seconds(20));
    let refused = minato.client.post(&test, Value::Null).await;
    assert_eq!(refused.header("retry-after"), Some("40"));
    refused.expect_problem(429, "too_many_attempts");
    assert_eq!(slack.messages().len(), 5);
    app.clock.advance(chrono::TimeDelta::seconds(40));
    minato.client.post(&test, Value::Null).await.expect(200);
});

on_both!(
    a_test_that_arrives_clears_what_was_wrong_unless_the_service_was_switched_off,
    bare,
    async |backend| {
        let slack = Slack::start();
        let (app, minato, path) = with_slack(backend, &slack).await;
        let id = path.rsplit('/').next().unwrap_or_default().to_owned();
        let (scope, now) = (store::Scope::account(&minato.account_id), app.clock.now_naive());
        let (failing, of) = (scope.clone(), id.clone());
        let fail = move |conn: &mut store::Conn| {
            store::notify::service_health::set(conn, &failing, &of, Some((now, "slack.trouble")))
        };
        app.app.db.write(fail).await.expect("it is noted");
        assert_eq!(
            minato.client.get(&path).await.expect(200)["problem"]["since"],
            "2026-11-22T03:00:00Z"
        );
        minato.client.post(&format!("{path}/test"), Value::Null).await.expect(200);
        let service = minato.client.get(&path).await.expect(200);
        assert_eq!((&service["problem"], &service["version"]), (&Value::Null, &json!(1)));
        let stop = move |conn: &mut store::Conn| {
            store::notify::service_health::stop(conn, &scope, &id, "slack.invalid_auth", now)
        };
        app.app.db.write(stop).await.expect("it stops");
        minato.client.post(&format!("{path}/test"), Value::Null).await.expect(200);
        let service = minato.client.get(&path).await.expect(200);
        assert_eq!(
            (&service["enabled"], &service["problem"]["code"]),
            (&json!(false), &json!("slack.invalid_auth"))
        );
    }
);

on_both!(what_a_service_only_takes_over_is_said_so, bare, async |backend| {
    let teams = Teams::start();
    let app = TestApp::start_with(backend, |config| {
        let_out(config);
        tests::provider(config, "teams.allowed_hosts", "127.0.0.1");
    })
    .await;
    let (minato, services) = with_rule(&app, "minato").await;
    let made = minato
        .client
        .post(&services, json!({"type": "teams", "credentials": {"url": teams.url()}}))
        .await
        .expect(201);
    let test = format!("{services}/{}/test", made["id"].as_str().unwrap_or_default());
    let sent = minato.client.post(&test, Value::Null).await.expect(200);
    assert_eq!((&sent["outcome"], &sent["status"]), (&json!("handed_over"), &json!(202)));
    assert!(
        sent["message"].as_str().is_some_and(|message| message.contains("送信先の画面")),
        "{sent}"
    );
    assert_eq!(teams.cards().len(), 1);
});

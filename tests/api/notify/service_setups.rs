//! What people paste to set a service up, and what is kept of it.

use serde_json::{Value, json};
use server::platform::clock::Clock;
use tests::fakes::Reply;
use tests::fakes::chatwork::{self, Chatwork};
use tests::fakes::google_chat::GoogleChat;
use tests::fakes::line::{self, Line};
use tests::fakes::line_works::{self, LineWorks};
use tests::fakes::slack::{self, Slack};
use tests::{TestApp, on_both};

use crate::notify::services::{let_out, message, path_of, with_rule};

pub const LINE_SECRET: &str = "fedcba9876543210fedcba9876543210";
const TEAMS: &str = "https://default0123456789abcdef.7a.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a-long-signature-3x9";

on_both!(every_service_takes_what_people_paste_and_keeps_its_secrets, bare, async |backend| {
    let clock = Clock::set(tests::noon());
    let (slack, chatwork, line, line_works) =
        (Slack::start(), Chatwork::start(), Line::start(), LineWorks::start(clock));
    let urls =
        [&slack.fake, &chatwork.fake, &line.fake, &line_works.fake].map(|fake| fake.url.clone());
    let app = TestApp::start_with(backend, |config| {
        let_out(config);
        let [slack, chatwork, line, line_works] = urls;
        tests::provider(config, "slack.base_url", slack);
        tests::provider(config, "chatwork.base_url", chatwork);
        tests::provider(config, "line.base_url", line);
        tests::provider(config, "line_works.base_url", format!("{line_works}/v1.0"));
        tests::provider(config, "line_works.auth_url", line_works);
    })
    .await;
    let (minato, services) = with_rule(&app, "minato").await;
    let escaped = line_works.private_key.replace('\n', "\\n");
    let google = GoogleChat::url();
    let pasted = [
        (
            "slack",
            json!({"bot_token": format!(" {}\n", slack::TOKEN),
                "channel_id": format!("https://minato.slack.com/archives/{}", slack::CHANNEL)}),
        ),
        (
            "chatwork",
            json!({"api_token": chatwork::TOKEN,
                "room_id": format!("https://www.chatwork.com/#!rid{}", chatwork::ROOM)}),
        ),
        ("teams", json!({"url": TEAMS.replace('&', "&amp;")})),
        ("google_chat", json!({"url": google.replace('&', "&amp;")})),
        (
            "line",
            json!({"channel_access_token": line::TOKEN, "to": "", "channel_secret": LINE_SECRET}),
        ),
        (
            "line_works",
            json!({
                "client_id": "a_client_id_0123", "client_secret": "a_client_secret_0",
                    "service_account": "abc12.serviceaccount@minato",
                "private_key": escaped, "bot_id": "1234567", "channel_id": line_works::ROOM,
            }),
        ),
        ("webhook", json!({"url": "https://hooks.minato.example/denwaban"})),
    ];
    let mut made = Vec::new();
    for (kind, credentials) in pasted {
        // LINE WORKS: whether the fake takes these credentials is the adapter's test. The webhook has
        // nobody who answers.
        let unchecked = ["line_works", "webhook"].contains(&kind);
        let body = json!({"type": kind, "credentials": credentials, "unchecked": unchecked});
        made.push(minato.client.post(&services, body).await.expect(201));
    }
    let shown: Vec<_> = made.iter().map(|service| service["credentials"].clone()).collect();
    assert_eq!(shown[0], json!({"bot_token": "xoxb-…CDEF", "channel_id": slack::CHANNEL}));
    assert_eq!(shown[1], json!({"api_token": "…cdef", "room_id": chatwork::ROOM}));
    assert_eq!(
        shown[2],
        json!({"url": "default0123456789abcdef.7a.environment.api.powerplatform.com/…-3x9"})
    );
    assert!(shown[3]["url"].as_str().is_some_and(|url| url.starts_with("chat.googleapis.com/…") && url.chars().count() < 30));
    assert_eq!(shown[4], json!({"channel_access_token": "…89==", "channel_secret": "…3210"}));
    assert_eq!(shown[5]["bot_id"], "1234567");
    assert!(
        shown[5]["private_key"]
            .as_str()
            .is_some_and(|key| key.starts_with("PRIVATE KEY …") && key.chars().count() < 20)
    );
    let secret =
        made[6]["signing_secret"].as_str().expect("a webhook's secret is shown once").to_owned();
    assert!(secret.starts_with("whsec_"));
    let labels: Vec<_> =
        made.iter().map(|service| service["label"].as_str().unwrap_or_default()).collect();
    assert_eq!(
        labels,
        ["Slack", "Chatwork", "Microsoft Teams", "Google Chat", "LINE", "LINE WORKS", "Webhook"]
    );
    let url = made[4]["line_setup"]["webhook_url"].as_str().unwrap_or_default();
    assert!(url.starts_with(&format!("{}/callbacks/line/", app.url)), "{url}");

    // Nothing secret is in an answer, nor where somebody reads who has stolen the database.
    let list = minato.client.get(&services).await;
    let rule = minato.client.get(services.trim_end_matches("/services")).await;
    let log = minato.client.get("/audit-log?limit=200").await;
    let (dump, key) =
        (app.database.dump(), escaped.split("\\n").nth(5).unwrap_or_default().to_owned());
    for secret in [
        slack::TOKEN,
        chatwork::TOKEN,
        line::TOKEN,
        LINE_SECRET,
        "a_client_secret_0",
        &key,
        &secret,
        "a-long-signature-3x9",
    ] {
        assert!(secret.len() > 15);
        for (place, text) in
            [("list", &list.text), ("rule", &rule.text), ("log", &log.text), ("database", &dump)]
        {
            assert!(!text.contains(secret), "{secret} stands in the {place}");
        }
    }
    let summaries: Vec<_> = rule.json["services"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|service| service["type"].clone())
        .collect();
    assert_eq!(
        summaries,
        ["slack", "chatwork", "teams", "google_chat", "line", "line_works", "webhook"]
    );
    assert_eq!(list.json["items"][6]["signing_secret"], Value::Null);
});

on_both!(dead_set_ups_are_refused_with_the_cure, async |app| {
    let (minato, services) = with_rule(&app, "minato").await;
    let table = [
        (
            "slack",
            json!({"bot_token": "xoxp-1234567890-abcdefghij", "channel_id": "C0123456789"}),
            "bot_token",
            "not_bot_token",
            "xoxb-",
        ),
        (
            "slack",
            json!({"bot_token": "xoxb-1234567890-abcdefghij", "channel_id": "#営業"}),
            "channel_id",
            "channel_name",
            "チャンネルID",
        ),
        (
            "chatwork",
            json!({"api_token": chatwork::TOKEN, "room_id": "営業"}),
            "room_id",
            "invalid_format",
            "#!rid",
        ),
        (
            "teams",
            json!({"url": "https://minato.webhook.office.com/webhookb2/1/IncomingWebhook/2/3"}),
            "url",
            "retired_connector",
            "ワークフロー",
        ),
        (
            "teams",
            json!({"url": TEAMS.split("&sig").next()}),
            "url",
            "incomplete_url",
            "途中で切れて",
        ),
        (
            "google_chat",
            json!({"url": "https://chat.google.com/room/AAAA"}),
            "url",
            "not_google_chat_webhook",
            "Webhook",
        ),
        (
            "line",
            json!({"channel_access_token": "x".repeat(43), "to": line::GROUP}),
            "channel_access_token",
            "line_notify_token",
            "2025年3月",
        ),
        (
            "line",
            json!({"channel_access_token": line::TOKEN, "to": "@minato"}),
            "to",
            "line_display_id",
            "登録",
        ),
        (
            "line",
            json!({"channel_access_token": line::TOKEN}),
            "to",
            "required",
            "チャネルシークレット",
        ),
        ("webhook", json!({"url": "http://hooks.minato.example"}), "url", "not_https", "https://"),
        ("webhook", json!({"url": "https://0x7f.1/"}), "url", "private_address", "社内"),
        (
            "webhook",
            json!({"url": "https://a:b@hooks.minato.example"}),
            "url",
            "url_credentials",
            "署名",
        ),
    ];
    for (kind, credentials, field, code, word) in table {
        let body = json!({"type": kind, "credentials": credentials, "unchecked": true});
        let problem = minato
            .client
            .post(&services, body)
            .await
            .expect_fields(&[(&format!("/credentials/{field}"), code)]);
        assert!(message(&problem).contains(word), "{code}: {}", message(&problem));
    }
    let own = json!({"type": "webhook", "credentials": {"url": app.url}});
    // Plain http is refused first where private addresses are not allowed.
    minato.client.post(&services, own).await.expect_fields(&[("/credentials/url", "not_https")]);
    let key = json!({"type": "line_works",
        "credentials": {"private_key": "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE \
        KEY-----"}});
    let problem = minato.client.post(&services, key).await.expect_problem(422, "invalid");
    let codes: Vec<_> = problem["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|error| error["code"].as_str().unwrap_or("?"))
        .collect();
    assert_eq!(codes, ["required", "required", "required", "pkcs1_key", "required", "required"]);
    let unknown = json!({"type": "webhook", "credentials": {"url": "https://hooks.minato.example",
        "signing_secret": "mine"}});
    minato
        .client
        .post(&services, unknown)
        .await
        .expect_fields(&[("/credentials/signing_secret", "unknown_field")]);
    assert_eq!(minato.client.get(&services).await.expect(200)["items"], json!([]));
    let old = json!({"type": "teams",
        "credentials": {"url": TEAMS.replace("7a.environment.api.powerplatform.com",
        "japaneast.logic.azure.com")}});
    assert_eq!(
        minato.client.post(&services, old).await.expect(201)["warning"]["code"],
        "teams.old_url"
    );
});

on_both!(what_the_service_itself_refuses_is_refused_at_its_field, bare, async |backend| {
    let (slack, chatwork) = (Slack::start(), Chatwork::start());
    let app = TestApp::start_with(backend, |config| {
        let_out(config);
        tests::provider(config, "slack.base_url", &slack.fake.url);
        tests::provider(config, "chatwork.base_url", &chatwork.fake.url);
    })
    .await;
    let (minato, services) = with_rule(&app, "minato").await;
    let slack_with = |token: &str, channel: &str| {
        json!({"type": "slack",
        "credentials": {"bot_token": token, "channel_id": channel}})
    };
    let wrong = "xoxb-000000000000-nobodyknowsme";
    for (token, channel, field) in [
        (wrong, slack::CHANNEL, "/credentials/bot_token"),
        (slack::TOKEN, "C9999999999", "/credentials/channel_id"),
        (slack::TOKEN, slack::OTHER_CHANNEL, "/credentials/channel_id"),
        (slack::TOKEN, slack::ARCHIVED, "/credentials/channel_id"),
    ] {
        let problem = minato
            .client
            .post(&services, slack_with(token, channel))
            .await
            .expect_fields(&[(field, "service_refused")]);
        assert!(
            !message(&problem).contains("doctor.") && message(&problem).chars().count() > 20,
            "{}",
            message(&problem)
        );
        assert!(!problem.to_string().contains(token));
    }
    for (token, room, field) in [
        ("ffffffffffffffffffffffffffffffff", chatwork::ROOM, "/credentials/api_token"),
        (chatwork::TOKEN, "999", "/credentials/room_id"),
        (chatwork::TOKEN, chatwork::READ_ONLY_ROOM, "/credentials/room_id"),
    ] {
        let body =
            json!({"type": "chatwork", "credentials": {"api_token": token, "room_id": room}});
        minato.client.post(&services, body).await.expect_fields(&[(field, "service_refused")]);
    }
    assert_eq!(minato.client.get(&services).await.expect(200)["items"], json!([]));

    // It can be kept all the same, and what cannot be reached refuses nothing.
    let mut unchecked = slack_with(wrong, slack::CHANNEL);
    unchecked["unchecked"] = true.into();
    let kept = minato.client.post(&services, unchecked).await.expect(201);
    let busy = Reply::json(200, json!({"ok": false, "error": "ratelimited"}));
    for replies in [vec![Reply::HangUp], vec![Reply::empty(503); 2], vec![busy; 2]] {
        slack.fake.next(replies);
        minato.client.post(&services, slack_with(wrong, slack::CHANNEL)).await.expect(201);
    }

    // The same holds for a change, and what is not a credential asks nobody.
    let path = path_of(&services, &kept);
    let lost = minato
        .client
        .if_match(1)
        .patch(&path, json!({"credentials": {"channel_id": "C9999999999"}}))
        .await;
    lost.expect_fields(&[("/credentials/bot_token", "service_refused")]);
    let asked = slack.fake.count();
    let changed =
        minato.client.if_match(1).patch(&path, json!({"label": "#営業"})).await.expect(200);
    assert_eq!((&changed["label"], slack.fake.count()), (&json!("#営業"), asked));
    let mended = minato
        .client
        .if_match(2)
        .patch(&path, json!({"credentials": {"bot_token": slack::TOKEN}}))
        .await
        .expect(200);
    assert_eq!(
        mended["credentials"],
        json!({"bot_token": "xoxb-…CDEF", "channel_id": slack::CHANNEL})
    );
    let line = &minato.log().await[0];
    assert_eq!((&line["object_kind"], &line["before"]), (&json!("notify_service"), &json!({})));
    assert_eq!(
        (&line["after"], &line["restorable"]),
        (&json!({"changed_credentials": "bot_token"}), &json!(false))
    );
});

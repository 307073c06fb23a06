//! LINE tells of the bot: whoever sends the word has the notices sent to where it was said.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use tests::fakes::line::{self, Line};
use tests::{Answer, Backend, Holder, TestApp, eventually, noon, on_both};

use crate::notify::services::{let_out, with_rule};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

struct Stage {
    app: TestApp,
    minato: Holder,
    line: Line,
    /// The service.
    path: String,
    /// What LINE calls.
    callback: String,
}

impl Stage {
    async fn set(backend: Backend, credentials: Value) -> Self {
        let line = Line::start();
        let app = TestApp::start_with(backend, |config| {
            let_out(config);
            tests::provider(config, "line.base_url", &line.fake.url);
        })
        .await;
        let (minato, services) = with_rule(&app, "minato").await;
        let made = minato
            .client
            .post(
                &services,
                json!({"type": "line", "label": "営業LINE", "credentials": credentials}),
            )
            .await
            .expect(201);
        let word = made["line_setup"]["word"].as_str().unwrap_or_default();
        assert!(word.starts_with("登録 ") && word.len() == "登録 ".len() + 6, "{word}");
        let path = format!("{services}/{}", made["id"].as_str().unwrap_or_default());
        let callback = made["line_setup"]["webhook_url"]
            .as_str()
            .unwrap_or_default()
            .replacen(&app.url, "/", 1);
        Self { app, minato, line, path, callback }
    }

    /// What LINE sends, signed as it signs.
    async fn call(&self, body: &Value) -> Answer {
        let text = body.to_string();
        self.call_with(&signature(SECRET, &text), text).await
    }

    async fn call_with(&self, signature: &str, body: String) -> Answer {
        self.app
            .nobody()
            .header("x-line-signature", signature)
            .send(Method::POST, &self.callback, Some(body))
            .await
    }

    /// What the portal says is to be sent.
    async fn word(&self) -> String {
        self.service().await["line_setup"]["word"].as_str().unwrap_or_default().to_owned()
    }

    async fn service(&self) -> Value {
        self.minato.client.get(&self.path).await.expect(200)
    }
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length will do");
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Somebody says something.
fn said(text: &str, source: Value, timestamp: i64) -> Value {
    json!({"destination": line::FRIEND, "events": [{
        "type": "message", "mode": "active", "timestamp": timestamp, "webhookEventId": "01H",
            "deliveryContext": {"isRedelivery": false},
        "replyToken": format!("reply-{timestamp}"), "source": source,
            "message": {"type": "text", "id": "1", "quoteToken": "q", "text": text},
    }]})
}

fn group() -> Value {
    json!({"type": "group", "groupId": line::GROUP, "userId": line::FRIEND})
}

fn person() -> Value {
    json!({"type": "user", "userId": line::FRIEND})
}

/// As LINE writes it: milliseconds since 1970.
fn now() -> i64 {
    noon().timestamp_millis()
}

on_both!(the_word_fills_the_destination_in, bare, async |backend| {
    let stage =
        Stage::set(backend, json!({"channel_access_token": line::TOKEN, "channel_secret": SECRET}))
            .await;
    assert_eq!(stage.service().await["credentials"].get("to"), None);
    let test =
        stage.minato.client.post(&format!("{}/test", stage.path), Value::Null).await.expect(200);
    assert_eq!(test["problem"]["code"], "line.no_destination");
    // The console's "Verify", a greeting and an event of another kind: heard, and nothing comes of
    // it.
    let revision = stage.minato.revision().await;
    let joined = json!({"events": [{"type": "join", "timestamp": now(), "replyToken": "r",
        "source": group()}]});
    let sticker = json!({"events": [{"type": "message", "timestamp": now(), "source": group(),
        "message": {"type": "sticker"}}]});
    for body in [json!({"events": []}), said("こんにちは", group(), now()), joined, sticker] {
        stage.call(&body).await.expect(200);
    }
    assert_eq!(stage.minato.revision().await, revision);

    // The word alone and a wrong code change nothing: anybody can befriend a bot.
    let word = stage.word().await;
    let code = word.trim_start_matches("登録 ").to_owned();
    let wrong = format!("登録 {:06}", (code.parse::<u32>().unwrap_or_default() + 1) % 1_000_000);
    for (i, (text, answer)) in
        [("登録", "番号を付けて"), (&*wrong, "番号が違う"), ("register 1", "wrong or older")]
            .into_iter()
            .enumerate()
    {
        stage.call(&said(text, group(), now() + 1)).await.expect(200);
        eventually("an answer", async || stage.line.replies().len() == i + 1).await;
        let reply = stage.line.replies()[i]["messages"][0]["text"].to_string();
        assert!(reply.contains(answer), "{text}: {reply}");
    }
    assert_eq!(stage.minato.revision().await, revision);

    stage.call(&said(&format!("　{word}\n"), group(), now() + 1)).await.expect(200);
    let service = stage.service().await;
    assert_eq!(
        (&service["credentials"]["to"], &service["version"]),
        (&json!(line::GROUP), &json!(2))
    );
    let log = &stage.minato.log().await[0];
    assert_eq!(
        (&log["actor_kind"], &log["actor"], &log["object_kind"]),
        (&json!("service"), &json!("営業LINE"), &json!("notify_service"))
    );
    assert_eq!(log["after"], json!({"changed_credentials": "to"}));
    eventually("the answer in the room", async || stage.line.replies().len() == 4).await;
    let reply = &stage.line.replies()[3];
    assert_eq!(reply["replyToken"], format!("reply-{}", now() + 1));
    assert!(
        reply["messages"][0]["text"]
            .as_str()
            .is_some_and(|text| text.contains("通知をお送りします")),
        "{reply}"
    );
    let test =
        stage.minato.client.post(&format!("{}/test", stage.path), Value::Null).await.expect(200);
    assert_eq!(test["outcome"], "delivered");
    assert_eq!(stage.line.pushes()[0]["to"], line::GROUP);
    eventually("the name", async || {
        stage.service().await["line_setup"]["registered_name"] == "営業"
    })
    .await;

    // The contact hears of it; a key never sees the code.
    let mail = stage.app.wait_for_mails(1).await.remove(0);
    assert!(mail.contains("To: minato@example.jp"), "{mail}");
    let made = stage
        .minato
        .client
        .post("/api-keys", json!({"name": "CRM", "scopes": ["notify_rules:read"]}))
        .await
        .expect(201);
    let key = stage.app.nobody().bearer(made["key"].as_str().unwrap_or_default());
    assert_eq!(key.get(&stage.path).await.expect(200)["line_setup"]["word"], "登録");

    // Each code works once.
    stage.call(&said(&word, person(), now() + 5)).await.expect(200);
    assert_eq!(stage.service().await["credentials"]["to"], line::GROUP);
    eventually("that it is used", async || stage.line.replies().len() == 5).await;
    // Said elsewhere later with the next one, it moves there; what comes again from before does not
    // bring it back.
    let next = stage.word().await;
    assert_ne!(next, word);
    let english = next.replace("登録", "ＲＥＧＩＳＴＥＲ");
    stage.call(&said(&english, person(), now() + 9)).await.expect(200);
    assert_eq!(stage.service().await["credentials"]["to"], line::FRIEND);
    eventually("the answer to the next", async || stage.line.replies().len() == 6).await;
    assert!(
        stage.line.replies()[5]["messages"][0]["text"]
            .as_str()
            .is_some_and(|text| text.contains("will be sent here"))
    );
    eventually("the other name", async || {
        stage.service().await["line_setup"]["registered_name"] == "田中"
    })
    .await;
    let revision = stage.minato.revision().await;
    for again in [said(&word, group(), now() + 1), said(&english, person(), now() + 9)] {
        stage.call(&again).await.expect(200);
    }
    assert_eq!(stage.service().await["credentials"]["to"], line::FRIEND);
    assert_eq!((stage.minato.revision().await, stage.line.replies().len()), (revision, 6));
    stage.app.wait_for_mails(2).await;
});

on_both!(only_what_line_has_signed_is_heard, bare, async |backend| {
    let stage =
        Stage::set(backend, json!({"channel_access_token": line::TOKEN, "channel_secret": SECRET}))
            .await;
    let revision = stage.minato.revision().await;
    let body = said(&stage.word().await, group(), now()).to_string();
    let good = signature(SECRET, &body);
    for wrong in [
        String::new(),
        "x".into(),
        signature("another", &body),
        good.to_lowercase(),
        signature(SECRET, "{}"),
    ] {
        assert_eq!(stage.call_with(&wrong, body.clone()).await.status, 401, "{wrong}");
    }
    assert_eq!(stage.call_with(&good, body.replace("登録", "登録 ")).await.status, 401);
    let missing = stage.app.nobody().send(Method::POST, &stage.callback, Some(body.clone())).await;
    assert_eq!(missing.status, 401);
    let elsewhere = format!("{}x", stage.callback);
    let unknown = stage
        .app
        .nobody()
        .header("x-line-signature", &good)
        .send(Method::POST, &elsewhere, Some(body.clone()))
        .await;
    assert_eq!(unknown.status, 404);
    assert_eq!(stage.service().await["credentials"].get("to"), None);
    assert_eq!(stage.minato.revision().await, revision);
    // What is signed and cannot be read would only come again.
    assert_eq!(
        stage.call_with(&signature(SECRET, "nonsense"), "nonsense".into()).await.status,
        200
    );
    assert_eq!(stage.call_with(&good, body).await.status, 200);
    let token = stage.callback.rsplit('/').next().unwrap_or_default();
    assert!(
        token.len() > 40 && !stage.app.database.dump().contains(token),
        "the address is not to be read from the database"
    );
});

on_both!(without_a_channel_secret_nobody_is_heard, bare, async |backend| {
    let stage =
        Stage::set(backend, json!({"channel_access_token": line::TOKEN, "to": line::GROUP})).await;
    let body = said("登録", person(), now()).to_string();
    for secret in ["", SECRET] {
        assert_eq!(stage.call_with(&signature(secret, &body), body.clone()).await.status, 401);
    }
    assert_eq!(stage.service().await["credentials"]["to"], line::GROUP);
    let with_secret = json!({"credentials": {"channel_secret": SECRET}});
    stage.minato.client.if_match(1).patch(&stage.path, with_secret).await.expect(200);
    stage.call(&said(&stage.word().await, person(), now())).await.expect(200);
    assert_eq!(stage.service().await["credentials"]["to"], line::FRIEND);
    // Without the secret the destination has to stay.
    let nothing = json!({"credentials": {"channel_secret": "", "to": ""}});
    stage
        .minato
        .client
        .if_match(3)
        .patch(&stage.path, nothing)
        .await
        .expect_fields(&[("/credentials/to", "required")]);
});

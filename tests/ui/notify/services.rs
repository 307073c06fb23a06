//! 通知サービス: added with what people paste, tested, mended, and removed.

use api_types::ServiceType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use server::identity::service_keys::KeyKind;
use server::platform::crypto::hmac;
use tests::{Client, Outcome, noon, service_key};

use crate::notify::rules::{a_rule, picked_by};
use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::providers::{LINE_TOKEN, SLACK_TOKEN};

/// A channel secret as LINE gives them.
pub const CHANNEL_SECRET: &str = "0123456789abcdef0123456789abcdef";
/// A group in LINE.
pub const GROUP: &str = "C0123456789abcdef0123456789abcdef";

/// Opens the form for a service of a new rule; answers the path of the rule.
async fn adding(story: &Story, name: &str) -> Outcome<String> {
    let rule = a_rule(story, "営業", json!([])).await;
    story.arrive(&format!("{rule}/services/new")).await?;
    story.follow(name).await?;
    story.at("add").await?;
    Ok(rule)
}

/// The only service of a rule, as the API has it.
pub async fn service_of(story: &Story, rule: &str) -> Value {
    story.minato.now(&format!("{rule}/services")).await["items"][0].clone()
}

/// Waits until the service is so.
async fn service_is(
    story: &Story,
    rule: &str,
    what: &str,
    is: impl Fn(&Value) -> bool,
) -> Outcome<Value> {
    story
        .wait(&format!("the service is {what}"), async || {
            let service = service_of(story, rule).await;
            if is(&service) { Ok(service) } else { Err(service) }
        })
        .await
}

/// A call to the primary number that nobody answers, as the switch reports it.
async fn missed(switch: &Client, caller: &str) {
    let event = json!({"id": caller, "type": "missed_call", "call_id": caller,
        "called": "050-1234-5678", "caller": caller,
        "at": "2026-11-22T02:15:00Z", "reason": "no_answer"});
    switch.post("/switch/events", json!([event])).await.expect(200);
}

/// Adds a webhook as somebody else would; answers the path of the service.
async fn a_webhook(story: &Story, rule: &str) -> String {
    let service = json!({"type": "webhook", "label": "顧客管理",
        "credentials": {"url": story.providers.url("hook")}});
    let made = story.minato.client.post(&format!("{rule}/services"), service).await.expect(201);
    format!("{rule}/services/{}", made["id"].as_str().unwrap_or_default())
}

// Every channel has a form and a guide, drawn from its description: each credential has a label and
// a field of its own, and what is missing is said at it.
on_both_screens!(every_channel, async |story| {
    let rule = a_rule(&story, "営業", json!([])).await;
    story.arrive("/").await?;
    for kind in ServiceType::ALL {
        story.open(&format!("{rule}/services/new?type={}", kind.key())).await?;
        story.at("guide-link").await?;
        story.at("step").await?;
        story.press("追加する").await?;
        for field in kind.fields() {
            story.at(&format!("input-{}", field.name)).await?;
            if field.required {
                story.see_at(&format!("error-{}", field.name), "入力してください。").await?;
            }
        }
        if let Some(name) = kind.describe().one_of.last() {
            story.at(&format!("error-{name}")).await?;
        }
    }
    Ok(())
});

// A token that Slack does not know is refused at its field; a good one is kept, and a test says
// what is missing.
on_both_screens!(slack, async |story| {
    story.provokes("422");
    let rule = adding(&story, "Slack").await?;
    let link = story.at("guide-link").await?.prop("href").await?.unwrap_or_default();
    assert!(
        link.starts_with("https://api.slack.com/apps?new_app=1&manifest_json=")
            && link.contains("files%3Awrite"),
        "{link}"
    );
    story.fill("ボットトークン", "xoxp-1234567890-minato0123").await?;
    story.fill("チャンネルID", "https://minato.slack.com/archives/C0123456789").await?;
    story.see_at("error-bot_token", "ボットのトークンではありません").await?;
    story.fill("ボットトークン", "xoxb-1234567890-revoked0123").await?;
    story.holds("チャンネルID", "C0123456789").await?;
    story.press("追加する").await?;
    story.see_at("error-bot_token", "Slackのボットトークンが無効です。").await?;
    story.focus_at("input-bot_token").await?;
    story.at("save-unchecked").await?;
    story.fill("ボットトークン", SLACK_TOKEN).await?;
    story.gone("save-unchecked").await?;
    story.fill("表示名", "#営業").await?;
    story.press("追加する").await?;
    story.see_at("service-title", "#営業").await?;
    let service = service_of(&story, &rule).await;
    assert_eq!(
        service["credentials"],
        json!({"bot_token": "xoxb-…0123", "channel_id": "C0123456789"})
    );
    story.is_at(&format!("{rule}/services/{}", service["id"].as_str().unwrap_or_default())).await?;
    story.see("xoxb-…0123").await?;
    let text = story.text().await?;
    assert!(!text.contains(SLACK_TOKEN), "{text}");

    story.providers.slack_says(Some("not_in_channel"));
    story.press("テスト送信").await?;
    story.see_at("test-outcome", "参加していません").await?;
    story.see_at("test-outcome", "/invite").await?;
    story.providers.slack_says(None);
    story.press("テスト送信").await?;
    story.see_at("test-outcome", "テスト通知を送りました。").await?;
    story.see_at("test-outcome", "秒").await?;
    let posts = story.providers.received("/slack/chat.postMessage");
    assert_eq!((posts.len(), &posts[1].json()["channel"]), (2, &json!("C0123456789")));

    story.press_back_in_title().await?;
    if story.is_wide() {
        story.open(&rule).await?;
    }
    story.see_at("service", "#営業").await?;
    story.see_at("service", "オン").await?;
    Ok(())
});

// Label and destination change with the save bar, and back; a secret is put in the place of the one
// that is kept.
on_both_screens!(changing_a_service, async |story| {
    let rule = a_rule(&story, "営業", json!([])).await;
    let service = json!({"type": "slack", "label": "#営業",
        "credentials": {"bot_token": SLACK_TOKEN, "channel_id": "C0123456789"}});
    let made = story.minato.client.post(&format!("{rule}/services"), service).await.expect(201);
    let page = format!("{rule}/services/{}", made["id"].as_str().unwrap_or_default());
    story.arrive(&page).await?;
    story.fill("表示名", "#受付").await?;
    story.fill("チャンネルID", "C9876543210").await?;
    story.see_at("save-status", "2か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    story.see_at("service-title", "#受付").await?;
    let now = story.minato.now(&page).await;
    assert_eq!(
        (&now["label"], &now["credentials"]["channel_id"]),
        (&json!("#受付"), &json!("C9876543210"))
    );
    story.press("取り消す").await?;
    story.see_at("service-title", "#営業").await?;
    story.holds("チャンネルID", "C0123456789").await?;

    story.touch("change-bot_token").await?;
    story.focus_at("input-bot_token").await?;
    story.fill("ボットトークン", "xoxb-1234567890-another4567").await?;
    story.provokes("422");
    story.press("変更を保存").await?;
    story.see_at("error-bot_token", "Slackのボットトークンが無効です。").await?;
    story.press("確かめずに保存").await?;
    story.see_at("toast", "保存しました").await?;
    story.see("xoxb-…4567").await?;
    // A secret cannot be put back.
    story.gone("undo").await?;

    // Nothing secret stays in the browser.
    let kept = story
        .browser
        .script("return JSON.stringify([localStorage, sessionStorage])", vec![])
        .await?
        .to_string();
    assert!(!kept.contains("xoxb"), "{kept}");
    Ok(())
});

/// Somebody says the word that the page asks for, in a group of LINE.
pub async fn says_the_word(story: &Story) -> Outcome {
    story.see_at("line-waiting", "」を待っています").await?;
    let url = story.text_at("line-url").await?;
    let path = url.strip_prefix(&story.gate.url).unwrap_or(&url);
    assert!(path.starts_with("/callbacks/line/"), "{url}");
    let waiting = story.text_at("line-waiting").await?;
    let word = waiting.trim_start_matches('「').split('」').next().unwrap_or_default();

    let said = json!({"destination": "U0", "events": [{"type": "message",
        "timestamp": noon().timestamp_millis(), "replyToken": "r",
            "source": {"type": "group", "groupId": GROUP},
                "message": {"type": "text", "id": "1", "text": word}}]});
    let body = said.to_string();
    let signature = STANDARD.encode(hmac(CHANNEL_SECRET.as_bytes(), body.as_bytes()));
    let provider = Client::new(&story.gate.url).header("x-line-signature", &signature);
    assert_eq!(
        provider.send(reqwest::Method::POST, &format!("/{path}"), Some(body)).await.status,
        200
    );
    Ok(())
}

// Whoever sends the word in a room finds the room filled in, without touching the page.
on_both_screens!(line, async |story| {
    let rule = adding(&story, "LINE").await?;
    story.fill("チャネルアクセストークン（長期）", &"a".repeat(43)).await?;
    story.press("追加する").await?;
    story.see_at("error-channel_access_token", "LINE Notifyは2025年3月に終了しました").await?;
    story.fill("チャネルアクセストークン（長期）", LINE_TOKEN).await?;
    story.fill("チャネルシークレット", CHANNEL_SECRET).await?;
    story.press("追加する").await?;
    says_the_word(&story).await?;
    story.see_at("toast", "送り先が決まりました").await?;
    story.holds("送り先のID（任意）", GROUP).await?;
    story.gone("line-waiting").await?;
    assert_eq!(service_of(&story, &rule).await["credentials"]["to"], GROUP);
    story.press("テスト送信").await?;
    story.see_at("test-outcome", "テスト通知を送りました。").await?;
    assert_eq!(story.providers.received("/line/v2/bot/message/push")[0].json()["to"], GROUP);
    Ok(())
});

// A kind of URL that ended is told with the cure, as soon as its field is left.
on_both_screens!(a_connector_that_ended, async |story| {
    story.provokes("422");
    adding(&story, "Microsoft Teams").await?;
    story
        .fill(
            "ワークフローのURL",
            "https://minato.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4",
        )
        .await?;
    story.write_at("input-service_label", "営業").await?;
    story.see_at("error-url", "2026年5月に使えなくなりました").await?;
    story.see_at("error-url", "ワークフロー").await?;
    story.press("追加する").await?;
    story.see_at("error-url", "2026年5月に使えなくなりました").await?;
    story.gone("save-unchecked").await?;
    Ok(())
});

// The secret of a webhook is seen once; a new one is made, seen once, and the service goes.
on_both_screens!(a_webhook_and_its_secret, async |story| {
    let rule = adding(&story, "Webhook").await?;
    story.press("追加する").await?;
    story.see_at("error-url", "入力してください。").await?;
    story.fill("送り先のURL", "http://nobody.invalid/hook").await?;
    story.provokes("422");
    story.press("追加する").await?;
    story.see_at("error-url", "宛先のホスト名が見つかりません。").await?;
    story.at("save-unchecked").await?;
    story.fill("送り先のURL", &story.providers.url("hook")).await?;
    story.press("追加する").await?;
    story.see_at("signing-secret", "whsec_").await?;
    story.focus_at("secret-title").await?;
    let first = story.text_at("signing-secret").await?;
    story.press("控えました").await?;
    story.at("service-title").await?;
    story.see_no("whsec_").await?;
    story.press("テスト送信").await?;
    story.see_at("test-outcome", "テスト通知を送りました。").await?;
    assert!(
        story.providers.received("/hook")[0]
            .header("webhook-signature")
            .is_some_and(|signature| signature.starts_with("v1,"))
    );
    // Two of them are told apart by where they lead.
    story.open(&rule).await?;
    story.see_at("service", "127.0.0.1").await?;
    story.touch("service").await?;
    story.at("service-title").await?;

    story.press("署名用シークレットを作り直す").await?;
    story.press("作り直す").await?;
    story.see_at("signing-secret", "whsec_").await?;
    assert_ne!(story.text_at("signing-secret").await?, first);
    story.press("控えました").await?;
    story.gone("signing-secret").await?;
    story.reload().await?;
    story.at("service-title").await?;
    story.see_no("whsec_").await?;

    story.press("このサービスを削除").await?;
    story.press("削除する").await?;
    story.is_at(&rule).await?;
    story.see_at("toast", "を削除しました").await?;
    story.gone("service").await?;
    Ok(())
});

// Switched off, it keeps what comes; switched on again, it asks what becomes of that.
on_both_screens!(off_and_on_again, async |story| {
    let rule = a_rule(&story, "営業", json!([])).await;
    picked_by(&story, &rule, 0).await;
    let page = a_webhook(&story, &rule).await;
    let switch = story.app.nobody().bearer(&service_key(&story.app.app, KeyKind::Switch).await);
    story.arrive(&page).await?;
    for (call, answer, said) in [
        ("090-1111-1111", "送らずに再開", "オンにしました"),
        ("090-2222-2222", "送ってから再開", "オンにしました"),
    ] {
        story.touch("input-enabled").await?;
        story.see_at("toast", "オフにしました").await?;
        missed(&switch, call).await;
        service_is(&story, &rule, "waiting", |service| service["waiting"] == 1).await?;
        story.reload().await?;
        story.see_at("waiting", "1件").await?;
        story.touch("input-enabled").await?;
        story.see_at("resume-sheet", "1件").await?;
        story.press(answer).await?;
        story.see_at("toast", said).await?;
        let service = service_of(&story, &rule).await;
        assert_eq!(service["enabled"], true);
        if answer == "送らずに再開" {
            assert_eq!(service["waiting"], 0);
            story.gone("waiting").await?;
        }
    }
    Ok(())
});

//! Looks at 通知設定.

use serde_json::json;
use tests::Outcome;

use super::Look;
use crate::notify::rules::{a_rule, picked_by};
use crate::stage::Story;
use crate::stage::providers::{LINE_TOKEN, SLACK_TOKEN};

/// A rule with services, used by a number; made when nobody has yet. Answers its path.
pub(super) async fn a_furnished_rule(story: &Story) -> String {
    let client = &story.minato.client;
    let known = story.minato.now("/notify-rules").await["items"][0]["id"]
        .as_str()
        .map(|id| format!("/notify-rules/{id}"));
    if let Some(rule) = known {
        return rule;
    }
    let rule = a_rule(
        story,
        "営業チーム",
        json!(["soumu@minato.example", "eigyo-tantou-no-minasan@minato.example"]),
    )
    .await;
    picked_by(story, &rule, 0).await;
    for service in [
        json!({"type": "slack", "label": "#営業", "credentials": {"bot_token": SLACK_TOKEN,
            "channel_id": "C0123456789"}}),
        json!({"type": "line", "credentials": {"channel_access_token": LINE_TOKEN,
            "channel_secret": "0123456789abcdef0123456789abcdef"}}),
        json!({"type": "webhook", "label": "顧客管理",
            "credentials": {"url": story.providers.url("hook")}}),
    ] {
        client.post(&format!("{rule}/services"), service).await.expect(201);
    }
    rule
}

/// Opens one of the services of that rule.
async fn open_service(story: &Story, index: usize) -> Outcome {
    let rule = a_furnished_rule(story).await;
    let services = story.minato.now(&format!("{rule}/services")).await;
    story
        .open(&format!(
            "{rule}/services/{}",
            services["items"][index]["id"].as_str().unwrap_or_default()
        ))
        .await?;
    story.at("service-title").await.map(drop)
}

/// Opens the form for a service of this type.
async fn adding(story: &Story, kind: &str) -> Outcome {
    story.open(&format!("/notify-rules/r/services/new?type={kind}")).await?;
    story.at("add").await.map(drop)
}

/// They, in the order in which they are reached.
pub(super) const LOOKS: &[Look] = looks! {
    "notify-rules-empty" => |story| {
        story.open("/notify-rules").await?;
        story.at("add-rule").await?;
    }
    "notify-rule-new" => |story| {
        story.touch("add-rule").await?;
        story.touch("create-rule").await?;
        story.at("error-name").await?;
    }
    "notify-service-choice" => |story| {
        story.open("/notify-rules/r/services/new").await?;
        story.at("choose-webhook").await?;
    }
    "notify-add-slack" => |story| {
        story.touch("choose-slack").await?;
        story.touch("add").await?;
        story.at("error-bot_token").await?;
    }
    "notify-add-chatwork" => |story| { adding(story, "chatwork").await?; }
    "notify-add-teams" => |story| { adding(story, "teams").await?; }
    "notify-add-google-chat" => |story| { adding(story, "google_chat").await?; }
    "notify-add-line" => |story| { adding(story, "line").await?; }
    "notify-add-line-works" => |story| { adding(story, "line_works").await?; }
    "notify-add-webhook" => |story| { adding(story, "webhook").await?; }
    "notify-rules" => |story| {
        a_furnished_rule(story).await;
        story.open("/notify-rules").await?;
        story.at("rule").await?;
    }
    "notify-rule" => |story| {
        story.open(&a_furnished_rule(story).await).await?;
        story.at("service").await?;
    }
    "notify-rule-edited" => |story| {
        story.write_at("input-mail", "soumu").await?;
        story.touch("add-mail").await?;
        story.at("error-mail").await?;
        story.touch("input-missed_call").await?;
        story.at("save").await?;
    }
    "notify-rule-deleting" => |story| {
        story.browser.script("sessionStorage.clear()", vec![]).await?;
        story.open(&a_furnished_rule(story).await).await?;
        story.touch("delete-rule").await?;
        story.at("users").await?;
    }
    "notify-service" => |story| { open_service(story, 0).await?; }
    "notify-service-tested" => |story| {
        story.providers.slack_says(Some("not_in_channel"));
        story.touch("test").await?;
        story.see_at("test-outcome", "HTTP 200").await?;
        story.providers.slack_says(None);
    }
    "notify-service-changing" => |story| {
        open_service(story, 0).await?;
        story.touch("change-bot_token").await?;
        story.write_at("input-bot_token", "xoxp-1").await?;
        story.write_at("input-service_label", "#営業二課").await?;
        story.at("error-bot_token").await?;
    }
    "notify-service-line" => |story| {
        open_service(story, 1).await?;
        story.at("line-waiting").await?;
    }
    "notify-service-secret" => |story| {
        open_service(story, 2).await?;
        story.touch("rotate").await?;
        story.touch("rotate-confirm").await?;
        story.at("signing-secret").await?;
    }
    "notify-service-deleting" => |story| {
        story.touch("delete-service").await?;
        story.at("delete-confirm").await?;
    }
    "notify-gone" => |story| {
        story.provokes("404");
        story.open("/notify-rules/01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24").await?;
        story.at("not-found").await?;
    }
};

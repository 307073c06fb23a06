//! Every screen of the portal in every state that looks different, for those who look at all of them.
//!
//! Nothing here depends on the language: things are found by their `data-testid`.

use std::pin::Pin;

use serde_json::json;
use tests::{Contract, Holder, Outcome, PASSWORD};

use crate::api_keys::allow;
use crate::block_list::block_list;
use crate::calls::a_morning_with_trouble;
use crate::minato::LOGIN_ID;
use crate::notify_rules::{a_rule, picked_by};
use crate::providers::{LINE_TOKEN, SLACK_TOKEN};
use crate::stage::Story;

/// What a number refuses: its caller, how it is compared, its note.
const BLOCKED: [(&str, &str, &str); 4] = [
    ("+1 212-555-0123", "exact", "海外"),
    ("0800123", "prefix", "アンケート"),
    ("03-1234-9876", "exact", "年末まで、しつこい営業の電話が続くため様子を見る番号"),
    ("090-2222-3333", "exact", "営業電話"),
];

/// Chooses a file without a file dialog.
const CHOOSE_FILE: &str = "const files = new DataTransfer(), input = document.querySelector('[data-testid=file]');
    files.items.add(new File(['number,note\\n03-5555-6666,x\\n9012345678,x\\n090-2222-3333,x\\n11O-2222-3333,x\\n\\n080-1234-5678,x\\n'], 'kyohi.csv'));
    input.files = files.files; input.dispatchEvent(new Event('change', { bubbles: true }));";

/// Opens the first event of a log.
const FIRST_EVENT: &str = "document.querySelector('[data-testid=event] a').click()";

/// One look at the portal.
pub struct Look {
    /// What the picture is called.
    pub name: &'static str,
    open: fn(&Story) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>>,
}

impl Look {
    /// Brings it onto the screen, wherever the story is.
    pub async fn open(&self, story: &Story) -> Outcome {
        story.gate.open();
        (self.open)(story).await.map_err(|failed| failed.with(&format!("on the way to {}", self.name)))
    }
}

macro_rules! looks {
    ($($name:literal => |$story:ident| $body:block)*) => {
        &[$(Look { name: $name, open: |$story| Box::pin(async move { $body; Ok(()) }) }),*]
    };
}

/// The looks at the portal before signing in, in the order in which they are reached.
pub const OUTSIDE: &[Look] = looks! {
    "sign-in" => |story| {
        story.open("/sign-in").await?;
        story.at("sign-in").await?;
    }
    "sign-in-refused" => |story| {
        story.provokes("status of 401");
        story.write_at("input-login_id", LOGIN_ID).await?;
        story.write_at("input-password", "not my password").await?;
        story.touch("sign-in").await?;
        story.see_at("form-error", "").await?;
    }
    "sign-in-incomplete" => |story| {
        story.open("/sign-in").await?;
        story.touch("sign-in").await?;
        story.at("error-password").await?;
    }
    "forgot-password" => |story| {
        story.open("/forgot-password").await?;
        story.at("send-link").await?;
    }
    "link-sent" => |story| {
        story.write_at("input-login_id", LOGIN_ID).await?;
        story.touch("send-link").await?;
        story.at("link-sent").await?;
    }
    "reset-password" => |story| {
        story.open("/reset-password#some-token").await?;
        story.at("set-password").await?;
    }
    "reset-refused" => |story| {
        story.write_at("input-new_password", "short").await?;
        story.touch("show-new_password").await?;
        story.touch("set-password").await?;
        story.at("error-new_password").await?;
    }
    "link-expired" => |story| {
        story.open("/reset-password").await?;
        story.at("link-expired").await?;
    }
    "page-not-found" => |story| {
        story.open("/nowhere").await?;
        story.at("not-found").await?;
    }
};

/// Signs in without a word.
pub async fn enter(story: &Story, login_id: &str) -> Outcome {
    story.open("/sign-in").await?;
    story.write_at("input-login_id", login_id).await?;
    story.write_at("input-password", PASSWORD).await?;
    story.touch("sign-in").await?;
    story.is_at("/").await
}

/// Opens the general settings of a number without any draft.
async fn settings(story: &Story, index: usize) -> Outcome {
    story.browser.script("sessionStorage.clear()", vec![]).await?;
    story.open(&story.minato.number_settings(index)).await?;
    story.at("input-name").await.map(drop)
}

/// A rule with services, used by a number; made when nobody has yet. Answers its path.
async fn a_furnished_rule(story: &Story) -> String {
    let client = &story.minato.client;
    let known = story.minato.now("/notify-rules").await["items"][0]["id"].as_str().map(|id| format!("/notify-rules/{id}"));
    if let Some(rule) = known {
        return rule;
    }
    let rule = a_rule(story, "営業チーム", json!(["soumu@minato.example", "eigyo-tantou-no-minasan@minato.example"])).await;
    picked_by(story, &rule, 0).await;
    for service in [
        json!({"type": "slack", "label": "#営業", "credentials": {"bot_token": SLACK_TOKEN, "channel_id": "C0123456789"}}),
        json!({"type": "line", "credentials": {"channel_access_token": LINE_TOKEN, "channel_secret": "0123456789abcdef0123456789abcdef"}}),
        json!({"type": "webhook", "label": "顧客管理", "credentials": {"url": story.providers.url("hook")}}),
    ] {
        client.post(&format!("{rule}/services"), service).await.expect(201);
    }
    rule
}

/// Opens one of the services of that rule.
async fn open_service(story: &Story, index: usize) -> Outcome {
    let rule = a_furnished_rule(story).await;
    let services = story.minato.now(&format!("{rule}/services")).await;
    story.open(&format!("{rule}/services/{}", services["items"][index]["id"].as_str().unwrap_or_default())).await?;
    story.at("service-title").await.map(drop)
}

/// Opens the form for a service of this type.
async fn adding(story: &Story, kind: &str) -> Outcome {
    story.open(&format!("/notify-rules/r/services/new?type={kind}")).await?;
    story.at("add").await.map(drop)
}

/// The looks at the portal after signing in.
pub const INSIDE: &[Look] = looks! {
    "list" => |story| {
        story.open("/").await?;
        story.at("row-id-minato206").await?;
    }
    "home-primary" => |story| {
        story.open(&story.minato.number(0)).await?;
        story.at("open-general").await?;
    }
    "home-additional" => |story| {
        story.open(&story.minato.number(1)).await?;
        story.at("open-general").await?;
    }
    "home-id" => |story| {
        story.open(&story.minato.id(1)).await?;
        story.at("open-general").await?;
    }
    "home-id-unused" => |story| {
        story.open(&story.minato.id(4)).await?;
        story.at("open-general").await?;
    }
    "general-primary" => |story| { settings(story, 0).await?; }
    "picker" => |story| {
        story.touch("input-priority_phone_id").await?;
        story.at("picker-done").await?;
    }
    "picker-of-many" => |story| {
        settings(story, 0).await?;
        story.touch("input-channel_limit").await?;
        story.at("picker-done").await?;
    }
    "picker-empty" => |story| {
        settings(story, 0).await?;
        story.touch("input-notify_rule_id").await?;
        story.at("picker-done").await?;
    }
    "edited" => |story| {
        settings(story, 0).await?;
        story.write_at("input-name", "本社代表").await?;
        story.at("save").await?;
    }
    "leaving" => |story| {
        story.touch(if story.is_wide() { "row-account" } else { "back" }).await?;
        story.at("leave-stay").await?;
    }
    "saved" => |story| {
        settings(story, 0).await?;
        story.write_at("input-display_name", "みなと代表").await?;
        story.touch("save").await?;
        story.at("undo").await?;
    }
    "undone" => |story| {
        story.touch("undo").await?;
        story.see_at("toast", "").await?;
        story.gone("save-bar").await?;
    }
    "refused" => |story| {
        settings(story, 0).await?;
        story.write_at("input-name", &"あ".repeat(41)).await?;
        story.touch("save").await?;
        story.at("error-name").await?;
    }
    "conflict" => |story| {
        story.provokes("412");
        settings(story, 1).await?;
        story.write_at("input-name", "お客さまサポート").await?;
        let now = story.minato.now(&story.minato.number(1)).await;
        let other = if now["name"] == "問い合わせ窓口" { "サポート窓口" } else { "問い合わせ窓口" };
        story.minato.change(&story.minato.number(1), json!({"name": other})).await;
        story.touch("save").await?;
        story.at("keep-mine").await?;
    }
    "offline" => |story| {
        story.provokes("ERR_INTERNET_DISCONNECTED");
        settings(story, 0).await?;
        story.write_at("input-name", "本社代表").await?;
        story.browser.set_offline(true).await?;
        story.touch("save").await?;
        story.save_is_over().await?;
        story.browser.set_offline(false).await?;
        // Only what the browser says of itself is back; the notice goes with the next answer.
        story.browser.script("dispatchEvent(new Event('offline'))", vec![]).await?;
        story.at("offline-notice").await?;
    }
    "general-additional" => |story| { settings(story, 2).await?; }
    "general-id" => |story| {
        story.open(&story.minato.id_settings(1)).await?;
        story.at("input-terminal_name").await?;
    }
    "block-list-empty" => |story| {
        story.open(&block_list(story, 1)).await?;
        story.at("empty-state").await?;
    }
    "block-list" => |story| {
        // Refused a second time when the walk comes by again: they are there then.
        for (caller, matching, note) in BLOCKED {
            let entry = json!({"caller": caller, "match": matching, "note": note});
            story.minato.client.post(&format!("{}/entries", block_list(story, 0)), entry).await;
        }
        story.open(&block_list(story, 0)).await?;
        story.at("entry").await?;
    }
    "block-list-selected" => |story| {
        story.touch("select-all").await?;
        story.at("delete-selected").await?;
    }
    "block-entry" => |story| {
        story.open(&block_list(story, 0)).await?;
        story.touch("open-+81312349876").await?;
        story.at("entry-caller").await?;
    }
    "block-add" => |story| {
        story.open(&block_list(story, 0)).await?;
        story.touch("add-entry").await?;
        story.write_at("input-caller", "+44").await?;
        story.browser.script("document.querySelector('[data-testid=match-prefix]').click()", vec![]).await?;
        story.at("warning").await?;
    }
    "block-add-refused" => |story| {
        story.write_at("input-caller", "9012345678").await?;
        story.at("proposal").await?;
    }
    "block-export" => |story| {
        story.open(&block_list(story, 0)).await?;
        story.touch("open-export").await?;
        story.at("export-sample").await?;
    }
    "block-import" => |story| {
        story.open(&format!("{}/block-import", story.minato.number(0))).await?;
        story.at("file").await?;
    }
    "block-import-preview" => |story| {
        story.browser.script(CHOOSE_FILE, vec![]).await?;
        story.at("import-blocked").await?;
    }
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
    "account" => |story| {
        story.open("/account").await?;
        story.at("account-name").await?;
    }
    "api-keys-empty" => |story| {
        story.open("/account/api-keys").await?;
        story.at("empty-state").await?;
    }
    "api-key-new" => |story| {
        story.touch("add-key").await?;
        allow(story, "s_numbers-write").await?;
        story.touch("create-key").await?;
        story.at("error-key-name").await?;
    }
    "api-key-made" => |story| {
        story.write_at("input-key-name", "顧客管理").await?;
        story.touch("create-key").await?;
        story.at("key-once").await?;
    }
    "api-keys" => |story| {
        story.touch("key-done").await?;
        let key = json!({"name": "夜間の集計", "scopes": ["call_events:read", "deliveries:read", "audit_log:read"],
            "allowed_addresses": ["198.51.100.0/24"]});
        story.minato.client.post("/api-keys", key).await.expect(201);
        story.reload().await?;
        story.count_at("key", 2).await?;
    }
    "api-key-deleting" => |story| {
        story.touch("delete-key").await?;
        story.at("delete-confirm").await?;
    }
    "signing-out-everywhere" => |story| {
        story.open("/account").await?;
        story.touch("sign-out-everywhere").await?;
        story.at("sign-out-everywhere-confirm").await?;
    }
    "history" => |story| {
        story.open("/history").await?;
        story.at("history-entry").await?;
    }
    "history-of-number" => |story| {
        story.open(&format!("/history?number={}", story.minato.numbers[1])).await?;
        story.at("history-entry").await?;
    }
    "ringing" => |story| {
        story.minato.change(&story.minato.number(0), json!({"priority_phone_id": story.minato.ids[1]})).await;
        story.open(&format!("{}/ringing", story.minato.number(0))).await?;
        story.at("busy-note").await?;
    }
    "ringing-edited" => |story| {
        story.touch(&format!("input-rings:{}", story.minato.ids[1])).await?;
        story.at("priority-note").await?;
    }
    "ringing-last" => |story| {
        story.browser.script("sessionStorage.clear()", vec![]).await?;
        story.open(&format!("{}/ringing", story.minato.number(2))).await?;
        for id in &story.minato.ids {
            story.touch(&format!("input-rings:{id}")).await?;
        }
        story.at("last-confirm").await?;
    }
    "ringing-nobody" => |story| {
        story.touch("last-confirm").await?;
        story.at("nobody-rings").await?;
    }
    "outbound" => |story| {
        story.browser.script("sessionStorage.clear()", vec![]).await?;
        story.open(&format!("{}/outbound-number", story.minato.id(1))).await?;
        story.touch(&format!("choice-{}", story.minato.numbers[1])).await?;
        story.at("save").await?;
    }
    "outbound-in-the-app" => |story| {
        story.browser.script("sessionStorage.clear()", vec![]).await?;
        story.open(&format!("{}/outbound-number", story.minato.id(3))).await?;
        story.at("empty-state").await?;
    }
    "password-basic" => |story| {
        story.open(&format!("{}/password", story.minato.number(0))).await?;
        story.write_at("input-new_password", "minato2026").await?;
        story.at("meter").await?;
    }
    "password-refused" => |story| {
        story.touch("change-password").await?;
        story.at("error-current_password").await?;
    }
    "password-made" => |story| {
        story.open(&format!("{}/password", story.minato.id(1))).await?;
        story.touch("propose").await?;
        story.at("proposal").await?;
        story.at("meter").await?;
    }
    "password-changed" => |story| {
        story.touch("change-password").await?;
        story.at("password-changed").await?;
    }
    "confirming" => |story| {
        story.provokes("403");
        story.touch("reveal").await?;
        story.at("confirm-sheet").await?;
    }
    "password-shown" => |story| {
        story.write_at("input-own_password", PASSWORD).await?;
        story.touch("confirm").await?;
        story.at("revealed").await?;
    }
    "terminals" => |story| {
        story.open(&format!("{}/terminals", story.minato.number(0))).await?;
        story.at("terminal").await?;
    }
    "terminals-code" => |story| {
        story.touch("show-code").await?;
        story.at("qr").await?;
    }
    "terminals-sign-out" => |story| {
        story.touch("hide-code").await?;
        story.touch("sign-out-terminal").await?;
        story.at("sign-out-sheet").await?;
    }
    "preview" => |story| {
        story.open(&format!("{}/preview", story.minato.number(0))).await?;
        story.at("prompt").await?;
    }
    "preview-rings" => |story| {
        story.write_at("input-caller", "０９０ー１２３４ー５６７８").await?;
        story.at("device").await?;
        story.rests("answer").await?;
    }
    "preview-refuses" => |story| {
        story.minato.change(&format!("{}/block-list", story.minato.number(0)), json!({"reject_withheld": true})).await;
        story.touch("kind-withheld").await?;
        story.see_at("verdict-sip", "").await?;
        story.rests("answer").await?;
    }
    "preview-busy" => |story| {
        story.open(&format!("{}/preview", story.minato.number(2))).await?;
        story.touch("kind-pay_phone").await?;
        for _ in 0..3 {
            story.touch("more-calls").await?;
        }
        story.see_at("verdict-sip", "").await?;
        story.browser.script("document.querySelector('[data-testid=when-later]').click()", vec![]).await?;
        story.at("input-at").await?;
        story.rests("answer").await?;
    }
    "preview-unreadable" => |story| {
        story.provokes("422");
        story.touch("kind-number").await?;
        story.write_at("input-caller", "090-1234").await?;
        story.at("error-caller").await?;
    }
    "copy" => |story| {
        story.open(&format!("{}/copy", story.minato.number(1))).await?;
        story.at("nothing-picked").await?;
    }
    "copy-changes" => |story| {
        story.touch("part-general").await?;
        story.touch("part-block_list").await?;
        story.at("apply").await?;
    }
    "copied" => |story| {
        story.touch("apply").await?;
        story.at("copied").await?;
    }
    "restoring" => |story| {
        story.open("/history").await?;
        story.touch("restore").await?;
        story.at("put-back").await?;
    }
    "restoring-changed-since" => |story| {
        story.provokes("409");
        for name in ["お客さまサポート", "お問い合わせ"] {
            story.minato.change(&story.minato.number(1), json!({"name": name})).await;
        }
        story.open(&format!("/history?number={}", story.minato.numbers[1])).await?;
        story.at("restore").await?;
        story.browser.script("document.querySelectorAll('[data-testid=restore]')[1].click()", vec![]).await?;
        story.touch("restore-confirm").await?;
        story.see_at("restore-error", "").await?;
    }
    "notices-empty" => |story| {
        story.open(&format!("/notices?number={}", story.minato.numbers[1])).await?;
        story.at("empty-state").await?;
    }
    "notices" => |story| {
        a_morning_with_trouble(story).await?;
        story.open("/notices").await?;
        story.at("event").await?;
    }
    "preview-notices" => |story| {
        story.browser.script("sessionStorage.clear()", vec![]).await?;
        story.open(&format!("{}/preview", story.minato.number(0))).await?;
        story.write_at("input-caller", "090-1234-5678").await?;
        story.at("notice").await?;
    }
    "notices-numbers" => |story| {
        story.open("/notices").await?;
        story.touch("choose-number").await?;
        story.at("number-sheet").await?;
    }
    "notices-none-of-a-kind" => |story| {
        story.open(&format!("/notices?number={}&kind=voicemail", story.minato.numbers[2])).await?;
        story.at("show-all").await?;
    }
    "notice" => |story| {
        story.open("/notices?kind=voicemail").await?;
        story.at("event").await?;
        story.browser.script(FIRST_EVENT, vec![]).await?;
        story.at("problem").await?;
        story.browser.script("document.querySelectorAll('[data-testid=show-attempts]').forEach((one) => one.click())", vec![]).await?;
        story.at("attempt").await?;
    }
    "notice-revoke" => |story| {
        story.touch("revoke").await?;
        story.at("revoke-confirm").await?;
    }
    "notice-fax" => |story| {
        story.open("/notices?kind=fax").await?;
        story.at("event").await?;
        story.browser.script(FIRST_EVENT, vec![]).await?;
        story.at("open-fax").await?;
    }
    "deliveries" => |story| {
        story.open("/notices/deliveries").await?;
        story.at("delivery").await?;
    }
    "deliveries-resend" => |story| {
        story.touch("resend-many").await?;
        story.at("resend-confirm").await?;
    }
    "deliveries-loading" => |story| {
        story.gate.hold("/api/v1/deliveries");
        story.open("/notices/deliveries").await?;
        story.at("loading").await?;
    }
    "notice-not-found" => |story| {
        story.provokes("status of 404");
        story.open("/notices/01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21").await?;
        story.at("not-found").await?;
    }
    "number-not-found" => |story| {
        story.open("/numbers/01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21").await?;
        story.at("not-found").await?;
    }
    "loading" => |story| {
        story.gate.hold("/api/v1/numbers");
        story.open("/").await?;
        story.at("loading").await?;
    }
    "error" => |story| {
        story.provokes("status of 500");
        story.gate.break_down("/api/v1/audit-log");
        story.open("/history").await?;
        story.at("retry").await?;
    }
    "without-numbers" => |story| {
        let contract = Contract { numbers: 0, ids: 1, ..Contract::default() };
        let new = Holder::provision(&story.app, "atarashii", contract).await;
        story.browser.driver.delete_all_cookies().await?;
        enter(story, &new.login_id).await?;
        story.at("empty-state").await?;
    }
};

//! Every screen of the portal in every state that looks different, for those who look at all of them.
//!
//! Nothing here depends on the language: things are found by their `data-testid`.

use std::pin::Pin;

use serde_json::json;
use tests::{Contract, Holder, Outcome, PASSWORD};

use crate::minato::LOGIN_ID;
use crate::stage::Story;

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
    "account" => |story| {
        story.open("/account").await?;
        story.at("account-name").await?;
    }
    "signing-out-everywhere" => |story| {
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

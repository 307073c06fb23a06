//! Looks at the log of notices, and the list in every state.

use tests::{Contract, Holder};

use super::Look;
use super::enter;
use crate::stage::switch::a_morning_with_trouble;

/// Opens the first event of a log.
const FIRST_EVENT: &str = "document.querySelector('[data-testid=event] a').click()";

/// They, in the order in which they are reached.
pub(super) const LOOKS: &[Look] = looks! {
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

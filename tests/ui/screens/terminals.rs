//! Looks at ringing, calling out, passwords, terminals, the preview, copying, restoring.

use serde_json::json;
use tests::PASSWORD;

use super::Look;

/// They, in the order in which they are reached.
pub(super) const LOOKS: &[Look] = looks! {
    "ringing" => |story| {
        story.minato.change(&story.minato.number(0),
            json!({"priority_phone_id": story.minato.ids[1]})).await;
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
        story.minato.change(&format!("{}/block-list", story.minato.number(0)),
            json!({"reject_withheld": true})).await;
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
        story.browser.script("document.querySelector('[data-testid=when-later]').click()",
            vec![]).await?;
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
        story.browser.script("document.querySelectorAll('[data-testid=restore]')[1].click()",
            vec![]).await?;
        story.touch("restore-confirm").await?;
        story.see_at("restore-error", "").await?;
    }
};

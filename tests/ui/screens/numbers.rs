//! Looks at the list, the settings of a row, the block list.

use serde_json::json;
use tests::Outcome;

use super::Look;
use crate::block_list::entries::block_list;
use crate::stage::Story;

/// What a number refuses: its caller, how it is compared, its note.
const BLOCKED: [(&str, &str, &str); 4] = [
    ("+1 212-555-0123", "exact", "海外"),
    ("0800123", "prefix", "アンケート"),
    ("03-1234-9876", "exact", "年末まで、しつこい営業の電話が続くため様子を見る番号"),
    ("090-2222-3333", "exact", "営業電話"),
];

/// Chooses a file without a file dialog.
const CHOOSE_FILE: &str = "const files = new DataTransfer(), input = \
    document.querySelector('[data-testid=file]');
    files.items.add(new File(['number,note\\n03-5555-6666,x\\n9012345678,x\\n090-2222-3333,x\\n11O-2222-3333,x\\n\\n080-1234-5678,x\\n'], 'kyohi.csv'));
    input.files = files.files; input.dispatchEvent(new Event('change', { bubbles: true }));";

/// Opens the general settings of a number without any draft.
async fn settings(story: &Story, index: usize) -> Outcome {
    story.browser.script("sessionStorage.clear()", vec![]).await?;
    story.open(&story.minato.number_settings(index)).await?;
    story.at("input-name").await.map(drop)
}

/// They, in the order in which they are reached.
pub(super) const LOOKS: &[Look] = looks! {
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
        story.browser.script("document.querySelector('[data-testid=match-prefix]').click()",
            vec![]).await?;
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
        story.at("apply-import").await?;
    }
};

//! APIキー: made, seen once, used by another system, removed.

use reqwest::Method;
use tests::{Client, Outcome};

use crate::on_both_screens;
use crate::stage::Story;

/// What the new key may be seen as.
async fn shown(story: &Story) -> Outcome<String> {
    story.text_at("api-key").await
}

/// The words beside a choice are what a finger meets.
pub async fn allow(story: &Story, choice: &str) -> Outcome {
    let click =
        format!("document.querySelector('[data-testid={choice}]').closest('label').click()");
    story.browser.script(&click, vec![]).await.map(drop)
}

fn with(story: &Story, key: &str) -> Client {
    Client::new(&story.app.url).bearer(key)
}

// From nothing to a key that another system reads with, and its end.
on_both_screens!(making_and_removing_a_key, async |story| {
    story.arrive("/account").await?;
    story.touch("open-api-keys").await?;
    story.heading("APIキー").await?;
    story.see_at("empty-state", "APIキーはまだありません").await?;
    story.press("最初のキーを作る").await?;
    story.focus_at("input-key-name").await?;
    story.press("キーを作る").await?;
    story.see_at("error-key-name", "入力してください。").await?;
    story.fill("名前", "顧客管理").await?;
    story.press("キーを作る").await?;
    story.see("できることを、一つ以上選んでください。").await?;
    allow(&story, "s_numbers-read").await?;
    allow(&story, "s_block_list-write").await?;
    story.fill("使える場所", "うちの会社").await?;
    story.press("キーを作る").await?;
    story.see_at("error-addresses", "形").await?;
    story.fill("使える場所", "127.0.0.0/8, ::1").await?;
    story.press("キーを作る").await?;
    story.see_at("key-once", "キーが見られるのは今だけです").await?;
    story.focus_at("key-title").await?;
    let key = shown(&story).await?;
    assert!(key.starts_with("dwk_"), "{key}");
    assert_eq!(with(&story, &key).get("/numbers").await.status, 200);
    assert_eq!(with(&story, &key).get("/ids").await.status, 403);
    story.press("控えました").await?;
    story.gone("key-once").await?;
    story.see_at("key", "番号の設定（読む）、着信拒否（変える）").await?;
    story.reload().await?;
    story.see_at("key", "127.0.0.0/8, ::1 からだけ").await?;
    story.see_no(&key).await?;

    story.touch("delete-key").await?;
    story.see_at("delete-sheet", "「顧客管理」を使っているシステムは").await?;
    story.press("キャンセル").await?;
    assert_eq!(with(&story, &key).get("/numbers").await.status, 200);
    story.touch("delete-key").await?;
    story.press("削除する").await?;
    story.see_at("toast", "「顧客管理」を削除しました").await?;
    story.see_at("empty-state", "APIキーはまだありません").await?;
    assert_eq!(with(&story, &key).send(Method::GET, "/numbers", None).await.status, 401);
    Ok(())
});

// Without a network, and with one that comes back.
on_both_screens!(keys_that_cannot_be_read, async |story| {
    story.provokes("Failed to load resource");
    story.arrive("/account/api-keys").await?;
    story.at("empty-state").await?;
    story.gate.break_down("/api/v1/api-keys");
    story.reload().await?;
    story.at("error-state").await?;
    story.gate.open();
    story.touch("retry").await?;
    story.at("empty-state").await?;
    Ok(())
});

//! 保存済み → 交換機に反映済み: beside the notice of a save stands whether calls are decided by it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{Client, Outcome};

use crate::on_both_screens;
use crate::screens::pictures;
use crate::stage::Story;

/// What a switch asks and says, from the snapshot on.
struct Following {
    switch: Client,
    position: u64,
}

impl Following {
    /// The position in the last line of an answer.
    async fn read(&self, path: &str) -> u64 {
        let answer = self.switch.get(path).await;
        let last: Value = answer
            .text
            .lines()
            .last()
            .and_then(|line| serde_json::from_str(line).ok())
            .unwrap_or_default();
        last["position"].as_u64().unwrap_or_default()
    }

    async fn begin(switch: Client) -> Self {
        let mut following = Self { switch, position: 0 };
        following.position = following.read("/switch/snapshot").await;
        following.report().await;
        following
    }

    async fn catch_up(&mut self) {
        self.position =
            self.read(&format!("/switch/changes?since={}&wait_s=5", self.position)).await;
        self.report().await;
    }

    async fn report(&self) {
        self.switch.post("/switch/applied", json!({"position": self.position})).await.expect(204);
    }
}

/// A picture to look at, where somebody wants pictures.
async fn picture(story: &Story, name: &str) -> Outcome {
    let Some(folder) = pictures::wanted() else { return Ok(()) };
    std::fs::create_dir_all(&folder)?;
    let screen = if story.is_wide() { "desktop" } else { "phone" };
    story
        .browser
        .driver
        .screenshot(&folder.join(format!("{screen}-reflected-{name}.png")))
        .await
        .map_err(Into::into)
}

// A save waits for the switch, comes into force, and is told of honestly when the switch is silent
// or nobody can be asked.
on_both_screens!(a_save_is_followed_to_the_switch, async |story| {
    let mut following = Following::begin(Switch::of(&story.app).await.client).await;
    // A page of the later file, which the notice comes with.
    story.arrive(&format!("{}/ringing", story.minato.number(0))).await?;
    let rings = format!("input-rings:{}", story.minato.ids[3]);
    story.touch(&rings).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    story.see_at("reflected", "保存済み・交換機への反映待ち").await?;
    picture(&story, "waiting").await?;
    story.advance(TimeDelta::milliseconds(800)).await?;
    following.catch_up().await;
    story.see_at("reflected", "交換機に反映済み（0.8秒後）").await?;
    picture(&story, "applied").await?;

    // A page of the first visit, and a switch that has stopped.
    story.advance(TimeDelta::minutes(2)).await?;
    if story.is_wide() {
        story.touch("row-number-+815012345678").await?
    } else {
        story.press_back().await?
    }
    story.follow("一般設定").await?;
    story.is_at(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", "窓口").await?;
    story.press("変更を保存").await?;
    story.see_at("reflected", "保存済み。交換機から応答がなく、まだ反映されていません（最後の応答: 11月22日 12:00）。").await?;
    picture(&story, "silent").await?;
    following.catch_up().await;
    story.see_at("reflected", "交換機に反映済み（0.1秒後）").await?;

    story.provokes("500 (Internal Server Error)");
    story.gate.break_down("/api/v1/account/switch-state");
    story.fill("番号名称", "受付").await?;
    story.press("変更を保存").await?;
    story
        .see_at("reflected", "保存済み。交換機に反映されたかどうかは、いま確認できません。")
        .await?;
    picture(&story, "unknown").await?;
    story.gate.open();
    following.catch_up().await;
    story.see_at("reflected", "交換機に反映済み（0.1秒後）").await?;
    Ok(())
});

// An entry of a block list is followed, too, where no bar tells of its save.
on_both_screens!(a_blocked_caller_is_followed_to_the_switch, async |story| {
    let mut following = Following::begin(Switch::of(&story.app).await.client).await;
    story.arrive(&format!("{}/block-list", story.minato.number(0))).await?;
    story.press("追加").await?;
    story.fill("電話番号", "0120-999-888").await?;
    story.press("登録する").await?;
    story.see_at("reflected", "保存済み・交換機への反映待ち").await?;
    story.advance(TimeDelta::milliseconds(1_250)).await?;
    following.catch_up().await;
    story.see_at("reflected", "交換機に反映済み（1.3秒後）").await?;
    picture(&story, "entry").await?;
    Ok(())
});

// What switches know nothing of says nothing of them, nor does a portal without a switch.
on_both_screens!(nothing_is_said_where_no_switch_is_concerned, async |story| {
    story.arrive(&format!("{}/ringing", story.minato.number(0))).await?;
    story.touch(&format!("input-rings:{}", story.minato.ids[3])).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    const STATE: &str =
        "return document.querySelector('[data-testid=reflected]')?.dataset.state ?? ''";
    story
        .wait("it is asked how far the save has come", async || {
            story.browser.script(STATE, vec![]).await.is_ok_and(|state| state == "none")
        })
        .await?;
    story.gone("reflected").await?;
    // The contract's address is none of the switches' business.
    Following::begin(Switch::of(&story.app).await.client).await;
    story.open("/account").await?;
    story.fill("メールアドレス", "soumu2@minato.example").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    story.gone("reflected").await?;
    Ok(())
});

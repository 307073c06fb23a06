//! 着信なりわけ: each terminal on or off, and the announcement when every channel is in use.

use serde_json::{Value, json};
use tests::Outcome;

use crate::portal::guide::{chapter, is_asked_about_changes, save};
use crate::stage::Story;
use crate::stage::app::device;

async fn open(story: &Story) -> Outcome {
    story.open(&story.minato.number(0)).await?;
    story.follow("着信なりわけ").await?;
    story.heading("着信なりわけ").await
}

fn switch(story: &Story, id: usize) -> String {
    format!("input-rings:{}", story.minato.ids[id])
}

chapter!(ringing {
    42 => async |story| {
        open(&story).await?;
        for id in 0..5 {
            story.at(&switch(&story, id)).await?;
        }
        story.at("input-busy_announcement").await?;
        Ok(())
    }
    43 => async |story| {
        open(&story).await?;
        story.touch("open-channels").await?;
        story.is_at(&story.minato.number_settings(0)).await?;
        story.see("チャネル数").await
    }
    44 => async |story| {
        open(&story).await?;
        story.touch(&switch(&story, 4)).await?;
        is_asked_about_changes(&story).await?;
        open(&story).await?;
        story.touch(&switch(&story, 4)).await?;
        save(&story).await?;
        story.open(&story.minato.number(0)).await?;
        story.see_at("open-ringing", "4 / 5 台").await
    }
    45 => async |story| {
        let has = |ringing: bool| {
            move |decision: &Value| device(decision, "minato205").is_some() == ringing
        };
        story.decided("it rings at first", json!({}), has(true)).await?;
        open(&story).await?;
        story.touch(&switch(&story, 3)).await?;
        save(&story).await?;
        story.decided("off, it does not ring", json!({}), has(false)).await?;
        open(&story).await?;
        story.touch(&switch(&story, 3)).await?;
        save(&story).await?;
        story.decided("on, it rings", json!({}), has(true)).await?;
        Ok(())
    }
    46 => async |story| {
        open(&story).await?;
        story.touch("input-busy_announcement").await?;
        story.see_at("busy-note", "アナウンスが流れます").await?;
        save(&story).await?;
        let announces = |decision: &Value| decision["action"] == "announce";
        let full = json!({"active_calls": 9});
        story.decided("the tenth caller hears the announcement", full, announces).await?;
        Ok(())
    }
    47 => async |story| {
        open(&story).await?;
        story.touch(&switch(&story, 2)).await?;
        save(&story).await?;
        let now = story.minato.now(&format!("{}/ringing", story.minato.number(0))).await;
        assert_eq!(now["targets"][2]["rings"], false, "{now}");
        Ok(())
    }
});

//! 着信拒否: the switch, one by one, with check boxes, all at once, from a file.

use serde_json::{Value, json};
use tests::Outcome;

use crate::portal::guide::{chapter, save};
use crate::stage::Story;

fn page(story: &Story) -> String {
    format!("{}/block-list", story.minato.number(0))
}

async fn open(story: &Story) -> Outcome {
    story.open(&story.minato.number(0)).await?;
    story.follow("着信拒否").await
}

async fn add(story: &Story, caller: &str) -> Outcome {
    story.press("追加").await?;
    story.focus_at("input-caller").await?;
    story.keys(caller).await?;
    story.at("understood").await?;
    story.press("登録する").await?;
    story.gone("add-sheet").await
}

/// Ticks a box. Scrolls as a thumb does, since bars may cover it.
async fn tick(story: &Story, test_id: &str) -> Outcome {
    story.at(test_id).await?;
    let scroll = "document.querySelector(`[data-testid='${arguments[0]}']`).scrollIntoView({ \
        block: 'center' })";
    story.browser.script(scroll, vec![json!(test_id)]).await?;
    story.touch(test_id).await
}

async fn entries(story: &Story) -> u64 {
    story.minato.now(&page(story)).await["entry_count"].as_u64().unwrap_or_default()
}

fn rejects(decision: &Value) -> bool {
    decision["action"] == "reject"
}

fn rings(decision: &Value) -> bool {
    decision["action"] == "ring"
}

chapter!(block_list {
    36 => async |story| {
        open(&story).await?;
        story.heading("着信拒否").await?;
        story.at("input-reject_withheld").await?;
        story.at("add-entry").await?;
        story.see_at("open-import", "CSVで一括登録（インポート）").await
    }
    37 => async |story| {
        let withheld = json!({"from_user": "anonymous", "privacy": "id"});
        open(&story).await?;
        story.touch("input-reject_withheld").await?;
        save(&story).await?;
        story.decided("who hides the number is refused", withheld.clone(), rejects).await?;
        open(&story).await?;
        story.touch("input-reject_withheld").await?;
        save(&story).await?;
        story.decided("who hides the number rings again", withheld, rings).await?;
        Ok(())
    }
    38 => async |story| {
        open(&story).await?;
        for caller in ["090-1234-5678", "０３（１１１１）２２２２", "0120-999-000"] {
            add(&story, caller).await?;
        }
        story.see("03-1111-2222").await?;
        let caller = json!({"from_user": "0311112222"});
        story.decided("the caller is refused", caller, rejects).await?;
        Ok(())
    }
    39 => async |story| {
        open(&story).await?;
        add(&story, "080-1111-0000").await?;
        let before = entries(&story).await;
        tick(&story, "tick-+818011110000").await?;
        story.press("削除").await?;
        story.see_at("selection-bar", "1件を削除しました").await?;
        assert_eq!(entries(&story).await, before - 1);
        let caller = json!({"from_user": "08011110000"});
        story.decided("the caller rings again", caller, rings).await?;
        Ok(())
    }
    40 => async |story| {
        open(&story).await?;
        for caller in ["080-1111-0001", "080-1111-0002"] {
            add(&story, caller).await?;
        }
        tick(&story, "select-all").await?;
        story.press("削除").await?;
        story.see_at("selection-bar", "件を削除しました").await?;
        assert_eq!(entries(&story).await, 0);
        Ok(())
    }
    41 => async |story| {
        open(&story).await?;
        story.follow("CSVで一括登録（インポート）").await?;
        let sample = story.at("sample-shift_jis").await?.prop("href").await?.unwrap_or_default();
        let path = sample
            .strip_prefix(&story.gate.url)
            .and_then(|path| path.strip_prefix("/api/v1"))
            .unwrap_or_default();
        let answer = story.minato.client.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("text/csv; charset=shift_jis"))
        );
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("拒否リスト.csv");
        // 「電話番号,メモ」 and 「…,表」 in Shift_JIS: the second byte of 表 is a backslash.
        let rows = b"\x93\x64\x98\x62\x94\xd4\x8d\x86,\x83\x81\x83\x82\r\n\
            090-1111-2222,\x95\x5c\r\n9033334444,\r\n0451234567,\r\n";
        std::fs::write(&file, rows)?;
        story.at("file").await?.send_keys(file.to_string_lossy()).await?;
        story.press("3件を登録").await?;
        story.see_at("import-done", "3件").await?;
        let list = story.minato.now(&format!("{}/entries?q=表", page(&story))).await;
        assert_eq!(list["items"][0]["caller_text"], "090-1111-2222", "{list}");
        let caller = json!({"from_user": "09033334444"});
        story.decided("who stands in the file is refused", caller, rejects).await?;
        Ok(())
    }
});

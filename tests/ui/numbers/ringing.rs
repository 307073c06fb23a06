//! Which terminals ring for a number.

use serde_json::{Value, json};
use tests::Outcome;
use thirtyfour::Key;

use crate::on_both_screens;
use crate::stage::Story;

fn page(story: &Story) -> String {
    format!("{}/ringing", story.minato.number(0))
}

fn switch(story: &Story, id: usize) -> String {
    format!("input-rings:{}", story.minato.ids[id])
}

/// Whether the switch with this `data-testid` is on.
async fn is_on(story: &Story, test_id: &str) -> Outcome<bool> {
    Ok(story.at(test_id).await?.prop("checked").await?.as_deref() == Some("true"))
}

/// Scrolls down, so that the save bar covers nothing that is to be touched.
async fn at_the_end(story: &Story) -> Outcome {
    story.browser.script("scrollTo(0, document.body.scrollHeight)", vec![]).await.map(drop)
}

/// Which IDs ring, as the API says.
async fn ringing(story: &Story) -> Vec<bool> {
    let now = story.minato.now(&page(story)).await;
    now["targets"].as_array().into_iter().flatten().map(|target| target["rings"] == true).collect()
}

/// Switches an ID, as somebody else who works on the same contract.
async fn someone_switches(story: &Story, id: usize, rings: bool) {
    let client = &story.minato.client;
    let version = client.get(&page(story)).await.version();
    let put = json!({"targets": [{"phone_id": story.minato.ids[id], "rings": rings}],
        "busy_announcement": false});
    client.if_match(version).put(&page(story), put).await.expect(200);
}

// A terminal falls silent with a switch and a save; taking the save back lets it ring again.
on_both_screens!(switching_terminals, async |story| {
    story.arrive(&story.minato.number(0)).await?;
    story.see_at("open-ringing", "5 / 5 台").await?;
    story.follow("着信なりわけ").await?;
    story.is_at(&page(&story)).await?;
    for name in ["受付 iPhone", "会議室の電話", "倉庫", "佐藤 Android", "鈴木（未使用）"]
    {
        story.see(name).await?;
    }
    story.see("内線 205 ・ minato205").await?;
    story.see_at(&format!("field-rings:{}", story.minato.ids[3]), "Android").await?;
    story.touch(&switch(&story, 3)).await?;
    // The keyboard does it, too.
    story.at(&switch(&story, 4)).await?.focus().await?;
    story.key(Key::Space).await?;
    story.see_at("save-status", "2か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(ringing(&story).await, [true, true, true, false, false]);

    story.press("取り消す").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    assert!(is_on(&story, &switch(&story, 3)).await?);
    assert_eq!(ringing(&story).await, [true; 5]);

    // The next save needs no second try: the page knows the version.
    story.touch(&switch(&story, 3)).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    at_the_end(&story).await?;
    story.touch("open-history").await?;
    story.is_at(&format!("/history?number={}&kind=ringing", story.minato.numbers[0])).await?;
    story.see("着信なりわけ").await?;
    let last = story.texts_at("history-entry").await?.remove(0);
    assert!(
        last.contains("佐藤 Android") && last.contains("オン") && last.contains("オフ"),
        "{last}"
    );
    Ok(())
});

// What callers hear when every line is in use, and the way to how many lines there are. Leaving
// with edits asks first.
on_both_screens!(announcing_that_the_line_is_busy, async |story| {
    story.arrive(&page(&story)).await?;
    story.see_at("busy-note", "話中音").await?;
    story.see_at("open-channels", "9 / 9").await?;
    story.touch("input-busy_announcement").await?;
    story.see_at("busy-note", "アナウンスが流れます").await?;
    at_the_end(&story).await?;
    story.touch("open-channels").await?;
    story.press("保存して移動").await?;
    story.is_at(&story.minato.number_settings(0)).await?;
    assert_eq!(story.minato.now(&page(&story)).await["busy_announcement"], true);
    // The general settings are saved on top, without a conflict.
    story.fill("番号名称", "本社代表").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    Ok(())
});

// The last terminal that rings is not switched off by a slip of the thumb.
on_both_screens!(silencing_the_last_terminal, async |story| {
    for id in 1..5 {
        someone_switches(&story, id, false).await;
    }
    story.arrive(&page(&story)).await?;
    story.touch(&switch(&story, 0)).await?;
    story.see_at("last-terminal", "どの端末も鳴らなくなります").await?;
    story.press("オンのままにする").await?;
    story.gone("last-terminal").await?;
    assert!(is_on(&story, &switch(&story, 0)).await?);
    story.gone("save-bar").await?;

    story.touch(&switch(&story, 0)).await?;
    story.press("オフにする").await?;
    story.see_at("nobody-rings", "どの端末も鳴りません").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(ringing(&story).await, [false; 5]);
    Ok(())
});

// The terminal that rings first gives that up when it falls silent, says so before, and gets it
// back with the undo.
on_both_screens!(silencing_the_first_terminal, async |story| {
    let number = story.minato.number(0);
    let first = story.minato.ids[1].clone();
    story.minato.change(&number, json!({"priority_phone_id": first})).await;
    story.arrive(&page(&story)).await?;
    story.see_at(&format!("field-rings:{first}"), "優先着信").await?;
    story.touch(&switch(&story, 1)).await?;
    story.see_at("priority-note", "優先着信は「優先しない」に変わります").await?;
    story.touch(&switch(&story, 1)).await?;
    story.gone("priority-note").await?;
    story.gone("save-bar").await?;
    story.touch(&switch(&story, 1)).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&number).await["priority_phone_id"], Value::Null);
    assert!(!ringing(&story).await[1]);

    story.press("取り消す").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    assert_eq!(story.minato.now(&number).await["priority_phone_id"], first.as_str());
    assert!(ringing(&story).await[1]);
    Ok(())
});

// Two people switch different terminals at the same time: both stand, and each sees the other's.
on_both_screens!(switching_at_the_same_time, async |story| {
    story.provokes("412");
    story.arrive(&page(&story)).await?;
    story.touch(&switch(&story, 3)).await?;
    someone_switches(&story, 2, false).await;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(ringing(&story).await, [true, true, false, false, true]);
    assert!(!is_on(&story, &switch(&story, 2)).await?);
    Ok(())
});

// What cannot be read is tried again; what cannot be saved stays.
on_both_screens!(failing_to_read_and_to_save, async |story| {
    story.provokes("status of 500");
    story.provokes("ERR_INTERNET_DISCONNECTED");
    story.arrive("/").await?;
    story.gate.break_down("/api/v1/numbers/");
    story.open(&page(&story)).await?;
    story.at("error-state").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.touch(&switch(&story, 3)).await?;
    story.browser.set_offline(true).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "まだ保存していません").await?;
    story.browser.set_offline(false).await?;
    assert!(!is_on(&story, &switch(&story, 3)).await?);
    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(ringing(&story).await, [true, true, true, false, true]);
    Ok(())
});

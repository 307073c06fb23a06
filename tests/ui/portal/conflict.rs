//! Two people change the same number: nothing that either of them did is lost.

use serde_json::json;

use crate::on_both_screens;

// Both values are shown, what was typed is kept, and the person decides: mine.
on_both_screens!(keeping_mine, async |story| {
    story.provokes("412");
    let number = story.minato.number(0);
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", "みなと商会 代表").await?;
    story.minato.change(&number, json!({"name": "本社代表"})).await;
    story.press("変更を保存").await?;
    story.see_at("save-status", "ほかの画面でも変更されていました。").await?;
    let both = story.text_at("conflict-name").await?;
    assert_eq!(
        both,
        "どちらを残しますか？\nあなたの入力\nみなと商会 代表\n保存されている値\n本社代表"
    );
    story.holds("番号名称", "みなと商会 代表").await?;
    assert_eq!(story.minato.now(&number).await["name"], "本社代表");

    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    story.gone("conflict-name").await?;
    assert_eq!(story.minato.now(&number).await["name"], "みなと商会 代表");
    Ok(())
});

// Or theirs: then there is nothing left to save. Another mind can be changed until then.
on_both_screens!(taking_theirs, async |story| {
    story.provokes("412");
    let number = story.minato.number(0);
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", "みなと商会 代表").await?;
    story.minato.change(&number, json!({"name": "本社代表"})).await;
    story.press("変更を保存").await?;
    story.choose("保存されている値").await?;
    story.holds("番号名称", "本社代表").await?;
    story.choose("あなたの入力").await?;
    story.holds("番号名称", "みなと商会 代表").await?;
    story.choose("保存されている値").await?;
    story.gone("save-bar").await?;
    story.holds("番号名称", "本社代表").await?;
    assert_eq!(story.minato.now(&number).await["name"], "本社代表");
    if story.is_wide() {
        story.see_at("row-number-+815012345678", "本社代表").await?;
    }
    Ok(())
});

// Where the two changed different things, both stand without a question.
on_both_screens!(changing_different_things, async |story| {
    story.provokes("412");
    let number = story.minato.number(0);
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", "みなと商会 代表").await?;
    story.minato.change(&number, json!({"ringtone": "ringtone_2"})).await;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let now = story.minato.now(&number).await;
    assert_eq!(
        (now["name"].as_str(), now["ringtone"].as_str()),
        (Some("みなと商会 代表"), Some("ringtone_2"))
    );
    // The other person's change is shown.
    story.is_chosen("着信音2").await?;
    Ok(())
});

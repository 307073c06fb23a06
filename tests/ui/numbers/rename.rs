//! The walk that everything stands on: open a number, give it a name, save, see it everywhere.

use chrono::TimeDelta;
use serde_json::json;

use crate::on_both_screens;

// A name that is saved stands in the list and in the API; taking the save back puts the old one
// there.
on_both_screens!(renaming_a_number, async |story| {
    story.arrive("/").await?;
    story.follow("03-3456-7890").await?;
    story.is_at(&story.minato.number(1)).await?;
    story.see_at("row-title", "03-3456-7890").await?;
    story.follow("一般設定").await?;
    story.is_at(&story.minato.number_settings(1)).await?;
    story.holds("番号名称", "サポート窓口").await?;
    story.gone("save-bar").await?;

    story.fill("番号名称", "お客さまサポート").await?;
    story.see_at("save-status", "1か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&story.minato.number(1)).await["name"], "お客さまサポート");

    story.press("取り消す").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    story.holds("番号名称", "サポート窓口").await?;
    story.gone("save-bar").await?;
    assert_eq!(story.minato.now(&story.minato.number(1)).await["name"], "サポート窓口");

    story.fill("番号名称", "窓口").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    if !story.is_wide() {
        story.press_back().await?;
        story.see_at("row-title", "03-3456-7890").await?;
        story.see("窓口").await?;
        story.press_back().await?;
        story.is_at("/").await?;
    }
    story.see_at("row-number-+81334567890", "窓口").await?;
    Ok(())
});

// 元に戻す takes back what was typed and sends nothing.
on_both_screens!(reverting, async |story| {
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", "まちがい").await?;
    story.choose("着信音2").await?;
    story.see_at("save-status", "2か所を変更しました").await?;
    story.press("元に戻す").await?;
    story.gone("save-bar").await?;
    story.holds("番号名称", "代表番号").await?;
    assert!(
        !story.gate.requests().iter().any(|request| request.starts_with("PATCH")),
        "nothing was to be sent"
    );
    Ok(())
});

// The change log tells each change in words: whose, of what, from which value to which.
on_both_screens!(reading_the_change_log, async |story| {
    let number = story.minato.number(0);
    story.minato.change(&number, json!({"ringtone": "ringtone_2"})).await;
    story.minato.change(&number, json!({"priority_phone_id": story.minato.ids[1]})).await;
    story.minato.change(&story.minato.id(0), json!({"terminal_name": "受付"})).await;
    story.arrive(&number).await?;
    story.at("open-history").await?;
    story.follow("変更履歴").await?;
    story.is_at(&format!("/history?number={}", story.minato.numbers[0])).await?;
    story.see("2026年11月22日（日）").await?;
    let entries = story.texts_at("history-entry").await?;
    assert_eq!(
        entries[0],
        "受付\n変更\n12:00\n端末名称\n受付 iPhone\n受付\nminato201 さん\n変更前の内容に戻す"
    );
    assert_eq!(
        entries[1],
        "050-1234-5678\n変更\n12:00\n優先着信\n優先しない\n会議室の電話\nminato201 さん\n変更前の内容に戻す"
    );
    assert_eq!(
        entries[2],
        "050-1234-5678\n変更\n12:00\n着信音\n着信音1\n着信音2\nminato201 さん\n変更前の内容に戻す"
    );
    assert!(entries.iter().any(|entry| entry.contains("通信事業者")), "{entries:?}");
    story.see("ここまでです").await?;
    assert!(!entries.iter().any(|entry| entry.contains("03-3456-7890")), "{entries:?}");
    Ok(())
});

// A long change log comes in pieces, in order, and says when it ends.
on_both_screens!(reading_a_long_change_log, async |story| {
    let number = story.minato.number(1);
    for index in 1..=40 {
        story.advance(TimeDelta::minutes(7)).await?;
        story.minato.change(&number, json!({"name": format!("窓口{index}")})).await;
    }
    story.arrive("/history").await?;
    story.at("more").await?;
    assert_eq!(story.texts_at("history-entry").await?.len(), 30);
    story.press("さらに表示").await?;
    story.see("ここまでです").await?;
    let entries = story.texts_at("history-entry").await?;
    let names: Vec<_> = entries
        .iter()
        .take(40)
        .map(|entry| entry.lines().nth(5).unwrap_or_default().to_owned())
        .collect();
    let expected: Vec<_> = (1..=40).rev().map(|index| format!("窓口{index}")).collect();
    assert_eq!(names, expected);
    Ok(())
});

// A break from calls: one press begins it, list and page say so, and one press ends it. It ends by
// itself, too.
on_both_screens!(pausing_calls, async |story| {
    let number = story.minato.number(0);
    let end = async || story.minato.now(&number).await["pause_until"].clone();
    story.arrive(&number).await?;
    story.touch("open-pause").await?;
    story.touch("pause-60").await?;
    story.see_at("toast", "着信を休止しました").await?;
    story.see_at("pause-state", "着信を休止しています").await?;
    assert!(end().await.is_string());
    story.open("/").await?;
    story.see_at("paused", "休止中").await?;
    story.open(&number).await?;
    story.touch("end-pause").await?;
    story.see_at("toast", "着信の休止を終えました").await?;
    assert!(end().await.is_null());
    story.open(&format!("/history?number={}", story.minato.numbers[0])).await?;
    let last = story.texts_at("history-entry").await?.remove(0);
    assert!(last.contains("着信を休止"), "{last}");

    story.open(&number).await?;
    story.touch("open-pause").await?;
    story.touch("pause-15").await?;
    story.see_at("pause-state", "着信を休止しています").await?;
    story.advance(TimeDelta::minutes(16)).await?;
    story.open(&number).await?;
    story.at("open-pause").await?;
    story.gone("pause-state").await
});

//! Former values put back from the change log.

use serde_json::json;
use thirtyfour::By;

use crate::on_both_screens;

// A change is taken back from the log, which then says so.
on_both_screens!(putting_a_name_back, async |story| {
    let number = story.minato.number(1);
    story.minato.change(&number, json!({"name": "お客さまサポート"})).await;
    story.arrive(&format!("/history?number={}", story.minato.numbers[1])).await?;
    story.see("お客さまサポート").await?;
    story.press("変更前の内容に戻す").await?;
    story.see_at("put-back", "サポート窓口").await?;
    story.press("キャンセル").await?;
    story.gone("restore-sheet").await?;
    story.press("変更前の内容に戻す").await?;
    story.press("戻す").await?;
    story.see_at("toast", "変更前の内容に戻しました").await?;
    story.gone("restore-sheet").await?;
    assert_eq!(story.minato.now(&number).await["name"], "サポート窓口");
    let log = story.texts_at("history-entry").await?;
    assert!(
        log[0].contains("お客さまサポート") && log[0].ends_with("変更前の内容に戻す"),
        "{log:?}"
    );
    if story.is_wide() {
        story.see_at("row-number-+81334567890", "サポート窓口").await?;
    }
    Ok(())
});

// What was changed again since is overwritten only when the person says so.
on_both_screens!(putting_back_what_was_changed_since, async |story| {
    story.provokes("409");
    let number = story.minato.number(1);
    story.minato.change(&number, json!({"name": "お客さまサポート"})).await;
    story.minato.change(&number, json!({"name": "問い合わせ窓口"})).await;
    story.arrive(&format!("/history?number={}", story.minato.numbers[1])).await?;
    story.see("お客さまサポート").await?;
    let buttons = story.browser.driver.find_all(By::Css("[data-testid=restore]")).await?;
    buttons[1].click().await?;
    story.see_at("put-back", "サポート窓口").await?;
    story.press("戻す").await?;
    story.see_at("restore-error", "もう一度変更されています").await?;
    assert_eq!(story.minato.now(&number).await["name"], "問い合わせ窓口");
    story.press("上書きして戻す").await?;
    story.see_at("toast", "変更前の内容に戻しました").await?;
    assert_eq!(story.minato.now(&number).await["name"], "サポート窓口");
    Ok(())
});

// The log of one screen only; the choice stands in the address.
on_both_screens!(looking_at_one_screen, async |story| {
    let number = story.minato.number(0);
    story.minato.change(&number, json!({"ringtone": "ringtone_2"})).await;
    story.minato.change(&format!("{number}/block-list"), json!({"reject_withheld": true})).await;
    let history = format!("/history?number={}", story.minato.numbers[0]);
    story.arrive(&history).await?;
    story.see("着信音2").await?;
    story.touch("part-block_list").await?;
    story.is_at(&format!("{history}&kind=block_list")).await?;
    story.see("非通知を拒否").await?;
    story.see_no("着信音2").await?;
    story.reload().await?;
    story.see("非通知を拒否").await?;
    story.touch("part-ringing").await?;
    story.see_at("empty-state", "この設定の変更はまだありません。").await?;
    story.touch("part-all").await?;
    story.see("着信音2").await?;
    story.is_at(&history).await?;
    Ok(())
});

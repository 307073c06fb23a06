//! Settings taken over from another number.

use serde_json::json;

use crate::on_both_screens;
use crate::stage::Story;

fn page(story: &Story) -> String {
    format!("{}/copy", story.minato.number(1))
}

// What would change is shown first; then it is taken over, and there is nothing more to take.
on_both_screens!(copying_from_the_primary_number, async |story| {
    let (from, to) = (story.minato.number(0), story.minato.number(1));
    story.minato.change(&from, json!({"ringtone": "ringtone_2"})).await;
    story.minato.silence(&story.app, 0, 4).await;
    let entry = json!({"caller": "0570", "match": "prefix", "note": "営業電話", "confirm": true});
    story.minato.client.post(&format!("{from}/block-list/entries"), entry).await.expect(201);
    story.arrive(&to).await?;
    story.follow("ほかの番号からコピー").await?;
    story.is_at(&page(&story)).await?;
    story.is_chosen("050-1234-5678").await?;
    story.at("nothing-picked").await?;
    for part in ["general", "ringing", "block_list"] {
        story.touch(&format!("part-{part}")).await?;
    }
    for change in ["着信音1", "着信音2", "鈴木（未使用）", "1件を追加"] {
        story.see_at("copy-changes", change).await?;
    }
    assert_eq!(story.minato.now(&to).await["ringtone"], "ringtone_1", "looking changes nothing");
    story.press("反映する").await?;
    story.see_at("copied", "コピーしました。").await?;
    assert_eq!(story.minato.now(&to).await["ringtone"], "ringtone_2");
    assert_eq!(story.minato.now(&format!("{to}/block-list")).await["entry_count"], 1);

    story.press("追加した拒否番号を取り消す").await?;
    story.see_at("toast", "追加した拒否番号を取り消しました").await?;
    assert_eq!(story.minato.now(&format!("{to}/block-list")).await["entry_count"], 0);
    story.press("ほかの番号からもコピーする").await?;
    story.touch("part-general").await?;
    story.see_at("no-difference", "違いはありません").await?;
    story.gone("apply").await?;

    // The next save on another page needs no second try.
    story.open(&format!("{to}/general")).await?;
    story.fill("番号名称", "窓口").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    Ok(())
});

// An ID has nothing to copy, and what cannot be asked is asked again.
on_both_screens!(copying_where_it_is_not_possible, async |story| {
    story.provokes("status of 500");
    story.arrive(&format!("{}/copy", story.minato.id(1))).await?;
    story.see_at("empty-state", "電話番号が2つ以上あるご契約で").await?;
    story.open(&page(&story)).await?;
    story.at("part-ringing").await?;
    story.gate.break_down("/api/v1/numbers/");
    story.touch("part-ringing").await?;
    story.at("error-state").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.see_at("no-difference", "違いはありません").await?;
    Ok(())
});

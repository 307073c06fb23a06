//! Whom a number refuses: the switches, the list, what is said while a number is typed, and the way
//! back.

use serde_json::{Value, json};
use tests::Outcome;
use thirtyfour::Key;

use crate::on_both_screens;
use crate::stage::Story;

/// Path of the block list of a number.
pub fn block_list(story: &Story, index: usize) -> String {
    format!("{}/block-list", story.minato.number(index))
}

/// Puts callers into the list, the last one on top, and answers what the API made of them.
pub async fn refuse(story: &Story, index: usize, entries: &[Value]) -> Vec<Value> {
    let mut made = Vec::new();
    for entry in entries {
        let path = format!("{}/entries", block_list(story, index));
        made.push(story.minato.client.post(&path, entry.clone()).await.expect(201));
    }
    made
}

/// How many entries the list has, as the API says.
pub async fn total(story: &Story, index: usize) -> u64 {
    story.minato.now(&block_list(story, index)).await["entry_count"].as_u64().unwrap_or_default()
}

async fn open_sheet(story: &Story) -> Outcome {
    story.press("追加").await?;
    story.focus_at("input-caller").await
}

// A switch waits for the save like every other setting, and the way back is one press.
on_both_screens!(refusing_withheld_callers, async |story| {
    let path = block_list(&story, 0);
    story.arrive(&story.minato.number(0)).await?;
    story.follow("着信拒否").await?;
    story.is_at(&path).await?;
    story.see("050-1234-5678").await?;
    story.touch("input-reject_withheld").await?;
    story.see_at("save-status", "1か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&path).await["reject_withheld"], true);
    story.press("取り消す").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    assert_eq!(story.minato.now(&path).await["reject_withheld"], false);

    // Somebody else changes another switch meanwhile: both changes stand.
    story.provokes("412");
    story.touch("input-reject_pay_phone").await?;
    story.minato.change(&path, json!({"reject_out_of_range": true})).await;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let now = story.minato.now(&path).await;
    assert_eq!(
        (&now["reject_pay_phone"], &now["reject_out_of_range"]),
        (&json!(true), &json!(true))
    );
    let shown = "return document.querySelector('[data-testid=input-reject_out_of_range]').checked";
    assert_eq!(story.browser.script(shown, vec![]).await?, true);
    Ok(())
});

// The first entry and the second one are added by the keyboard alone; the focus comes back.
on_both_screens!(adding_numbers, async |story| {
    story.arrive(&block_list(&story, 0)).await?;
    story.see_at("empty-state", "拒否する番号はまだありません").await?;
    open_sheet(&story).await?;
    story.keys("０９０ー１２３４ー５６７８").await?;
    story.see_at("understood", "090-1234-5678 からの着信を拒否します").await?;
    story.see_at("effect", "この30日間に、あてはまる着信はありません。").await?;
    story.key(Key::Enter).await?;
    story.see_at("toast", "090-1234-5678を登録しました").await?;
    story.gone("add-sheet").await?;
    story.focus_at("add-entry").await?;
    story.see_at("entry-total", "拒否する番号（1件）").await?;

    story.key(Key::Enter).await?;
    story.focus_at("input-caller").await?;
    story.keys("0800123").await?;
    story.choose("前方一致").await?;
    story.see_at("understood", "で始まる番号からの着信を拒否します").await?;
    story.fill("メモ", "アンケート").await?;
    story
        .browser
        .script(
            "const end = document.querySelector('[data-testid=input-expires]');
            end.value = '2027-01-31'; end.dispatchEvent(new Event('input', { bubbles: true }))",
            vec![],
        )
        .await?;
    story.press("登録する").await?;
    story.gone("add-sheet").await?;
    story.see_at("entry-total", "拒否する番号（2件）").await?;
    story.see("前方一致 ・ 2027年1月31日まで ・ アンケート").await?;
    let entries = story.minato.now(&format!("{}/entries", block_list(&story, 0))).await;
    assert_eq!(entries["items"][0]["expires_at"], "2027-01-31T15:00:00Z");
    assert_eq!(entries["items"][1]["caller"], "+819012345678");

    // What is refused already is said before it is added twice.
    open_sheet(&story).await?;
    story.keys("0800-123-4567").await?;
    story.see_at("covered", "で始まる番号」として、すでに拒否されています。").await?;
    story.fill("電話番号", "090 1234 5678").await?;
    story.see_at("error-caller", "すでに登録されています。").await?;
    story.press("登録する").await?;
    story.focus_at("input-caller").await?;
    assert_eq!(total(&story, 0).await, 2);
    // What was typed is not thrown away unasked, by a step back no more than by the cross.
    story.browser.driver.back().await?;
    story.see_at("sheet-ask", "入力した内容が消えます").await?;
    story.is_at(&block_list(&story, 0)).await?;
    story.press("入力に戻る").await?;
    story.gone("sheet-ask").await?;
    story.holds("電話番号", "090 1234 5678").await?;
    story.press("閉じる").await?;
    story.press("消して閉じる").await?;
    story.focus_at("add-entry").await?;
    // With nothing typed a step back closes the sheet, and the next one leaves the page.
    open_sheet(&story).await?;
    story.browser.driver.back().await?;
    story.gone("add-sheet").await?;
    story.is_at(&block_list(&story, 0)).await?;
    story.at("entry-total").await?;
    story.browser.driver.back().await?;
    story.gone("entry-total").await?;
    Ok(())
});

// What cannot be added says why in its row, and nothing is sent; a lost zero is put right with one
// touch.
on_both_screens!(numbers_that_are_refused, async |story| {
    // Half a number is submitted before the check has answered: then the server refuses it.
    story.provokes("422");
    story.arrive(&block_list(&story, 0)).await?;
    open_sheet(&story).await?;
    for (typed, said) in [
        ("でたらめ", "電話番号に使えません"),
        ("03-3456-7890", "ご契約の電話番号です。"),
        ("110", "緊急通報の番号"),
        ("*67", "発信者の番号に含まれません"),
        ("非通知", "番号のない着信です。"),
        ("9.01E+09", "桁が失われています"),
        ("090", "桁数が足りません"),
    ] {
        story.fill("電話番号", typed).await?;
        if typed == "090" {
            story.key(Key::Enter).await?;
        }
        story.see_at("error-caller", said).await.map_err(|failed| failed.with(typed))?;
        story.key(Key::Enter).await?;
        story.focus_at("input-caller").await?;
    }
    story.fill("電話番号", "9012345678").await?;
    story.see_at("error-caller", "先頭の0が消えています。").await?;
    story.press("090-1234-5678 にする").await?;
    story.holds("電話番号", "090-1234-5678").await?;
    story.see_at("understood", "090-1234-5678").await?;
    story.gone("error-caller").await?;
    story.focus_at("input-caller").await?;
    story.key(Key::Enter).await?;
    story.gone("add-sheet").await?;
    story.see_at("entry-total", "1件").await?;

    // An empty field and a note that is too long.
    open_sheet(&story).await?;
    story.key(Key::Enter).await?;
    story.see_at("error-caller", "入力してください。").await?;
    story.fill("電話番号", "03-1111-2222").await?;
    story
        .browser
        .script(
            "const note = document.querySelector('[data-testid=input-note]');
            note.value = 'あ'.repeat(101); note.dispatchEvent(new Event('input', { bubbles: true \
                }))",
            vec![],
        )
        .await?;
    story.press("登録する").await?;
    story.see_at("error-note", "100文字以内で入力してください。").await?;
    assert_eq!(total(&story, 0).await, 1);
    Ok(())
});

// What covers a whole country is added only by somebody who says so.
on_both_screens!(numbers_that_are_warned_about, async |story| {
    story.arrive(&block_list(&story, 0)).await?;
    open_sheet(&story).await?;
    story.keys("+44").await?;
    story.choose("前方一致").await?;
    story.see_at("warning", "からの電話がすべて拒否されます。").await?;
    story.press("登録する").await?;
    story.focus_at("input-confirm").await?;
    assert_eq!(total(&story, 0).await, 0);
    story.key(Key::Space).await?;
    story.press("登録する").await?;
    story.gone("add-sheet").await?;
    story.see_at("entry-total", "1件").await?;
    Ok(())
});

// A search understands every way to write a number, and notes; selecting all of it deletes only
// that.
on_both_screens!(searching_and_deleting, async |story| {
    let callers = [
        ("090-1111-2222", "営業"),
        ("03-4444-5555", ""),
        ("080-9999-0000", "営業 二課"),
        ("+1 212-555-0123", "海外"),
    ];
    let entries: Vec<_> =
        callers.iter().map(|(caller, note)| json!({"caller": caller, "note": note})).collect();
    refuse(&story, 0, &entries).await;
    story.arrive(&block_list(&story, 0)).await?;
    story.see_at("entry-total", "4件").await?;
    assert_eq!(story.texts_at("entry").await?.len(), 4);
    for (typed, found) in
        [("０３（４４４４）", "03-4444-5555"), ("+8190", "090-1111-2222"), ("海外", "+12125550123")]
    {
        story.write_at("search", typed).await?;
        story.see_at("entry", found).await?;
        assert_eq!(story.texts_at("entry").await?.len(), 1, "{typed}");
    }
    story.write_at("search", "どこにもない").await?;
    story.see_at("empty-state", "見つかりません").await?;
    story.write_at("search", "営業").await?;
    story.see_at("entry", "080-9999-0000").await?;
    story.touch("select-all").await?;
    story.see_at("selection-status", "2件を選択中").await?;
    story.press("削除").await?;
    story.see_at("selection-status", "2件を削除しました").await?;
    story.see_at("entry-total", "2件").await?;
    story.focus_at("undo-delete").await?;
    story.press("取り消す").await?;
    story.see_at("toast", "2件を元に戻しました").await?;
    story.see_at("entry-total", "4件").await?;
    story.gone("selection-bar").await?;

    // All but one.
    story.touch("clear-search").await?;
    story.see("03-4444-5555").await?;
    story.touch("select-all").await?;
    story.see_at("selection-status", "4件を選択中").await?;
    // On a small screen the row is behind the bar until the person scrolls.
    story.browser.script("scrollTo(0, document.documentElement.scrollHeight)", vec![]).await?;
    story.touch("tick-+81344445555").await?;
    story.see_at("selection-status", "3件を選択中").await?;
    story.press("削除").await?;
    story.see_at("selection-status", "3件を削除しました").await?;
    story.see_at("entry-total", "1件").await?;
    assert_eq!(total(&story, 0).await, 1);
    story.see_at("entry", "03-4444-5555").await?;
    Ok(())
});

// One entry: its note and its end can be changed, and it can be removed and put back.
on_both_screens!(looking_at_one_entry, async |story| {
    story.provokes("412");
    let made = refuse(&story, 0, &[json!({"caller": "090-1111-2222", "note": "営業"})]).await;
    let path =
        format!("{}/entries/{}", block_list(&story, 0), made[0]["id"].as_str().unwrap_or_default());
    story.arrive(&block_list(&story, 0)).await?;
    story.touch("open-+819011112222").await?;
    story.see_at("entry-caller", "090-1111-2222").await?;
    story.see_at("entry-added", "2026年11月22日").await?;
    story.see_at("entry-last-hit", "まだありません").await?;
    story.fill("メモ", "しつこい営業").await?;
    story.press("変更を保存").await?;
    story.see_at("toast", "保存しました").await?;
    story.gone("entry-sheet").await?;
    story.see_at("entry", "しつこい営業").await?;
    assert_eq!(story.minato.now(&path).await["note"], "しつこい営業");

    // Changed elsewhere meanwhile: what is true now comes up, and the person decides.
    story.touch("open-+819011112222").await?;
    story.fill("メモ", "わたしのメモ").await?;
    story.minato.change(&path, json!({"note": "ほかの人のメモ"})).await;
    story.press("変更を保存").await?;
    story.see_at("entry-notice", "最新の内容を読み込みました").await?;
    story.holds("メモ", "ほかの人のメモ").await?;
    story.press("この番号の拒否をやめる").await?;
    story.see_at("selection-status", "1件を削除しました").await?;
    story.see_at("empty-state", "拒否する番号はまだありません").await?;
    story.press("取り消す").await?;
    story.see_at("toast", "1件を元に戻しました").await?;
    story.see_at("entry", "ほかの人のメモ").await?;
    Ok(())
});

// Without a network everything stays as it was, and again means again.
on_both_screens!(without_a_network, async |story| {
    refuse(&story, 0, &[json!({"caller": "090-1111-2222"})]).await;
    story.arrive(&block_list(&story, 0)).await?;
    story.touch("tick-+819011112222").await?;
    story.cut();
    story.press("削除").await?;
    story.see_at("selection-status", "インターネット接続を確認して").await?;
    story.at("offline-notice").await?;
    story.gate.open();
    story.press("削除").await?;
    story.see_at("selection-status", "1件を削除しました").await?;
    Ok(())
});

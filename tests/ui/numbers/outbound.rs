//! The number that IP phones and premises devices call out with.

use serde_json::{Value, json};

use crate::on_both_screens;
use crate::stage::Story;

fn page(story: &Story, id: usize) -> String {
    format!("{}/outbound-number", story.minato.id(id))
}

// An IP phone calls out with another number of the contract, and with the primary one again.
on_both_screens!(choosing_a_number, async |story| {
    story.arrive(&story.minato.id(1)).await?;
    story.see_at("open-outbound", "050-1234-5678").await?;
    story.follow("発信外線番号").await?;
    story.is_at(&page(&story, 1)).await?;
    story.is_chosen("050-1234-5678").await?;
    story.see("基本番号 ・ 代表番号").await?;
    story.choose("03-3456-7890").await?;
    story.see_at("save-status", "1か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(
        story.minato.now(&story.minato.id(1)).await["outbound_number_id"],
        story.minato.numbers[1].as_str()
    );

    story.press("取り消す").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    story.is_chosen("050-1234-5678").await?;
    assert_eq!(story.minato.now(&story.minato.id(1)).await["outbound_number_id"], Value::Null);

    story.choose("0120-345-678").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    story.open(&story.minato.id(1)).await?;
    story.see_at("open-outbound", "0120-345-678").await?;
    Ok(())
});

// Where the app decides, the home of the ID says so instead of offering a page; its address says
// it, too.
on_both_screens!(leaving_it_to_the_app, async |story| {
    story.arrive(&story.minato.id(3)).await?;
    story.see_at("app-decides", "アプリで使う場合は、アプリの画面で選びます").await?;
    story.gone("open-outbound").await?;
    story.open(&page(&story, 3)).await?;
    story.see_at("empty-state", "アプリの画面で選びます").await?;
    Ok(())
});

// Somebody else chose another number meanwhile: both are shown.
on_both_screens!(choosing_at_the_same_time, async |story| {
    story.provokes("412");
    let path = page(&story, 2);
    story.arrive(&path).await?;
    story.choose("03-3456-7890").await?;
    let version = story.minato.client.get(&path).await.version();
    let theirs = json!({"number_id": story.minato.numbers[2]});
    story.minato.client.if_match(version).put(&path, theirs).await.expect(200);
    story.press("変更を保存").await?;
    let both = story.text_at("conflict-number_id").await?;
    assert_eq!(
        both,
        "どちらを残しますか？\nあなたの入力\n03-3456-7890\n保存されている値\n0120-345-678"
    );
    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(
        story.minato.now(&story.minato.id(2)).await["outbound_number_id"],
        story.minato.numbers[1].as_str()
    );
    Ok(())
});

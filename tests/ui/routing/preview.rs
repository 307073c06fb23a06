//! 「この番号から掛かってきたら？」

use serde_json::json;
use thirtyfour::Key;

use crate::on_both_screens;
use crate::stage::Story;

fn page(story: &Story) -> String {
    format!("{}/preview", story.minato.number(0))
}

async fn block(story: &Story, caller: &str, matching: &str) -> String {
    let path = format!("{}/block-list/entries", story.minato.number(0));
    let entry = json!({"caller": caller, "match": matching, "confirm": true});
    let entry = story.minato.client.post(&path, entry).await.expect(201);
    format!("{path}/{}", entry["id"].as_str().unwrap_or_default())
}

// The answer comes while the number is typed: who rings, in which order.
on_both_screens!(ringing_in_order, async |story| {
    story
        .minato
        .change(&story.minato.number(0), json!({"priority_phone_id": story.minato.ids[1]}))
        .await;
    story.arrive(&story.minato.number(0)).await?;
    story.follow("この番号から掛かってきたら？").await?;
    story.is_at(&page(&story)).await?;
    story.see_at("prompt", "番号を入力すると").await?;
    story.fill("掛けてくる番号", "０９０ー１２３４ー５６７８").await?;
    story.see_at("verdict-title", "鳴ります").await?;
    story.see_at("verdict", "090-1234-5678 からの着信").await?;
    let devices = story.texts_at("device").await?;
    assert_eq!(devices.len(), 5, "{devices:?}");
    assert!(
        devices[0].contains("すぐ")
            && devices[0].contains("会議室の電話")
            && devices[0].contains("優先着信"),
        "{devices:?}"
    );
    assert!(devices[1..4].iter().all(|device| device.contains("秒後")), "{devices:?}");
    // Nobody has signed in there.
    assert!(
        devices[4].contains("鳴りません") && devices[4].contains("ログイン中の端末がありません"),
        "{devices:?}"
    );
    story.gone("all-away").await?;
    story.touch("to-setting").await?;
    story.is_at(&format!("{}/ringing", story.minato.number(0))).await?;
    Ok(())
});

// A refused caller: why, with which code, and the way to the entry. Back again it is asked anew.
on_both_screens!(being_refused_by_the_list, async |story| {
    let entry = block(&story, "0570", "prefix").await;
    story.arrive(&page(&story)).await?;
    story.fill("掛けてくる番号", "0570-111-222").await?;
    story.key(Key::Enter).await?;
    story.see_at("verdict-title", "拒否します").await?;
    story.see_at("verdict-why", "で始まる番号です。").await?;
    story.see_at("verdict-sip", "SIP 603").await?;
    story.gone("device").await?;
    story.touch("to-setting").await?;
    story.is_at(&format!("{}/block-list", story.minato.number(0))).await?;
    story.see("0570").await?;
    let version = story.minato.client.get(&entry).await.version();
    story.minato.client.if_match(version).delete(&entry).await.expect(204);
    story.browser.driver.back().await?;
    story.holds("掛けてくる番号", "0570-111-222").await?;
    story.see_at("verdict-title", "鳴ります").await?;
    Ok(())
});

// Calls without a number, calls at another time, and lines that are all in use.
on_both_screens!(calling_without_a_number_and_when_it_is_busy, async |story| {
    let number = story.minato.number(0);
    story.minato.change(&format!("{number}/block-list"), json!({"reject_withheld": true})).await;
    story.arrive(&page(&story)).await?;
    story.touch("kind-withheld").await?;
    story.see_at("verdict-title", "拒否します").await?;
    story.see_at("verdict-why", "非通知").await?;
    story.gone("input-caller").await?;
    story.touch("kind-pay_phone").await?;
    story.see_at("verdict-title", "鳴ります").await?;
    story.choose("日時を指定").await?;
    story.at("input-at").await?;
    story.see_at("verdict-title", "鳴ります").await?;
    story.choose("今すぐ").await?;
    story.gone("input-at").await?;

    let path = format!("{number}/channel-limit");
    let version = story.minato.client.get(&path).await.version();
    story.minato.client.if_match(version).put(&path, json!({"limit": 1})).await.expect(200);
    story.touch("more-calls").await?;
    story.see_at("active", "1").await?;
    story.see_at("verdict-title", "話し中になります").await?;
    story.touch("to-setting").await?;
    story.is_at(&format!("{number}/general")).await?;
    Ok(())
});

// What is no number is said at the field; without a network the answer is asked for again.
on_both_screens!(failing_to_ask, async |story| {
    story.provokes("422");
    story.provokes("status of 500");
    story.arrive(&page(&story)).await?;
    story.fill("掛けてくる番号", "090-1234").await?;
    story.see_at("error-caller", "桁数が足りません").await?;
    story.gate.break_down("/api/v1/numbers/");
    story.fill("掛けてくる番号", "090-1234-5678").await?;
    story.at("error-state").await?;
    story.gone("error-caller").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.see_at("verdict-title", "鳴ります").await?;
    Ok(())
});

// Who would be told of a call that nobody answers: nobody at first, then those of the rule, and the
// way to it.
on_both_screens!(who_would_be_told, async |story| {
    story.arrive(&page(&story)).await?;
    story.fill("掛けてくる番号", "090-1234-5678").await?;
    story.see_at("no-notice", "通知は送りません").await?;
    let rule = story.told(0, &[]).await?;
    story.reload().await?;
    story.see_at("notice", "営業チーム").await?;
    story.see_at("notice", "soumu@minato.example").await?;
    story.touch("notice").await?;
    story.is_at(&format!("/notify-rules/{rule}")).await?;
    Ok(())
});

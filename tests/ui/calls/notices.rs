//! 通知履歴: what happened, what was said, and what to do about it.

use serde_json::{Value, json};
use tests::Outcome;

use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::switch::Switch;

const SAID: &str = "青葉工業の田中です。折り返しお電話ください。";

/// What the switch has seen this noon: an event of each kind, the last one first.
pub async fn a_busy_morning(switch: &Switch) {
    switch
        .report(json!({"type": "forwarded_call", "at": "2026-11-22T00:10:00Z",
            "forwarded_to": "090-2222-3333", "called": "0120-345-678"}))
        .await;
    switch.fax("2026-11-22T00:20:00Z").await;
    switch
        .report(json!({"type": "missed_call", "at": "2026-11-22T00:30:00Z", "reason": "hung_up",
            "duration_s": 4, "caller": "withheld"}))
        .await;
    switch
        .report(json!({"type": "missed_call", "at": "2026-11-22T00:40:00Z", "reason": "busy",
        "caller": "03-5555-6666"}))
        .await;
    switch.voicemail("2026-11-22T00:50:00Z", Some(SAID)).await;
}

/// Opens the latest event.
pub async fn open_the_latest(story: &Story) -> Outcome {
    story.open("/notices").await?;
    story.at("event").await?;
    story.browser.script("document.querySelector('[data-testid=event] a').click()", vec![]).await?;
    story.at("caller").await.map(drop)
}

/// What the browser gets at the address of an element: status, type.
async fn fetched(story: &Story, test_id: &str) -> Outcome<Value> {
    const FETCH: &str = "const [testId, done] = arguments;
        fetch(document.querySelector(`[data-testid=${testId}]`).href).then((answer) => \
            done([answer.status, answer.headers.get('content-type')]));";
    Ok(story.browser.driver.execute_async(FETCH, vec![json!(test_id)]).await?.json().clone())
}

// Each kind in a line that says who, when, why and on which number; narrowed by kind and by number.
on_both_screens!(what_happened, async |story| {
    a_busy_morning(&Switch::of(&story).await).await;
    story.arrive("/notices").await?;
    story.see("ここまでです").await?;
    let events = story.texts_at("event").await?;
    assert_eq!(events.len(), 5, "{events:#?}");
    for (event, parts) in events.iter().zip([
        &["090-1234-5678", "9:50", "留守番電話", "2秒", "代表番号", SAID][..],
        &["03-5555-6666", "9:40", "不在着信", "すべての回線が話し中"],
        &["非通知", "9:30", "不在着信", "4秒で切れました"],
        &["03-1234-9876", "9:20", "FAX", "3ページ", "サポート窓口"],
        &["090-1234-5678", "9:10", "転送電話", "090-2222-3333 へ転送", "フリーダイヤル"],
    ]) {
        assert!(parts.iter().all(|part| event.contains(part)), "{event} lacks one of {parts:?}");
    }
    story.see("2026年11月22日（日）").await?;

    story.choose("不在着信").await?;
    story.is_at("/notices?kind=missed_call").await?;
    story.see_no("留守番電話").await?;
    assert_eq!(story.texts_at("event").await?.len(), 2);
    story.touch("choose-number").await?;
    story.choose("サポート窓口").await?;
    story.is_at(&format!("/notices?number={}&kind=missed_call", story.minato.numbers[1])).await?;
    story.see_at("empty-state", "あてはまるものはありません").await?;
    story.press("すべて表示").await?;
    story.see_at("event", "03-1234-9876").await?;
    assert_eq!(story.texts_at("event").await?.len(), 1);
    Ok(())
});

// From a number's home to its log, to an event, and back to where one was.
on_both_screens!(there_and_back, async |story| {
    a_busy_morning(&Switch::of(&story).await).await;
    let home = story.minato.number(0);
    story.arrive(&home).await?;
    story.at("open-notices").await?;
    story.follow("通知履歴").await?;
    let log = format!("/notices?number={}", story.minato.numbers[0]);
    story.is_at(&log).await?;
    story.see_at("event", SAID).await?;
    story.browser.script("document.querySelector('[data-testid=event] a').click()", vec![]).await?;
    story.heading("通知の内容").await?;
    story.see_at("called", "050-1234-5678 ・ 代表番号").await?;
    story.press_back().await?;
    story.is_at(&log).await?;
    story.see_at("event", SAID).await?;
    if !story.is_wide() {
        story.press_back().await?;
        story.is_at(&home).await?;
    }
    Ok(())
});

// A voicemail is heard, read, and its link ended.
on_both_screens!(listening, async |story| {
    Switch::of(&story).await.voicemail("2026-11-22T00:50:00Z", Some(SAID)).await;
    story.arrive("/").await?;
    open_the_latest(&story).await?;
    story.see_at("what", "留守番電話 ・ 2秒").await?;
    story.see_at("transcript", SAID).await?;
    story.touch("speed").await?;
    story.see_at("speed", "1.25×").await?;
    story.press("再生").await?;
    story.see_at("played", "0:01").await?;
    story.press("再生").await?;
    story.press("一時停止").await?;
    assert_eq!(fetched(&story, "save-audio").await?, json!([200, "audio/wav"]));

    story.see_at("link-state", "まで").await?;
    story.touch("revoke").await?;
    story.touch("revoke-confirm").await?;
    story.see_at("link-state", "使えません").await?;
    story.gone("revoke").await?;
    story.press("再生").await?;
    story.at("played").await?;
    Ok(())
});

// A fax is opened; who sent it is refused from now on.
on_both_screens!(a_fax_and_its_sender, async |story| {
    Switch::of(&story).await.fax("2026-11-22T00:20:00Z").await;
    story.arrive("/").await?;
    open_the_latest(&story).await?;
    story.see_at("what", "FAX ・ 3ページ").await?;
    assert_eq!(fetched(&story, "open-fax").await?, json!([200, "application/pdf"]));
    story.follow("この番号を着信拒否にする").await?;
    let list = format!("{}/block-list", story.minato.number(1));
    story.is_at(&list).await?;
    story.see_at("understood", "03-1234-9876 からの着信を拒否します").await?;
    story.touch("submit-entry").await?;
    story.gone("add-sheet").await?;
    story.see_at("entry", "03-1234-9876").await?;
    // Whoever comes back is not asked again.
    story.reload().await?;
    story.see_at("entry", "03-1234-9876").await?;
    story.gone("add-sheet").await?;
    Ok(())
});

// Nothing yet: what will be here, and where to choose who is told.
on_both_screens!(nothing_yet, async |story| {
    story.provokes("status of 500");
    story.arrive("/notices").await?;
    story.see_at("empty-state", "通知履歴はまだありません").await?;
    story.follow("通知設定を開く").await?;
    story.is_at("/notify-rules").await?;
    story.gate.break_down("/api/v1/call-events");
    story.open("/notices").await?;
    story.at("error-state").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.at("empty-state").await?;
    story.gate.break_down("/api/v1/deliveries");
    story.follow("送信の記録").await?;
    story.at("error-state").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.see_at("empty-state", "送信の記録はまだありません").await?;
    Ok(())
});

// A long log comes page by page while one scrolls, and stays where it was for whoever looks at one
// of its entries.
on_both_screens!(a_long_log, async |story| {
    let call = |minute: u32| {
        json!({"type": "missed_call",
        "at": format!("2026-11-21T{:02}:{:02}:00Z", minute / 60, minute % 60)})
    };
    Switch::of(&story).await.report_all((0..130).map(call).collect()).await;
    story.arrive("/notices").await?;
    story.at("event").await?;
    for _ in 0..3 {
        story.browser.script("scrollTo(0, document.documentElement.scrollHeight)", vec![]).await?;
        story.at("event").await?;
    }
    story
        .browser
        .driver
        .execute_async(
            "const done = arguments[0], down = () => {
            scrollTo(0, document.documentElement.scrollHeight);
            document.querySelectorAll('[data-testid=event]').length === 130 ? done(true) : \
                setTimeout(down, 40);
        }; down();",
            vec![],
        )
        .await?;
    story.see("ここまでです").await?;
    let first = story
        .browser
        .script(
            "const all = document.querySelectorAll('[data-testid=event] a'), one = all[100];
            one.scrollIntoView({ block: 'center' });
            return one.getAttribute('href');",
            vec![],
        )
        .await?;
    story
        .browser
        .driver
        .execute_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))", vec![])
        .await?;
    story
        .browser
        .script("document.querySelector(`[href='${arguments[0]}']`).click()", vec![first.clone()])
        .await?;
    story.heading("通知の内容").await?;
    story.press_back().await?;
    story
        .browser
        .driver
        .execute_async(
            "const [href, done] = arguments, look = () => {
            const place = document.querySelector(`[href='${href}']`)?.getBoundingClientRect();
            place && place.top > 0 && place.bottom < innerHeight ? done(true) : setTimeout(look, \
                40);
        }; look();",
            vec![first],
        )
        .await?;
    Ok(())
});

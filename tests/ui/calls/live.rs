//! What happens while one looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tests::fakes::{Fake, Reply};
use tests::{Outcome, within};

use crate::calls::notices::open_the_latest;
use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::switch::Switch;

const STREAM: &str = "GET /api/v1/call-events/stream";

/// Waits until the page listens, for the `times`th time.
async fn listens(story: &Story, times: usize) -> Outcome {
    story
        .wait("the page listens", async || {
            let requests = story.gate.requests();
            let listens = requests.iter().filter(|request| *request == STREAM).count() >= times;
            if listens { Ok(()) } else { Err(format!("{requests:?}")) }
        })
        .await
}

// A voicemail is there the moment it comes, and is said to those who do not see it.
on_both_screens!(a_voicemail_comes, async |story| {
    let switch = Switch::of(&story).await;
    switch.report(json!({"type": "missed_call"})).await;
    story.arrive("/notices").await?;
    story.at("event").await?;
    listens(&story, 1).await?;
    switch.voicemail("2026-11-22T02:50:00Z", Some("至急お電話ください。")).await;
    story.see_at("event", "至急お電話ください。").await?;
    assert_eq!(story.texts_at("event").await?.len(), 2);
    let said = story
        .browser
        .script("return document.querySelector('[data-testid=toast]').textContent", vec![])
        .await?;
    assert_eq!(said, "新しい留守番電話：090-1234-5678");
    Ok(())
});

// Who reads further down is told, and nothing moves until they go there.
on_both_screens!(reading_further_down, async |story| {
    let switch = Switch::of(&story).await;
    let call = |minute: u32| {
        json!({"type": "missed_call",
        "at": format!("2026-11-21T01:{minute:02}:00Z")})
    };
    switch.report_all((0..30).map(call).collect()).await;
    story.arrive("/notices").await?;
    story.at("event").await?;
    listens(&story, 1).await?;
    const TOP: &str =
        "return document.querySelectorAll('[data-testid=event]')[15].getBoundingClientRect().top";
    story.browser.script("scrollTo(0, 900)", vec![]).await?;
    story
        .browser
        .driver
        .execute_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))", vec![])
        .await?;
    let before = story.browser.script(TOP, vec![]).await?;
    switch.voicemail("2026-11-22T02:50:00Z", Some("至急お電話ください。")).await;
    story.see_at("unseen", "新着 1件").await?;
    assert_eq!(story.browser.script(TOP, vec![]).await?, before);
    story.touch("unseen").await?;
    story.see_at("event", "至急お電話ください。").await?;
    story.gone("unseen").await?;
    Ok(())
});

// A notice that is under way arrives, and what was said follows: both are seen without a touch.
on_both_screens!(a_notice_arrives_and_a_transcript_follows, async |story| {
    let patient = Arc::new(AtomicBool::new(true));
    let waits = patient.clone();
    let slow = Fake::start(move |_| {
        within(Duration::from_secs(60)).blocking(|| !waits.load(Ordering::Relaxed));
        Reply::empty(204)
    });
    story.told(0, &[&slow.url]).await?;
    let switch = Switch::of(&story).await;
    switch.report(json!({"type": "voicemail", "id": "v1", "call_id": "c1"})).await;
    story.arrive("/").await?;
    open_the_latest(&story).await?;
    story.see("送信中").await?;
    story.at("no-transcript").await?;
    listens(&story, 2).await?;
    patient.store(false, Ordering::Relaxed);
    story.see_no("送信中").await?;
    assert!(story.texts_at("state").await?.iter().all(|state| state == "届きました"));
    switch
        .report(json!({"type": "transcript", "id": "t1", "call_id": "c1",
        "transcript": "折り返しお願いします。"}))
        .await;
    story.see_at("transcript", "折り返しお願いします。").await?;
    story.gone("no-transcript").await?;
    Ok(())
});

// What happens while the way to the server is cut is there once it is open again.
on_both_screens!(while_the_line_was_cut, async |story| {
    let switch = Switch::of(&story).await;
    switch.report(json!({"type": "missed_call"})).await;
    story.arrive("/notices").await?;
    story.at("event").await?;
    listens(&story, 1).await?;
    story.cut();
    switch.voicemail("2026-11-22T02:50:00Z", Some("至急お電話ください。")).await;
    story.gate.open();
    story.see_at("event", "至急お電話ください。").await?;
    Ok(())
});

//! What was sent, what did not arrive, and sending it again.

use serde_json::json;
use tests::Outcome;
use tests::fakes::{Fake, Reply};

use crate::calls::notices::open_the_latest;
use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::switch::Switch;

/// A service that takes everything, and one that does not take what it is sent: no use to try that
/// again.
fn services() -> (Fake, Fake) {
    (
        Fake::start(|_| Reply::empty(204)),
        Fake::start(|_| Reply::Answer(413, Vec::new(), b"too much".to_vec())),
    )
}

/// Waits until the notices of the event on the screen are in these states, in whatever order.
async fn states(story: &Story, wanted: &[&str]) -> Outcome {
    let mut wanted: Vec<_> = wanted.iter().map(|&state| state.to_owned()).collect();
    wanted.sort();
    story
        .wait(&format!("the notices are {wanted:?}"), async || {
            let mut now = story.texts_at("state").await.map_err(|failed| format!("{failed:?}"))?;
            now.sort();
            if now == wanted { Ok(()) } else { Err(format!("{now:?}")) }
        })
        .await
}

// One arrives, one does not: why, what to do, and how it was tried. Once it is mended it is sent
// again, and that is seen.
on_both_screens!(one_of_two, async |story| {
    let (healthy, broken) = services();
    let rule = story.told(0, &[&healthy.url, &broken.url]).await?;
    Switch::of(&story).await.report(json!({"type": "missed_call", "reason": "busy"})).await;
    story.arrive("/notices").await?;
    story.see_at("event", "1件失敗").await?;
    story.see_at("event", "2件届きました").await?;
    open_the_latest(&story).await?;
    states(&story, &["届きました", "届きました", "失敗"]).await?;
    story.at("problem").await?;
    let link = story.at("to-service").await?.attr("href").await?.unwrap_or_default();
    assert!(link.contains(&format!("/notify-rules/{rule}/services/")), "{link}");
    story
        .browser
        .script(
            "[...document.querySelectorAll('[data-testid=delivery]')].find((one) => \
        one.querySelector('[data-testid=problem]'))
            .querySelector('[data-testid=show-attempts]').click()",
            vec![],
        )
        .await?;
    story.see_at("attempt", "413").await?;
    story.see_at("attempt", "too much").await?;

    broken.next(std::iter::repeat_n(Reply::empty(204), 9));
    story
        .browser
        .script(
            "[...document.querySelectorAll('[data-testid=delivery]')].find((one) => \
        one.querySelector('[data-testid=problem]'))
            .querySelector('[data-testid=resend]').click()",
            vec![],
        )
        .await?;
    story.gone("problem").await?;
    states(&story, &["届きました", "届きました", "届きました"]).await?;
    Ok(())
});

// What failed while a service was out of order is sent again at once.
on_both_screens!(everything_that_failed, async |story| {
    let (healthy, broken) = services();
    story.told(0, &[&healthy.url, &broken.url]).await?;
    let switch = Switch::of(&story).await;
    for minute in ["01", "02", "03"] {
        switch
            .report(json!({"type": "missed_call", "reason": "busy",
            "at": format!("2026-11-22T02:{minute}:00Z")}))
            .await;
    }
    story.arrive("/notices/deliveries").await?;
    story.choose("失敗のみ").await?;
    story.is_at("/notices/deliveries?state=failed").await?;
    story
        .browser
        .driver
        .execute_async(
            "const done = arguments[0], look = () =>
            document.querySelectorAll('[data-testid=delivery]').length === 3 ? done(true) : \
                setTimeout(look, 40); look();",
            vec![],
        )
        .await?;
    story.see_no("届きました").await?;

    broken.next(std::iter::repeat_n(Reply::empty(204), 9));
    story.touch("resend-many").await?;
    story.choose("7日前から").await?;
    story.see_at("resend-count", "3件を再送します").await?;
    story.touch("resend-confirm").await?;
    story.see_at("toast", "3件をもう一度送ります").await?;
    story.see_at("empty-state", "失敗はありません").await?;
    story.touch("resend-many").await?;
    story.choose("7日前から").await?;
    story.see_at("resend-count", "再送する通知はありません").await?;
    story.touch("sheet-close").await?;
    story.choose("すべて").await?;
    story.see("届きました").await?;
    story.see_no("失敗\n").await?;
    Ok(())
});

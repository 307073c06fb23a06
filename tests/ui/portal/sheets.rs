//! Ways to dismiss a sheet without choosing.

use serde_json::{Value, json};
use tests::Outcome;

use crate::on_both_screens;
use crate::stage::Story;

async fn open_sheet(story: &Story) -> Outcome {
    story.press("優先着信").await?;
    story.see_at("picker-sheet", "優先しない").await
}

/// Pulls the title of the sheet down by so many pixels.
async fn swipe(story: &Story, pixels: u32) -> Outcome {
    const MIDDLE: &str =
        "const box = document.querySelector('dialog[open] h2').getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2];";
    let middle = story.browser.script(MIDDLE, vec![]).await?;
    let (x, y) = (middle[0].as_f64().unwrap_or_default(), middle[1].as_f64().unwrap_or_default());
    let touch = |kind: &'static str, points: Value| {
        story
            .browser
            .devtools("Input.dispatchTouchEvent", json!({"type": kind, "touchPoints": points}))
    };
    touch("touchStart", json!([{"x": x, "y": y}])).await?;
    for step in 1..=4 {
        touch("touchMove", json!([{"x": x, "y": y + f64::from(pixels * step / 4)}])).await?;
    }
    touch("touchEnd", json!([])).await?;
    Ok(())
}

// The button, a touch beside the sheet, and on the phone a swipe; a short pull lets it spring back.
on_both_screens!(dismissing_a_sheet, async |story| {
    story.arrive(&story.minato.number_settings(0)).await?;
    open_sheet(&story).await?;
    story.press("閉じる").await?;
    story.gone("picker-sheet").await?;

    open_sheet(&story).await?;
    story.browser.driver.action_chain().move_to(20, 20).click().perform().await?;
    story.gone("picker-sheet").await?;

    if !story.is_wide() {
        open_sheet(&story).await?;
        swipe(&story, 40).await?;
        story.at("picker-sheet").await?;
        swipe(&story, 200).await?;
        story.gone("picker-sheet").await?;
    }
    story.gone("save-bar").await?;
    story.see_at("input-priority_phone_id", "優先しない").await?;
    Ok(())
});

//! Nobody loses what they typed by leaving.

use crate::on_both_screens;
use crate::stage::Story;
use tests::Outcome;

const TYPED: &str = "書きかけの名前";

/// Leaves the page as one does on this screen: back on the phone, another row on a wide one.
/// Answers where that leads.
async fn leave(story: &Story) -> Outcome<String> {
    if story.is_wide() {
        story.follow("会議室の電話").await?;
        Ok(story.minato.id(1))
    } else {
        story.press_back().await?;
        Ok(story.minato.number(0))
    }
}

async fn asks(story: &Story) -> Outcome {
    story.see_at("leave-dialog", "保存していない変更があります").await
}

// A link or the back button asks first. Staying keeps the typing, leaving without saving does not
// save.
on_both_screens!(leaving_by_a_link, async |story| {
    let settings = story.minato.number_settings(0);
    story.arrive(&story.minato.number(0)).await?;
    story.follow("一般設定").await?;
    story.fill("番号名称", TYPED).await?;
    leave(&story).await?;
    asks(&story).await?;
    story.press("編集を続ける").await?;
    story.gone("leave-dialog").await?;
    story.is_at(&settings).await?;
    story.holds("番号名称", TYPED).await?;

    let to = leave(&story).await?;
    asks(&story).await?;
    story.press("保存せずに移動").await?;
    story.is_at(&to).await?;
    story.gone("leave-dialog").await?;
    assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], "代表番号");
    story.open(&settings).await?;
    story.holds("番号名称", "代表番号").await?;
    story.gone("save-bar").await?;
    Ok(())
});

// The question can save too, and goes on once that is through.
on_both_screens!(saving_and_leaving, async |story| {
    story.arrive(&story.minato.number(0)).await?;
    story.follow("一般設定").await?;
    story.fill("番号名称", TYPED).await?;
    let to = leave(&story).await?;
    asks(&story).await?;
    story.press("保存して移動").await?;
    story.is_at(&to).await?;
    story.gone("leave-dialog").await?;
    assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], TYPED);
    // Nothing is left to ask about.
    story.browser.driver.back().await?;
    story.gone("leave-dialog").await?;
    Ok(())
});

// The browser's own back button asks as well, also the second time.
on_both_screens!(leaving_by_the_browsers_back_button, async |story| {
    let settings = story.minato.number_settings(0);
    story.arrive("/").await?;
    story.follow("050-1234-5678").await?;
    story.follow("一般設定").await?;
    story.fill("番号名称", TYPED).await?;
    for _ in 0..2 {
        story.browser.driver.back().await?;
        asks(&story).await?;
        story.press("編集を続ける").await?;
        story.gone("leave-dialog").await?;
        story.is_at(&settings).await?;
        story.holds("番号名称", TYPED).await?;
    }
    story.browser.driver.back().await?;
    asks(&story).await?;
    story.press("保存せずに移動").await?;
    story.is_at(&story.minato.number(0)).await?;
    story.see_at("row-title", "050-1234-5678").await?;
    story.browser.driver.back().await?;
    story.is_at("/").await?;
    Ok(())
});

// Closing or reloading the window asks, by the browser's own question; without edits it does not.
on_both_screens!(closing_the_window, async |story| {
    const ASKS: &str = "const event = new Event('beforeunload', { cancelable: true });
            dispatchEvent(event);
            return event.defaultPrevented;";
    story.arrive(&story.minato.number_settings(0)).await?;
    story.holds("番号名称", "代表番号").await?;
    assert_eq!(story.browser.script(ASKS, vec![]).await?, false);
    story.fill("番号名称", TYPED).await?;
    assert_eq!(story.browser.script(ASKS, vec![]).await?, true);
    story.press("元に戻す").await?;
    story.gone("save-bar").await?;
    assert_eq!(story.browser.script(ASKS, vec![]).await?, false);
    Ok(())
});

// Escape on the question means to stay.
on_both_screens!(escaping_from_the_question, async |story| {
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", TYPED).await?;
    leave(&story).await?;
    asks(&story).await?;
    story.key(thirtyfour::Key::Escape).await?;
    story.gone("leave-dialog").await?;
    story.is_at(&story.minato.number_settings(0)).await?;
    story.holds("番号名称", TYPED).await?;
    Ok(())
});

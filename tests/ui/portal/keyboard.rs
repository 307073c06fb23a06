//! Everything without a mouse or a finger.

use tests::{Failed, Outcome, PASSWORD};
use thirtyfour::Key;

use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::minato::LOGIN_ID;

/// Goes on with Tab until the focus is at what has this `data-testid`. On the way everything shows
/// that it has the focus.
async fn tab_to(story: &Story, test_id: &str) -> Outcome {
    let mut passed = Vec::new();
    for _ in 0..40 {
        story.key(Key::Tab).await?;
        let focus = story.focus().await?;
        if focus.at.is_empty() && focus.name.is_empty() {
            // The browser's own controls come between the end of a page and its beginning.
            continue;
        }
        assert!(focus.ring, "{focus:?} does not show that it has the focus");
        if focus.at == test_id {
            return Ok(());
        }
        passed.push(format!("{} 「{}」", focus.at, focus.name));
    }
    Err(Failed::new(format!("Tab does not lead to {test_id}, only to {passed:#?}")))
}

// From the sign-in to a saved name with nothing but keys; the focus follows to the title of each
// page.
on_both_screens!(renaming_by_keyboard, async |story| {
    story.open("/").await?;
    story.is_at("/sign-in").await?;
    tab_to(&story, "input-login_id").await?;
    story.keys(LOGIN_ID).await?;
    tab_to(&story, "input-password").await?;
    story.keys(PASSWORD).await?;
    story.key(Key::Enter).await?;
    story.is_at("/").await?;
    story.focus_at("list-title").await?;
    story.see("050-1234-5678").await?;

    tab_to(&story, "row-number-+815012345678").await?;
    story.key(Key::Enter).await?;
    story.is_at(&story.minato.number(0)).await?;
    story.focus_at("page-title").await?;
    tab_to(&story, "open-general").await?;
    story.key(Key::Enter).await?;
    story.is_at(&story.minato.number_settings(0)).await?;
    story.focus_at("page-title").await?;
    story.see("番号名称").await?;

    tab_to(&story, "input-name").await?;
    story.keys("・新").await?;
    story.see_at("save-status", "1か所を変更しました").await?;
    tab_to(&story, "ringtone-ringtone_1").await?;
    story.key(Key::Right).await?;
    story.focus_at("ringtone-ringtone_2").await?;
    story.see_at("save-status", "2か所を変更しました").await?;
    tab_to(&story, "save").await?;
    story.key(Key::Enter).await?;
    story.see_at("save-status", "保存しました").await?;
    let now = story.minato.now(&story.minato.number(0)).await;
    // Tab selects what stands in a field, so that typing replaces it.
    assert_eq!(
        (now["name"].as_str(), now["ringtone"].as_str()),
        (Some("・新"), Some("ringtone_2"))
    );
    Ok(())
});

// Tab passes the list in one step, however long it is; arrows go through it, and Tab comes back to
// where they ended.
on_both_screens!(going_through_the_list_by_arrows, async |story| {
    story.arrive("/").await?;
    story.at("row-number-+815012345678").await?;
    tab_to(&story, "row-number-+815012345678").await?;
    story.key(Key::Up).await?;
    story.focus_at("row-number-+815012345678").await?;
    let below = "row-number-+81120345678";
    story.key(Key::Down).await?;
    story.focus_at(below).await?;
    story.key(Key::Tab).await?;
    let after = story.focus().await?;
    assert!(!after.at.starts_with("row-"), "{after:?}");
    tab_to(&story, below).await?;
    story.key(Key::Enter).await?;
    story.is_at(&story.minato.number(2)).await?;
    Ok(())
});

// A sheet keeps the focus inside; arrows choose, Escape closes, and the focus is back where it came
// from.
on_both_screens!(choosing_in_a_sheet, async |story| {
    story.arrive(&story.minato.number_settings(0)).await?;
    story.holds("番号名称", "代表番号").await?;
    tab_to(&story, "input-priority_phone_id").await?;
    story.key(Key::Enter).await?;
    story.see_at("picker-sheet", "優先しない").await?;
    let inside = "return document.activeElement === document.body || \
        !!document.activeElement.closest('dialog[open]');";
    for _ in 0..12 {
        story.key(Key::Tab).await?;
        assert_eq!(
            story.browser.script(inside, vec![]).await?,
            true,
            "the focus left the sheet: {:?}",
            story.focus().await?
        );
    }
    story.key(Key::Escape).await?;
    story.gone("picker-sheet").await?;
    story.focus_at("input-priority_phone_id").await?;
    story.gone("save-bar").await?;

    story.key(Key::Space).await?;
    story.see_at("picker-sheet", "優先しない").await?;
    let chosen =
        "return document.activeElement.type === 'radio' && document.activeElement.checked;";
    for _ in 0..6 {
        if story.browser.script(chosen, vec![]).await? == true {
            break;
        }
        story.key(Key::Tab).await?;
    }
    story.key(Key::Down).await?;
    story.key(Key::Down).await?;
    // Arrows only pass by: the sheet stays until it is told that this is the one.
    story.see_at("picker-sheet", "会議室の電話").await?;
    story.key(Key::Enter).await?;
    story.gone("picker-sheet").await?;
    story.focus_at("input-priority_phone_id").await?;
    story.see_at("field-priority_phone_id", "会議室の電話").await?;
    story.see_at("save-status", "1か所を変更しました").await?;
    Ok(())
});

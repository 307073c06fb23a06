//! One pane on the phone, two side by side where there is room.

use serde_json::Value;
use tests::Outcome;

use crate::on_both_screens;
use crate::stage::Story;

/// Left and right edge of the list and of the page; `None` for what is not shown.
async fn edges(story: &Story) -> Outcome<[Option<(f64, f64)>; 2]> {
    const EDGES: &str = "return ['list-pane', 'detail-pane'].map((id) => \
            document.querySelector(`[data-testid=${id}]`).getBoundingClientRect())
        .map((box) => box.width && box.height ? [box.left, box.right] : null)";
    let edges = story.browser.script(EDGES, vec![]).await?;
    let read = |value: &Value| Some((value[0].as_f64()?, value[1].as_f64()?));
    Ok([read(&edges[0]), read(&edges[1])])
}

async fn current_rows(story: &Story) -> Outcome<Value> {
    story
        .browser
        .script(
            "return [...document.querySelectorAll('[aria-current=page]')].map((row) \
        => row.dataset.testid)",
            vec![],
        )
        .await
}

// The list beside the page with the chosen row marked, or one of the two with a way back.
on_both_screens!(seeing_list_and_page, async |story| {
    story.arrive("/").await?;
    story.see("050-1234-5678").await?;
    let (width, height) = story.screen.size();
    let size = story.browser.script("return [innerWidth, innerHeight]", vec![]).await?;
    assert_eq!((size[0].as_u64(), size[1].as_u64()), (Some(width.into()), Some(height.into())));
    if story.is_wide() {
        let [list, page] = edges(&story).await?.map(Option::unwrap_or_default);
        assert!(list.0 == 0.0 && list.1 <= page.0 && page.1 == 1280.0, "{list:?} {page:?}");
        story.see("番号またはIDを選んでください").await?;
    } else {
        assert_eq!(edges(&story).await?, [Some((0.0, 390.0)), None]);
    }
    assert_eq!(current_rows(&story).await?, serde_json::json!([]));

    story.follow("会議室の電話").await?;
    story.see_at("row-title", "会議室の電話").await?;
    assert_eq!(current_rows(&story).await?, serde_json::json!(["row-id-minato203"]));
    story.follow("一般設定").await?;
    story.holds("端末名称", "会議室の電話").await?;
    assert_eq!(
        current_rows(&story).await?,
        serde_json::json!(["row-id-minato203"]),
        "a page below the row marks it too"
    );
    if story.is_wide() {
        story.gone("back").await?;
        story.follow("03-3456-7890").await?;
        story.see_at("row-title", "03-3456-7890").await?;
        assert_eq!(current_rows(&story).await?, serde_json::json!(["row-number-+81334567890"]));
    } else {
        assert_eq!(edges(&story).await?, [None, Some((0.0, 390.0))]);
        story.press_back().await?;
        story.is_at(&story.minato.id(1)).await?;
        story.press_back().await?;
        story.is_at("/").await?;
        assert_eq!(edges(&story).await?, [Some((0.0, 390.0)), None]);
    }
    Ok(())
});

// The title of the window says where one is.
on_both_screens!(reading_the_window_title, async |story| {
    for (path, title) in [
        ("/", "番号・ID | 電話番"),
        (&*story.minato.number(0), "設定 | 電話番"),
        (&*story.minato.number_settings(0), "一般設定 | 電話番"),
        ("/account", "契約とログイン | 電話番"),
        ("/history", "変更履歴 | 電話番"),
    ] {
        story.open(path).await?;
        if path == "/" {
            story.sign_in().await?;
        }
        story.is_titled(title).await?;
    }
    Ok(())
});

/// How much of the screen has moved without anybody's doing, as browsers reckon it (Layout
/// Instability).
const SHIFT: &str = "const done = arguments[0];
    const shifts = new PerformanceObserver((list) => {
        const mine = list.getEntries().filter((entry) => !entry.hadRecentInput);
        done([mine.reduce((sum, entry) => sum + entry.value, 0), mine.flatMap((entry) =>
            entry.sources.map((source) => source.node?.outerHTML?.slice(0, 80)))]);
    });
    shifts.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => setTimeout(() => done([0, []])));";

// What is slow to come pushes nothing aside that a thumb is about to touch.
on_both_screens!(standing_still_while_it_comes, async |story| {
    story.arrive("/").await?;
    for (path, slow, there) in [
        ("/", "/api/v1/numbers", "050-1234-5678"),
        ("/", "/api/v1/session", "050-1234-5678"),
        ("/account", "/api/v1/account", "株式会社みなと商会"),
        ("/notices", "/api/v1/call-events", "通知履歴はまだありません"),
        (&*story.minato.number_settings(0), "/api/v1/numbers", "番号名称"),
        ("/notify-rules", "/api/v1/notify-rules", "通知ルールはまだありません"),
    ] {
        story.gate.hold(slow);
        story.open(path).await?;
        story.at("loading").await?;
        story.gate.open();
        story.see(there).await?;
        story.gone("loading").await?;
        let shift = story.browser.driver.execute_async(SHIFT, vec![]).await?.json().clone();
        assert!(shift[0].as_f64().is_some_and(|sum| sum < 0.02), "{path}, {slow}: {shift}");
    }
    Ok(())
});

//! The pages that come with a file of their own: who opens one hardly ever waits, and when it does
//! not come they are told.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::Outcome;

use crate::on_both_screens;
use crate::stage::Story;

const PARTS: &str = "/assets/lazy/";

/// Waits until the service worker has kept so many files that were no part of the first download.
const KEPT: &str = "const [count, done] = arguments;
    const look = async () => {
        for (const name of await caches.keys()) {
            const kept = await (await caches.open(name)).keys();
            if (kept.filter((request) => request.url.includes('/assets/lazy/')).length === count) \
                return done(true);
        }
        setTimeout(look, 40);
    };
    look();";

/// Goes to another page of the app, without a reload.
const GO: &str = "history.pushState(null, '', arguments[0]);
    dispatchEvent(new PopStateEvent('popstate'));";

/// Title and way back of the page on the screen.
const BAR: &str = "return [
    document.querySelector('[data-testid=page-title]')?.innerText,
    document.querySelector('[data-testid=back]')?.getAttribute('href'),
    document.title,
];";

fn fetched(story: &Story) -> Vec<String> {
    story.gate.requests().into_iter().filter(|request| request.contains(PARTS)).collect()
}

/// How many files of pages there are, their styles among them.
fn files() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../frontend/dist/assets/lazy");
    let names = std::fs::read_dir(folder)
        .expect("the bundle")
        .map(|file| file.expect("a file of the bundle").file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")).count()
}

/// The files of the log, its styles among them, and each of them once.
fn has_only_the_log(story: &Story) {
    let fetched = fetched(story);
    let once: BTreeSet<_> = fetched.iter().collect();
    assert_eq!(once.len(), fetched.len(), "each file once: {fetched:?}");
    for part in ["lazy/records-", "lazy/later-"] {
        assert!(fetched.iter().any(|request| request.contains(part)), "{part}: {fetched:?}");
    }
    let other = fetched.iter().find(|request| request.contains("lazy/numbers-"));
    assert_eq!(other, None, "nobody has opened the settings of a number");
}

/// Goes from a number to its change log by its link, without a reload.
async fn follow_to_the_log(story: &Story) -> Outcome {
    // The bar of all pages has a link of this name, too, and is there before.
    story.at("open-history").await?;
    story.follow("変更履歴").await?;
    story.is_at(&format!("/history?number={}", story.minato.numbers[0])).await?;
    story.heading("変更履歴").await
}

async fn save_data(story: &Story) -> Outcome {
    story
        .browser
        .devtools("Emulation.setDataSaverOverride", json!({"dataSaverEnabled": true}))
        .await?;
    Ok(())
}

// It comes while nobody waits for it, once, and is there when the server is not.
on_both_screens!(a_lazy_page_is_there_before_it_is_opened, async |story| {
    story.open("/").await?;
    story.is_at("/sign-in").await?;
    story.has_service_worker().await?;
    assert_eq!(fetched(&story), Vec::<String>::new(), "nobody has signed in yet");
    story.sign_in().await?;
    story.browser.driver.execute_async(KEPT, vec![json!(files())]).await?;
    story.open(&story.minato.number(0)).await?;
    story.at("open-general").await?;
    story.gate.break_down(PARTS);
    follow_to_the_log(&story).await?;
    story.see("ここまでです").await?;
    story.reload().await?;
    story.see("ここまでです").await?;
    assert_eq!(fetched(&story).len(), files(), "the pages and their styles, once");

    story.cut();
    story.reload().await?;
    story.see_at("offline-notice", "に読み込んだ内容を表示しています。").await?;
    story.see("ここまでです").await?;
    story.gate.open();
    assert_eq!(fetched(&story).len(), files(), "the pages and their styles, once");
    Ok(())
});

// Who is to save data gets it when it is needed, with the title and the focus at once.
on_both_screens!(opening_a_lazy_page, async |story| {
    save_data(&story).await?;
    story.arrive(&story.minato.number(0)).await?;
    story.at("open-general").await?;
    story.gate.hold(PARTS);
    assert_eq!(fetched(&story), Vec::<String>::new(), "nobody has been there yet");
    follow_to_the_log(&story).await?;
    story.at("loading").await?;
    story.focus_at("page-title").await?;
    story.is_titled("変更履歴 | 電話番").await?;
    story.gate.open();
    story.see("ここまでです").await?;
    story.focus_at("page-title").await?;

    story.browser.driver.back().await?;
    story.see_at("row-title", "050-1234-5678").await?;
    follow_to_the_log(&story).await?;
    story.see("ここまでです").await?;
    has_only_the_log(&story);
    Ok(())
});

// What stands in for a page while it comes has the title and the way back that the page itself has.
on_both_screens!(a_lazy_page_and_what_stands_in_for_it, async |story| {
    let minato = &story.minato;
    let (number, log) = (minato.number(0), format!("/history?number={}", minato.numbers[1]));
    let mut pages: Vec<_> =
        ["block-list", "block-import", "ringing", "outbound-number", "preview", "copy"]
            .map(|page| format!("{number}/{page}"))
            .into();
    pages.extend(
        [
            "/notify-rules",
            "/notify-rules/r/services/new",
            "/notify-rules/r/services/new?type=slack",
        ]
        .map(str::to_owned),
    );
    pages.extend([
        format!("{}/password", minato.id(0)),
        format!("{}/password", minato.id(1)),
        "/history".to_owned(),
        log,
    ]);
    pages.extend([
        format!("{number}/general"),
        "/account".to_owned(),
        "/account/api-keys".to_owned(),
    ]);
    story.gate.hold(PARTS);
    story.arrive("/").await?;
    story.see("050-1234-5678").await?;
    let mut bars = Vec::new();
    for page in &pages {
        story.browser.script(GO, vec![json!(page)]).await?;
        story.at("page-title").await?;
        story.at("loading").await?;
        bars.push(story.browser.script(BAR, vec![]).await?);
    }
    story.gate.open();
    story.gone("loading").await?;
    for (page, bar) in pages.iter().zip(bars) {
        story.browser.script(GO, vec![json!(page)]).await?;
        assert!(
            bar.as_array().is_some_and(|bar| bar.iter().all(Value::is_string)),
            "{page}: {bar}"
        );
        assert_eq!(story.browser.script(BAR, vec![]).await?, bar, "{page}");
    }
    Ok(())
});

// Without a network it says so; with one again, it loads by itself.
on_both_screens!(opening_a_lazy_page_without_a_network, async |story| {
    save_data(&story).await?;
    story.arrive(&story.minato.number(0)).await?;
    story.has_service_worker().await?;
    story.at("open-general").await?;
    story.cut();
    story.browser.set_offline(true).await?;
    follow_to_the_log(&story).await?;
    story.see_at("error-state", "つながりません").await?;
    story.gate.open();
    story.browser.set_offline(false).await?;
    story.see("ここまでです").await?;
    story.gone("error-state").await?;
    Ok(())
});

// A server that does not have the file any more has another version of the portal, and that one is
// loaded.
on_both_screens!(opening_a_lazy_page_of_a_former_version, async |story| {
    story.provokes("status of 500");
    story.gate.break_down(PARTS);
    story.arrive(&story.minato.number(0)).await?;
    follow_to_the_log(&story).await?;
    story.see_at("error-state", "読み込めませんでした").await?;
    story.browser.script("window.former = true", vec![]).await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.see("ここまでです").await?;
    assert!(
        story.browser.script("return window.former ?? null", vec![]).await?.is_null(),
        "it is the same page still"
    );
    Ok(())
});

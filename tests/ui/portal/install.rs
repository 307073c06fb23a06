//! The portal as an app: installable, and there without a network.

use serde_json::json;
use tests::Outcome;

use crate::on_both_screens;
use crate::stage::Story;

/// Reads the manifest and loads every icon of it; answers what is missing.
const MANIFEST: &str = "const done = arguments[0];
    (async () => {
        const link = document.querySelector('link[rel=manifest]');
        const manifest = await (await fetch(link.href)).json();
        const missing = ['name', 'short_name', 'start_url', 'display', 'theme_color', \
            'background_color'].filter((key) => !manifest[key]);
        const sizes = [];
        for (const icon of manifest.icons) {
            const image = new Image();
            image.src = new URL(icon.src, link.href);
            await image.decode().catch(() => missing.push(icon.src));
            const size = `${image.naturalWidth}x${image.naturalHeight}`;
            if (icon.type !== 'image/svg+xml' && icon.sizes !== size) missing.push(`${icon.src} is \
                ${size}, not ${icon.sizes}`);
            sizes.push(`${icon.sizes} ${icon.purpose ?? 'any'}`);
        }
        for (const wanted of ['192x192 any', '512x512 any', '512x512 maskable']) if \
            (!sizes.includes(wanted)) missing.push(wanted);
        const touch = document.querySelector('link[rel=apple-touch-icon]');
        if (!touch || !(await fetch(touch.href)).ok) missing.push('apple-touch-icon');
        done(missing);
    })().catch((error) => done([String(error)]));";

/// Every address in every cache.
const KEPT: &str = "const done = arguments[0];
    (async () => {
        const kept = [];
        for (const name of await caches.keys()) kept.push(...(await (await \
            caches.open(name)).keys()));
        done(kept.map((request) => new URL(request.url).pathname));
    })();";

// The manifest is complete and the browser agrees that the portal can be installed.
on_both_screens!(installing, async |story| {
    story.open("/sign-in").await?;
    story.heading("ログイン").await?;
    assert_eq!(*story.browser.driver.execute_async(MANIFEST, vec![]).await?.json(), json!([]));
    story.has_service_worker().await?;
    let errors = story.browser.devtools("Page.getInstallabilityErrors", json!({})).await?;
    assert_eq!(errors["installabilityErrors"], json!([]));
    Ok(())
});

// The second visit needs no server to show the shell, and what was read before.
on_both_screens!(coming_back_without_a_server, async |story| {
    let settings = story.minato.number_settings(0);
    read_settings(&story, &settings).await?;
    let kept = kept(&story).await?;
    assert!(kept.iter().any(|path| path.ends_with(".wasm")), "{kept:?}");
    assert!(kept.iter().any(|path| path == "/api/v1/numbers"), "{kept:?}");

    story.cut();
    story.open(&settings).await?;
    story.see_at("offline-notice", "に読み込んだ内容を表示しています。").await?;
    story.holds("番号名称", "代表番号").await?;
    story.open("/account").await?;
    story.see("つながりません").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.see("株式会社みなと商会").await?;
    story.gone("offline-notice").await?;
    Ok(())
});

// Once the server is back, the page shows what is true now, and nobody has to press anything.
on_both_screens!(coming_back_to_the_server, async |story| {
    let settings = story.minato.number_settings(0);
    read_settings(&story, &settings).await?;
    story.cut();
    story.reload().await?;
    story.at("offline-notice").await?;
    story.holds("番号名称", "代表番号").await?;
    story.minato.change(&story.minato.number(0), json!({"name": "受付"})).await;
    story.gate.open();
    story.browser.script("dispatchEvent(new Event('online'))", vec![]).await?;
    story.holds("番号名称", "受付").await?;
    story.gone("offline-notice").await?;
    Ok(())
});

// Whoever sits down at this device next finds nothing.
on_both_screens!(keeping_nothing_for_the_next_person, async |story| {
    read_settings(&story, &story.minato.number_settings(0)).await?;
    assert!(kept(&story).await?.iter().any(|path| path.starts_with("/api")));
    story.open("/account").await?;
    story.press("ログアウト").await?;
    story.heading("ログイン").await?;
    let kept = kept(&story).await?;
    assert!(!kept.iter().any(|path| path.starts_with("/api")), "{kept:?}");
    Ok(())
});

/// Reads the list and the settings of a number twice: the first page is there before the service
/// worker is.
async fn read_settings(story: &Story, settings: &str) -> Outcome {
    story.arrive("/").await?;
    story.has_service_worker().await?;
    story.open(settings).await?;
    story.holds("番号名称", "代表番号").await
}

async fn kept(story: &Story) -> Outcome<Vec<String>> {
    Ok(story.browser.driver.execute_async(KEPT, vec![]).await?.convert()?)
}

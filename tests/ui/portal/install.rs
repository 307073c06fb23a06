//! The portal as an app: installable, there without a network, and never with old answers.

use crate::on_both_screens;

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
    assert_eq!(
        *story.browser.driver.execute_async(MANIFEST, vec![]).await?.json(),
        serde_json::json!([])
    );
    story.has_service_worker().await?;
    let errors =
        story.browser.devtools("Page.getInstallabilityErrors", serde_json::json!({})).await?;
    assert_eq!(errors["installabilityErrors"], serde_json::json!([]));
    Ok(())
});

// The second visit needs no server to show the shell; nothing that the API said is ever kept.
on_both_screens!(coming_back_without_a_server, async |story| {
    story.arrive("/").await?;
    story.has_service_worker().await?;
    story.see("050-1234-5678").await?;
    story.follow("050-1234-5678").await?;
    story.follow("一般設定").await?;
    story.holds("番号名称", "代表番号").await?;

    let kept = story.browser.driver.execute_async(KEPT, vec![]).await?.convert::<Vec<String>>()?;
    assert!(kept.iter().any(|path| path.ends_with(".wasm")), "{kept:?}");
    assert!(!kept.iter().any(|path| path.starts_with("/api")), "{kept:?}");

    story.cut();
    story.open("/account").await?;
    story.see("つながりません").await?;
    story.see_at("offline-notice", "オフライン").await?;
    story.see_no("050-1234-5678").await?;
    story.gate.open();
    story.press("もう一度読み込む").await?;
    story.see("株式会社みなと商会").await?;
    Ok(())
});

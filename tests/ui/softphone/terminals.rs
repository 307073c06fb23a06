//! ログイン中の端末: a QR code signs an app in, a button signs a terminal out.

use serde_json::{Value, json};
use tests::{Failed, Outcome, PASSWORD};

use crate::on_both_screens;
use crate::stage::Story;

/// What a phone's camera would read from the picture on the screen.
async fn scanned(story: &Story) -> Outcome<String> {
    let size = "return document.querySelector('[data-testid=qr]').viewBox.baseVal.width";
    let size = story.browser.script(size, vec![]).await?.as_f64().unwrap_or_default() as usize;
    let dark = "return [...document.querySelector('[data-testid=qr] \
        path[fill=\"#000\"]').getAttribute('d').matchAll(/M(\\d+) (\\d+)/g)]
        .map(found => [Number(found[1]), Number(found[2])])";
    let dark: Vec<(usize, usize)> =
        serde_json::from_value(story.browser.script(dark, vec![]).await?).unwrap_or_default();
    const DOTS: usize = 8;
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(size * DOTS, size * DOTS, |x, y| {
            if dark.contains(&(x / DOTS, y / DOTS)) { 0 } else { 255 }
        });
    let grid = image.detect_grids().into_iter().next().ok_or_else(|| {
        Failed::new(format!("no code is seen in {size} by {size} with {} dark ones", dark.len()))
    })?;
    grid.decode().map(|(_, text)| text).map_err(|error| Failed::new(error.to_string()))
}

async fn sign_in(story: &Story, link: &str) -> Value {
    let token = link.split_once('#').map(|(_, token)| token).unwrap_or_default();
    let body = json!({"link_token": token, "terminal": {"kind": "ios", "name": "田中の iPhone"}});
    story.app.nobody().post("/tokens/link", body).await.expect(200)
}

// The code is shown to whoever confirms who they are; the app that scans it appears by itself.
on_both_screens!(signing_an_app_in_and_out, async |story| {
    story.provokes("403");
    let id = story.minato.id(4);
    story.arrive(&id).await?;
    story.see("このIDでログインしている端末はありません").await?;
    story.touch("open-terminals").await?;
    story.is_at(&format!("{id}/terminals")).await?;
    story.heading("ログイン中の端末").await?;
    story.at("no-terminals").await?;
    story.press("QRコードを表示").await?;
    story.see_at("confirm-sheet", "ご本人の確認").await?;
    story.fill("あなたのパスワード", PASSWORD).await?;
    story.press("確認して表示").await?;
    story.gone("confirm-sheet").await?;
    story.see_at("code-ends", "あと ").await?;
    story.focus_at("hide-code").await?;
    let link = scanned(&story).await?;
    assert!(link.contains("/app/sign-in#"), "{link}");
    let tokens = sign_in(&story, &link).await;
    story.see_at("toast", "「田中の iPhone」がログインしました。").await?;
    story.gone("code").await?;
    story.see_at("terminal", "田中の iPhone").await?;
    story.focus_at("show-code").await?;

    story.touch("sign-out-terminal").await?;
    story.see_at("sign-out-sheet", "「田中の iPhone」では").await?;
    story.press("キャンセル").await?;
    story.at("terminal").await?;
    story.touch("sign-out-terminal").await?;
    story.press("ログアウトする").await?;
    story.see_at("toast", "「田中の iPhone」をログアウトしました。").await?;
    story.at("no-terminals").await?;
    let phone = story.app.nobody().bearer(tokens["access_token"].as_str().unwrap_or_default());
    phone.get("/me").await.expect_problem(401, "unauthenticated");
    // The log tells who was signed in, and by what.
    story.touch("open-history").await?;
    story.see("アプリのログイン用QRコードを表示").await?;
    Ok(())
});

// A code that is hidden is gone; an additional number has no terminals of its own; without a
// network a sentence says so.
on_both_screens!(codes_that_are_not_shown, async |story| {
    story.provokes("403");
    story.provokes("Failed to load resource");
    let path = format!("{}/terminals", story.minato.id(1));
    story.arrive(&path).await?;
    story.press("QRコードを表示").await?;
    story.fill("あなたのパスワード", PASSWORD).await?;
    story.press("確認して表示").await?;
    story.at("qr").await?;
    story.press("隠す").await?;
    story.gone("qr").await?;
    story.gate.break_down("/api/v1/ids");
    story.press("QRコードを表示").await?;
    story.at("toast").await?;
    story.gone("qr").await?;
    story.gate.open();
    story.open(&format!("{}/terminals", story.minato.number(1))).await?;
    story.see_at("empty-state", "追加番号には、ログインする端末がありません").await?;
    Ok(())
});

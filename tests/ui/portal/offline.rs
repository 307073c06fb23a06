//! The way to the server is gone for a while.

use crate::on_both_screens;

const TYPED: &str = "電波の届かない名前";

// A notice says so, what was typed stays, and saving again when the network is back is enough.
on_both_screens!(saving_without_a_network, async |story| {
    story.provokes("ERR_INTERNET_DISCONNECTED");
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", TYPED).await?;
    story.gone("offline-notice").await?;
    story.browser.set_offline(true).await?;
    story.see_at("offline-notice", "オフラインです。").await?;
    story.press("変更を保存").await?;
    story
        .see_at(
            "save-status",
            "つながらないため、まだ保存していません。入力した内容は残っています。",
        )
        .await?;
    story.holds("番号名称", TYPED).await?;
    assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], "代表番号");

    story.browser.set_offline(false).await?;
    story.gone("offline-notice").await?;
    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], TYPED);
    Ok(())
});

// Even a reload without a way to the server loses nothing: the portal starts, says how old that
// is what it shows, and has the draft.
on_both_screens!(reloading_without_a_server, async |story| {
    // The file of a page may be on its way when the server goes.
    story.provokes("/assets/lazy/");
    let settings = story.minato.number_settings(0);
    story.arrive("/").await?;
    story.has_service_worker().await?;
    story.open(&settings).await?;
    story.fill("番号名称", TYPED).await?;
    story.cut();
    story.press("変更を保存").await?;
    story.see_at("save-status", "つながらないため、まだ保存していません。").await?;

    story.reload().await?;
    story.see_at("offline-notice", "に読み込んだ内容を表示しています。").await?;
    story.is_at(&settings).await?;
    story.holds("番号名称", TYPED).await?;
    story.see_at("save-status", "1か所を変更しました").await?;
    story.gate.open();
    story.browser.script("dispatchEvent(new Event('online'))", vec![]).await?;
    story.gone("offline-notice").await?;
    story.holds("番号名称", TYPED).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], TYPED);
    Ok(())
});

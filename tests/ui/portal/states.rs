//! While something comes, when it does not come, when there is nothing.

use tests::{Contract, Holder};

use crate::on_both_screens;

const NOBODYS: &str = "/numbers/01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21";

// Grey rows stand where the list will be; a slow answer takes their place.
on_both_screens!(waiting_for_the_list, async |story| {
    story.open("/").await?;
    story.is_at("/sign-in").await?;
    story.gate.hold("/api/v1/numbers");
    story.sign_in().await?;
    story.at("loading").await?;
    story.see_no("050-1234-5678").await?;
    story.gate.open();
    story.see("050-1234-5678").await?;
    story.gone("loading").await?;
    story.follow("050-1234-5678").await?;
    story.gate.hold("/api/v1/numbers/");
    story.follow("一般設定").await?;
    story.at("loading").await?;
    story.gate.open();
    story.holds("番号名称", "代表番号").await?;
    Ok(())
});

// Whatever breaks says so, gives a number to quote, and can be tried again: the list, the settings,
// the log, the contract.
on_both_screens!(trying_again, async |story| {
    story.provokes("status of 500");
    story.arrive("/").await?;
    let (number, settings) = (story.minato.number(0), story.minato.number_settings(0));
    for (path, prefix, back) in [
        ("/", "/api/v1/numbers", "050-1234-5678"),
        (number.as_str(), "/api/v1/ids", "ログイン中の端末"),
        (settings.as_str(), "/api/v1/numbers/", "番号名称"),
        ("/history", "/api/v1/audit-log", "ここまでです"),
        ("/account", "/api/v1/account", "3番号"),
        ("/account", "/api/v1/session", "3番号"),
    ] {
        story.gate.break_down(prefix);
        story.open(path).await?;
        story.see_at("error-state", "少し待ってから、もう一度お試しください。").await?;
        story.see_at("error-state", "お問い合わせ番号").await?;
        story.gate.open();
        story.press("もう一度読み込む").await?;
        story.see(back).await?;
        story.gone("error-state").await?;
    }
    Ok(())
});

// A save that the server stumbles over keeps what was typed.
on_both_screens!(stumbling_over_a_save, async |story| {
    story.provokes("status of 500");
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("番号名称", "代表").await?;
    story.gate.break_down("/api/v1/numbers/");
    story.press("変更を保存").await?;
    story.see_at("save-status", "少し待ってから、もう一度お試しください。").await?;
    story.holds("番号名称", "代表").await?;
    story.gate.open();
    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    Ok(())
});

// Without a way to the server the sign-in says so and keeps what was typed.
on_both_screens!(signing_in_without_a_server, async |story| {
    story.open("/").await?;
    story.is_at("/sign-in").await?;
    story.has_service_worker().await?;
    story.cut();
    story.sign_in().await?;
    story.see_at("form-error", "インターネット接続を確認して、もう一度お試しください。").await?;
    story.gate.open();
    story.press("ログイン").await?;
    story.is_at("/").await?;
    Ok(())
});

// An address that leads nowhere, and one of a number that is not in the contract, lead back to the
// list.
on_both_screens!(getting_lost, async |story| {
    story.provokes("status of 404");
    story.arrive("/").await?;
    story.open("/nowhere/at/all").await?;
    story.see_at("not-found", "ページが見つかりません").await?;
    story.follow("番号・IDの一覧へ").await?;
    story.is_at("/").await?;
    story.see("050-1234-5678").await?;
    story.open(NOBODYS).await?;
    story.see_at("not-found", "この番号またはIDは、ご契約にありません。").await?;
    story.follow("番号・IDの一覧へ").await?;
    story.is_at("/").await?;
    story.open(&format!("{NOBODYS}/general")).await?;
    story.see_at("not-found", "この番号またはIDは、ご契約にありません。").await?;
    story.open("/history?number=01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21").await?;
    story.see("変更はまだありません").await?;
    Ok(())
});

// A contract whose numbers are not there yet.
on_both_screens!(having_no_number_yet, async |story| {
    let contract = Contract { numbers: 0, ids: 1, ..Contract::default() };
    let new = Holder::provision(&story.app, "atarashii", contract).await;
    story.open("/").await?;
    story.sign_in_as(&new.login_id).await?;
    story.see("番号がまだありません").await?;
    story.see("ご契約の電話番号が開通すると、ここに表示されます。").await?;
    Ok(())
});

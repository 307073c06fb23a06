//! The contract, the screen's language and looks, and the way out.

use serde_json::json;
use tests::PASSWORD;

use crate::on_both_screens;
use crate::stage::minato::LOGIN_ID;

/// What people called their things stays as it is in every language, as does the name of the other
/// language.
const NAMES: [&str; 10] = [
    "日本語",
    "株式会社みなと商会",
    "代表番号",
    "サポート窓口",
    "フリーダイヤル",
    "受付 iPhone",
    "会議室の電話",
    "倉庫",
    "佐藤 Android",
    "鈴木（未使用）",
];

/// The lines that are in Japanese still.
fn japanese(text: &str) -> Vec<String> {
    let rest = NAMES.iter().fold(text.to_owned(), |text, name| text.replace(name, ""));
    let is_japanese =
        |line: &&str| line.chars().any(|c| matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿'));
    rest.lines().filter(is_japanese).map(str::to_owned).collect()
}

// The contract can be read, and where its mails go can be changed.
on_both_screens!(changing_the_contact_mail, async |story| {
    story.provokes("412");
    story.arrive("/account").await?;
    story.see_at("account-name", "株式会社みなと商会").await?;
    story.see("3番号").await?;
    story.see("5件").await?;
    story.holds("メールアドレス", "soumu@minato.example").await?;
    story.fill("メールアドレス", "soumu@").await?;
    story.see_at("error-contact_mail", "形式を確認してください。").await?;
    story.fill("メールアドレス", "keiri@minato.example").await?;
    story.gone("error-contact_mail").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now("/account").await["contact_mail"], "keiri@minato.example");
    story.press("取り消す").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    assert_eq!(story.minato.now("/account").await["contact_mail"], "soumu@minato.example");

    story.fill("メールアドレス", "keiri@minato.example").await?;
    story.minato.change("/account", json!({"contact_mail": "shachou@minato.example"})).await;
    story.press("変更を保存").await?;
    story.see_at("conflict-contact_mail", "shachou@minato.example").await?;
    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now("/account").await["contact_mail"], "keiri@minato.example");
    Ok(())
});

// The language changes every text at once, stays over a reload, and errors of the server come in it
// too.
on_both_screens!(changing_the_language, async |story| {
    story.provokes("401");
    story.arrive("/account").await?;
    story.see("3番号").await?;
    story.choose("English").await?;
    story.heading("Contract & sign-in").await?;
    story.see("Phone numbers").await?;
    assert_eq!(japanese(&story.text().await?), [""; 0]);
    assert_eq!(story.browser.script("return document.documentElement.lang", vec![]).await?, "en");
    story.reload().await?;
    story.heading("Contract & sign-in").await?;
    assert_eq!(story.browser.script("return document.documentElement.lang", vec![]).await?, "en");

    story.press("Sign out").await?;
    story.is_at("/sign-in").await?;
    story.heading("Sign in").await?;
    story.fill("Basic ID", LOGIN_ID).await?;
    story.fill("Password", "not my password").await?;
    story.press("Sign in").await?;
    story.see_at("form-error", "password").await?;
    assert_eq!(japanese(&story.text().await?), [""; 0]);
    story.press("日本語").await?;
    story.heading("ログイン").await?;
    assert_eq!(story.browser.script("return document.documentElement.lang", vec![]).await?, "ja");
    Ok(())
});

// Signing out ends this browser's session and no other.
on_both_screens!(signing_out_here, async |story| {
    story.arrive("/account").await?;
    story.see("3番号").await?;
    story.press("ログアウト").await?;
    story.is_at("/sign-in").await?;
    story.see_no("有効期限").await?;
    story.minato.now("/account").await;
    // The way back leads to no page of the contract.
    story.open(&story.minato.number(0)).await?;
    story.heading("ログイン").await?;
    story.see_no("050-1234-5678").await?;
    Ok(())
});

// Signing out everywhere asks first, and then ends every session.
on_both_screens!(signing_out_everywhere, async |story| {
    story.arrive("/account").await?;
    story.see("3番号").await?;
    story.press("すべての端末からログアウト").await?;
    story.see_at("sign-out-dialog", "すべての端末からログアウトしますか？").await?;
    story.press("キャンセル").await?;
    story.gone("sign-out-dialog").await?;
    story.minato.now("/account").await;
    story.press("すべての端末からログアウト").await?;
    story.press("すべてログアウト").await?;
    story.is_at("/sign-in").await?;
    story.minato.client.get("/account").await.expect_problem(401, "unauthenticated");
    Ok(())
});

// A session that was ended elsewhere leads to the sign-in with a word about it, and from there back
// to the unsaved draft.
on_both_screens!(being_signed_out_elsewhere, async |story| {
    story.provokes("401");
    let settings = story.minato.number_settings(1);
    story.arrive(&settings).await?;
    story.fill("番号名称", "お客さま窓口").await?;
    story.minato.client.delete("/session?everywhere=true").await.expect(204);
    story.press("変更を保存").await?;
    story
        .see_at(
            "session-ended",
            "ログインの有効期限が切れました。もう一度ログインすると、続きから操作できます。",
        )
        .await?;
    story.see_no("03-3456-7890").await?;
    story.sign_in().await?;
    story.is_at(&settings).await?;
    story.holds("番号名称", "お客さま窓口").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let (client, _) = story.app.nobody().sign_in(LOGIN_ID, PASSWORD).await;
    assert_eq!(client.get(&story.minato.number(1)).await.expect(200)["name"], "お客さま窓口");
    Ok(())
});

// The look that is chosen is used at once and after a reload.
on_both_screens!(choosing_light_or_dark, async |story| {
    const GROUND: &str = "const parts = \
        getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3);
            return parts.reduce((sum, part) => sum + Number(part), 0) > 380";
    story.arrive("/account").await?;
    for (name, is_light) in [("ダーク", false), ("ライト", true)] {
        story.choose(name).await?;
        assert_eq!(story.browser.script(GROUND, vec![]).await?, is_light, "{name}");
        story.reload().await?;
        story.see("3番号").await?;
        assert_eq!(story.browser.script(GROUND, vec![]).await?, is_light, "{name} after a reload");
    }
    Ok(())
});

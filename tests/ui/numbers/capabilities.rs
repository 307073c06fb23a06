//! What can be set depends on the contract, and the screen says so.

use api_types::AccountOptions;
use serde_json::json;
use tests::{Contract, Holder};

use crate::on_both_screens;

const NO_IP_PHONE: AccountOptions =
    AccountOptions { ip_phone: false, premises_device: true, voicemail: true, fax: false };

// Ringtone, priority and channels offer what the contract has: terminals that ring, channels up to
// the maximum.
on_both_screens!(choosing_how_a_number_rings, async |story| {
    // The unused ID does not ring for the number.
    story.minato.silence(&story.app, 0, 4).await;
    story.arrive(&story.minato.number_settings(0)).await?;
    story.choose("着信音2").await?;
    story.press("優先着信").await?;
    story.see_at("picker-sheet", "優先しない\nすべての端末を同時に鳴らします").await?;
    let offered = story.text_at("picker-sheet").await?;
    for (name, is_offered) in [
        ("受付 iPhone", true),
        ("会議室の電話", true),
        ("倉庫", true),
        ("佐藤 Android", true),
        ("鈴木（未使用）", false),
    ] {
        assert_eq!(offered.contains(name), is_offered, "{name} in {offered}");
    }
    story.choose("会議室の電話").await?;
    story.gone("picker-sheet").await?;
    story.see_at("input-priority_phone_id", "会議室の電話").await?;

    story.press("チャネル数").await?;
    story.see_at("picker-sheet", "ご契約では、この番号に最大9チャネルまで設定できます。").await?;
    story.see("9チャネル").await?;
    story.see_no("10チャネル").await?;
    story.choose("3チャネル").await?;
    story.gone("picker-sheet").await?;
    story.see_at("input-channel_limit", "3 / 9").await?;

    story.see_at("save-status", "3か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let now = story.minato.now(&story.minato.number(0)).await;
    assert_eq!(now["priority_phone_id"], story.minato.ids[1]);
    assert_eq!(
        (now["ringtone"].as_str(), now["channel_limit"].as_u64()),
        (Some("ringtone_2"), Some(3))
    );

    story.press("優先着信").await?;
    story.choose("優先しない").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert!(story.minato.now(&story.minato.number(0)).await["priority_phone_id"].is_null());
    Ok(())
});

// Without notify rules the picker explains itself; with one it offers it.
on_both_screens!(choosing_a_notify_rule, async |story| {
    story.arrive(&story.minato.number_settings(2)).await?;
    story.press("通知ルール").await?;
    story.see_at("picker-sheet", "通知ルールはまだありません。").await?;
    story.press("閉じる").await?;
    story.gone("picker-sheet").await?;

    let rule = story.minato.notify_rule(&story.app, "営業チーム").await;
    story.reload().await?;
    story.press("通知ルール").await?;
    story.choose("営業チーム").await?;
    story.gone("picker-sheet").await?;
    story.see_at("input-notify_rule_id", "営業チーム").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&story.minato.number(2)).await["notify_rule_id"], rule);
    Ok(())
});

// What is not contracted cannot be set and says why; a number with fewer channels offers fewer.
on_both_screens!(lacking_an_option, async |story| {
    story.minato.set_options(&story.app, NO_IP_PHONE).await;
    story.arrive(&story.minato.number_settings(2)).await?;
    story.holds("番号名称", "フリーダイヤル").await?;
    story.see("IP電話機の表示名は、IP電話機オプションのご契約があると設定できます。").await?;
    story.gone("field-display_name").await?;
    story.press("チャネル数").await?;
    story.see_at("picker-sheet", "最大3チャネル").await?;
    story.see_no("4チャネル").await?;
    Ok(())
});

// One number and one ID: there is nothing to tell apart, and the page says so.
on_both_screens!(having_one_of_each, async |story| {
    let contract = Contract { numbers: 1, ids: 1, options: json!({}) };
    let alone = Holder::provision(&story.app, "hitori", contract).await;
    story.open(&format!("{}/general", alone.number(0))).await?;
    story.sign_in_as(&alone.login_id).await?;
    story.see("着信音と優先着信は、番号や端末が2つ以上あると設定できます。").await?;
    story.gone("field-ringtone").await?;
    story.gone("field-priority_phone_id").await?;
    story.at("field-channel_limit").await?;
    Ok(())
});

// An additional ID has its terminal name and its extension, which nobody can change here; nothing
// of a number.
on_both_screens!(setting_an_additional_id, async |story| {
    story.arrive(&story.minato.id(1)).await?;
    story.see_at("row-title", "会議室の電話").await?;
    story.see("ログイン中の端末").await?;
    story.see("会議室 T54W").await?;
    story.follow("一般設定").await?;
    story.is_at(&story.minato.id_settings(1)).await?;
    story.holds("端末名称", "会議室の電話").await?;
    story.see_at("extension", "203").await?;
    story.see("内線番号は変更できません。").await?;
    for other in
        ["name", "display_name", "ringtone", "priority_phone_id", "channel_limit", "notify_rule_id"]
    {
        story.gone(&format!("field-{other}")).await?;
    }
    let fields = story
        .browser
        .script("return document.querySelectorAll('main input, main button.row').length", vec![])
        .await?;
    assert_eq!(fields, 1, "the terminal name is the one thing to set");
    story.fill("端末名称", "大会議室").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&story.minato.id(1)).await["terminal_name"], "大会議室");
    Ok(())
});

// The primary number brings its basic ID along.
on_both_screens!(setting_the_primary_number, async |story| {
    story.arrive(&story.minato.number_settings(0)).await?;
    story.holds("番号名称", "代表番号").await?;
    story.holds("端末名称", "受付 iPhone").await?;
    story.see_at("extension", "201").await?;
    story.fill("番号名称", "代表").await?;
    story.fill("端末名称", "受付").await?;
    story.see_at("save-status", "2か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], "代表");
    assert_eq!(story.minato.now(&story.minato.id(0)).await["terminal_name"], "受付");
    Ok(())
});

// A refusal of the server stands in the row that it is about; what was typed stays.
on_both_screens!(being_refused, async |story| {
    story.provokes("422");
    story.arrive(&story.minato.number_settings(0)).await?;
    story.fill("IP電話機の表示名", "みなと代表").await?;
    story.minato.set_options(&story.app, NO_IP_PHONE).await;
    story.press("変更を保存").await?;
    story.see_at("error-display_name", "契約").await?;
    story.focus_at("input-display_name").await?;
    story.holds("IP電話機の表示名", "みなと代表").await?;
    assert_eq!(
        story.at("input-display_name").await?.attr("aria-invalid").await?.as_deref(),
        Some("true")
    );
    story.at("revert").await?;

    // What the rules know already is said while typing, and not sent.
    let sent = story.gate.writes().len();
    story.press("元に戻す").await?;
    story.fill("番号名称", &"あ".repeat(41)).await?;
    story.see_at("error-name", "40文字以内で入力してください。").await?;
    story.see_at("counter-name", "41 / 40").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "入力内容を確認してください。").await?;
    story.focus_at("input-name").await?;
    assert_eq!(story.gate.writes().len(), sent, "nothing was to be sent");
    story.fill("番号名称", "代表").await?;
    story.gone("error-name").await?;
    Ok(())
});

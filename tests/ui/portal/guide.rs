//! The guide of the present system, from 一般設定 to 着信なりわけ, line by line, on a phone.

use serde_json::{Value, json};
use tests::{Outcome, PASSWORD, Screen};

use crate::stage::minato::LOGIN_ID;
use crate::stage::{self, Story};

const NEW_PASSWORD: &str = "夕焼け小焼けで日が暮れて";

#[test]
fn everything_that_the_guide_tells_can_be_done_on_a_phone() -> Outcome {
    stage::play("guide-phone", Screen::Phone, |story| async move {
        general_settings(&story).await?;
        outbound_number(&story).await?;
        ringing(&story).await?;
        block_list(&story).await?;
        passwords(&story).await
    })
}

async fn save(story: &Story) -> Outcome {
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await
}

/// 一般設定: names, the kind of terminal, the display, ringtone, priority, channels, the notify rule,
/// the extension.
async fn general_settings(story: &Story) -> Outcome {
    let rule = story.minato.notify_rule(&story.app, "営業チーム").await;
    story.arrive("/").await?;
    // 電話番号・ID選択をして設定画面を開きます。
    story.follow("050-1234-5678").await?;
    // ログイン中の端末種類が表示されます。
    for kind in ["Windows", "iOS"] {
        story.see(kind).await?;
    }
    story.follow("一般設定").await?;
    story.fill("番号名称", "本社代表").await?;
    story.fill("IP電話機の表示名", "東京代表").await?;
    story.fill("端末名称", "受付の電話").await?;
    story.choose("着信音2").await?;
    // デフォルトは「優先しない」に設定されています。
    story.see_at("input-priority_phone_id", "優先しない").await?;
    story.press("優先着信").await?;
    story.choose("会議室の電話").await?;
    story.gone("picker-sheet").await?;
    story.press("チャネル数").await?;
    // 最大同時通話回線は9チャネルです。
    story.choose("9チャネル").await?;
    story.gone("picker-sheet").await?;
    story.press("通知ルール").await?;
    story.choose("営業チーム").await?;
    story.gone("picker-sheet").await?;
    // 内線通話の際に使う、短縮番号が表示されます。
    story.see("内線番号").await?;
    story.see("201").await?;
    save(story).await?;
    let number = story.minato.now(&story.minato.number(0)).await;
    let id = story.minato.now(&story.minato.id(0)).await;
    assert_eq!(
        (&number["name"], &number["display_name"], &number["ringtone"]),
        (&json!("本社代表"), &json!("東京代表"), &json!("ringtone_2"))
    );
    assert_eq!(
        (&number["priority_phone_id"], &number["notify_rule_id"]),
        (&json!(story.minato.ids[1]), &json!(rule))
    );
    assert_eq!((&number["channel_limit"], &id["terminal_name"]), (&json!(9), &json!("受付の電話")));

    // 追加IDの設定画面には番号名称がなく、追加番号の設定画面には端末名称がありません。
    story.open(&story.minato.id_settings(1)).await?;
    story.see("端末名称").await?;
    story.gone("field-name").await?;
    story.open(&story.minato.number_settings(1)).await?;
    story.see("番号名称").await?;
    story.gone("field-terminal_name").await
}

/// 発信外線番号: chosen for an IP phone from the account's own numbers.
async fn outbound_number(story: &Story) -> Outcome {
    story.open(&story.minato.id(1)).await?;
    story.follow("発信外線番号").await?;
    story.choose("03-3456-7890").await?;
    save(story).await?;
    assert_eq!(
        story.minato.now(&story.minato.id(1)).await["outbound_number_id"],
        story.minato.numbers[1].as_str()
    );
    Ok(())
}

/// 着信なりわけ: each terminal on or off, and the announcement when every channel is in use.
async fn ringing(story: &Story) -> Outcome {
    story.open(&story.minato.number(0)).await?;
    story.follow("着信なりわけ").await?;
    story.touch(&format!("input-rings:{}", story.minato.ids[4])).await?;
    story.touch("input-busy_announcement").await?;
    save(story).await?;
    let now = story.minato.now(&format!("{}/ringing", story.minato.number(0))).await;
    let rings: Vec<_> = now["targets"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|target| target["rings"] == true)
        .collect();
    assert_eq!(
        (rings, &now["busy_announcement"]),
        (vec![true, true, true, true, false], &json!(true))
    );
    Ok(())
}

/// Scrolls as a thumb does, since the save bar still says that the switches were saved.
async fn bring_to_the_middle(story: &Story, test_id: &str) -> Outcome {
    story.at(test_id).await?;
    let scroll = "document.querySelector(`[data-testid='${arguments[0]}']`).scrollIntoView({ \
        block: 'center' })";
    story.browser.script(scroll, vec![json!(test_id)]).await?;
    Ok(())
}

async fn entries(story: &Story) -> u64 {
    story.minato.now(&format!("{}/block-list", story.minato.number(0))).await["entry_count"]
        .as_u64()
        .unwrap_or_default()
}

/// 着信拒否: the switch, one by one, with check boxes, all at once, from a file.
async fn block_list(story: &Story) -> Outcome {
    story.open(&story.minato.number(0)).await?;
    story.follow("着信拒否").await?;
    // 非通知番号の着信拒否設定をします。
    story.touch("input-reject_withheld").await?;
    save(story).await?;
    assert_eq!(
        story.minato.now(&format!("{}/block-list", story.minato.number(0))).await["reject_withheld"],
        true
    );
    // 個別登録をする場合「+追加」から登録をします。
    for caller in ["090-1234-5678", "０３（１１１１）２２２２", "0120-999-000"] {
        story.press("追加").await?;
        story.focus_at("input-caller").await?;
        story.keys(caller).await?;
        story.at("understood").await?;
        story.press("登録する").await?;
        story.gone("add-sheet").await?;
    }
    assert_eq!(entries(story).await, 3);
    // 該当の番号にチェックを入れて「削除」を押します。
    bring_to_the_middle(story, "tick-+819012345678").await?;
    story.touch("tick-+819012345678").await?;
    story.press("削除").await?;
    story.see_at("selection-bar", "1件を削除しました").await?;
    assert_eq!(entries(story).await, 2);
    // リストの一番上のチェックボックスにチェックを入れて削除します。
    bring_to_the_middle(story, "select-all").await?;
    story.touch("select-all").await?;
    story.press("削除").await?;
    story.see_at("selection-bar", "2件を削除しました").await?;
    assert_eq!(entries(story).await, 0);

    // サンプルのCSVファイルをDLして、編集したファイルを選択、「インポート」から一括登録を行ってください。
    story.follow("CSVで一括登録（インポート）").await?;
    let sample = story.at("sample-shift_jis").await?.prop("href").await?.unwrap_or_default();
    let path = sample
        .strip_prefix(&story.gate.url)
        .and_then(|path| path.strip_prefix("/api/v1"))
        .unwrap_or_default();
    let answer = story.minato.client.get(path).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/csv; charset=shift_jis"))
    );
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("拒否リスト.csv");
    // 「番号,表」 in Shift_JIS: the second byte of 表 is a backslash.
    let rows =
        [b"090-1111-2222,\x95\x5c\r\n".as_slice(), b"9033334444,\r\n", b"0451234567,\r\n"].concat();
    std::fs::write(
        &file,
        [b"\x93\x64\x98\x62\x94\xd4\x8d\x86,\x83\x81\x83\x82\r\n".as_slice(), &rows].concat(),
    )?;
    story.at("file").await?.send_keys(file.to_string_lossy()).await?;
    story.press("3件を登録").await?;
    story.see_at("import-done", "3件").await?;
    let list = story.minato.now(&format!("{}/block-list/entries", story.minato.number(0))).await;
    let found: Vec<_> = list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| (&item["caller_text"], &item["note"]))
        .collect();
    let expected = [("045-123-4567", ""), ("090-3333-4444", ""), ("090-1111-2222", "表")]
        .map(|(a, b)| (json!(a), json!(b)));
    assert_eq!(found, expected.iter().map(|(a, b)| (a, b)).collect::<Vec<(&Value, &Value)>>());
    Ok(())
}

/// パスワードの変更: the basic ID's, an additional ID's, and the present one looked up.
async fn passwords(story: &Story) -> Outcome {
    story.provokes("403");
    // 追加ID: 現在のパスワードを確認する事が出来ます。
    let id = story.minato.id(1);
    story.open(&id).await?;
    story.follow("パスワード").await?;
    story.press("現在のパスワードを表示").await?;
    story.fill("あなたのパスワード", PASSWORD).await?;
    story.press("確認して表示").await?;
    story.see_at("password", PASSWORD).await?;
    // 新しいパスワードを2回入力して、保存します。
    story.fill("新しいパスワード", NEW_PASSWORD).await?;
    story.fill("新しいパスワード（確認）", NEW_PASSWORD).await?;
    story.press("パスワードを変更").await?;
    story.at("password-changed").await?;

    // 基本ID: お客様ページやアプリのログイン時に使用するパスワードです。
    story.open(&story.minato.number(0)).await?;
    story.follow("パスワード").await?;
    story.fill("現在のパスワード", PASSWORD).await?;
    story.fill("新しいパスワード", NEW_PASSWORD).await?;
    story.fill("新しいパスワード（確認）", NEW_PASSWORD).await?;
    story.press("パスワードを変更").await?;
    story.at("password-changed").await?;
    story.app.nobody().sign_in(LOGIN_ID, NEW_PASSWORD).await;
    Ok(())
}

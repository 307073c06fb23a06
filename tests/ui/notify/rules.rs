//! 通知設定: rules are made, picked for numbers, changed and removed.

use serde_json::{Value, json};
use tests::Outcome;

use crate::on_both_screens;
use crate::stage::Story;

/// Makes a rule as somebody else would; answers its path in API and portal.
pub async fn a_rule(story: &Story, name: &str, emails: Value) -> String {
    let rule = json!({"name": name, "emails": emails, "events": ["missed_call", "voicemail"]});
    let made = story.minato.client.post("/notify-rules", rule).await.expect(201);
    format!("/notify-rules/{}", made["id"].as_str().unwrap_or_default())
}

/// Has a number use a rule.
pub async fn picked_by(story: &Story, rule: &str, number: usize) {
    let id = rule.rsplit('/').next();
    story.minato.change(&story.minato.number(number), json!({"notify_rule_id": id})).await;
}

async fn rule_of(story: &Story, number: usize) -> Value {
    story.minato.now(&story.minato.number(number)).await["notify_rule_id"].clone()
}

const PASTE: &str = "const data = new DataTransfer();
    data.setData('text', arguments[0]);
    const field = document.querySelector('[data-testid=input-mail]');
    field.focus();
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, \
        cancelable: true }));";

// From nothing to a rule that numbers use; and one step back.
on_both_screens!(making_a_rule, async |story| {
    story.arrive("/").await?;
    story.follow("通知設定").await?;
    story.see_at("empty-state", "通知ルールはまだありません").await?;
    story.press("最初のルールを作る").await?;
    story.focus_at("input-name").await?;
    story.press("ルールを作る").await?;
    story.see_at("error-name", "入力してください。").await?;
    story.fill("ルールの名前", "営業チーム").await?;
    story.fill("メール（任意）", "eigyo").await?;
    story.press("ルールを作る").await?;
    story.see_at("error-email", "「eigyo」はメールアドレスの形ではありません。").await?;
    story.fill("メール（任意）", "eigyo@minato.example").await?;
    story.press("ルールを作る").await?;
    story.see_at("toast", "ルールを作りました").await?;
    story.heading("通知ルール").await?;
    story.holds("ルールの名前", "営業チーム").await?;
    story.see_at("missing", "どの番号でも使っていない").await?;

    // An option that is not contracted keeps nobody from choosing it.
    story.see("ご契約にないオプションです").await?;
    story.touch("input-fax").await?;
    story.touch(&format!("input-picks:{}", story.minato.numbers[1])).await?;
    story.gone("missing").await?;
    story.see_at("save-status", "2か所を変更しました").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let rules = story.minato.now("/notify-rules").await;
    let rule = &rules["items"][0];
    assert_eq!(
        (&rule["emails"], &rule["events"]),
        (&json!(["eigyo@minato.example"]), &json!(["missed_call", "voicemail", "fax"]))
    );
    assert_eq!(rule_of(&story, 1).await, rule["id"]);

    story.press("取り消す").await?;
    story.see_at("missing", "どの番号でも使っていない").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    assert!(rule_of(&story, 1).await.is_null());
    story.press_back_to_rules().await?;
    story.see_at("rule", "不在着信").await?;
    let row = story.text_at("rule").await?;
    assert!(
        row.contains("メール 1件")
            && row.contains("どの番号でも使っていません")
            && !row.contains("FAX"),
        "{row}"
    );
    Ok(())
});

impl Story {
    /// Goes to the list of rules from one of them: by the list of the screen where that is there,
    /// else by the way back.
    async fn press_back_to_rules(&self) -> Outcome {
        if self.is_wide() {
            self.touch("row-notify-rules").await?
        } else {
            self.press_back().await?
        }
        self.is_at("/notify-rules").await
    }
}

// Whoever comes from a number finds the new rule chosen for it, and the way from the number to the
// rule.
on_both_screens!(making_a_rule_for_a_number, async |story| {
    story.arrive(&story.minato.number_settings(0)).await?;
    story.follow("新しいルールを作る").await?;
    story.fill("ルールの名前", "代表番号の係").await?;
    story.press("ルールを作る").await?;
    story.see_at("toast", "050-1234-5678で使うようにしました").await?;
    let id = rule_of(&story, 0).await;
    let page = format!("/notify-rules/{}", id.as_str().unwrap_or_default());
    story.is_at(&page).await?;
    story.see_at("missing", "宛先がまだありません").await?;

    story.open(&story.minato.number_settings(0)).await?;
    story.see_at("input-notify_rule_id", "代表番号の係").await?;
    story.follow("このルールの内容を編集").await?;
    story.is_at(&page).await?;
    story.holds("ルールの名前", "代表番号の係").await?;
    Ok(())
});

// One address at a time or several at once; what is none says so, and nothing that was typed is
// left behind.
on_both_screens!(mail_addresses, async |story| {
    let rule = a_rule(&story, "総務", json!(["soumu@minato.example"])).await;
    story.arrive(&rule).await?;
    story.write_at("input-mail", "soumu@minato").await?;
    story.write_at("input-mail", "nonsense").await?;
    story.press("追加").await?;
    story.see_at("error-mail", "「nonsense」はメールアドレスの形ではありません。").await?;
    story.write_at("input-mail", "SOUMU@minato.example").await?;
    story.press("追加").await?;
    story.see_at("error-mail", "すでにあります").await?;
    story.write_at("input-mail", "").await?;
    story
        .browser
        .script(PASTE, vec![json!("田中 <tanaka@minato.example>\nsato@minato.example\n")])
        .await?;
    story.see("sato@minato.example").await?;
    assert_eq!(
        story.texts_at("mail").await?,
        ["soumu@minato.example", "tanaka@minato.example", "sato@minato.example"]
    );
    story.press("tanaka@minato.exampleを外す").await?;
    story.focus_at("input-mail").await?;
    // What stands in the field when one saves is meant.
    story.write_at("input-mail", "keiri@minato.example").await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let now = story.minato.now(&rule).await;
    assert_eq!(
        now["emails"],
        json!(["soumu@minato.example", "sato@minato.example", "keiri@minato.example"])
    );
    Ok(())
});

// A number that uses another rule says so, moves over, and comes back to that one.
on_both_screens!(taking_a_number_over, async |story| {
    let (sales, support) = (
        a_rule(&story, "営業", json!([])).await,
        a_rule(&story, "サポート", json!(["s@minato.example"])).await,
    );
    picked_by(&story, &sales, 0).await;
    story.arrive(&support).await?;
    let number = format!("picks:{}", story.minato.numbers[0]);
    story.see_at(&format!("field-{number}"), "今は「営業」を使用").await?;
    story.touch(&format!("input-{number}")).await?;
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await?;
    assert!(support.ends_with(rule_of(&story, 0).await.as_str().unwrap_or("?")));
    story.press("取り消す").await?;
    story.see_at(&format!("field-{number}"), "今は「営業」を使用").await?;
    story.see_at("toast", "保存前の内容に戻しました").await?;
    assert!(sales.ends_with(rule_of(&story, 0).await.as_str().unwrap_or("?")));
    Ok(())
});

// Two people change the same rule: nobody's words are lost.
on_both_screens!(changed_by_somebody_else, async |story| {
    story.provokes("412");
    let rule = a_rule(&story, "営業", json!([])).await;
    story.arrive(&rule).await?;
    story.fill("ルールの名前", "営業一課").await?;
    story.minato.change(&rule, json!({"name": "営業部", "language": "en"})).await;
    story.press("変更を保存").await?;
    story.see_at("conflict-name", "営業一課").await?;
    story.see_at("conflict-name", "営業部").await?;
    story.touch("keep-mine").await?;
    story.press("もう一度保存").await?;
    story.see_at("save-status", "保存しました").await?;
    let now = story.minato.now(&rule).await;
    assert_eq!((&now["name"], &now["language"]), (&json!("営業一課"), &json!("en")));
    Ok(())
});

// Leaving with changes asks; deleting asks, and says which numbers lose their notices.
on_both_screens!(leaving_and_deleting, async |story| {
    let rule = a_rule(&story, "営業", json!(["a@minato.example"])).await;
    picked_by(&story, &rule, 0).await;
    story.arrive(&rule).await?;
    story.fill("ルールの名前", "変えかけ").await?;
    story.follow("サービスを追加").await?;
    story.at("leave-dialog").await?;
    story.press("保存せずに移動").await?;
    story.is_at(&format!("{rule}/services/new")).await?;
    story.press_back_in_title().await?;
    story.holds("ルールの名前", "営業").await?;

    story.press("このルールを削除").await?;
    story.see_at("users", "050-1234-5678").await?;
    story.press("キャンセル").await?;
    story.gone("delete-sheet").await?;
    story.press("このルールを削除").await?;
    story.press("番号から外して削除する").await?;
    story.is_at("/notify-rules").await?;
    story.see_at("toast", "「営業」を削除しました").await?;
    story.see_at("empty-state", "通知ルールはまだありません").await?;
    assert!(rule_of(&story, 0).await.is_null());
    story.provokes("404");
    story.open(&rule).await?;
    story.see_at("not-found", "削除されたか").await?;
    Ok(())
});

impl Story {
    /// The way back, also where a wide screen needs none.
    pub async fn press_back_in_title(&self) -> Outcome {
        if self.is_wide() { Ok(self.browser.driver.back().await?) } else { self.press_back().await }
    }
}

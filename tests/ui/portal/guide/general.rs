//! 一般設定 and 発信外線番号.

use api_types::AccountOptions;
use serde_json::{Value, json};
use tests::switch::Switch;

use crate::portal::guide::{chapter, is_asked_about_changes, save, set};
use crate::stage::app::device;

const OPTIONS: AccountOptions =
    AccountOptions { ip_phone: true, premises_device: true, voicemail: true, fax: false };

chapter!(general_settings {
    7 => async |story| {
        story.open(&story.minato.number(0)).await?;
        story.follow("一般設定").await?;
        story.heading("一般設定").await?;
        for field in ["番号名称", "端末名称"] {
            story.see(field).await?;
        }
        Ok(())
    }
    8 => async |story| {
        story.open(&story.minato.number_settings(0)).await?;
        story.at("field-ringtone").await?;
        story.at("field-priority_phone_id").await?;
        Ok(())
    }
    9 => async |story| {
        story.open(&story.minato.number(0)).await?;
        story.follow("一般設定").await?;
        story.fill("番号名称", "書きかけ").await?;
        is_asked_about_changes(&story).await?;
        assert_ne!(story.minato.now(&story.minato.number(0)).await["name"], "書きかけ");
        Ok(())
    }
    10 => async |story| {
        story.open(&story.minato.number_settings(1)).await?;
        story.gone("save-bar").await?;
        story.fill("番号名称", "修理受付").await?;
        save(&story).await?;
        story.reload().await?;
        story.holds("番号名称", "修理受付").await
    }
    11 => async |story| {
        set(&story, &story.minato.number_settings(0), "番号名称", "本社代表").await?;
        assert_eq!(story.minato.now(&story.minato.number(0)).await["name"], "本社代表");
        Ok(())
    }
    12 => async |story| {
        story.open(&story.minato.id_settings(1)).await?;
        story.see("端末名称").await?;
        story.gone("field-name").await
    }
    13 => async |story| {
        set(&story, &story.minato.number_settings(0), "IP電話機の表示名", "東京代表").await?;
        let is_shown = |decision: &Value| {
            device(decision, "minato203").is_some_and(|device| device["display_name"] == "東京代表")
        };
        story.decided("the display shows the name", json!({}), is_shown).await?;
        Ok(())
    }
    14 => async |story| {
        let without = AccountOptions { ip_phone: false, ..OPTIONS };
        story.minato.set_options(&story.app, without).await;
        story.open(&story.minato.number_settings(1)).await?;
        story.see_at("missing-display_name", "IP電話機オプション").await?;
        story.gone("input-display_name").await?;
        let number = story.minato.now(&story.minato.number(1)).await;
        story.minato.set_options(&story.app, OPTIONS).await;
        assert_eq!(number["display_name"], "");
        Ok(())
    }
    15 => async |story| {
        story.open(&story.minato.number_settings(0)).await?;
        for ringtone in ["着信音1", "着信音2"] {
            story.choose(ringtone).await?;
        }
        save(&story).await?;
        let rings =
            |decision: &Value| decision["devices"][0]["ringtone"] == "ringtone_2";
        story.decided("the call rings with it", json!({}), rings).await?;
        Ok(())
    }
    16 => async |story| {
        story.open(&story.minato.number_settings(0)).await?;
        story.press("優先着信").await?;
        story.choose("会議室の電話").await?;
        story.gone("picker-sheet").await?;
        save(&story).await?;
        let first = |decision: &Value| {
            let devices = decision["devices"].as_array().cloned().unwrap_or_default();
            let (first, others): (Vec<_>, Vec<_>) =
                devices.into_iter().partition(|device| device["login_id"] == "minato203");
            !first.is_empty()
                && !others.is_empty()
                && first.iter().all(|device| device["ring_after_s"] == 0)
                && others.iter().all(|device| device["ring_after_s"] != 0)
        };
        story.decided("it rings before the others", json!({}), first).await?;
        Ok(())
    }
    17 => async |story| {
        story.open(&story.minato.number_settings(1)).await?;
        story.see_at("input-priority_phone_id", "優先しない").await
    }
    18 => async |story| {
        story.open(&story.minato.number_settings(0)).await?;
        story.press("チャネル数").await?;
        story.choose("2チャネル").await?;
        story.gone("picker-sheet").await?;
        save(&story).await?;
        let is_full = |decision: &Value| decision["sip"]["code"] == 486;
        story.decided("a third call is busy", json!({"active_calls": 2}), is_full).await?;
        let rings = |decision: &Value| decision["action"] == "ring";
        story.decided("a second call rings", json!({"active_calls": 1}), rings).await?;
        Ok(())
    }
    19 => async |story| {
        story.open(&story.minato.number_settings(0)).await?;
        story.press("チャネル数").await?;
        story.see("9チャネル").await?;
        let offered = story.text().await?;
        story.press("完了").await?;
        assert!(!offered.contains("10チャネル"), "{offered}");
        Ok(())
    }
    20 => async |story| {
        let rule = story.minato.notify_rule(&story.app, "営業チーム").await;
        story.open(&story.minato.number_settings(0)).await?;
        story.press("通知ルール").await?;
        story.choose("営業チーム").await?;
        story.gone("picker-sheet").await?;
        save(&story).await?;
        let number = story.minato.now(&story.minato.number(0)).await;
        assert_eq!(number["notify_rule_id"], json!(rule));
        Ok(())
    }
    21 => async |story| {
        story.open("/").await?;
        story.follow("通知設定").await?;
        story.heading("通知設定").await?;
        story.open(&story.minato.number_settings(1)).await?;
        story.follow("新しいルールを作る").await?;
        story.at("create-rule").await?;
        Ok(())
    }
    22 => async |story| {
        story.open(&story.minato.id_settings(1)).await?;
        story.see_at("extension", "203").await?;
        story.see("短縮番号").await
    }
    23 => async |story| {
        story.open(&story.minato.number_settings(1)).await?;
        story.at("input-name").await?;
        story.gone("extension").await
    }
    24 => async |story| {
        set(&story, &story.minato.id_settings(2), "端末名称", "第二倉庫").await?;
        assert_eq!(story.minato.now(&story.minato.id(2)).await["terminal_name"], "第二倉庫");
        story.open(&story.minato.number_settings(1)).await?;
        story.at("input-name").await?;
        story.gone("field-terminal_name").await
    }
});

chapter!(outbound_number {
    25 => async |story| {
        for option in [1, 2] {
            story.open(&story.minato.id(option)).await?;
            story.see_at("open-outbound", "050-1234-5678").await?;
        }
        story.open(&story.minato.id(4)).await?;
        story.at("open-general").await?;
        story.gone("open-outbound").await
    }
    26 => async |story| {
        story.open(&story.minato.id(3)).await?;
        story.see_at("app-decides", "アプリの画面で選びます").await?;
        let app = story.app_of(3).await;
        let version = app.get("/me/outbound-number").await.version();
        let choice = json!({"number_id": story.minato.numbers[2]});
        app.if_match(version).put("/me/outbound-number", choice.clone()).await.expect(200);
        assert_eq!(
            app.get("/me/outbound-number").await.expect(200)["number_id"],
            choice["number_id"]
        );
        Ok(())
    }
    27 => async |story| {
        story.open(&story.minato.id(1)).await?;
        story.follow("発信外線番号").await?;
        for number in ["050-1234-5678", "0120-345-678", "03-3456-7890"] {
            story.choose(number).await?;
            story.is_chosen(number).await?;
        }
        is_asked_about_changes(&story).await
    }
    28 => async |story| {
        story.open(&format!("{}/outbound-number", story.minato.id(1))).await?;
        story.choose("03-3456-7890").await?;
        save(&story).await?;
        let switch = Switch::of(&story.app).await;
        story
            .wait("the switch lets it call out with the number", async || {
                let terminal = switch.client.get("/switch/ids/minato203").await.expect(200);
                terminal["outbound"]["number"] == "+81334567890"
            })
            .await
    }
    29 => async |story| {
        story.open(&format!("{}/outbound-number", story.minato.id(2))).await?;
        story.choose("0120-345-678").await?;
        save(&story).await?;
        story.reload().await?;
        story.is_chosen("0120-345-678").await?;
        let id = story.minato.now(&story.minato.id(2)).await;
        assert_eq!(id["outbound_number_id"], json!(story.minato.numbers[2]));
        Ok(())
    }
});

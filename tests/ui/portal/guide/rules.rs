//! 通知設定: rules, and how services are added to them.

use api_types::{Channel, ServiceType};
use serde_json::json;
use tests::fakes::stand_in::stand_ins;

use crate::notify::rules::{a_rule, picked_by};
use crate::portal::guide::{chapter, is_asked_about_changes, save};
use crate::stage::switch::Switch;

chapter!(rules among(stand_ins) {
    48 => async |story| {
        let rule = a_rule(&story, "全部", json!(["soumu@minato.example"])).await;
        story.open(&rule).await?;
        for event in ["不在着信", "留守番電話", "クラウドFAX", "転送電話"] {
            story.see(event).await?;
        }
        for event in ["fax", "forwarded_call"] {
            story.touch(&format!("input-{event}")).await?;
        }
        save(&story).await?;
        let now = story.minato.now(&rule).await;
        assert_eq!(
            now["events"],
            json!(["missed_call", "voicemail", "fax", "forwarded_call"]),
            "{now}"
        );
        story.see("soumu@minato.example").await?;
        story.follow("サービスを追加").await?;
        for name in ["Microsoft Teams", "Slack", "Chatwork", "Google Chat", "LINE", "LINE WORKS"] {
            story.see(name).await?;
        }
        Ok(())
    }
    49 => async |story| {
        let rule = a_rule(&story, "総務", json!(["soumu@minato.example"])).await;
        picked_by(&story, &rule, 0).await;
        let mails = story.stand_in(Channel::Mail)?;
        let before = mails.said().len();
        // Nobody moves the clock: what is late for anything but work is not in real time.
        Switch::of(&story)
            .await
            .report(json!({"type": "missed_call", "at": "2026-11-22T02:15:00Z",
                "reason": "no_answer"}))
            .await;
        story.wait("the mail is there", async || mails.said().len() > before).await
    }
    50 => async |story| {
        let rule = a_rule(&story, "経理", json!([])).await;
        story.open(&rule).await?;
        story.fill("ルールの名前", "書きかけ").await?;
        is_asked_about_changes(&story).await?;
        story.open("/notify-rules").await?;
        story.touch("add-rule").await?;
        story.fill("ルールの名前", "営業チーム").await?;
        story.fill("メール（任意）", "eigyo@minato.example").await?;
        story.press("ルールを作る").await?;
        story.see_at("toast", "ルールを作りました").await?;
        let rules = story.minato.now("/notify-rules").await;
        let made = rules["items"].as_array().into_iter().flatten().find(|rule| {
            rule["name"] == "営業チーム" && rule["emails"] == json!(["eigyo@minato.example"])
        });
        assert!(made.is_some(), "{rules}");
        Ok(())
    }
    51 => async |story| {
        let rule = a_rule(&story, "営業", json!([])).await;
        let mut guides = std::collections::BTreeSet::new();
        for kind in ServiceType::ALL {
            story.open(&format!("{rule}/services/new?type={}", kind.key())).await?;
            guides.insert(story.texts_at("step").await?);
        }
        assert_eq!(guides.len(), ServiceType::ALL.len(), "each has a guide of its own");
        Ok(())
    }
});

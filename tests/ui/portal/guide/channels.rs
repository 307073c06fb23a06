//! The six services of the guide, each against a stand-in of its provider. Where a provider has
//! changed since the guide was written, the present way is what has to be told.

use api_types::{Channel, ServiceType};
use serde_json::json;
use tests::fakes::stand_in::{StandIn, stand_ins};
use tests::fakes::{line as fake_line, slack as fake_slack};
use tests::switch::recording;
use tests::{Failed, Outcome};

use crate::notify::rules::{a_rule, picked_by};
use crate::notify::services::{CHANNEL_SECRET, GROUP, says_the_word, service_of};
use crate::portal::guide::chapter;
use crate::stage::Story;
use crate::stage::switch::Switch;

/// What a caller said, as it was written down.
const SAID: &str = "青葉工業の田中です。折り返しお電話ください。";

/// A voicemail and its text have reached the service; answers what stands there.
async fn heard(story: &Story, kind: ServiceType) -> Outcome<&dyn StandIn> {
    let provider = story.stand_in(Channel::from(kind))?;
    if provider.having(SAID) == 0 {
        let rule = a_rule(story, "留守レポ", json!([])).await;
        let service = json!({"type": kind.key(), "label": "留守レポ",
            "credentials": provider.credentials()});
        story.minato.client.post(&format!("{rule}/services"), service).await.expect(201);
        picked_by(story, &rule, 0).await;
        Switch::of(story).await.voicemail("2026-11-22T02:15:00Z", Some(SAID)).await;
    }
    story.wait("the text is there", async || provider.having(SAID) == 1).await?;
    Ok(provider)
}

/// The recording itself has arrived, byte for byte.
async fn hears_the_recording(story: &Story, kind: ServiceType) -> Outcome {
    let provider = heard(story, kind).await?;
    story.wait("the recording is there", async || provider.files() == [Some(recording())]).await
}

/// The recording does not come as a file: the form says so before anybody expects it, and the
/// notice has a link.
async fn gets_a_link(story: &Story, kind: ServiceType) -> Outcome {
    let provider = heard(story, kind).await?;
    assert!(provider.files().is_empty(), "{:?}", provider.files());
    assert_eq!(provider.having("/downloads/"), 1, "{:?}", provider.said());
    guide_says(story, kind, &["リンクで届きます"]).await
}

/// The guide in the form of a service says all of this.
async fn guide_says(story: &Story, kind: ServiceType, words: &[&str]) -> Outcome {
    let rule = a_rule(story, "準備", json!([])).await;
    story.open(&format!("{rule}/services/new?type={}", kind.key())).await?;
    for word in words {
        story.see_at("guide", word).await?;
    }
    Ok(())
}

/// The page of the provider where the guide begins.
async fn guide_leads_to(story: &Story, kind: ServiceType, place: &str) -> Outcome<String> {
    let rule = a_rule(story, "準備", json!([])).await;
    story.open(&format!("{rule}/services/new?type={}", kind.key())).await?;
    let link = story.at("guide-link").await?.prop("href").await?.unwrap_or_default();
    if link.starts_with(place) { Ok(link) } else { Err(Failed::new(link)) }
}

/// Chooses the type, pastes what was noted down, adds; answers the path of the rule.
async fn added(story: &Story, kind: ServiceType) -> Outcome<String> {
    let rule = a_rule(story, kind.name(), json!([])).await;
    story.open(&rule).await?;
    story.follow("サービスを追加").await?;
    story.touch(&format!("choose-{}", kind.key())).await?;
    for (name, value) in story.stand_in(Channel::from(kind))?.credentials() {
        story.write_at(&format!("input-{name}"), &value).await?;
    }
    story.press("追加する").await?;
    story.see_at("service-title", kind.name()).await?;
    let service = service_of(story, &rule).await;
    assert_eq!((&service["type"], &service["enabled"]), (&json!(kind.key()), &json!(true)));
    Ok(rule)
}

/// What was added works: a test arrives.
async fn added_for_good(story: &Story, kind: ServiceType) -> Outcome {
    added(story, kind).await?;
    let provider = story.stand_in(Channel::from(kind))?;
    let before = provider.said().len();
    story.press("テスト送信").await?;
    story.see_at("test-outcome", "テスト通知を").await?;
    assert_eq!(provider.said().len(), before + 1, "{:?}", provider.said());
    Ok(())
}

chapter!(line among(stand_ins) {
    52 => async |story| {
        heard(&story, ServiceType::Line).await.map(drop)
    }
    53 => async |story| {
        // Better than the guide: what LINE can play it plays, as another test shows.
        gets_a_link(&story, ServiceType::Line).await?;
        story.see_at("guide", "M4Aの録音はトークで聞けます").await
    }
    54 => async |story| {
        // LINE Notify ended; the way leads to the Messaging API.
        guide_leads_to(&story, ServiceType::Line, "https://").await?;
        guide_says(&story, ServiceType::Line, &[
            "LINE Notifyは2025年3月に終了しました",
            "LINE Official Account Manager",
            "LINE Developersコンソール",
            "「チャネルアクセストークン（長期）」を発行し",
        ])
        .await?;
        story.fill("チャネルアクセストークン（長期）", &"a".repeat(43)).await?;
        story.press("追加する").await?;
        story.see_at("error-channel_access_token", "LINE Notifyは2025年3月に終了しました").await
    }
    55 => async |story| {
        // The room is chosen by what is said there.
        let rule = a_rule(&story, "部屋", json!([])).await;
        story.open(&format!("{rule}/services/new?type=line")).await?;
        story.fill("チャネルアクセストークン（長期）", fake_line::TOKEN).await?;
        story.fill("チャネルシークレット", CHANNEL_SECRET).await?;
        story.press("追加する").await?;
        says_the_word(&story).await?;
        story.see_at("toast", "送り先が決まりました").await?;
        assert_eq!(service_of(&story, &rule).await["credentials"]["to"], GROUP);
        Ok(())
    }
    56 => async |story| {
        added(&story, ServiceType::Line).await.map(drop)
    }
    57 => async |story| {
        added_for_good(&story, ServiceType::Line).await
    }
});

chapter!(slack among(stand_ins) {
    58 => async |story| {
        hears_the_recording(&story, ServiceType::Slack).await
    }
    59 => async |story| {
        guide_leads_to(&story, ServiceType::Slack, "https://api.slack.com/apps?new_app=1").await?;
        guide_says(&story, ServiceType::Slack, &["Slackのアプリを作ります", "ワークスペースを選んで"])
            .await
    }
    60 => async |story| {
        // Nobody types a name that Slack refuses: the app comes with one.
        let link = guide_leads_to(&story, ServiceType::Slack, "https://api.slack.com/apps").await?;
        assert!(link.contains("name%22%3A%22Denwaban"), "{link}");
        Ok(())
    }
    61 => async |story| {
        let link = guide_leads_to(&story, ServiceType::Slack, "https://api.slack.com/apps").await?;
        for scope in ["chat%3Awrite", "files%3Awrite"] {
            assert!(link.contains(scope), "{link}");
        }
        guide_says(&story, ServiceType::Slack, &["chat:write、files:write"]).await
    }
    62 => async |story| {
        guide_says(&story, ServiceType::Slack, &["「Install App」", "インストールを許可します"]).await
    }
    63 => async |story| {
        guide_says(&story, ServiceType::Slack, &[
            "「Bot User OAuth Token」（xoxb- で始まる文字）をコピー",
            "「User OAuth Token」（xoxp-）は使えません",
        ])
        .await?;
        story.fill("ボットトークン", "xoxp-1234567890-minato0123").await?;
        story.press("追加する").await?;
        story.see_at("error-bot_token", "ボットのトークンではありません").await
    }
    64 => async |story| {
        guide_says(&story, ServiceType::Slack, &["いちばん下に「チャンネルID」が出ます"]).await?;
        let link = format!("https://minato.slack.com/archives/{}", fake_slack::CHANNEL);
        story.fill("チャンネルID", &link).await?;
        story.fill("表示名", "#営業").await?;
        story.holds("チャンネルID", fake_slack::CHANNEL).await
    }
    65 => async |story| {
        guide_says(&story, ServiceType::Slack, &["「/invite @Denwaban」"]).await
    }
    66 => async |story| {
        added(&story, ServiceType::Slack).await.map(drop)
    }
    67 => async |story| {
        added_for_good(&story, ServiceType::Slack).await
    }
});

chapter!(chatwork among(stand_ins) {
    68 => async |story| {
        hears_the_recording(&story, ServiceType::Chatwork).await
    }
    69 => async |story| {
        guide_leads_to(&story, ServiceType::Chatwork, "https://www.chatwork.com/").await?;
        guide_says(&story, ServiceType::Chatwork, &[
            "右上の名前から「サービス連携」、「APIトークン」",
            "トークンを表示し、コピーして",
        ])
        .await
    }
    70 => async |story| {
        guide_says(&story, ServiceType::Chatwork, &["「ルームID」に貼り付けます"]).await?;
        story.fill("ルームID", "https://www.chatwork.com/#!rid123456789").await?;
        story.fill("表示名", "営業").await?;
        story.holds("ルームID", "123456789").await
    }
    71 => async |story| {
        added(&story, ServiceType::Chatwork).await.map(drop)
    }
    72 => async |story| {
        added_for_good(&story, ServiceType::Chatwork).await
    }
});

chapter!(teams among(stand_ins) {
    73 => async |story| {
        heard(&story, ServiceType::Teams).await.map(drop)
    }
    74 => async |story| {
        gets_a_link(&story, ServiceType::Teams).await
    }
    75 => async |story| {
        guide_says(&story, ServiceType::Teams, &["Teamsの有料プラン"]).await
    }
    76 => async |story| {
        // Connectors ended; workflows take their place.
        guide_leads_to(&story, ServiceType::Teams, "https://teams.microsoft.com/").await?;
        guide_says(&story, ServiceType::Teams, &[
            "チャネルの「…」から「ワークフロー」",
            "「Webhook アラートをチャネルに送信する」",
            "名前を付けて",
            "表示されたURLをコピー",
            "以前の「Incoming Webhook」",
        ])
        .await?;
        let connector = "https://minato.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4";
        story.fill("ワークフローのURL", connector).await?;
        story.press("追加する").await?;
        story.see_at("error-url", "2026年5月に使えなくなりました").await
    }
    77 => async |story| {
        added_for_good(&story, ServiceType::Teams).await
    }
});

chapter!(line_works among(stand_ins) {
    78 => async |story| {
        hears_the_recording(&story, ServiceType::LineWorks).await
    }
    79 => async |story| {
        guide_leads_to(&story, ServiceType::LineWorks, "https://dev.worksmobile.com/").await?;
        guide_says(&story, ServiceType::LineWorks, &["管理者または副管理者"]).await
    }
    80 => async |story| {
        guide_says(&story, ServiceType::LineWorks, &[
            "「API」でアプリを作り",
            "OAuth Scopesに「bot」を加えます",
        ])
        .await
    }
    81 => async |story| {
        guide_says(&story, ServiceType::LineWorks, &[
            "Client IDとClient Secret",
            "Service Accountを発行し",
            "Private Keyをダウンロードして",
            "再発行すると古いものが使えなくなります",
        ])
        .await
    }
    82 => async |story| {
        guide_says(&story, ServiceType::LineWorks, &[
            "「Bot」でBotを登録し",
            "「サービス」、「Bot」で公開します",
            "Bot IDが出ます",
        ])
        .await
    }
    83 => async |story| {
        guide_says(&story, ServiceType::LineWorks, &[
            "トークルームにBotを招待し",
            "「チャンネルID」をコピーして貼り付けます",
        ])
        .await
    }
    84 => async |story| {
        added_for_good(&story, ServiceType::LineWorks).await
    }
});

chapter!(google_chat among(stand_ins) {
    85 => async |story| {
        heard(&story, ServiceType::GoogleChat).await?;
        gets_a_link(&story, ServiceType::GoogleChat).await
    }
    86 => async |story| {
        guide_leads_to(&story, ServiceType::GoogleChat, "https://chat.google.com/").await?;
        guide_says(&story, ServiceType::GoogleChat, &[
            "知らせたいスペースに入ります",
            "スペース名を押して「アプリと統合」",
            "名前（「電話番」など）を付けて保存",
            "表示されたURLをコピー",
        ])
        .await?;
        added_for_good(&story, ServiceType::GoogleChat).await
    }
});

//! Notices to Discord, against a fake of a channel's webhook.

use std::time::Duration;

use api_types::{AttachmentKind, NotifyEvent, ServiceType};
use chrono::TimeDelta;
use serde_json::json;
use server::notify::{Event, Notice, Outcome, Report, Subject};
use server::platform::config::Config;
use tests::fakes::Reply;
use tests::fakes::discord::{CHANNEL, Discord, FILE_MAX, GUILD, ID, THREAD, TOKEN, refused, url};
use tests::fakes::stand_in::StandIn as _;
use tests::switch::{Switch, event as switch_event};
use tests::{Backend, TestApp, block_on, eventually, on_both};

use crate::notify::helpers::{
    BYTES, at, connect, credentials, event, file, job, notice, send as send_to, told,
};

async fn start(discord: &Discord) -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config: &mut Config| {
        discord.configure(config);
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

async fn send(app: &TestApp, notice: Notice) -> Report {
    send_to(app, ServiceType::Discord, &credentials(&[("url", &url())]), &job(notice)).await
}

#[test]
fn each_event_arrives_with_its_file() {
    block_on(async {
        let discord = Discord::start();
        let app = start(&discord).await;
        let table = [
            (NotifyEvent::MissedCall, "不在着信 090-1234-5678", None),
            (NotifyEvent::Voicemail, "留守番電話 090-1234-5678", Some("m4a")),
            (NotifyEvent::Fax, "クラウドFAX 090-1234-5678", Some("pdf")),
            (NotifyEvent::ForwardedCall, "転送電話 090-1234-5678", None),
        ];
        for (index, (kind, title, ending)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, told.clone()).await;
            assert_eq!(
                (report.outcome, report.problem, report.status, report.rest),
                (Outcome::Delivered, None, Some(200), None),
                "{kind:?}"
            );
            let name = format!("{CHANNEL}/500000000000000000{}", index + 1);
            assert_eq!((report.progress.text_sent, report.progress.file_done), (Some(name), true));
            let seen = discord.seen().swap_remove(index);
            assert!(seen.content.starts_with(&format!("**{title}**\n")), "{}", seen.content);
            assert!(seen.content.contains(&told.short_id), "{}", seen.content);
            let link = "\n<https://portal.example.jp/downloads/0123456789abcdef>\n";
            assert_eq!(seen.content.contains(link), ending.is_some(), "{}", seen.content);
            let file = seen.file.as_ref();
            assert_eq!(file.map(|(name, _)| name.rsplit('.').next().unwrap_or_default()), ending);
            assert!(file.is_none_or(|(_, bytes)| bytes == BYTES), "{kind:?}");
        }
    });
}

#[test]
fn long_texts_are_cut_and_nothing_from_outside_is_markup() {
    block_on(async {
        let discord = Discord::start();
        let app = start(&discord).await;
        let hostile =
            ["@everyone <@1> **急ぎ** [安全](https://evil.example) ", &"*".repeat(5_000)].concat();
        let event = Event {
            transcript: Some(hostile),
            number_name: "@here".into(),
            ..event(NotifyEvent::Voicemail)
        };
        let report = send(&app, notice(Subject::Event(event))).await;
        assert_eq!((report.outcome, report.problem), (Outcome::Delivered, None));
        let content = discord.seen().swap_remove(0).content;
        for mark in ["\\@everyone", "\\<\\@1\\>", "\\*\\*急ぎ", "\\[安全\\]", "\\@here", "…"]
        {
            assert!(content.contains(mark), "{mark}: {content}");
        }
        assert!(content.chars().count() > 1_900, "{content}");
    });
}

#[test]
fn a_file_that_does_not_fit_leaves_the_link() {
    block_on(async {
        let discord = Discord::start();
        let app = start(&discord).await;
        let large = vec![0; FILE_MAX + 1];
        let whole = file(&app, AttachmentKind::Audio, "v.m4a", "audio/mp4", &large).await;
        // As large as it says, and larger than that.
        for (size, problem) in
            [(whole.size, "discord.file_too_large"), (1_000, "discord.file_refused")]
        {
            let attachment = server::notify::Attachment { size, ..whole.clone() };
            let voicemail = Subject::Event(event(NotifyEvent::Voicemail));
            let told = Notice { attachment: Some(attachment), ..notice(voicemail) };
            let report = send(&app, told).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::Delivered, Some(problem))
            );
            let seen = discord.seen().pop().expect("a message");
            assert!(seen.file.is_none() && seen.content.contains("/downloads/"));
        }
        let gone = server::notify::Attachment { object_key: "gone".into(), size: 9, ..whole };
        let voicemail = Subject::Event(event(NotifyEvent::Voicemail));
        let report = send(&app, Notice { attachment: Some(gone), ..notice(voicemail) }).await;
        assert_eq!(report.problem.as_deref(), Some("discord.file_gone"));
        assert_eq!(discord.seen().len(), 3);
    });
}

#[test]
fn what_goes_wrong_is_understood() {
    block_on(async {
        let discord = Discord::start();
        let app = start(&discord).await;
        let limited = json!({"message": "You are being rate limited.", "retry_after": 2.5,
            "global": false});
        let after = |milliseconds: i64| Outcome::Retry {
            after: Some(TimeDelta::milliseconds(milliseconds)),
        };
        let none = Outcome::Retry { after: None };
        let table = [
            (Reply::json(429, limited), after(2_500), "discord.ratelimited"),
            (Reply::empty(429).with("retry-after", "9"), after(9_000), "discord.ratelimited"),
            (Reply::empty(503), none.clone(), "discord.unavailable"),
            (Reply::Stall(Duration::from_secs(3)), Outcome::Unknown, "network.no_answer"),
            (refused(400, 50_035, "Invalid Form Body"), Outcome::BadPayload, "discord.refused"),
            (refused(404, 10_015, "Unknown Webhook"), Outcome::BadConfig, "discord.no_webhook"),
            (refused(400, 220_001, "forum"), Outcome::BadConfig, "discord.thread_needed"),
        ];
        for (reply, outcome, problem) in table {
            discord.fake.next([reply]);
            let report = send(&app, told(&app, NotifyEvent::MissedCall).await).await;
            assert_eq!((report.outcome, report.problem.as_deref()), (outcome, Some(problem)));
            assert!(!report.detail.contains(TOKEN), "{}", report.detail);
            assert_eq!(report.progress.text_sent, None);
        }
        let missed = job(told(&app, NotifyEvent::MissedCall).await);
        for (pasted, thread, problem) in [
            (url().replace(ID, THREAD), "", "discord.no_webhook"),
            (url().replace(TOKEN, &"x".repeat(TOKEN.len())), "", "discord.token"),
            (url(), GUILD, "discord.no_thread"),
            (url().replace("discord.com", "evil.example"), "", "discord.host"),
        ] {
            let given = credentials(&[("url", &pasted), ("thread_id", thread)]);
            let report = send_to(&app, ServiceType::Discord, &given, &missed).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::BadConfig, Some(problem))
            );
        }
        let given = credentials(&[("url", &url()), ("thread_id", THREAD)]);
        let report = send_to(&app, ServiceType::Discord, &given, &missed).await;
        assert_eq!(report.outcome, Outcome::Delivered);
        assert_eq!(discord.seen().pop().map(|seen| seen.place).as_deref(), Some(THREAD));
        // A limit that is used up, though the message was taken.
        let taken = Reply::json(200, json!({"id": "1", "channel_id": CHANNEL}));
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "1.25")];
        discord.fake.next([headers.iter().fold(taken, |all, (name, value)| all.with(name, value))]);
        let report = send(&app, told(&app, NotifyEvent::MissedCall).await).await;
        assert_eq!(report.outcome, Outcome::Delivered);
        assert_eq!(report.rest, Some(TimeDelta::milliseconds(1_250)));
    });
}

#[test]
fn a_webhook_that_is_gone_is_refused_at_its_field_and_a_test_is_seen() {
    block_on(async {
        let discord = Discord::start();
        let app = start(&discord).await;
        let (minato, services) = crate::notify::services::with_rule(&app, "minato").await;
        let body = |url: &str| {
            json!({"type": "discord", "credentials": {"url": url,
            "thread_id": format!("https://discord.com/channels/{GUILD}/{THREAD}")}})
        };
        let gone = body(&url().replace(ID, THREAD));
        let refused = [("/credentials/url", "service_refused")];
        minato.client.post(&services, gone).await.expect_fields(&refused);
        let other = [("/credentials/url", "invalid_format")];
        let elsewhere = body("https://discord.gg/minato");
        let problem = minato.client.post(&services, elsewhere).await.expect_fields(&other);
        let message = problem["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("ウェブフックURLをコピー"), "{message}");
        let made = minato.client.post(&services, body(&url())).await.expect(201);
        assert_eq!(made["credentials"], json!({"url": "discord.com/…0123", "thread_id": THREAD}));
        let path = format!("{services}/{}/test", made["id"].as_str().unwrap_or_default());
        let test = minato.client.post(&path, json!({})).await.expect(200);
        assert_eq!(test["outcome"], "delivered");
        assert!(discord.seen()[0].content.starts_with("**テスト通知**\n"));
        let quiet = notice(Subject::Test { rule_name: "営業".into(), at: at() });
        assert_eq!(send(&app, quiet).await.outcome, Outcome::Delivered);
    });
}

on_both!(a_late_transcript_leads_to_its_voicemail, bare, async |backend| {
    let discord = Discord::start();
    let app = TestApp::start_with(backend, |config| {
        discord.configure(config);
        config.egress.allow_private = true;
        (config.outbox.workers, config.outbox.settle_s) = (4, 0);
    })
    .await;
    let holder = app.holder("minato").await;
    connect(&app, &holder, ServiceType::Discord, &credentials(&[("url", &url())])).await;
    let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
    let audio = switch.hand_in(BYTES).await;
    let voicemail = json!({"attachment_id": audio, "duration_s": 23});
    switch.tell(json!([switch_event(&called, "voicemail", voicemail)])).await;
    eventually("the voicemail", async || {
        holder.planned(&app).await == ["voicemail #営業 delivered"]
    })
    .await;
    // Its turn comes when its channel takes the next message.
    app.clock.advance(TimeDelta::seconds(5));
    let said = json!({"transcript": "田中です。"});
    switch.tell(json!([switch_event(&called, "transcript", said)])).await;
    eventually("the transcript", async || discord.seen().len() == 2).await;
    let content = discord.seen().swap_remove(1).content;
    assert!(content.contains("田中です。"), "{content}");
    let first = format!("https://discord.com/channels/{GUILD}/{CHANNEL}/5000000000000000001");
    assert!(content.contains(&first), "{content}");
});

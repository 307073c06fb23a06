//! Notices to Chatwork, against a fake of its API.

use std::time::Duration;

use api_types::{AttachmentKind, NotifyEvent, ServiceType};
use chrono::TimeDelta;
use serde_json::json;
use server::notify::{Event, Job, Notice, Outcome, Progress, Report, Subject};
use server::platform::config::Config;
use tests::fakes::Reply;
use tests::fakes::chatwork::{Chatwork, READ_ONLY_ROOM, ROOM, TOKEN};
use tests::fakes::stand_in::StandIn as _;
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{
    BYTES, at, credentials, event, file, job, notice, send as send_to, told,
};

async fn start(chatwork: &Chatwork) -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config: &mut Config| {
        chatwork.configure(config);
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

async fn send(app: &TestApp, job: &Job) -> Report {
    send_to(
        app,
        ServiceType::Chatwork,
        &credentials(&[("api_token", TOKEN), ("room_id", ROOM)]),
        job,
    )
    .await
}

fn retry(seconds: i64) -> Outcome {
    Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) }
}

#[test]
fn each_event_arrives_with_its_file() {
    block_on(async {
        let chatwork = Chatwork::start();
        let app = start(&chatwork).await;
        let table = [
            (NotifyEvent::MissedCall, "不在着信 090-1234-5678", "状況：4秒で切れました", None),
            (
                NotifyEvent::Voicemail,
                "留守番電話 090-1234-5678",
                "田中です。",
                Some(("voicemail-20261122-0915.m4a", "audio/mp4")),
            ),
            (
                NotifyEvent::Fax,
                "クラウドFAX 090-1234-5678",
                "ページ数：3ページ",
                Some(("fax-20261122-0915.pdf", "application/pdf")),
            ),
            (NotifyEvent::ForwardedCall, "転送電話 090-1234-5678", "転送先：050-1111-2222", None),
        ];
        for (index, (kind, title, line, attached)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let before = chatwork.files().len();
            let report = send(&app, &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem, report.status),
                (Outcome::Delivered, None, Some(200)),
                "{kind:?}"
            );
            assert_eq!(report.progress.text_sent, Some((index + 1).to_string()));
            assert!(report.progress.file_done);
            let message = &chatwork.messages()[index];
            assert!(
                message.starts_with(&format!("[info][title]{title}[/title]"))
                    && message.ends_with("[/info]"),
                "{message}"
            );
            assert!(
                message.contains(line)
                    && message.contains("2026年11月22日(日) 09:15")
                    && message.contains(&told.short_id),
                "{message}"
            );
            match attached {
                Some((name, content_type)) => {
                    let file = &chatwork.files()[before];
                    assert_eq!(
                        (file.name.as_str(), file.content_type.as_str(), file.bytes.as_slice()),
                        (name, content_type, BYTES)
                    );
                    assert!(
                        file.message.contains(title) && file.message.contains(&told.short_id),
                        "{}",
                        file.message
                    );
                    assert!(
                        message.contains("https://portal.example.jp/downloads/0123456789abcdef"),
                        "{message}"
                    );
                }
                None => assert_eq!(chatwork.files().len(), before),
            }
        }
    });
}

#[test]
fn notation_from_outside_does_nothing() {
    block_on(async {
        let chatwork = Chatwork::start();
        let app = start(&chatwork).await;
        let hostile = "[toall] [To:1]さん [/info][qt]引用[/qt] [code]x[/code]";
        let event = Event {
            transcript: Some(hostile.into()),
            number_name: "[toall]".into(),
            ..event(NotifyEvent::Voicemail)
        };
        send(&app, &job(notice(Subject::Event(event)))).await;
        let message = &chatwork.messages()[0];
        let ours = ["[info]", "[title]", "[/title]", "[/info]"];
        let rest = ours.iter().fold(message.clone(), |rest, one| rest.replacen(one, "", 1));
        assert!(!rest.contains(['[', ']']) && rest.contains("［toall］ ［To:1］さん"), "{message}");
    });
}

#[test]
fn long_transcripts_are_cut_and_keep_the_link() {
    block_on(async {
        let chatwork = Chatwork::start();
        let app = start(&chatwork).await;
        let long = Event {
            transcript: Some("長い話です。".repeat(10_000)),
            ..event(NotifyEvent::Voicemail)
        };
        let told =
            Notice { subject: Subject::Event(long), ..told(&app, NotifyEvent::Voicemail).await };
        assert_eq!(send(&app, &job(told)).await.outcome, Outcome::Delivered);
        let message = &chatwork.messages()[0];
        assert!(
            message.contains('…')
                && message.contains("https://portal.example.jp/downloads/")
                && message.ends_with("[/info]")
        );
    });
}

#[test]
fn what_chatwork_says_decides() {
    block_on(async {
        let chatwork = Chatwork::start();
        let app = start(&chatwork).await;
        let job = job(told(&app, NotifyEvent::MissedCall).await);
        let now = app.clock.now().timestamp();
        let busy = |text: &str| Reply::json(429, json!({"errors": [text]}));
        let table = [
            (
                busy("Rate limit")
                    .with("x-ratelimit-remaining", "0")
                    .with("x-ratelimit-reset", &(now + 40).to_string()),
                retry(41),
                "chatwork.busy",
            ),
            (busy("Rate limit for message posting per room exceeded."), retry(10), "chatwork.busy"),
            (Reply::empty(429), retry(30), "chatwork.busy"),
            (Reply::empty(502), Outcome::Retry { after: None }, "chatwork.trouble"),
            (
                Reply::json(401, json!({"errors": ["Invalid API token"]})),
                Outcome::BadConfig,
                "chatwork.unauthorized",
            ),
            (Reply::empty(403), Outcome::BadConfig, "chatwork.forbidden"),
            (Reply::empty(404), Outcome::BadConfig, "chatwork.no_room"),
            (Reply::empty(400), Outcome::BadPayload, "chatwork.content"),
            (Reply::Stall(Duration::from_secs(3)), Outcome::Unknown, "network.no_answer"),
            (Reply::HangUp, Outcome::Unknown, "network.no_answer"),
        ];
        for (reply, outcome, problem) in table {
            chatwork.turn("/messages", reply.clone());
            let report = send(&app, &job).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (outcome, Some(problem)),
                "{reply:?}"
            );
            assert_eq!(report.progress, Progress::default());
        }
        let plain = send(&app, &Job { plain: true, ..job }).await;
        assert_eq!(plain.outcome, Outcome::Delivered);
        let messages = chatwork.messages();
        assert!(messages.len() == 1 && !messages[0].contains('['), "{messages:?}");
    });
}

#[test]
fn a_failed_file_never_fails_the_notice() {
    block_on(async {
        let chatwork = Chatwork::start();
        let app = start(&chatwork).await;
        let first = job(told(&app, NotifyEvent::Voicemail).await);
        for (reply, problem) in [
            (Reply::empty(403), "chatwork.file_failed"),
            (Reply::empty(400), "chatwork.file_failed"),
            (Reply::empty(413), "chatwork.file_too_large"),
            (Reply::HangUp, "chatwork.file_unsure"),
        ] {
            chatwork.turn("/files", reply);
            let report = send(&app, &first).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::Delivered, Some(problem))
            );
            assert!(report.progress.file_done);
        }
        assert!(chatwork.files().is_empty());
        let large = file(
            &app,
            AttachmentKind::Audio,
            "long.m4a",
            "audio/mp4",
            &vec![7; 5 * 1024 * 1024 + 1],
        )
        .await;
        let report =
            send(&app, &job(Notice { attachment: Some(large), ..first.notices[0].clone() })).await;
        assert_eq!(
            (report.outcome, report.problem.as_deref()),
            (Outcome::Delivered, Some("chatwork.file_too_large"))
        );
        // What can be tried later is tried without the text.
        let before = chatwork.messages().len();
        chatwork.turn("/files", Reply::empty(503));
        let report = send(&app, &first).await;
        assert_eq!(
            (report.outcome, report.problem.as_deref()),
            (Outcome::Retry { after: None }, Some("chatwork.file_later"))
        );
        let report = send(&app, &Job { progress: report.progress, ..first }).await;
        assert_eq!((report.outcome, report.problem), (Outcome::Delivered, None));
        assert_eq!((chatwork.messages().len(), chatwork.files().len()), (before + 1, 1));
    });
}

#[test]
fn credentials_are_checked_without_a_post() {
    block_on(async {
        let chatwork = Chatwork::start();
        let app = start(&chatwork).await;
        let check = async |token: &str, room: &str| {
            let report = app
                .app
                .notify
                .senders
                .check(
                    ServiceType::Chatwork,
                    &credentials(&[("api_token", token), ("room_id", room)]),
                )
                .await;
            report.map(|report| (report.outcome, report.problem.unwrap_or_default()))
        };
        let wrong = |problem: &str| Some((Outcome::BadConfig, problem.to_owned()));
        assert_eq!(check(TOKEN, ROOM).await, None);
        assert_eq!(
            check("ffffffffffffffffffffffffffffffff", ROOM).await,
            wrong("chatwork.unauthorized")
        );
        assert_eq!(check(TOKEN, READ_ONLY_ROOM).await, wrong("chatwork.readonly"));
        assert_eq!(check(TOKEN, "999").await, wrong("chatwork.no_room"));
        chatwork.turn("/me", Reply::empty(500));
        assert_eq!(check(TOKEN, ROOM).await, None);
        assert!(chatwork.messages().is_empty());
        let test = notice(Subject::Test { rule_name: "営業チーム".into(), at: at() });
        assert_eq!(send(&app, &job(test)).await.outcome, Outcome::Delivered);
        assert!(chatwork.messages()[0].contains("テスト通知"));
    });
}

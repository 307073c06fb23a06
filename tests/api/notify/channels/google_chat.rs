//! Notices to Google Chat, against a fake of a space's webhook.

use std::time::Duration;

use api_types::{NotifyEvent, ServiceType};
use chrono::TimeDelta;
use server::notify::{Event, Job, Notice, Outcome, Progress, Report, Subject};
use server::platform::config::Config;
use tests::fakes::Reply;
use tests::fakes::google_chat::{GoogleChat, refused};
use tests::fakes::stand_in::StandIn as _;
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{at, credentials, event, job, notice, send as send_to, told};

async fn start(chat: &GoogleChat) -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config: &mut Config| {
        chat.configure(config);
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

async fn send(app: &TestApp, job: &Job) -> Report {
    send_to(app, ServiceType::GoogleChat, &credentials(&[("url", &GoogleChat::url())]), job).await
}

fn text(chat: &GoogleChat, index: usize) -> String {
    chat.messages()[index]["text"].as_str().expect("a text").to_owned()
}

#[test]
fn each_event_arrives_with_its_link() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let table = [
            (NotifyEvent::MissedCall, "不在着信 090-1234-5678", "状況：4秒で切れました", None),
            (NotifyEvent::Voicemail, "留守番電話 090-1234-5678", "田中です。", Some("録音を聞く")),
            (NotifyEvent::Fax, "クラウドFAX 090-1234-5678", "ページ数：3ページ", Some("FAXを見る")),
            (NotifyEvent::ForwardedCall, "転送電話 090-1234-5678", "転送先：050-1111-2222", None),
        ];
        for (index, (kind, title, line, label)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem, report.status),
                (Outcome::Delivered, None, Some(200)),
                "{kind:?}"
            );
            let name = format!("spaces/AAAAmin4to/messages/{}", index + 1);
            assert_eq!((report.progress.text_sent, report.progress.file_done), (Some(name), true));
            let text = text(&chat, index);
            assert!(text.starts_with(&format!("*{title}*\n")) && text.contains(line), "{text}");
            assert!(
                text.contains("2026年11月22日(日) 09:15") && text.contains(&told.short_id),
                "{text}"
            );
            let link = label.map(|label| {
                format!("\n<https://portal.example.jp/downloads/0123456789abcdef|{label}>\n")
            });
            assert!(link.is_none_or(|link| text.contains(&link)), "{text}");
            assert_eq!(chat.messages()[index]["thread"]["threadKey"], told.call_event_id);
        }
    });
}

#[test]
fn a_notice_that_is_there_already_is_not_shown_twice() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let job = job(told(&app, NotifyEvent::MissedCall).await);
        send(&app, &job).await;
        assert_eq!(send(&app, &job).await.outcome, Outcome::Delivered);
        assert_eq!((chat.fake.count(), chat.messages().len()), (2, 1));
    });
}

#[test]
fn markup_from_outside_mentions_and_formats_nothing() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let hostile = "<users/all> *急ぎ* _a_ ~b~ `c` <https://evil.example|安全>";
        let event = Event {
            transcript: Some(hostile.into()),
            number_name: "<users/all>".into(),
            ..event(NotifyEvent::Voicemail)
        };
        send(&app, &job(notice(Subject::Event(event)))).await;
        let text = text(&chat, 0);
        let rest = text.replacen('*', "", 2);
        assert!(
            !rest.contains(['<', '>', '*', '_', '~', '`'])
                && rest.contains("＜users/all＞ ＊急ぎ＊"),
            "{text}"
        );
    });
}

#[test]
fn long_transcripts_are_cut_and_keep_the_link() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let long = Event {
            transcript: Some("長い話です。".repeat(5_000)),
            ..event(NotifyEvent::Voicemail)
        };
        let told =
            Notice { subject: Subject::Event(long), ..told(&app, NotifyEvent::Voicemail).await };
        assert_eq!(send(&app, &job(told.clone())).await.outcome, Outcome::Delivered);
        let later = Notice { delivery_id: store::new_id(), ..told };
        assert_eq!(
            send(&app, &Job { plain: true, ..job(later) }).await.outcome,
            Outcome::Delivered
        );
        for index in [0, 1] {
            let text = text(&chat, index);
            assert!(
                text.contains('…')
                    && text.contains("https://portal.example.jp/downloads/0123456789abcdef"),
                "{text}"
            );
        }
        assert!(
            (3_900..=4_000).contains(&text(&chat, 0).chars().count())
                && text(&chat, 1).chars().count() <= 1_000
        );
    });
}

#[test]
fn what_google_says_decides() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let job = job(told(&app, NotifyEvent::MissedCall).await);
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let table = [
            (
                refused(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted", None),
                retry(1),
                "google_chat.ratelimited",
            ),
            (Reply::empty(429).with("retry-after", "8"), retry(8), "google_chat.ratelimited"),
            (
                refused(503, "UNAVAILABLE", "later", None),
                Outcome::Retry { after: None },
                "google_chat.unavailable",
            ),
            (
                refused(403, "PERMISSION_DENIED", "without a valid token", None),
                Outcome::BadConfig,
                "google_chat.token",
            ),
            (
                refused(400, "INVALID_ARGUMENT", "API key not valid.", Some("API_KEY_INVALID")),
                Outcome::BadConfig,
                "google_chat.token",
            ),
            (
                refused(404, "NOT_FOUND", "Space not found.", None),
                Outcome::BadConfig,
                "google_chat.no_space",
            ),
            (
                refused(400, "INVALID_ARGUMENT", "Invalid JSON payload", None),
                Outcome::BadPayload,
                "google_chat.refused",
            ),
            (Reply::Stall(Duration::from_secs(3)), Outcome::Unknown, "network.no_answer"),
            (Reply::HangUp, Outcome::Unknown, "network.no_answer"),
        ];
        for (reply, outcome, problem) in table {
            chat.fake.next([reply.clone()]);
            let report = send(&app, &job).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (outcome, Some(problem)),
                "{reply:?}"
            );
            assert_eq!(report.progress, Progress::default());
            assert!(!report.detail.contains("geheim"), "{}", report.detail);
        }
        assert!(chat.messages().is_empty());
        let elsewhere =
            credentials(&[("url", "https://evil.example/v1/spaces/A/messages?key=k&token=t")]);
        let report = send_to(&app, ServiceType::GoogleChat, &elsewhere, &job).await;
        assert_eq!(
            (report.outcome, report.problem.as_deref()),
            (Outcome::BadConfig, Some("google_chat.host"))
        );
    });
}

#[test]
fn a_working_webhook_may_be_unauthorized_now_and_then() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let mut job = job(told(&app, NotifyEvent::MissedCall).await);
        for outcome in
            [Outcome::Retry { after: None }, Outcome::Retry { after: None }, Outcome::BadConfig]
        {
            chat.fake.next([refused(
                401,
                "UNAUTHENTICATED",
                "Request had invalid authentication credentials.",
                None,
            )]);
            let report = send(&app, &job).await;
            assert_eq!(
                (&report.outcome, report.problem.as_deref()),
                (&outcome, Some("google_chat.token"))
            );
            assert_eq!(report.progress.text_sent, None);
            job.progress = report.progress;
        }
        assert_eq!(send(&app, &job).await.outcome, Outcome::Delivered);
    });
}

#[test]
fn a_test_is_seen() {
    block_on(async {
        let chat = GoogleChat::start();
        let app = start(&chat).await;
        let test = Notice {
            call_event_id: String::new(),
            ..notice(Subject::Test { rule_name: "営業チーム".into(), at: at() })
        };
        assert_eq!(send(&app, &job(test)).await.outcome, Outcome::Delivered);
        let text = text(&chat, 0);
        assert!(text.starts_with("*テスト通知*\n") && text.contains("営業チーム"), "{text}");
    });
}

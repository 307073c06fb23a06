//! Notices to Microsoft Teams, against a fake of a workflow.

use std::time::Duration;

use api_types::{NotifyEvent, ServiceType};
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::notify::{Event, Job, Notice, Outcome, Progress, Report, Subject};
use server::platform::config::Config;
use tests::fakes::Reply;
use tests::fakes::teams::Teams;
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{at, credentials, event, job, notice, send as send_to, told};

async fn start() -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config: &mut Config| {
        tests::provider(config, "teams.allowed_hosts", "127.0.0.1");
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

async fn send(app: &TestApp, url: &str, job: &Job) -> Report {
    send_to(app, ServiceType::Teams, &credentials(&[("url", url)]), job).await
}

/// Everything in a card that people read.
fn texts(card: &Value) -> String {
    match card {
        Value::Object(fields) => {
            let shown = |name: &str| {
                matches!(
                    name,
                    "text" | "title" | "value" | "url" | "body" | "items" | "facts" | "actions"
                )
            };
            fields
                .iter()
                .filter(|(name, _)| shown(name))
                .map(|(_, value)| texts(value))
                .collect::<Vec<_>>()
                .join("\n")
        }
        Value::Array(items) => items.iter().map(texts).collect::<Vec<_>>().join("\n"),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

#[test]
fn each_event_is_handed_over_with_its_link() {
    block_on(async {
        let (teams, app) = (Teams::start(), start().await);
        let table = [
            (NotifyEvent::MissedCall, "不在着信 090-1234-5678", "4秒で切れました", None),
            (NotifyEvent::Voicemail, "留守番電話 090-1234-5678", "田中です。", Some("録音を聞く")),
            (NotifyEvent::Fax, "クラウドFAX 090-1234-5678", "3ページ", Some("FAXを見る")),
            (NotifyEvent::ForwardedCall, "転送電話 090-1234-5678", "050-1111-2222", None),
        ];
        for (index, (kind, title, value, button)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, &teams.url(), &job(told.clone())).await;
            // Whether the flow runs is not said.
            assert_eq!(
                (report.outcome, report.problem, report.status),
                (Outcome::HandedOver, None, Some(202)),
                "{kind:?}"
            );
            assert!(report.progress.file_done);
            let card = &teams.cards()[index];
            let texts = texts(card);
            assert!(
                texts.contains(title)
                    && texts.contains(value)
                    && texts.contains("2026年11月22日(日) 09:15"),
                "{texts}"
            );
            assert!(texts.contains(&told.short_id), "{texts}");
            let actions = card["body"][0]["items"]
                .as_array()
                .into_iter()
                .flatten()
                .find_map(|item| item["actions"].as_array());
            let action = button.map(|title| {
                json!([{"type": "Action.OpenUrl", "title": title,
                    "url": "https://portal.example.jp/downloads/0123456789abcdef"}])
            });
            assert_eq!(actions.cloned().map(Value::Array), action);
        }
    });
}

#[test]
fn markdown_from_outside_formats_nothing() {
    block_on(async {
        let (teams, app) = (Teams::start(), start().await);
        let hostile = "[安全](https://evil.example) **急ぎ** <at>全員</at>\n- 一つ";
        let event = Event { transcript: Some(hostile.into()), ..event(NotifyEvent::Voicemail) };
        send(&app, &teams.url(), &job(notice(Subject::Event(event)))).await;
        let texts = texts(&teams.cards()[0]);
        assert!(
            texts.contains(r"\[安全\](https://evil.example) \*\*急ぎ\*\* \<at\>全員\</at\>")
                && texts.contains("\n\n\\- 一つ"),
            "{texts}"
        );
    });
}

#[test]
fn a_burst_is_one_message_within_its_limit() {
    block_on(async {
        let (teams, app) = (Teams::start(), start().await);
        let mut notices = Vec::new();
        for _ in 0..20 {
            let long = Event {
                transcript: Some("*長い*話です。".repeat(500)),
                number_name: "名".repeat(40),
                ..event(NotifyEvent::Voicemail)
            };
            notices.push(Notice {
                subject: Subject::Event(long),
                ..told(&app, NotifyEvent::Voicemail).await
            });
        }
        let ids: Vec<String> = notices.iter().map(|notice| notice.short_id.clone()).collect();
        let burst = Job { notices, progress: Progress::default(), plain: false };
        assert_eq!(send(&app, &teams.url(), &burst).await.outcome, Outcome::HandedOver);
        assert_eq!(
            send(&app, &teams.url(), &Job { plain: true, ..burst }).await.outcome,
            Outcome::HandedOver
        );
        let cards = teams.cards();
        assert_eq!(cards.len(), 2);
        for card in &cards {
            let texts = texts(card);
            assert!(ids.iter().all(|id| texts.contains(id.as_str())), "{texts}");
            assert_eq!(
                texts.matches("https://portal.example.jp/downloads/0123456789abcdef").count(),
                20,
                "{texts}"
            );
        }
        assert!(teams.fake.requests().iter().all(|request| request.body.len() <= 24 * 1024));
    });
}

#[test]
fn one_long_transcript_has_the_room_that_there_is() {
    block_on(async {
        let (teams, app) = (Teams::start(), start().await);
        let long =
            Event { transcript: Some("あ".repeat(20_000)), ..event(NotifyEvent::Voicemail) };
        send(&app, &teams.url(), &job(notice(Subject::Event(long)))).await;
        let texts = texts(&teams.cards()[0]);
        assert!((5_000..=6_000).contains(&texts.matches('あ').count()) && texts.contains('…'));
    });
}

#[test]
fn what_the_workflow_says_decides() {
    block_on(async {
        let (teams, app) = (Teams::start(), start().await);
        let job = job(told(&app, NotifyEvent::MissedCall).await);
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let error = |status: u16| {
            Reply::json(status, json!({"error": {"code": "Refused", "message": "for a reason"}}))
        };
        let table = [
            (Reply::empty(429).with("retry-after", "12"), retry(12), "teams.ratelimited"),
            (Reply::empty(429), retry(30), "teams.ratelimited"),
            (error(500), Outcome::Retry { after: None }, "teams.unavailable"),
            (error(401), Outcome::BadConfig, "teams.not_anyone"),
            (error(404), Outcome::BadConfig, "teams.no_workflow"),
            (
                Reply::empty(302).with("location", "http://127.0.0.1:1/"),
                Outcome::Retry { after: None },
                "network.redirected",
            ),
            (Reply::page(), Outcome::Unknown, "network.page"),
            (error(400), Outcome::BadPayload, "teams.refused"),
            (error(413), Outcome::BadPayload, "teams.refused"),
            (Reply::Stall(Duration::from_secs(3)), Outcome::Unknown, "network.no_answer"),
            (Reply::HangUp, Outcome::Unknown, "network.no_answer"),
        ];
        for (reply, outcome, problem) in table {
            teams.fake.next([reply.clone()]);
            let report = send(&app, &teams.url(), &job).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (outcome, Some(problem)),
                "{reply:?}"
            );
            assert!(!report.detail.contains("sig"), "{}", report.detail);
        }
        let before = teams.fake.count();
        for url in [
            "https://evil.example/workflows/1?sig=x",
            "https://minato.webhook.office.com/webhookb2/x",
            "nonsense",
        ] {
            let report = send(&app, url, &job).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::BadConfig, Some("teams.host")),
                "{url}"
            );
        }
        assert_eq!(teams.fake.count(), before);
    });
}

#[test]
fn a_test_is_seen() {
    block_on(async {
        let (teams, app) = (Teams::start(), start().await);
        let test = notice(Subject::Test { rule_name: "営業_チーム".into(), at: at() });
        assert_eq!(send(&app, &teams.url(), &job(test)).await.outcome, Outcome::HandedOver);
        let texts = texts(&teams.cards()[0]);
        assert!(texts.contains("テスト通知") && texts.contains(r"営業\_チーム"), "{texts}");
    });
}

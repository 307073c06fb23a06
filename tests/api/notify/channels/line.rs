//! Notices to LINE, against a fake of the Messaging API.

use std::time::Duration;

use api_types::{AttachmentKind, Credentials, NotifyEvent, ServiceType};
use serde_json::{Value, json};
use server::notify::{Event, Job, Notice, Outcome, Progress, Report, Subject};
use tests::fakes::Reply;
use tests::fakes::line::{FRIEND, GROUP, Line, TOKEN};
use tests::fakes::stand_in::StandIn as _;
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{BYTES, at, credentials, event, file, job, notice, told};

/// A server that talks to the fake. What an adapter does does not depend on the database.
async fn start(line: &Line) -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config| {
        line.configure(config);
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

fn group() -> Credentials {
    credentials(&[("channel_access_token", TOKEN), ("to", GROUP)])
}

async fn send(app: &TestApp, credentials: &Credentials, job: &Job) -> Report {
    crate::notify::helpers::send(app, ServiceType::Line, credentials, job).await
}

fn kinds(push: &Value) -> Vec<&str> {
    push["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| message["type"].as_str().expect("a type"))
        .collect()
}

#[test]
fn each_event_arrives_in_one_push() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let table: [(NotifyEvent, &str, &[&str]); 4] = [
            (NotifyEvent::MissedCall, "4秒で切れました", &["text"]),
            (NotifyEvent::Voicemail, "折り返し<b>お電話</b>ください。", &["text", "audio"]),
            (NotifyEvent::Fax, "3ページ", &["flex"]),
            (NotifyEvent::ForwardedCall, "050-1111-2222", &["text"]),
        ];
        for (index, (kind, words, messages)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, &group(), &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.status, report.problem),
                (Outcome::Delivered, Some(200), None),
                "{}",
                report.detail
            );
            assert_eq!(
                (report.progress.text_sent.as_deref(), report.progress.file_done),
                (Some("461230966842064897"), true)
            );
            let push = &line.pushes()[index];
            assert_eq!((&push["to"], kinds(push).as_slice()), (&json!(GROUP), messages));
            let whole = push.to_string();
            assert!(
                whole.contains(words)
                    && whole.contains("090-1234-5678")
                    && whole.contains(&told.short_id),
                "{whole}"
            );
            let request = &line.fake.requests()[index];
            assert_eq!(request.header("x-line-retry-key"), Some(told.delivery_id.as_str()));
        }
        let audio = &line.pushes()[1]["messages"][1];
        assert_eq!(
            audio["originalContentUrl"],
            "https://portal.example.jp/downloads/0123456789abcdef/voicemail-20261122-0915.m4a"
        );
        assert_eq!(audio["duration"], 23_400);
        let fax = &line.pushes()[2]["messages"][0];
        let button = &fax["contents"]["footer"]["contents"][0]["action"];
        assert_eq!(
            button,
            &json!({"type": "uri", "label": "FAXを見る",
                "uri": "https://portal.example.jp/downloads/0123456789abcdef"})
        );
        assert!(
            fax["altText"]
                .as_str()
                .is_some_and(|text| text.starts_with("クラウドFAX 090-1234-5678\n発信者：")),
            "{fax}"
        );
    });
}

#[test]
fn tests_and_later_transcripts_are_texts() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let with_file = told(&app, NotifyEvent::Voicemail).await;
        let later =
            Notice { subject: Subject::Transcript(event(NotifyEvent::Voicemail)), ..with_file };
        for notice in [notice(Subject::Test { rule_name: "営業チーム".into(), at: at() }), later]
        {
            assert_eq!(send(&app, &group(), &job(notice)).await.outcome, Outcome::Delivered);
        }
        let pushes = line.pushes();
        assert!(
            pushes[0].to_string().contains("テスト通知")
                && pushes[1].to_string().contains("折り返し"),
            "{pushes:?}"
        );
        assert_eq!((kinds(&pushes[0]), kinds(&pushes[1])), (vec!["text"], vec!["text"]));
    });
}

#[test]
fn what_line_cannot_play_is_a_link() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let wav = file(&app, AttachmentKind::Audio, "voicemail.wav", "audio/wav", BYTES).await;
        let mut plain_http =
            file(&app, AttachmentKind::Audio, "voicemail.m4a", "audio/mp4", BYTES).await;
        plain_http.file_url = "http://portal.example.jp/downloads/x/voicemail.m4a".into();
        for attachment in [wav, plain_http] {
            let notice = Notice {
                attachment: Some(attachment),
                ..notice(Subject::Event(event(NotifyEvent::Voicemail)))
            };
            assert_eq!(send(&app, &group(), &job(notice)).await.outcome, Outcome::Delivered);
        }
        for push in line.pushes() {
            assert_eq!(kinds(&push), ["text"]);
            assert!(
                push.to_string()
                    .contains("録音を聞く\\nhttps://portal.example.jp/downloads/0123456789abcdef"),
                "{push}"
            );
        }
    });
}

#[test]
fn a_long_transcript_is_cut_and_its_link_stays() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let mut told = told(&app, NotifyEvent::Voicemail).await;
        told.subject = Subject::Event(Event {
            transcript: Some("𠮷野家です。".repeat(2_000)),
            ..event(NotifyEvent::Voicemail)
        });
        assert_eq!(send(&app, &group(), &job(told)).await.outcome, Outcome::Delivered);
        let text = line.pushes()[0]["messages"][0]["text"].as_str().expect("a text").to_owned();
        assert!(
            text.encode_utf16().count() > 4_990 && text.contains("…\n\n録音を聞く\nhttps://"),
            "{}",
            text.len()
        );
    });
}

#[test]
fn the_same_notice_never_arrives_twice() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let told = told(&app, NotifyEvent::Voicemail).await;
        for status in [200, 409, 409] {
            let report = send(&app, &group(), &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.status),
                (Outcome::Delivered, Some(status)),
                "{}",
                report.detail
            );
        }
        assert_eq!(line.pushes().len(), 1);
    });
}

#[test]
fn what_line_answers_decides() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let retry = Outcome::Retry { after: None };
        let said = |status: u16, message: &str| Reply::json(status, json!({"message": message}));
        let table = [
            (
                said(401, "Authentication failed due to the following reason: expired"),
                Outcome::BadConfig,
                "line.unauthorized",
                Some(401),
            ),
            (
                said(400, "Failed to send messages"),
                Outcome::BadConfig,
                "line.bad_destination",
                Some(400),
            ),
            (
                said(403, "Access to this API is not available for your account"),
                Outcome::BadConfig,
                "line.no_access",
                Some(403),
            ),
            (
                said(429, "The API rate limit has been exceeded. Try again later."),
                retry.clone(),
                "line.busy",
                Some(429),
            ),
            (
                said(429, "You have reached your monthly limit."),
                Outcome::BadConfig,
                "line.quota",
                Some(429),
            ),
            (
                said(400, "The request body has 1 error(s)"),
                Outcome::BadPayload,
                "line.content",
                Some(400),
            ),
            (Reply::empty(500), retry.clone(), "line.server_error", Some(500)),
            (Reply::Stall(Duration::from_secs(10)), retry.clone(), "line.timeout", None),
            (Reply::HangUp, retry, "line.unreachable", None),
        ];
        let told = told(&app, NotifyEvent::Voicemail).await;
        for (reply, outcome, problem, status) in table {
            line.fake.next([reply.clone()]);
            let report = send(&app, &group(), &job(told.clone())).await;
            let found = (report.outcome, report.problem.as_deref(), report.status);
            assert!(
                found == (outcome.clone(), Some(problem), status)
                    || matches!(reply, Reply::HangUp) && found.0 == outcome,
                "{reply:?} {found:?} {}",
                report.detail
            );
            assert_eq!(report.progress, Progress::default(), "{reply:?}");
        }
        assert_eq!(send(&app, &group(), &job(told)).await.outcome, Outcome::Delivered);
        let keys: std::collections::BTreeSet<_> = line
            .fake
            .requests()
            .iter()
            .map(|request| request.header("x-line-retry-key").map(str::to_owned))
            .collect();
        assert_eq!(keys.len(), 1, "one key on every attempt: {keys:?}");
    });
}

#[test]
fn refused_for_its_content_it_goes_as_text() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let told = told(&app, NotifyEvent::Fax).await;
        let report = send(&app, &group(), &Job { plain: true, ..job(told) }).await;
        assert_eq!((report.outcome, kinds(&line.pushes()[0])), (Outcome::Delivered, vec!["text"]));
    });
}

#[test]
fn without_a_destination_nothing_is_asked() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        for credentials in [
            credentials(&[("channel_access_token", TOKEN)]),
            credentials(&[("channel_access_token", TOKEN), ("to", "")]),
        ] {
            let report =
                send(&app, &credentials, &job(told(&app, NotifyEvent::MissedCall).await)).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::BadConfig, Some("line.no_destination"))
            );
        }
        assert_eq!(line.fake.count(), 0);
    });
}

#[test]
fn credentials_are_checked_without_anybody_seeing_it() {
    block_on(async {
        let line = Line::start();
        let app = start(&line).await;
        let stranger = "U99999999999999999999999999999999";
        let other_group = "C99999999999999999999999999999999";
        let table = [
            (TOKEN, GROUP, None),
            (TOKEN, FRIEND, None),
            (TOKEN, "", None),
            (TOKEN, "R0123456789abcdef0123456789abcdef", None),
            ("wrong", GROUP, Some("line.unauthorized")),
            (TOKEN, stranger, Some("line.not_friend")),
            (TOKEN, other_group, Some("line.not_in_group")),
        ];
        for (token, to, problem) in table {
            let credentials = credentials(&[("channel_access_token", token), ("to", to)]);
            let found = app.app.notify.senders.check(ServiceType::Line, &credentials).await;
            assert_eq!(found.and_then(|report| report.problem).as_deref(), problem, "{to}");
        }
        line.fake.next([Reply::empty(500)]);
        assert!(
            app.app.notify.senders.check(ServiceType::Line, &group()).await.is_none(),
            "LINE's own troubles are nobody's mistake"
        );
        assert!(line.pushes().is_empty());
    });
}

//! Notices to LINE WORKS, against a fake of sign-in, bot API and upload.

use std::time::Duration;

use api_types::{AttachmentKind, Credentials, NotifyEvent, ServiceType};
use chrono::TimeDelta;
use serde_json::json;
use server::notify::{Event, Job, Notice, Outcome, Progress, Report, Subject};
use server::platform::clock::Clock;
use tests::fakes::line_works::{
    ACCOUNT, BOT, CLIENT_ID, CLIENT_SECRET, LineWorks, PERSON, ROOM, Said,
};
use tests::fakes::stand_in::StandIn as _;
use tests::fakes::{Fake, Reply};
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{BYTES, at, credentials, event, file, job, notice, told};

/// A server that talks to a fake, with the server's own time. What an adapter does does not depend
/// on the database.
async fn start() -> (LineWorks, TestApp) {
    let clock = Clock::set(tests::noon());
    let works = LineWorks::start(clock.clone());
    let app = TestApp::start_with(Backend::Sqlite, |config| {
        works.configure(config);
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await;
    (works, app)
}

fn to(works: &LineWorks, channel_id: &str) -> Credentials {
    credentials(&[
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("service_account", ACCOUNT),
        ("private_key", &works.private_key),
        ("bot_id", BOT),
        ("channel_id", channel_id),
    ])
}

async fn send(app: &TestApp, credentials: &Credentials, job: &Job) -> Report {
    crate::notify::helpers::send(app, ServiceType::LineWorks, credentials, job).await
}

fn kinds(said: &[Said]) -> Vec<&str> {
    said.iter().map(|said| said.content["type"].as_str().expect("a type")).collect()
}

#[test]
fn each_event_arrives_with_its_file() {
    block_on(async {
        let (works, app) = start().await;
        let table = [
            (NotifyEvent::MissedCall, "4秒で切れました", None),
            (
                NotifyEvent::Voicemail,
                "折り返し<b>お電話</b>ください。",
                Some(("audio", "voicemail-20261122-0915.m4a")),
            ),
            (NotifyEvent::Fax, "3ページ", Some(("file", "fax-20261122-0915.pdf"))),
            (NotifyEvent::ForwardedCall, "050-1111-2222", None),
        ];
        for (kind, words, attached) in table {
            let before = works.said().len();
            let told = told(&app, kind).await;
            let report = send(&app, &to(&works, ROOM), &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.status, report.problem),
                (Outcome::Delivered, Some(201), None),
                "{}",
                report.detail
            );
            assert!(report.progress.text_sent.is_some() && report.progress.file_done);
            let said = works.said().split_off(before);
            let text = said[0].content["text"].as_str().expect("a text");
            assert!(
                text.contains(words)
                    && text.contains("発信者：090-1234-5678")
                    && text.contains(&told.short_id),
                "{text}"
            );
            assert_eq!(
                (said[0].to.as_str(), said.len()),
                (ROOM, 1 + usize::from(attached.is_some()))
            );
            if let Some((kind, name)) = attached {
                assert_eq!(
                    (said[1].content["type"].as_str(), &said[1].file),
                    (Some(kind), &Some((name.to_owned(), BYTES.to_vec())))
                );
            }
        }
        assert_eq!(works.tokens(), 1, "one token for all of it");
    });
}

#[test]
fn persons_transcripts_and_tests() {
    block_on(async {
        let (works, app) = start().await;
        let later = Notice {
            subject: Subject::Transcript(event(NotifyEvent::Voicemail)),
            ..told(&app, NotifyEvent::Voicemail).await
        };
        for notice in [notice(Subject::Test { rule_name: "営業チーム".into(), at: at() }), later]
        {
            assert_eq!(
                send(&app, &to(&works, PERSON), &job(notice)).await.outcome,
                Outcome::Delivered
            );
        }
        let said = works.said();
        assert_eq!((kinds(&said), said[0].to.as_str()), (vec!["text", "text"], PERSON));
    });
}

#[test]
fn a_long_recording_goes_as_file_and_a_long_transcript_is_cut() {
    block_on(async {
        let (works, app) = start().await;
        let large =
            file(&app, AttachmentKind::Audio, "long.m4a", "audio/mp4", &vec![7; 1_000_001]).await;
        let long = Event {
            transcript: Some("𠮷野家です。".repeat(2_000)),
            ..event(NotifyEvent::Voicemail)
        };
        let report = send(
            &app,
            &to(&works, ROOM),
            &job(Notice { attachment: Some(large), ..notice(Subject::Event(long)) }),
        )
        .await;
        assert_eq!(report.outcome, Outcome::Delivered);
        let said = works.said();
        assert_eq!(kinds(&said), ["text", "file"]);
        assert!(said[0].content["text"].as_str().is_some_and(|text| {
            text.contains("…\n\n録音を聞く\nhttps://portal.example.jp/downloads/")
        }));
    });
}

#[test]
fn tokens_are_kept_until_they_run_out_or_are_refused() {
    block_on(async {
        let (works, app) = start().await;
        let credentials = to(&works, ROOM);
        let told = told(&app, NotifyEvent::MissedCall).await;
        let once = async || {
            assert_eq!(
                send(&app, &credentials, &job(told.clone())).await.outcome,
                Outcome::Delivered
            )
        };
        once().await;
        once().await;
        assert_eq!(works.tokens(), 1);
        works.revoke();
        once().await;
        assert_eq!(
            works.tokens(),
            2,
            "a token that is refused is replaced within the same attempt"
        );
        works.fake.next([
            Reply::json(401, json!({"code": "UNAUTHORIZED"})),
            Reply::json(200, json!({"access_token": "x", "expires_in": 60})),
            Reply::json(401, json!({"code": "UNAUTHORIZED"})),
        ]);
        let report = send(&app, &credentials, &job(told.clone())).await;
        assert_eq!(
            (report.outcome, report.problem.as_deref()),
            (Outcome::BadConfig, Some("line_works.unauthorized"))
        );
    });
}

#[test]
fn what_line_works_answers_decides() {
    block_on(async {
        let (works, app) = start().await;
        let credentials = to(&works, ROOM);
        let told = told(&app, NotifyEvent::Voicemail).await;
        // From here on the token is kept, and the next request is the text.
        send(&app, &credentials, &job(notice(Subject::Test { rule_name: "x".into(), at: at() })))
            .await;
        let before = works.said().len();
        let said = |status: u16, code: &str| {
            Reply::json(status, json!({"code": code, "description": "no"}))
        };
        let retry =
            |seconds: Option<i64>| Outcome::Retry { after: seconds.map(TimeDelta::seconds) };
        let table = [
            (said(400, "INVALID_PARAMETER"), Outcome::BadPayload, "line_works.content", Some(400)),
            (said(403, "FORBIDDEN"), Outcome::BadConfig, "line_works.forbidden", Some(403)),
            (said(403, "ACCESS_DENIED"), Outcome::BadConfig, "line_works.forbidden", Some(403)),
            (said(404, "CHANNEL_NOT_EXIST"), Outcome::BadConfig, "line_works.not_found", Some(404)),
            (
                said(429, "TOO_MANY_REQUESTS").with("rateLimit-reset", "17"),
                retry(Some(17)),
                "line_works.busy",
                Some(429),
            ),
            (said(429, "TOO_MANY_REQUESTS"), retry(Some(60)), "line_works.busy", Some(429)),
            (said(500, "INTERNAL_SERVER_ERROR"), retry(None), "line_works.server_error", Some(500)),
            (said(503, "SERVICE_UNAVAILABLE"), retry(None), "line_works.server_error", Some(503)),
            (Reply::Stall(Duration::from_secs(10)), Outcome::Unknown, "line_works.timeout", None),
        ];
        for (reply, outcome, problem, status) in table {
            works.fake.next([reply.clone()]);
            let report = send(&app, &credentials, &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref(), report.status),
                (outcome, Some(problem), status),
                "{reply:?} {}",
                report.detail
            );
            assert_eq!(report.progress, Progress::default(), "{reply:?}");
        }
        assert_eq!(works.said().len(), before);
    });
}

#[test]
fn a_file_that_fails_never_fails_the_notice() {
    block_on(async {
        let (works, app) = start().await;
        let credentials = to(&works, ROOM);
        send(&app, &credentials, &job(notice(Subject::Test { rule_name: "x".into(), at: at() })))
            .await;
        let told = told(&app, NotifyEvent::Voicemail).await;
        let text = Reply::empty(201);

        // For now: only the file is tried again.
        works.fake.next([text.clone(), Reply::json(503, json!({"code": "SERVICE_UNAVAILABLE"}))]);
        let report = send(&app, &credentials, &job(told.clone())).await;
        assert!(
            matches!(report.outcome, Outcome::Retry { .. }) && report.progress.text_sent.is_some(),
            "{report:?}"
        );
        let report =
            send(&app, &credentials, &Job { progress: report.progress, ..job(told.clone()) }).await;
        assert_eq!(
            (report.outcome, kinds(&works.said()[1..])),
            (Outcome::Delivered, vec!["audio"])
        );

        // For good: the text with the link is there.
        for refusal in [
            vec![text.clone(), Reply::json(403, json!({"code": "LIMIT_EXCEEDED"}))],
            vec![text.clone(), Reply::json(403, json!({"code": "FORBIDDEN"}))],
            vec![
                text.clone(),
                Reply::json(
                    200,
                    json!({"fileId": "x", "uploadUrl": "http://evil.example/upload/x"}),
                ),
            ],
            vec![text.clone(), Reply::json(200, json!({"unexpected": true}))],
        ] {
            works.fake.next(refusal);
            let report = send(&app, &credentials, &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem, report.progress.file_done),
                (Outcome::Delivered, None, true)
            );
            assert!(report.detail.starts_with("file: line_works."), "{}", report.detail);
        }

        // An upload address that is used up is replaced by a new one.
        let before = works.said().len();
        works.fake.next([
            text.clone(),
            Reply::json(
                200,
                json!({"fileId": "x", "uploadUrl": format!("{}/upload/x", works.fake.url)}),
            ),
        ]);
        assert_eq!(send(&app, &credentials, &job(told.clone())).await.outcome, Outcome::Delivered);
        assert_eq!(kinds(&works.said()[before..]), ["audio"]);

        let mut lost = told.clone();
        if let Some(file) = &mut lost.attachment {
            file.object_key = "test/nothing".into();
        }
        assert_eq!(send(&app, &credentials, &job(lost)).await.outcome, Outcome::Delivered);
    });
}

#[test]
fn the_token_goes_to_line_works_alone() {
    block_on(async {
        let (works, app) = start().await;
        let stranger = Fake::start(|_| Reply::empty(200));
        works.upload_to(&stranger.url.replace("127.0.0.1", "localhost"));
        let report = send(&app, &to(&works, ROOM), &job(told(&app, NotifyEvent::Fax).await)).await;
        assert_eq!((report.outcome, report.progress.file_done), (Outcome::Delivered, true));
        assert_eq!((kinds(&works.said()), stranger.count()), (vec!["text"], 0));
    });
}

#[test]
fn credentials_that_do_not_fit_are_told_apart() {
    block_on(async {
        let (works, app) = start().await;
        let other_key = LineWorks::start(app.clock.clone()).private_key;
        let table = [
            ("client_id", "somebody", Some("line_works.bad_client")),
            ("client_secret", "wrong", Some("line_works.bad_client")),
            ("service_account", "x.serviceaccount@minato.example", Some("line_works.bad_account")),
            ("private_key", other_key.as_str(), Some("line_works.bad_account")),
            ("private_key", "not a key", Some("line_works.bad_key")),
            ("bot_id", "999", Some("line_works.not_found")),
            ("bot_id", BOT, None),
        ];
        for (name, value, problem) in table {
            let mut credentials = to(&works, ROOM);
            credentials.insert(name.into(), value.into());
            let found = app.app.notify.senders.check(ServiceType::LineWorks, &credentials).await;
            assert_eq!(
                found.and_then(|report| report.problem).as_deref(),
                problem,
                "{name} {value}"
            );
            if problem.is_some() {
                let report =
                    send(&app, &credentials, &job(told(&app, NotifyEvent::MissedCall).await)).await;
                assert_eq!(
                    (report.outcome, report.problem.as_deref()),
                    (Outcome::BadConfig, problem),
                    "{name} {value}"
                );
            }
        }
        let mut copied = to(&works, ROOM);
        copied.insert("private_key".into(), works.private_key.replace('\n', "\\n"));
        assert!(
            app.app.notify.senders.check(ServiceType::LineWorks, &copied).await.is_none(),
            "a key out of a JSON file"
        );
        works.fake.next([Reply::empty(503)]);
        assert!(
            app.app.notify.senders.check(ServiceType::LineWorks, &copied).await.is_none(),
            "LINE WORKS's own troubles are nobody's mistake"
        );
        assert!(works.said().is_empty());
    });
}

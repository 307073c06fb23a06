//! Notices to Slack, against a fake of its Web API.

use std::time::Duration;

use api_types::{Credentials, NotifyEvent, ServiceType};
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::notify::{Event, Job, Notice, Outcome, Progress, Report, Subject};
use server::platform::config::Config;
use tests::fakes::Reply;
use tests::fakes::slack::{ARCHIVED, CHANNEL, OTHER_CHANNEL, Slack, TOKEN};
use tests::fakes::stand_in::StandIn as _;
use tests::switch::{Switch, event as switch_event, recording};
use tests::{Backend, TestApp, block_on, eventually, on_both};

use crate::notify::helpers::{
    BYTES, at, connect, credentials, event, job, notice, send as send_to, told,
};

async fn start(slack: &Slack) -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config: &mut Config| {
        slack.configure(config);
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

fn to(channel: &str) -> Credentials {
    credentials(&[("bot_token", TOKEN), ("channel_id", channel)])
}

async fn send(app: &TestApp, job: &Job) -> Report {
    send_to(app, ServiceType::Slack, &to(CHANNEL), job).await
}

fn retry(seconds: i64) -> Outcome {
    Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) }
}

#[test]
fn each_event_arrives_with_its_file() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let table = [
            (NotifyEvent::MissedCall, "不在着信 090-1234-5678", "4秒で切れました", None),
            (
                NotifyEvent::Voicemail,
                "留守番電話 090-1234-5678",
                "23秒",
                Some("voicemail-20261122-0915.m4a"),
            ),
            (
                NotifyEvent::Fax,
                "クラウドFAX 090-1234-5678",
                "3ページ",
                Some("fax-20261122-0915.pdf"),
            ),
            (NotifyEvent::ForwardedCall, "転送電話 090-1234-5678", "050-1111-2222", None),
        ];
        for (index, (kind, title, value, file)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, &job(told.clone())).await;
            let ts = format!("1795306500.{:06}", index + 1);
            assert_eq!(
                (report.outcome, report.problem, report.status),
                (Outcome::Delivered, None, Some(200)),
                "{kind:?}"
            );
            assert_eq!(report.progress.text_sent, Some(format!("{CHANNEL}/{ts}")));
            assert!(report.progress.file_done);
            let message = &slack.messages()[index];
            let blocks = message["blocks"].to_string();
            assert_eq!(message["blocks"][0]["text"]["text"], title);
            assert!(
                blocks.contains(value)
                    && blocks.contains("2026年11月22日(日) 09:15")
                    && blocks.contains(&told.short_id),
                "{blocks}"
            );
            assert!(
                message["text"]
                    .as_str()
                    .is_some_and(|text| text.starts_with(title) && text.contains(&told.short_id)),
                "{message}"
            );
            let shown = slack.files().into_iter().find(|file| file.thread_ts == ts);
            assert_eq!(shown.as_ref().map(|file| file.name.as_str()), file);
            if let Some(shown) = shown {
                assert_eq!((shown.bytes.as_slice(), shown.title.as_str()), (BYTES, title));
                assert!(
                    blocks.contains("<https://portal.example.jp/downloads/0123456789abcdef|"),
                    "{blocks}"
                );
            }
        }
    });
}

#[test]
fn text_from_outside_mentions_and_formats_nothing() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let hostile = "<!channel> <@U1> *急ぎ* & <https://evil.example|安全>";
        let event = Event {
            transcript: Some(hostile.into()),
            number_name: "<!here>".into(),
            ..event(NotifyEvent::Voicemail)
        };
        assert_eq!(
            send(&app, &job(notice(Subject::Event(event)))).await.outcome,
            Outcome::Delivered
        );
        let message = &slack.messages()[0];
        let escaped = "&lt;!channel&gt; &lt;@U1&gt; *急ぎ* &amp; &lt;https://evil.example|安全&gt;";
        let blocks = message["blocks"].as_array().expect("blocks");
        assert!(
            blocks.iter().any(|block| block["text"]
                == json!({"type": "plain_text", "text": escaped, "emoji": false})),
            "{blocks:#?}"
        );
        assert!(
            message["text"].as_str().is_some_and(|text| text.contains(escaped))
                && message["mrkdwn"] == false,
            "{message}"
        );
    });
}

#[test]
fn long_transcripts_are_cut_and_keep_the_link() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let mut told = told(&app, NotifyEvent::Voicemail).await;
        told.subject = Subject::Event(Event {
            transcript: Some("<緊急>です。".repeat(5_000)),
            ..event(NotifyEvent::Voicemail)
        });
        assert_eq!(send(&app, &job(told)).await.outcome, Outcome::Delivered);
        let message = &slack.messages()[0];
        assert!(
            message["text"].as_str().is_some_and(
                |text| text.contains("…") && text.contains("https://portal.example.jp/")
            ),
            "{message}"
        );
    });
}

#[test]
fn a_transcript_that_comes_later_follows_in_the_thread() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let later = Notice {
            thread: Some(format!("{CHANNEL}/1795306500.000001")),
            ..told(&app, NotifyEvent::Voicemail).await
        };
        let later = Notice { subject: Subject::Transcript(event(NotifyEvent::Voicemail)), ..later };
        assert_eq!(send(&app, &job(later.clone())).await.outcome, Outcome::Delivered);
        slack.refuse("chat.postMessage", "restricted_action_non_threadable_channel");
        assert_eq!(send(&app, &job(later)).await.outcome, Outcome::Delivered);
        let messages = slack.messages();
        assert_eq!((messages.len(), &messages[0]["thread_ts"]), (2, &json!("1795306500.000001")));
        assert_eq!(messages[1]["thread_ts"], Value::Null);
        assert!(slack.files().is_empty(), "the file was sent with the first notice");
    });
}

on_both!(from_the_switch_into_the_thread, bare, async |backend| {
    let slack = Slack::start();
    let url = slack.fake.url.clone();
    let app = TestApp::start_with(backend, |config: &mut Config| {
        tests::provider(config, "slack.base_url", url);
        config.egress.allow_private = true;
        config.outbox.workers = 4;
    })
    .await;
    let holder = app.holder("minato").await;
    connect(&app, &holder, ServiceType::Slack, &to(CHANNEL)).await;
    let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
    let file = switch.hand_in(&recording()).await;
    switch.tell(json!([switch_event(&called, "voicemail", json!({"attachment_id": file}))])).await;
    eventually("the recording", async || slack.files().len() == 1).await;
    let thread = slack.files()[0].thread_ts.clone();
    assert_eq!(
        (slack.messages().len(), slack.files()[0].bytes.as_slice()),
        (1, recording().as_slice())
    );
    let said = json!({"transcript": "折り返しお電話ください。"});
    eventually("what became of it", async || {
        holder.planned(&app).await == ["voicemail #営業 delivered"]
    })
    .await;
    // Its turn comes when its channel takes the next message.
    app.clock.advance(TimeDelta::seconds(5));
    switch.tell(json!([switch_event(&called, "transcript", said)])).await;
    eventually("what was said", async || slack.messages().len() == 2).await;
    let second = &slack.messages()[1];
    assert_eq!(second["thread_ts"], thread);
    assert!(second["blocks"].to_string().contains("折り返しお電話ください。"), "{second}");
});

#[test]
fn what_was_refused_is_sent_as_short_text() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let job = job(told(&app, NotifyEvent::Voicemail).await);
        slack.refuse("chat.postMessage", "invalid_blocks");
        let report = send(&app, &job).await;
        assert_eq!(
            (report.outcome, report.problem.as_deref()),
            (Outcome::BadPayload, Some("slack.content"))
        );
        let report = send(&app, &Job { plain: true, ..job }).await;
        assert_eq!(report.outcome, Outcome::Delivered);
        let message = &slack.messages()[0];
        assert_eq!(message["blocks"], Value::Null);
        assert!(
            message["text"]
                .as_str()
                .is_some_and(|text| text.contains("https://portal.example.jp/downloads/")),
            "{message}"
        );
        assert!(slack.files().is_empty());
    });
}

#[test]
fn what_slack_says_decides() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let job = job(told(&app, NotifyEvent::MissedCall).await);
        let refused = |error: &str| {
            Reply::json(200, json!({"ok": false, "error": error, "needed": "chat:write"}))
        };
        let table = [
            (Reply::empty(429).with("retry-after", "17"), retry(17), "slack.rate_limited"),
            (Reply::empty(429), retry(30), "slack.rate_limited"),
            (refused("rate_limited"), retry(1), "slack.rate_limited"),
            (Reply::empty(503), Outcome::Retry { after: None }, "slack.trouble"),
            (refused("fatal_error"), Outcome::Unknown, "slack.unsure"),
            (Reply::Stall(Duration::from_secs(3)), Outcome::Unknown, "network.no_answer"),
            (Reply::HangUp, Outcome::Unknown, "network.no_answer"),
            (refused("token_revoked"), Outcome::BadConfig, "slack.invalid_auth"),
            (refused("missing_scope"), Outcome::BadConfig, "slack.missing_scope"),
            (refused("is_archived"), Outcome::BadConfig, "slack.is_archived"),
            (refused("msg_blocks_too_long"), Outcome::BadPayload, "slack.content"),
            (refused("something_new"), Outcome::Retry { after: None }, "slack.trouble"),
        ];
        for (reply, outcome, problem) in table {
            slack.turn("chat.postMessage", reply.clone());
            let report = send(&app, &job).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (outcome, Some(problem)),
                "{reply:?}"
            );
            assert_eq!(report.progress, Progress::default());
            assert!(!report.detail.contains("xoxb"), "{}", report.detail);
        }
        assert!(slack.messages().is_empty());
        // A call that fails once goes through the next time.
        assert_eq!(send(&app, &job).await.outcome, Outcome::Delivered);
        assert_eq!(slack.messages().len(), 1);
    });
}

#[test]
fn a_failed_file_never_fails_the_notice() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let job = job(told(&app, NotifyEvent::Voicemail).await);
        let (ask, complete) = ("files.getUploadURLExternal", "files.completeUploadExternal");
        let refused = |error: &str| Reply::json(200, json!({"ok": false, "error": error}));
        let table = [
            (ask, refused("missing_scope"), "slack.file_scope"),
            (ask, refused("file_uploads_disabled"), "slack.file_not_allowed"),
            (ask, refused("storage_limit_reached"), "slack.file_storage_full"),
            (complete, refused("not_in_channel"), "slack.file_not_in_channel"),
            (complete, refused("file_update_failed"), "slack.file_failed"),
            (complete, Reply::HangUp, "slack.file_unsure"),
        ];
        for (count, (step, reply, problem)) in table.into_iter().enumerate() {
            slack.turn(step, reply);
            let report = send(&app, &job).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::Delivered, Some(problem)),
                "{step}"
            );
            assert!(report.progress.file_done);
            assert_eq!((slack.messages().len(), slack.files().len()), (count + 1, 0));
        }
    });
}

#[test]
fn a_file_that_can_be_tried_later_is_sent_without_the_text() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let first = job(told(&app, NotifyEvent::Fax).await);
        let (ask, complete) = ("files.getUploadURLExternal", "files.completeUploadExternal");
        let table = [
            (ask, Reply::empty(429).with("retry-after", "5"), retry(5)),
            (ask, Reply::HangUp, Outcome::Retry { after: None }),
            ("upload", Reply::HangUp, Outcome::Retry { after: None }),
            (complete, Reply::empty(500), Outcome::Retry { after: None }),
        ];
        for (count, (step, reply, outcome)) in table.into_iter().enumerate() {
            slack.turn(step, reply);
            let report = send(&app, &first).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (outcome, Some("slack.file_later")),
                "{step}"
            );
            let report = send(&app, &Job { progress: report.progress, ..first.clone() }).await;
            assert_eq!(
                (report.outcome, report.problem, report.progress.file_done),
                (Outcome::Delivered, None, true),
                "{step}"
            );
            assert_eq!((slack.messages().len(), slack.files().len()), (count + 1, count + 1));
        }
        // An address that has been used up is asked for again at once.
        for (step, reply) in [
            ("upload", Reply::empty(410)),
            (complete, Reply::json(200, json!({"ok": false, "error": "file_not_found"}))),
        ] {
            slack.turn(step, reply);
            let before = slack.files().len();
            assert_eq!(send(&app, &first).await.outcome, Outcome::Delivered, "{step}");
            assert_eq!(slack.files().len(), before + 1, "{step}");
        }
    });
}

#[test]
fn credentials_are_checked_without_a_post() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let check = async |token: &str, channel: &str| {
            let credentials = credentials(&[("bot_token", token), ("channel_id", channel)]);
            let report = app.app.notify.senders.check(ServiceType::Slack, &credentials).await;
            report.map(|report| (report.outcome, report.problem.unwrap_or_default()))
        };
        let wrong = |problem: &str| Some((Outcome::BadConfig, problem.to_owned()));
        assert_eq!(check(TOKEN, CHANNEL).await, None);
        assert_eq!(check("xoxb-0000000000", CHANNEL).await, wrong("slack.invalid_auth"));
        assert_eq!(check(TOKEN, OTHER_CHANNEL).await, wrong("slack.not_in_channel"));
        assert_eq!(check(TOKEN, ARCHIVED).await, wrong("slack.is_archived"));
        assert_eq!(check(TOKEN, "C9999999999").await, wrong("slack.channel_not_found"));
        slack.refuse("conversations.info", "missing_scope");
        assert_eq!(check(TOKEN, OTHER_CHANNEL).await, None);
        slack.turn("auth.test", Reply::empty(503));
        assert_eq!(check(TOKEN, CHANNEL).await, None);
        assert!(slack.messages().is_empty());
    });
}

#[test]
fn a_test_is_seen() {
    block_on(async {
        let slack = Slack::start();
        let app = start(&slack).await;
        let test = notice(Subject::Test { rule_name: "営業チーム".into(), at: at() });
        assert_eq!(send(&app, &job(test)).await.outcome, Outcome::Delivered);
        assert_eq!(slack.messages()[0]["blocks"][0]["text"]["text"], "テスト通知");
    });
}

//! Notices to an endpoint of the account's own, by Standard Webhooks.

use std::time::Duration;

use api_types::{
    Credentials, NotifyEvent, ServiceType, WebhookCallEvent, WebhookCallType, WebhookTestEvent,
};
use chrono::TimeDelta;
use serde_json::Value;
use server::app::openapi::document;
use server::notify::{Job, Outcome, Report, Subject};
use tests::fakes::webhook::{Endpoint, OTHER_SECRET, SECRET, verify};
use tests::fakes::{Fake, Received, Reply};
use tests::{Backend, TestApp, block_on};

use crate::notify::helpers::{at, credentials, event, job, notice, told};

/// A server that may send to the fake. What an adapter does does not depend on the database.
async fn start() -> TestApp {
    TestApp::start_with(Backend::Sqlite, |config| {
        config.egress.allow_private = true;
        config.outbox.timeout_s = 1;
    })
    .await
}

fn to(url: &str) -> Credentials {
    credentials(&[("url", url), ("signing_secret", SECRET)])
}

async fn send(app: &TestApp, credentials: &Credentials, job: &Job) -> Report {
    crate::notify::helpers::send(app, ServiceType::Webhook, credentials, job).await
}

fn calls(endpoint: &Endpoint) -> Vec<(Received, WebhookCallEvent)> {
    let read = |request: Received| {
        let event = serde_json::from_slice(&request.body)
            .unwrap_or_else(|error| panic!("{error}: {}", request.text()));
        (request, event)
    };
    endpoint.fake.requests().into_iter().map(read).collect()
}

#[test]
fn each_event_arrives_signed() {
    block_on(async {
        let app = start().await;
        let endpoint = Endpoint::start(SECRET, app.clock.clone());
        let url = format!("{}/hooks/denwaban?tenant=minato", endpoint.fake.url);
        let table = [
            (NotifyEvent::MissedCall, WebhookCallType::Missed),
            (NotifyEvent::Voicemail, WebhookCallType::Voicemail),
            (NotifyEvent::Fax, WebhookCallType::Fax),
            (NotifyEvent::ForwardedCall, WebhookCallType::Forwarded),
        ];
        for (index, (kind, wire)) in table.into_iter().enumerate() {
            let told = told(&app, kind).await;
            let report = send(&app, &to(&url), &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.status, report.problem),
                (Outcome::Delivered, Some(204), None),
                "{}",
                report.detail
            );
            assert!(report.progress.file_done);
            let (request, said) = calls(&endpoint)[index].clone();
            assert_eq!(
                (request.path.as_str(), request.query.as_str()),
                ("/hooks/denwaban", "tenant=minato")
            );
            assert_eq!(
                (request.header("webhook-id"), said.kind),
                (Some(told.delivery_id.as_str()), wire)
            );
            assert_eq!(
                (said.timestamp, said.data.delivery_id.as_str(), said.data.short_id),
                (at(), told.delivery_id.as_str(), told.short_id)
            );
            assert_eq!(
                (said.data.number.as_str(), said.data.caller.e164.as_deref()),
                ("+81312345678", Some("+819012345678"))
            );
            let of = event(kind);
            assert_eq!(
                (said.data.reason, said.data.duration_s, said.data.pages),
                (of.reason, of.duration_s, of.pages)
            );
            assert_eq!(
                (said.data.transcript, said.data.forwarded_to),
                (of.transcript, of.forwarded_to)
            );
            let file = said.data.attachment.map(|file| (file.content_type, file.url));
            assert_eq!(file, told.attachment.map(|file| (file.content_type, file.file_url)));
        }
        assert_eq!(endpoint.problems(), [""; 0]);
    });
}

#[test]
fn transcripts_and_tests_have_types_of_their_own() {
    block_on(async {
        let app = start().await;
        let endpoint = Endpoint::start(SECRET, app.clock.clone());
        let url = &endpoint.fake.url;
        send(&app, &to(url), &job(notice(Subject::Transcript(event(NotifyEvent::Voicemail)))))
            .await;
        send(
            &app,
            &to(url),
            &job(notice(Subject::Test { rule_name: "営業チーム".into(), at: at() })),
        )
        .await;
        let requests = endpoint.fake.requests();
        assert_eq!(requests[0].json()["type"], "voicemail.transcribed");
        let test: WebhookTestEvent =
            serde_json::from_slice(&requests[1].body).expect("a test event");
        assert_eq!((test.data.rule_name.as_str(), test.timestamp), ("営業チーム", at()));
        assert_eq!(endpoint.problems(), [""; 0]);
    });
}

#[test]
fn every_attempt_has_the_same_id_and_its_own_time() {
    block_on(async {
        let app = start().await;
        let endpoint = Endpoint::start(SECRET, app.clock.clone());
        let told = told(&app, NotifyEvent::MissedCall).await;
        endpoint.fake.next([Reply::empty(503)]);
        let report = send(&app, &to(&endpoint.fake.url), &job(told.clone())).await;
        assert_eq!(report.outcome, Outcome::Retry { after: None });
        app.clock.advance(TimeDelta::hours(2));
        let report = send(&app, &to(&endpoint.fake.url), &job(told)).await;
        assert_eq!(report.outcome, Outcome::Delivered);
        let requests = endpoint.fake.requests();
        let time = |request: &Received| {
            request.header("webhook-timestamp").and_then(|time| time.parse::<i64>().ok())
        };
        assert_eq!(requests[0].header("webhook-id"), requests[1].header("webhook-id"));
        assert_eq!(time(&requests[0]).map(|time| time + 7_200), time(&requests[1]));
    });
}

#[test]
fn while_a_secret_is_replaced_receivers_with_either_one_are_content() {
    block_on(async {
        let app = start().await;
        let fake = Fake::start(|_| Reply::empty(200));
        let mut both = to(&fake.url);
        both.insert("previous_signing_secret".into(), OTHER_SECRET.into());
        both.insert("previous_until".into(), (app.clock.now() + TimeDelta::days(1)).to_rfc3339());
        let told = told(&app, NotifyEvent::MissedCall).await;
        send(&app, &both, &job(told.clone())).await;
        app.clock.advance(TimeDelta::days(2));
        send(&app, &both, &job(told)).await;
        let requests = fake.requests();
        let (before, after) =
            (app.clock.now().timestamp() - 2 * 86_400, app.clock.now().timestamp());
        assert_eq!(verify(&requests[0], SECRET, before), Ok(()));
        assert_eq!(verify(&requests[0], OTHER_SECRET, before), Ok(()));
        assert_eq!(verify(&requests[1], SECRET, after), Ok(()));
        assert!(verify(&requests[1], OTHER_SECRET, after).is_err(), "the old one has run out");
        assert!(verify(&requests[0], SECRET, after).is_err(), "and what is old is not taken");
    });
}

#[test]
fn what_the_receiver_answers_decides() {
    block_on(async {
        let app = start().await;
        let endpoint = Endpoint::start(SECRET, app.clock.clone());
        let retry =
            |seconds: Option<i64>| Outcome::Retry { after: seconds.map(TimeDelta::seconds) };
        let table = [
            (
                Reply::empty(302).with("location", "/elsewhere"),
                retry(None),
                "webhook.redirect",
                Some(302),
            ),
            (Reply::empty(410), Outcome::BadConfig, "webhook.gone", Some(410)),
            (Reply::empty(413), Outcome::BadPayload, "webhook.too_large", Some(413)),
            (
                Reply::empty(429).with("retry-after", "120"),
                retry(Some(120)),
                "webhook.busy",
                Some(429),
            ),
            (Reply::empty(429), retry(None), "webhook.busy", Some(429)),
            (Reply::empty(500), retry(None), "webhook.server_error", Some(500)),
            (Reply::empty(502), retry(None), "webhook.server_error", Some(502)),
            (
                Reply::empty(504).with("retry-after", "7"),
                retry(Some(7)),
                "webhook.server_error",
                Some(504),
            ),
            (Reply::empty(401), retry(None), "webhook.refused", Some(401)),
            (Reply::Stall(Duration::from_secs(10)), Outcome::Unknown, "webhook.timeout", None),
        ];
        let told = told(&app, NotifyEvent::Voicemail).await;
        for (reply, outcome, problem, status) in table {
            endpoint.fake.next([reply.clone()]);
            let before = endpoint.fake.count();
            let report = send(&app, &to(&endpoint.fake.url), &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref(), report.status),
                (outcome, Some(problem), status),
                "{reply:?} {}",
                report.detail
            );
            assert_eq!(
                (endpoint.fake.count(), report.progress.file_done),
                (before + 1, false),
                "{reply:?}"
            );
        }
    });
}

#[test]
fn an_endpoint_that_is_not_there_is_tried_again() {
    block_on(async {
        let app = start().await;
        // Nothing listens on this port: it was free a moment ago.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let report = send(
            &app,
            &to(&format!("http://127.0.0.1:{port}/?token=secret")),
            &job(told(&app, NotifyEvent::MissedCall).await),
        )
        .await;
        assert_eq!(
            (report.outcome, report.problem.as_deref()),
            (Outcome::Retry { after: None }, Some("network.unreachable"))
        );
        assert!(!report.detail.contains("secret"), "{}", report.detail);
    });
}

#[test]
fn what_cannot_be_sent_is_said() {
    block_on(async {
        let app = TestApp::start(Backend::Sqlite).await;
        let told = told(&app, NotifyEvent::MissedCall).await;
        let table = [
            (credentials(&[("url", "https://hooks.minato.example/x")]), "webhook.no_secret"),
            (credentials(&[("url", "https://"), ("signing_secret", SECRET)]), "webhook.bad_url"),
            (credentials(&[("signing_secret", SECRET)]), "webhook.bad_url"),
            (to("https://127.0.0.1/x"), "network.refused"),
            (to("https://[::ffff:10.0.0.1]/x"), "network.refused"),
        ];
        for (credentials, problem) in table {
            let report = send(&app, &credentials, &job(told.clone())).await;
            assert_eq!(
                (report.outcome, report.problem.as_deref()),
                (Outcome::BadConfig, Some(problem)),
                "{credentials:?}"
            );
        }
    });
}

#[test]
fn the_document_shows_every_event_with_a_sample_that_fits() {
    let webhooks = document()["webhooks"].as_object().expect("webhooks");
    let expected: Vec<&str> =
        WebhookCallType::ALL.into_iter().map(WebhookCallType::as_str).chain(["test"]).collect();
    assert_eq!(
        webhooks.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
        expected.into_iter().collect()
    );
    for (name, item) in webhooks {
        let operation = &item["post"];
        for header in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            assert!(
                operation["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|parameter| parameter["name"] == header),
                "{name} {header}"
            );
        }
        let content = &operation["requestBody"]["content"]["application/json"];
        let sample = &content["example"];
        assert_eq!(sample["type"], name.as_str());
        let schema = content["schema"]["$ref"]
            .as_str()
            .and_then(|reference| document().pointer(reference.trim_start_matches('#')));
        let schema = schema.unwrap_or_else(|| panic!("{name} has no schema"));
        let again: Value = match name.as_str() {
            "test" => serde_json::to_value(
                serde_json::from_value::<WebhookTestEvent>(sample.clone()).expect("a test event"),
            ),
            _ => serde_json::to_value(
                serde_json::from_value::<WebhookCallEvent>(sample.clone()).expect("a call event"),
            ),
        }
        .expect("JSON");
        assert_eq!((again, sample["data"].is_object()), (sample.clone(), true), "{name}");
        assert!(schema["properties"]["data"].is_object(), "{schema}");
    }
}

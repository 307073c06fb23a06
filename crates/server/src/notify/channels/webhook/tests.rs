use api_types::{AttachmentKind, Caller, NotifyLanguage};
use reqwest::header::{HeaderValue, LOCATION};
use serde_json::Value;

use super::*;
use crate::notify::Attachment;

fn notice(transcript: Option<String>) -> Notice {
    Notice {
        delivery_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31".into(),
        short_id: "K7QX-2M9D".into(),
        call_event_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30".into(),
        language: NotifyLanguage::Ja,
        private_subject: false,
        subject: Subject::Event(Event {
            kind: NotifyEvent::Voicemail,
            number_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22".into(),
            number: "+81312345678".into(),
            number_name: "代表".into(),
            caller: Caller::parse("09012345678").unwrap(),
            at: DateTime::from_timestamp(1_795_306_500, 0).unwrap(),
            reason: None,
            duration_s: Some(23),
            pages: None,
            transcript,
            forwarded_to: None,
        }),
        thread: None,
        attachment: Some(Attachment {
            kind: AttachmentKind::Audio,
            content_type: "audio/mp4".into(),
            file_name: "voicemail.m4a".into(),
            size: 10,
            duration_ms: None,
            object_key: "key".into(),
            page_url: "https://portal.example.jp/downloads/a".into(),
            file_url: "https://portal.example.jp/downloads/a/voicemail.m4a".into(),
            expires_at: DateTime::from_timestamp(1_795_911_300, 0).unwrap(),
        }),
    }
}

#[test]
fn the_test_vector_of_the_specification() {
    let keys = Keys(vec![key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()]);
    let signature =
        keys.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn while_a_secret_is_being_replaced_both_sign() {
    let now = DateTime::from_timestamp(1_795_306_500, 0).unwrap();
    let old = ("previous_signing_secret", "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk");
    let new = ("signing_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let table: [(&[(&str, &str)], usize); 7] = [
        (&[new], 1),
        (&[new, old, ("previous_until", "2026-11-22T00:15:01Z")], 2),
        (&[new, old, ("previous_until", "2026-11-22T00:15:00Z")], 1),
        (&[new, old], 1),
        (&[], 0),
        (&[("signing_secret", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")], 0),
        (&[("signing_secret", "whsec_")], 0),
    ];
    for (pairs, count) in table {
        let credentials =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let signature = signatures(&credentials, now).sign("id", 1, b"{}");
        assert_eq!(
            signature.split(' ').filter(|one| one.starts_with("v1,")).count(),
            count,
            "{pairs:?}"
        );
    }
}

#[test]
fn what_is_sent_stays_small_and_says_so() {
    for (text, cut) in
        [("はい。".to_owned(), false), ("\"\\あ".repeat(9_000), true), ("a".repeat(50_000), true)]
    {
        let body = body(&notice(Some(text.clone())), false).unwrap();
        assert!(body.len() < WEBHOOK_BODY_MAX, "{}", body.len());
        assert!(
            !cut || body.len() > WEBHOOK_BODY_MAX - 10,
            "{} is less than would fit",
            body.len()
        );
        let read: WebhookCallEvent = serde_json::from_str(&body).unwrap();
        let transcript = read.data.transcript.unwrap();
        assert_eq!(
            (read.data.transcript_cut, transcript.ends_with('…'), transcript == text),
            (cut, cut, !cut)
        );
    }
}

#[test]
fn refused_as_too_large_it_goes_without_the_transcript() {
    let read: Value =
        serde_json::from_str(&body(&notice(Some("はい。".into())), true).unwrap()).unwrap();
    assert_eq!(
        (&read["data"]["transcript"], &read["data"]["transcript_cut"]),
        (&Value::Null, &Value::Bool(true))
    );
    let read: Value = serde_json::from_str(&body(&notice(None), true).unwrap()).unwrap();
    assert_eq!(
        (&read["data"]["transcript"], &read["data"]["transcript_cut"]),
        (&Value::Null, &Value::Bool(false))
    );
}

#[test]
fn answers() {
    let minute = Some(TimeDelta::seconds(60));
    let retry = |after| Outcome::Retry { after };
    let table = [
        (200, None, Outcome::Delivered, None),
        (204, None, Outcome::Delivered, None),
        (301, None, retry(None), Some("webhook.redirect")),
        (308, minute, retry(minute), Some("webhook.redirect")),
        (400, None, retry(None), Some("webhook.refused")),
        (401, None, retry(None), Some("webhook.refused")),
        (404, None, retry(None), Some("webhook.refused")),
        (410, None, Outcome::BadConfig, Some("webhook.gone")),
        (413, None, Outcome::BadPayload, Some("webhook.too_large")),
        (429, minute, retry(minute), Some("webhook.busy")),
        (429, None, retry(None), Some("webhook.busy")),
        (500, None, retry(None), Some("webhook.server_error")),
        (502, minute, retry(minute), Some("webhook.server_error")),
        (504, None, retry(None), Some("webhook.server_error")),
    ];
    for (status, after, outcome, problem) in table {
        assert_eq!(classify(status, after), (outcome, problem), "{status}");
    }
}

#[test]
fn a_request_is_sent_again_within_the_same_origin_alone() {
    let url = Url::parse("https://crm.example.jp/hook?a=1").unwrap();
    for (status, location, expected) in [
        (308, "/hook/", Some("https://crm.example.jp/hook/")),
        (307, "https://crm.example.jp/v2/hook", Some("https://crm.example.jp/v2/hook")),
        (308, "https://crm.example.jp:443/v2", Some("https://crm.example.jp/v2")),
        (308, "https://www.crm.example.jp/hook", None),
        (308, "http://crm.example.jp/hook", None),
        (308, "https://crm.example.jp:8443/hook", None),
        (308, "//evil.example/hook", None),
        (308, "/hook?a=1", None),
        (302, "/hook/", None),
        (301, "/hook/", None),
        (308, "", None),
    ] {
        let answer = Answer {
            status,
            headers: [(LOCATION, HeaderValue::from_static(location))].into_iter().collect(),
            body: Vec::new(),
        };
        let place = moved_within(&url, &answer).map(String::from);
        assert_eq!(place.as_deref(), expected, "{status} {location}");
    }
}

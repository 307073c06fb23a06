//! The `webhooks` section: what we send to endpoints of the account's own, with samples that the
//! sender itself has written.

use api_types::{
    AttachmentKind, Caller, MissedReason, NotifyEvent, NotifyLanguage, WebhookCallType,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::notify::channels::webhook;
use crate::notify::{Attachment, Event, Notice, Subject, words};

const HOW: &str = "Sent to services of type `webhook`, by [Standard \
    Webhooks](https://www.standardwebhooks.com/) 1.0.0.\n\n\
    Check the signature before anything else: `webhook-signature` holds one or, while a secret is \
        being replaced, two values with a \
    space between them, each `v1,` and the base64 of HMAC-SHA256 over \
        `{webhook-id}.{webhook-timestamp}.{body}` (the bytes as they \
    came), keyed with the base64-decoded rest of the secret behind `whsec_`. Any of them may \
        match. Refuse timestamps more than five \
    minutes away.\n\nAnswer 2xx within 15 seconds and work afterwards. What is not answered so is \
        sent again under the same \
    `webhook-id`, which is the same as `data.delivery_id`: keep it and pass over what you have \
        seen. Redirects are not followed.";

/// One entry per type of event.
pub fn section() -> Value {
    let calls = WebhookCallType::ALL.into_iter().map(|kind| {
        let (summary, notice) = sample(kind);
        (kind.as_str(), summary, "WebhookCallEvent", notice)
    });
    let test = (
        "test",
        "A test notice",
        "WebhookTestEvent",
        notice(Subject::Test { rule_name: "営業チーム".into(), at: at(0) }, None),
    );
    let entry = |(name, summary, schema, notice): (&str, &str, &str, Notice)| {
        let body = webhook::body(&notice, false)
            .and_then(|body| serde_json::from_str::<Value>(&body).ok())
            .unwrap_or_default();
        (name.to_owned(), json!({"post": operation(name, summary, schema, body)}))
    };
    Value::Object(calls.chain([test]).map(entry).collect::<Map<_, _>>())
}

fn operation(name: &str, summary: &str, schema: &str, example: Value) -> Value {
    let header = |name: &str, description: &str, kind: Value, example: Value| {
        json!({"name": name, "in": "header", "required": true,
        "description": description, "schema": kind, "example": example})
    };
    json!({
        "operationId": format!("receive_{}", name.replace('.', "_")),
        "tags": ["webhooks"],
        "summary": summary,
        "description": HOW,
        "security": [],
        "parameters": [
            header("webhook-id", "The delivery, the same on every attempt.",
                json!({"type": "string"}), example["data"]["delivery_id"].clone()),
            header("webhook-timestamp", "When this attempt was made, in seconds since 1970.",
                json!({"type": "integer"}), json!(1_795_306_504)),
            header("webhook-signature", "The signatures, with spaces between them.",
                json!({"type": "string"}),
                json!("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")),
        ],
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}, "example": example}},
        },
        "responses": {
            "2XX": {"description": "You have it."},
            "410": {"description": "You want no more: the service is switched off and its owner is \
                told by mail."},
            "429": {"description": "Not so fast: `Retry-After` is honoured."},
            "default": {"description": "It is sent again later, for about a day."},
        },
    })
}

fn at(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_306_500 + days * 86_400, 0).unwrap_or_default()
}

fn sample(kind: WebhookCallType) -> (&'static str, Notice) {
    let event = |kind: NotifyEvent| Event {
        kind,
        number_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22".into(),
        number: "+815012345678".into(),
        number_name: "代表番号".into(),
        caller: Caller::parse("09012345678")
            .unwrap_or(Caller::NoNumber(api_types::NoNumber::Withheld)),
        at: at(0),
        reason: None,
        duration_s: None,
        pages: None,
        transcript: None,
        forwarded_to: None,
    };
    let said = Some("田中です。折り返しお電話ください。".to_owned());
    match kind {
        WebhookCallType::Missed => {
            let event = Event {
                reason: Some(MissedReason::HungUp),
                duration_s: Some(4),
                ..event(NotifyEvent::MissedCall)
            };
            ("A call was missed", notice(Subject::Event(event), None))
        }
        WebhookCallType::Voicemail => {
            let event =
                Event { duration_s: Some(23), transcript: said, ..event(NotifyEvent::Voicemail) };
            ("A voicemail was left", notice(Subject::Event(event), Some(AttachmentKind::Audio)))
        }
        WebhookCallType::Transcribed => {
            let event =
                Event { duration_s: Some(23), transcript: said, ..event(NotifyEvent::Voicemail) };
            (
                "The transcript of a voicemail came later",
                notice(Subject::Transcript(event), Some(AttachmentKind::Audio)),
            )
        }
        WebhookCallType::Fax => {
            let event = Event { pages: Some(2), ..event(NotifyEvent::Fax) };
            ("A fax came", notice(Subject::Event(event), Some(AttachmentKind::Fax)))
        }
        WebhookCallType::Forwarded => {
            let event = Event {
                duration_s: Some(12),
                forwarded_to: Some("+819011112222".into()),
                ..event(NotifyEvent::ForwardedCall)
            };
            ("A call was forwarded", notice(Subject::Event(event), None))
        }
    }
}

fn notice(subject: Subject, file: Option<AttachmentKind>) -> Notice {
    let delivery_id = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b31".to_owned();
    let page_url = "https://portal.example.jp/downloads/0193…".to_owned();
    Notice {
        short_id: words::short_id(&delivery_id),
        delivery_id,
        call_event_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30".into(),
        language: NotifyLanguage::Ja,
        private_subject: false,
        subject,
        attachment: file.map(|kind| {
            let (content_type, file_name) = match kind {
                AttachmentKind::Audio => ("audio/mp4", "voicemail-20261122-0915.m4a"),
                AttachmentKind::Fax => ("application/pdf", "fax-20261122-0915.pdf"),
            };
            Attachment {
                kind,
                content_type: content_type.into(),
                file_name: file_name.into(),
                size: 48_211,
                duration_ms: None,
                object_key: String::new(),
                file_url: format!("{page_url}/{file_name}"),
                page_url,
                expires_at: at(7),
            }
        }),
        thread: None,
    }
}

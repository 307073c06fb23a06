//! The operator's switch: what it reports, and where that is told.

use serde_json::{Value, json};
use tests::Outcome;
use tests::fakes::{Fake, Reply};

use crate::stage::Story;

/// A switch that sees ordinary calls.
pub struct Switch(tests::switch::Switch);

impl Switch {
    /// A switch with a key of its own.
    pub async fn of(story: &Story) -> Self {
        Self(tests::switch::Switch::of(&story.app).await)
    }

    /// Reports something that happened; what `event` leaves out is as in an ordinary call to the
    /// primary number.
    pub async fn report(&self, event: Value) {
        self.report_all(vec![event]).await;
    }

    /// Reports several things at once.
    pub async fn report_all(&self, events: Vec<Value>) {
        let whole = |event: Value| {
            // Each is a call of its own.
            let call = json!({"call_id": store::new_id()});
            let kind = event["type"].as_str().unwrap_or_default().to_owned();
            tests::switch::event("050-1234-5678", &kind, merged(call, &event))
        };
        self.0.tell(events.into_iter().map(whole).collect()).await;
    }

    /// Reports a voicemail with a recording of two seconds.
    pub async fn voicemail(&self, at: &str, transcript: Option<&str>) {
        let attachment = self.0.hand_in(&tests::switch::recording()).await;
        let event = json!({"type": "voicemail", "at": at, "duration_s": 2,
            "transcript": transcript, "attachment_id": attachment});
        self.report(event).await;
    }

    /// Reports a fax of three pages.
    pub async fn fax(&self, at: &str) {
        let attachment = self.0.hand_in(PAGE).await;
        let event = json!({"type": "fax", "at": at, "caller": "03-1234-9876",
            "called": "03-3456-7890", "pages": 3, "attachment_id": attachment});
        self.report(event).await;
    }
}

/// The smallest PDF that is one.
const PAGE: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 \
    obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 \
        R>>\n%%EOF\n";

/// An object with the fields of another over its own.
fn merged(mut object: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}

impl Story {
    /// Has what happens on a number told by mail and, as webhooks, at these addresses; answers the
    /// rule's id.
    pub async fn told(&self, number: usize, webhooks: &[&str]) -> Outcome<String> {
        let client = &self.minato.client;
        let rule = json!({"name": "営業チーム", "emails": ["soumu@minato.example"],
            "events": ["missed_call", "voicemail", "fax", "forwarded_call"]});
        let rule = client.post("/notify-rules", rule).await.expect(201);
        let rule = rule["id"].as_str().unwrap_or_default().to_owned();
        for url in webhooks {
            let service = json!({"type": "webhook", "label": "顧客管理", "credentials": {"url": url},
                "unchecked": true});
            client.post(&format!("/notify-rules/{rule}/services"), service).await.expect(201);
        }
        self.minato.change(&self.minato.number(number), json!({"notify_rule_id": rule})).await;
        Ok(rule)
    }
}

/// Something of each kind on the primary number and one other, told to a service that takes it and
/// one that does not; once.
pub async fn a_morning_with_trouble(story: &Story) -> Outcome {
    let client = &story.minato.client;
    let known = client.get("/call-events").await.expect(200);
    if known["items"].as_array().is_some_and(|items| !items.is_empty()) {
        return Ok(());
    }
    let (healthy, broken) =
        (Fake::start(|_| Reply::empty(204)), Fake::start(|_| Reply::empty(413)));
    story.told(0, &[&healthy.url, &broken.url]).await?;
    let switch = Switch::of(story).await;
    let called = "0120-345-678";
    switch
        .report(json!({"type": "forwarded_call", "at": "2026-11-21T00:10:00Z",
        "forwarded_to": "090-2222-3333", "called": called, "caller": "+1 212-555-0123"}))
        .await;
    let attachment = switch.0.hand_in(PAGE).await;
    switch
        .report(json!({"type": "fax", "at": "2026-11-21T00:20:00Z", "called": called, "pages": 3,
        "attachment_id": attachment}))
        .await;
    switch
        .report(json!({"type": "missed_call", "at": "2026-11-22T00:30:00Z", "reason": "hung_up",
            "duration_s": 4, "caller": "withheld"}))
        .await;
    let said = "お世話になっております。青葉工業の田中です。先日お見積りをいただいた件で、数量を変更したくご連絡しました。本日17時までに折り返しお電話をいただけますでしょうか。";
    switch.voicemail("2026-11-22T00:50:00Z", Some(said)).await;
    story
        .wait("the notices of a voicemail have arrived or failed", async || {
            let events = client.get("/call-events?type=voicemail").await.expect(200);
            events["items"][0]["deliveries"]["waiting"] == 0
        })
        .await
}

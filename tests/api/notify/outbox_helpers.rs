//! Numbers whose calls are told to fakes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tests::fakes::{Fake, Reply};
use tests::{Client, Holder, TestApp, eventually, within};

/// A holder with a rule for everything, which the first number uses.
pub struct Told {
    /// The holder.
    pub holder: Holder,
    /// Path of the rule.
    pub rule: String,
    /// The called number, as the switch names it.
    pub called: String,
    /// The switch.
    pub switch: Client,
}

impl Told {
    /// Makes one.
    pub async fn new(app: &TestApp, name: &str, emails: &[&str]) -> Self {
        let holder = app.holder(name).await;
        let switch = app.nobody().bearer(
            &tests::service_key(&app.app, server::identity::service_keys::KeyKind::Switch).await,
        );
        Self::of(holder, switch, emails).await
    }

    /// Makes one of a holder and a switch.
    pub async fn of(holder: Holder, switch: Client, emails: &[&str]) -> Self {
        let events = ["missed_call", "voicemail", "fax", "forwarded_call"];
        let rule = holder
            .client
            .post("/notify-rules", json!({"name": "営業", "emails": emails, "events": events}))
            .await
            .expect(201);
        let number = holder.client.get(&holder.number(0)).await;
        let patch = json!({"notify_rule_id": rule["id"]});
        let number = holder
            .client
            .if_match(number.version())
            .patch(&holder.number(0), patch)
            .await
            .expect(200);
        let rule = format!("/notify-rules/{}", rule["id"].as_str().unwrap_or_default());
        Self {
            rule,
            called: number["e164"].as_str().unwrap_or_default().to_owned(),
            holder,
            switch,
        }
    }

    /// Adds a service of one's own at `url`; answers its path.
    pub async fn webhook(&self, url: &str) -> String {
        let new = json!({"type": "webhook", "label": url, "credentials": {"url": url}, "unchecked": true});
        let made =
            self.holder.client.post(&format!("{}/services", self.rule), new).await.expect(201);
        format!("{}/services/{}", self.rule, made["id"].as_str().unwrap_or_default())
    }

    /// A voicemail under this name.
    pub fn voicemail(&self, app: &TestApp, id: &str) -> Value {
        self.voicemail_at(&app.clock.now().to_rfc3339(), id)
    }

    /// The same at a time.
    pub fn voicemail_at(&self, at: &str, id: &str) -> Value {
        json!({"id": id, "type": "voicemail", "call_id": format!("call-{id}"),
            "called": self.called, "caller": "090-1234-5678",
            "at": at, "duration_s": 12, "transcript": "田中です。"})
    }

    /// Reports voicemails under these names, all at once.
    pub async fn voicemails(&self, app: &TestApp, ids: impl Iterator<Item = String>) {
        let events: Vec<Value> = ids.map(|id| self.voicemail(app, &id)).collect();
        for part in events.chunks(500) {
            self.report(part).await;
        }
    }

    /// Reports events; every one is accepted.
    pub async fn report(&self, events: &[Value]) {
        let answers = self.switch.post("/switch/events", json!(events)).await.expect(200);
        let outcomes: Vec<&str> = answers["items"]
            .as_array()
            .expect("items")
            .iter()
            .filter_map(|item| item["outcome"].as_str())
            .collect();
        assert!(
            outcomes.len() == events.len() && outcomes.iter().all(|outcome| *outcome == "accepted"),
            "{answers}"
        );
    }

    /// All deliveries, the latest first.
    pub async fn deliveries(&self) -> Vec<Value> {
        let list = self.holder.client.get("/deliveries?limit=200").await.expect(200);
        list["items"].as_array().expect("items").clone()
    }

    /// Waits until `is` of the deliveries; answers them.
    pub async fn until(&self, what: &str, is: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        eventually(what, async || {
            let deliveries = self.deliveries().await;
            if is(&deliveries) { Ok(deliveries) } else { Err(format!("{deliveries:#?}")) }
        })
        .await
    }

    /// Waits until every delivery is in one of these states.
    pub async fn all_are(&self, states: &[&str]) -> Vec<Value> {
        self.until(&format!("all are {states:?}"), |all| {
            !all.is_empty()
                && all.iter().all(|one| states.iter().any(|state| one["state"] == *state))
        })
        .await
    }

    /// One delivery with its attempts.
    pub async fn delivery(&self, one: &Value) -> Value {
        self.holder
            .client
            .get(&format!("/deliveries/{}", one["id"].as_str().unwrap_or_default()))
            .await
            .expect(200)
    }
}

/// An endpoint that takes everything.
pub fn well() -> Fake {
    Fake::start(|_| Reply::empty(204))
}

/// How often each notice came, by its id.
pub fn counts(fake: &Fake) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in fake.requests() {
        *counts.entry(request.header("webhook-id").unwrap_or_default().to_owned()).or_default() +=
            1;
    }
    counts
}

/// Waits until a fake has had `count` requests.
pub async fn came(fake: &Fake, count: usize) {
    within(Duration::from_secs(60))
        .eventually("requests come", async || {
            let came = fake.count();
            if came < count { Err(format!("{came} of {count}")) } else { Ok(()) }
        })
        .await;
}

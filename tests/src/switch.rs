//! The operator's switch: what it hands in and reports.

use api_types::{AttemptOutcome, DeliveryState, NotifyEvent, NotifyLanguage, ServiceType};
use reqwest::Method;
use serde_json::{Value, json};
use store::identity::service_key::KeyKind;
use store::notify::delivery::{self, Purpose};
use store::notify::{delivery_attempt, notify_rule, notify_service};
use store::{Kind as _, Scope, StoreError, new_id};

use crate::{Answer, Client, Holder, TestApp, service_key};

/// A switch with a key of its own.
pub struct Switch {
    /// Its hand on the API.
    pub client: Client,
}

impl Switch {
    /// A switch of the operator.
    pub async fn of(app: &TestApp) -> Self {
        Self { client: app.nobody().bearer(&service_key(&app.app, KeyKind::Switch).await) }
    }

    /// Reports events and answers what became of each: `accepted`, `duplicate`, or `rejected` with
    /// pointers and codes.
    pub async fn report(&self, events: Value) -> Vec<String> {
        self.answered("/switch/events", events).await
    }

    /// The same of registrations: `accepted`, `outdated` or `rejected`.
    pub async fn registrations(&self, reports: Value) -> Vec<String> {
        self.answered("/switch/registrations", reports).await
    }

    async fn answered(&self, path: &str, reports: Value) -> Vec<String> {
        let answer = self.client.post(path, reports).await.expect(200);
        let outcome = |item: &Value| {
            let errors = item["errors"].as_array().cloned().unwrap_or_default();
            let error =
                |error: &Value| format!(" {} {}", text(&error["pointer"]), text(&error["code"]));
            format!("{}{}", text(&item["outcome"]), errors.iter().map(error).collect::<String>())
        };
        answer["items"].as_array().unwrap().iter().map(outcome).collect()
    }

    /// Reports events that are all new and right.
    pub async fn tell(&self, events: Value) {
        let outcomes = self.report(events.clone()).await;
        assert!(outcomes.iter().all(|outcome| outcome == "accepted"), "{outcomes:?} for {events}");
    }

    /// Hands a file in.
    pub async fn try_hand_in(&self, bytes: &[u8]) -> Answer {
        let client = self.client.clone().header("content-type", "application/octet-stream");
        client.send_bytes(Method::POST, "/switch/attachments", bytes.to_vec()).await
    }

    /// Hands a file in and answers its id.
    pub async fn hand_in(&self, bytes: &[u8]) -> String {
        let answer = self.try_hand_in(bytes).await.expect(201);
        text(&answer["attachment_id"]).to_owned()
    }
}

/// A text of an answer.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// A tone of two seconds, as WAV of 8 kHz and 8 bits.
pub fn recording() -> Vec<u8> {
    let tone = (0..16_000).map(|sample| if sample / 10 % 2 == 0 { 0x60 } else { 0xa0 });
    wav(1, &tone.collect::<Vec<u8>>())
}

/// Samples of 8 kHz and 8 bits as WAV; the format is 1 for linear ones, 7 for G.711 µ-law.
pub fn wav(format: u16, samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap();
    let head = [
        b"RIFF".as_slice(),
        &(36 + length).to_le_bytes(),
        b"WAVEfmt \x10\0\0\0",
        &format.to_le_bytes(),
        b"\x01\0",
    ]
    .concat();
    let rates = [8_000_u32.to_le_bytes(), 8_000_u32.to_le_bytes()].concat();
    [head, rates, vec![1, 0, 8, 0], b"data".to_vec(), length.to_le_bytes().to_vec(), samples.into()]
        .concat()
}

/// An event of a call to `called`, with what `more` adds or changes; ids count up.
pub fn event(called: &str, kind: &str, more: Value) -> Value {
    let mut event = json!({
        "id": new_id(), "type": kind, "call_id": "call-1", "called": called,
            "caller": "090-1234-5678", "at": "2026-11-22T02:15:00Z",
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        event[key] = value.clone();
    }
    event
}

impl Holder {
    /// The number with this index, as people dial it.
    pub async fn dialled(&self, index: usize) -> String {
        text(&self.client.get(&self.number(index)).await.expect(200)["e164"]).to_owned()
    }

    /// Has what happens on a number told to these addresses and services (kind, label, whether it
    /// is on), of all four kinds unless `events` says which; answers the rule's id. The services'
    /// credentials are none: nothing is to be sent.
    pub async fn told(
        &self,
        app: &TestApp,
        number: usize,
        emails: &[&str],
        services: &[(&str, &str, bool)],
        events: Option<&[&str]>,
    ) -> String {
        let all = ["missed_call", "voicemail", "fax", "forwarded_call"];
        let (rule_id, now) = (new_id(), app.clock.now_naive());
        let rule = notify_rule::Row {
            account_id: self.account_id.clone(),
            id: rule_id.clone(),
            name: "営業".into(),
            version: 1,
            created_at: now,
            updated_at: now,
            emails: emails.iter().map(|email| (*email).to_owned()).collect::<Vec<_>>().into(),
            events: events
                .unwrap_or(&all)
                .iter()
                .map(|event| NotifyEvent::from_text(event).expect("an event"))
                .collect::<Vec<_>>()
                .into(),
            language: NotifyLanguage::Ja.into(),
            private_subject: false,
        };
        let service = |(kind, label, enabled): &(&str, &str, bool)| notify_service::Row {
            label: (*label).into(),
            enabled: *enabled,
            pace_key: format!("pace of {label}"),
            ..notify_service::Row::new(
                self.account_id.clone(),
                new_id(),
                rule_id.clone(),
                ServiceType::from_text(kind).expect("a type of service"),
                now,
            )
        };
        let services: Vec<_> = services.iter().map(service).collect();
        let scope = Scope::account(&self.account_id);
        let plant = move |conn: &mut store::Conn| -> Result<(), StoreError> {
            notify_rule::insert(conn, &scope, rule)?;
            services
                .into_iter()
                .try_for_each(|service| notify_service::insert(conn, &scope, service))
        };
        app.app.db.write(plant).await.unwrap();
        let number = self.number(number);
        let version = self.client.get(&number).await.version();
        self.client
            .if_match(version)
            .patch(&number, json!({"notify_rule_id": rule_id}))
            .await
            .expect(200);
        rule_id
    }

    /// Every notice of the account, the first one first: event's kind, destination, state, and the
    /// purpose where it is not the event.
    pub async fn planned(&self, app: &TestApp) -> Vec<String> {
        let scope = Scope::account(&self.account_id);
        let read = move |conn: &mut store::Conn| -> Result<_, StoreError> {
            let rows = delivery::list(conn, &scope, &delivery::Filter::default(), 1_000)?;
            let kind =
                |conn: &mut store::Conn, row: &delivery::Row| -> Result<String, StoreError> {
                    let id = row.call_event_id.clone().unwrap_or_default();
                    Ok(store::calls::call_event::find(conn, &scope, &id)?
                        .map_or_else(|| "call".to_owned(), |event| event.kind.text().to_owned()))
                };
            let mut found = Vec::new();
            for row in rows.iter().rev() {
                let purpose = if row.purpose == Purpose::Event {
                    String::new()
                } else {
                    format!(" {}", row.purpose.text())
                };
                found.push(format!(
                    "{} {} {}{purpose}",
                    kind(conn, row)?,
                    row.destination,
                    row.state.text()
                ));
            }
            Ok(found)
        };
        app.app.db.read(read).await.unwrap()
    }

    /// Pretends that everything that waits was sent.
    pub async fn deliver(&self, app: &TestApp) {
        self.end(app, "delivered", None).await;
    }

    /// Pretends that an attempt was made of everything that waits, which came to an end so.
    pub async fn end(&self, app: &TestApp, state: &'static str, problem: Option<&'static str>) {
        let scope = Scope::account(&self.account_id);
        let now = app.clock.now_naive();
        let send = move |conn: &mut store::Conn| -> Result<(), StoreError> {
            let lease = store::notify::outbox::Lease {
                owner: "test".into(),
                until: now + chrono::TimeDelta::minutes(1),
            };
            let filter = delivery::Filter {
                state: Some(DeliveryState::Waiting),
                ..delivery::Filter::default()
            };
            let worker = store::WorkerScope::sending();
            let taken = delivery::list(conn, &scope, &filter, 1_000)?;
            store::notify::outbox::lease(conn, worker, &taken, &lease)?;
            let outcome = match problem {
                Some(_) => AttemptOutcome::BadPayload,
                None => AttemptOutcome::Delivered,
            };
            let attempt = |row: &delivery::Row| delivery_attempt::Row {
                account_id: row.account_id.clone(),
                delivery_id: row.id.clone(),
                id: new_id(),
                at: now,
                outcome: outcome.into(),
                status: Some(if problem.is_some() { 400 } else { 200 }),
                problem: problem.map(str::to_owned),
                detail: "as it was answered".into(),
                duration_ms: 84,
            };
            let attempts: Vec<delivery_attempt::Row> = taken.iter().map(attempt).collect();
            delivery_attempt::record(conn, worker, &attempts)?;
            let end = store::notify::outbox::End {
                state: DeliveryState::from_text(state).expect("a state"),
                next_at: None,
                progress: None,
                problem: problem.map(str::to_owned),
            };
            let ended: Vec<_> = taken.iter().collect();
            store::notify::outbox::finish(conn, worker, "test", &ended, &end, now).map(drop)
        };
        app.app.db.write(send).await.unwrap();
    }
}

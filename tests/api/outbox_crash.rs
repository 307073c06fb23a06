//! The process dies at any moment: no notice is lost, and what comes twice is recognised.

use std::time::Duration;

use serde_json::{Value, json};
use tests::fakes::{Fake, Reply};
use tests::{Client, Denwaban, PASSWORD, TestDatabase, on_both};

use crate::outbox_helpers::counts;

const NOTICES: usize = 1_000;
const SETTINGS: &[(&str, &str)] = &[
    ("DENWABAN__EGRESS__ALLOW_PRIVATE", "true"),
    ("DENWABAN__OUTBOX__WORKERS", "32"),
    // What a process that was killed had taken comes back soon.
    ("DENWABAN__OUTBOX__LEASE_S", "2"),
    ("DENWABAN__OUTBOX__POLL_MS", "50"),
];

async fn provision(operator: &Client, url: &str, webhook: &str) -> Client {
    let account = operator.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
    let account = format!("/operator/accounts/{}", account["id"].as_str().unwrap_or_default());
    let id = json!({"login_id": "minato001", "kind": "basic", "extension": "201", "password": PASSWORD});
    operator.post(&format!("{account}/ids"), id).await.expect(201);
    let number = json!({"number": "03-1234-5678", "kind": "primary", "max_channels": 9});
    let number = operator.post(&format!("{account}/numbers"), number).await.expect(201);
    let (holder, _) = Client::new(url).sign_in("minato001", PASSWORD).await;
    let rule = holder.post("/notify-rules", json!({"name": "x", "events": ["voicemail"]})).await.expect(201);
    let service = json!({"type": "webhook", "label": "x", "credentials": {"url": webhook}});
    holder.post(&format!("/notify-rules/{}/services", rule["id"].as_str().unwrap_or_default()), service).await.expect(201);
    let path = format!("/numbers/{}", number["id"].as_str().unwrap_or_default());
    let version = holder.get(&path).await.version();
    holder.if_match(version).patch(&path, json!({"notify_rule_id": rule["id"]})).await.expect(200);
    let key = operator.post("/operator/switches", json!({"name": "sw"})).await.expect(201)["key"].as_str().unwrap_or_default().to_owned();
    Client::new(url).bearer(&key)
}

on_both!(
    bare async fn nothing_is_lost_when_the_process_is_killed(backend) {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = folder.path().join("data");
        let database = TestDatabase::create(backend, folder.path());
        let key = Denwaban::operator_key(&data_dir, &database.url);
        let fake = Fake::start(|_| Reply::empty(204));
        let serve = || Denwaban::start("serve", &data_dir, &database.url, "warn,server=info", SETTINGS);
        let mut server = serve().await;
        let switch = provision(&Client::new(&server.url).bearer(&key), &server.url, &fake.url).await;
        let at = chrono::DateTime::UNIX_EPOCH.to_rfc3339();
        let event = |index: usize| {
            json!({"id": format!("e{index}"), "type": "voicemail", "call_id": format!("c{index}"), "called": "+81312345678",
                "caller": "09012345678", "at": at})
        };
        let events: Vec<Value> = (0..NOTICES).map(event).collect();
        switch.post("/switch/events", json!(events)).await.expect(200);
        // Killed again and again, each time a little later in its work.
        let mut kills = 0;
        while counts(&fake).len() < NOTICES && kills < 40 {
            let seen = fake.count();
            let step = 20 + kills * 7;
            for _ in 0..200 {
                if fake.count() >= seen + step || counts(&fake).len() >= NOTICES {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            server.kill();
            kills += 1;
            server = serve().await;
        }
        for _ in 0..1_200 {
            if counts(&fake).len() >= NOTICES {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let counts = counts(&fake);
        let twice = counts.values().filter(|count| **count > 1).count();
        println!("{NOTICES} notices, {kills} kills: {} arrived, {twice} more than once, 0 lost expected", counts.len());
        assert_eq!(counts.len(), NOTICES, "none is lost");
        assert!(kills >= 3, "it was killed while it worked");
        // Whoever gets one twice can tell: the same id, and the same notice to the letter.
        let mut bodies = std::collections::BTreeMap::new();
        for request in fake.requests() {
            let id = request.header("webhook-id").unwrap_or_default().to_owned();
            let body = bodies.entry(id.clone()).or_insert_with(|| request.body.clone());
            assert!(*body == request.body, "{id} says something else the second time");
        }
    }
);

//! The process dies at any moment: no notice is lost, and what comes twice is recognised.

use std::time::Duration;

use serde_json::{Value, json};
use tests::fakes::{Fake, Reply};
use tests::{Client, Denwaban, PASSWORD, TestDatabase, on_both, within};

use crate::notify::outbox_helpers::counts;
use crate::store::crash::provision;

const NOTICES: usize = 1_000;
const SETTINGS: &[(&str, &str)] = &[
    ("DENWABAN__EGRESS__ALLOW_PRIVATE", "true"),
    ("DENWABAN__OUTBOX__WORKERS", "32"),
    // What a process that was killed had taken comes back soon.
    ("DENWABAN__OUTBOX__LEASE_S", "2"),
    ("DENWABAN__OUTBOX__POLL_MS", "50"),
];

/// A number whose voicemails a webhook is told of; answers the switch.
async fn told(operator: &Client, url: &str, webhook: &str) -> Client {
    let (_, number) = provision(operator).await;
    let (holder, _) = Client::new(url).sign_in("minato001", PASSWORD).await;
    let rule = holder
        .post("/notify-rules", json!({"name": "x", "events": ["voicemail"]}))
        .await
        .expect(201);
    let service = json!({"type": "webhook", "label": "x", "credentials": {"url": webhook}});
    holder
        .post(
            &format!("/notify-rules/{}/services", rule["id"].as_str().unwrap_or_default()),
            service,
        )
        .await
        .expect(201);
    let path = format!("/numbers/{}", number.rsplit('/').next().unwrap_or_default());
    let version = holder.get(&path).await.version();
    holder.if_match(version).patch(&path, json!({"notify_rule_id": rule["id"]})).await.expect(200);
    let key = operator.post("/operator/switches", json!({"name": "sw"})).await.expect(201)["key"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    Client::new(url).bearer(&key)
}

on_both!(nothing_is_lost_when_the_process_is_killed, bare, async |backend| {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let database = TestDatabase::create(backend, folder.path());
    let key = Denwaban::operator_key(&data_dir, &database.url);
    let fake = Fake::start(|_| Reply::empty(204));
    let serve = || Denwaban::start("serve", &data_dir, &database.url, "warn,server=info", SETTINGS);
    let mut server = serve().await;
    let switch = told(&Client::new(&server.url).bearer(&key), &server.url, &fake.url).await;
    let at = chrono::DateTime::UNIX_EPOCH.to_rfc3339();
    let event = |index: usize| {
        json!({"id": format!("e{index}"), "type": "voicemail", "call_id": format!("c{index}"),
            "called": "+81312345678",
                "caller": "09012345678", "at": at})
    };
    let events: Vec<Value> = (0..NOTICES).map(event).collect();
    switch.post("/switch/events", json!(events)).await.expect(200);
    // Killed again and again, each time a little later in its work.
    let mut kills = 0;
    while counts(&fake).len() < NOTICES && kills < 40 {
        let seen = fake.count();
        let step = 20 + kills * 7;
        // However far it came by then, it is killed.
        _ = within(Duration::from_secs(2))
            .attempt(async || fake.count() >= seen + step || counts(&fake).len() >= NOTICES)
            .await;
        server.kill();
        kills += 1;
        server = serve().await;
    }
    // What did not arrive is counted below.
    _ = within(Duration::from_secs(30)).attempt(async || counts(&fake).len() >= NOTICES).await;
    let counts = counts(&fake);
    let twice = counts.values().filter(|count| **count > 1).count();
    #[expect(clippy::print_stdout, reason = "the run says how much it looked at")]
    {
        let lost = NOTICES - counts.len();
        println!(
            "{backend:?}: {NOTICES} notices, {kills} kills: {} arrived, {twice} of them more than \
                once, {lost} lost",
            counts.len()
        );
    }
    assert_eq!(counts.len(), NOTICES, "none is lost");
    assert!(kills >= 3, "it was killed while it worked");
    // Whoever gets one twice can tell: the same id, and the same notice to the letter.
    let mut bodies = std::collections::BTreeMap::new();
    for request in fake.requests() {
        let id = request.header("webhook-id").unwrap_or_default().to_owned();
        let body = bodies.entry(id.clone()).or_insert_with(|| request.body.clone());
        assert!(*body == request.body, "{id} says something else the second time");
    }
});

//! The primary of a PostgreSQL with a synchronous standby is killed, demoted, hangs or is restarted,
//! or the standby confirms nothing, while a switch asks and reports: telephones ring all the time, and no event that was answered is
//! lost.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use store::routing::route;
use store::switch::copy;
use store::{Db, DbOptions, SwitchScope};
use tests::switch::event;
use tests::{Client, Cluster, Denwaban, PASSWORD, block_on, eventually, within};

/// 20 a second.
const PACE: Duration = Duration::from_millis(50);
/// How long a decision may take here: generous, since the machine runs other tests, too. What was
/// the slowest is said.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long changes may fail once there is a server again that takes them.
const WRITES_BACK: Duration = Duration::from_secs(10);

/// What is done to the primary, and how long it is so before somebody helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Killed,
    Demoted,
    Hung,
    Restarted,
    /// The standby stops confirming; the primary is as before.
    Unconfirmed,
}

/// What a switch saw.
#[derive(Debug, Default)]
struct Seen {
    decisions: Cell<u32>,
    slowest: Cell<Duration>,
    failed_decisions: RefCell<Vec<String>>,
    acknowledged: RefCell<Vec<String>>,
    last_refusal: Cell<Option<Instant>>,
    refusals: Cell<u32>,
    wrong: RefCell<Vec<String>>,
    is_over: Cell<bool>,
}

impl Seen {
    /// Asks for a decision; it has to ring.
    async fn ask(&self, switch: &Client, called: &str) {
        let question = json!({"call_id": "c", "called": called, "from_user": "+819012345678"});
        self.ask_what(switch, question).await;
    }

    async fn ask_what(&self, switch: &Client, question: Value) {
        let called = question["called"].clone();
        let asked = Instant::now();
        let answer =
            switch.try_send(Method::POST, "/switch/route-decision", Some(question.to_string()));
        let failure = match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) if answer.status == 200 && answer.json["action"] == "ring" => None,
            Ok(Ok(answer)) => Some(format!("{called}: {} {}", answer.status, answer.text)),
            Ok(Err(error)) => Some(format!("{called}: {error}")),
            Err(_) => Some(format!("{called}: no answer within {PATIENCE:?}")),
        };
        self.decisions.set(self.decisions.get() + 1);
        self.slowest.set(self.slowest.get().max(asked.elapsed()));
        self.failed_decisions.borrow_mut().extend(failure);
    }

    /// Reports an event until it is acknowledged, as a switch does.
    async fn tell(&self, switch: &Client, called: &str) {
        // Each of a call of its own.
        let event = event(called, "missed_call", json!({"call_id": store::new_id()}));
        let id = event["id"].as_str().expect("an id").to_owned();
        loop {
            let body = Some(json!([event]).to_string());
            let sent = switch.try_send(Method::POST, "/switch/events", body);
            match tokio::time::timeout(Duration::from_secs(8), sent).await {
                Ok(Ok(answer)) if answer.status == 200 => {
                    let outcome = answer.json["items"][0]["outcome"].as_str();
                    if !matches!(outcome, Some("accepted" | "duplicate")) {
                        self.wrong.borrow_mut().push(answer.text);
                    }
                    return self.acknowledged.borrow_mut().push(id);
                }
                Ok(Ok(answer)) if answer.status == 503 => {
                    if answer.header("retry-after").is_none() {
                        self.wrong.borrow_mut().push(format!("no Retry-After: {}", answer.text));
                    }
                    self.refusals.set(self.refusals.get() + 1);
                    self.last_refusal.set(Some(Instant::now()));
                }
                Ok(Ok(answer)) => {
                    self.wrong.borrow_mut().push(format!("{} {}", answer.status, answer.text));
                }
                Ok(Err(error)) => self.wrong.borrow_mut().push(error.to_string()),
                Err(_) => self.wrong.borrow_mut().push("an event had no answer in 8 s".into()),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

struct Scene {
    cluster: Cluster,
    folder: tempfile::TempDir,
    server: Denwaban,
    key: String,
    numbers: Vec<String>,
}

impl Scene {
    /// A contract for each of a few numbers, of which the copy knows.
    async fn start() -> Option<Self> {
        let cluster = Cluster::start().await?;
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let operator_key = Denwaban::operator_key(&data, &cluster.url());
        let server = Denwaban::serve(&data, &cluster.url(), "info").await;
        let operator = Client::new(&server.url).bearer(&operator_key);
        let mut numbers = Vec::new();
        for index in 0..4 {
            let account = json!({"name": format!("港商会 {index}")});
            let account = operator.post("/operator/accounts", account).await.expect(201);
            let path = format!("/operator/accounts/{}", account["id"].as_str().unwrap_or_default());
            let id = json!({"login_id": format!("minato{index}"), "kind": "basic",
                "extension": "201", "password": PASSWORD});
            operator.post(&format!("{path}/ids"), id).await.expect(201);
            let number = format!("+8131234567{index}");
            let body = json!({"number": number, "kind": "primary", "max_channels": 9});
            operator.post(&format!("{path}/numbers"), body).await.expect(201);
            numbers.push(number);
        }
        let switch = operator.post("/operator/switches", json!({"name": "switch"})).await;
        let key = switch.expect(201)["key"].as_str().expect("a key").to_owned();
        let copy = format!("sqlite://{}", data.join("last-known.db").display());
        let copy = Db::open(&DbOptions::new(copy)).expect("the copy");
        let last = numbers.last().cloned().unwrap_or_default();
        eventually("the copy knows the contracts and the switch", async || {
            let last = last.clone();
            let scope = SwitchScope::authorised();
            copy.read(move |conn| {
                let keys = store::identity::service_key::of_switches(
                    conn,
                    store::EntranceScope::authenticating(),
                )?;
                let found = route::account_of_number(conn, scope, &last)?;
                Ok::<_, store::StoreError>(
                    copy::copied(conn, scope)? && found.is_some() && keys.len() == 1,
                )
            })
            .await
            .unwrap_or(false)
        })
        .await;
        Some(Self { cluster, folder, server, key, numbers })
    }

    fn switch(&self, server: &Denwaban) -> Client {
        Client::new(&server.url).bearer(&self.key)
    }

    /// What is there of the events, by the switch's ids.
    fn stored(&self, node: usize) -> Vec<String> {
        let rows = self.cluster.sql(node, "SELECT event_id FROM call_events").expect("the events");
        rows.lines().map(str::to_owned).collect()
    }
}

async fn readiness(client: &Client) -> (u16, Value, u16) {
    let (ready, writes) = (client.get("//readyz").await, client.get("//readyz/writes").await);
    (ready.status, ready.json, writes.status)
}

#[expect(clippy::print_stdout, reason = "what was measured is half of the worth")]
async fn survive(fault: Fault, outage: Duration) {
    let Some(mut scene) = Scene::start().await else { return };
    let seen = Rc::new(Seen::default());
    let switch = scene.switch(&scene.server);
    let called = scene.numbers[0].clone();
    seen.ask(&switch, &called).await;
    let asking = {
        let (seen, switch, called) = (seen.clone(), switch.clone(), called.clone());
        tokio::task::spawn_local(async move {
            while !seen.is_over.get() {
                // Beside each other: a slow answer keeps no other call waiting.
                let (seen, switch, called) = (seen.clone(), switch.clone(), called.clone());
                tokio::task::spawn_local(async move { seen.ask(&switch, &called).await });
                tokio::time::sleep(PACE).await;
            }
        })
    };
    let telling = {
        let (seen, switch, called) = (seen.clone(), switch.clone(), called.clone());
        tokio::task::spawn_local(async move {
            let mut under_way = Vec::new();
            while !seen.is_over.get() {
                let (seen, switch, called) = (seen.clone(), switch.clone(), called.clone());
                under_way.push(tokio::task::spawn_local(async move {
                    seen.tell(&switch, &called).await;
                }));
                tokio::time::sleep(PACE).await;
            }
            for telling in under_way {
                telling.await.expect("a report");
            }
        })
    };
    eventually("events come in", async || seen.acknowledged.borrow().len() >= 20).await;

    let begun = Instant::now();
    match fault {
        Fault::Killed => scene.cluster.kill_primary(),
        Fault::Demoted => scene.cluster.demote_primary(),
        Fault::Hung => scene.cluster.pause_primary(),
        Fault::Unconfirmed => scene.cluster.pause_standby(),
        Fault::Restarted => {}
    }
    let reads = fault == Fault::Unconfirmed;
    let mut second = None;
    if fault != Fault::Restarted {
        // A contract that was never asked for.
        seen.ask(&switch, &scene.numbers[1]).await;
        within(Duration::from_secs(9))
            .eventually("the process says that only decisions are to be had", async || {
                let (status, body, writes) = readiness(&switch).await;
                let is_so = status == 200
                    && writes == 503
                    && body == json!({"decisions": true, "reads": reads, "writes": false});
                if is_so { Ok(()) } else { Err(format!("{status} {body} {writes}")) }
            })
            .await;
        // A process that is started now, with the same data directory.
        let data = scene.folder.path().join("data");
        let started = Denwaban::serve(&data, &scene.cluster.url(), "info").await;
        let new_switch = scene.switch(&started);
        seen.ask(&new_switch, &scene.numbers[2]).await;
        let inside = json!({"call_id": "c", "called": "201", "calling_login_id": "minato3"});
        seen.ask_what(&switch, inside).await;
        seen.ask(&switch, &scene.numbers[3]).await;
        within(outage.saturating_sub(begun.elapsed()))
            .throughout("decisions come", async || {
                let failed = seen.failed_decisions.borrow();
                assert!(failed.is_empty(), "{failed:?}");
                true
            })
            .await;
        second = Some((started, new_switch));
    }
    match fault {
        Fault::Killed | Fault::Demoted => scene.cluster.promote_standby(),
        Fault::Hung => scene.cluster.resume_primary(),
        Fault::Unconfirmed => scene.cluster.resume_standby(),
        Fault::Restarted => scene.cluster.restart_primary().await,
    }
    let helped = Instant::now();
    let before = seen.acknowledged.borrow().len();
    within(WRITES_BACK)
        .eventually("events come in again", async || {
            let count = seen.acknowledged.borrow().len();
            if count > before { Ok(()) } else { Err(format!("{:?}", seen.wrong.borrow())) }
        })
        .await;
    for client in [Some(&switch), second.as_ref().map(|(_, client)| client)].into_iter().flatten() {
        within(WRITES_BACK)
            .eventually("everything is to be had again", async || {
                let found = readiness(client).await;
                let all = json!({"decisions": true, "reads": true, "writes": true});
                if found == (200, all, 200) { Ok(()) } else { Err(format!("{found:?}")) }
            })
            .await;
        seen.tell(client, &called).await;
    }
    let count = seen.acknowledged.borrow().len();
    eventually("more events come in", async || seen.acknowledged.borrow().len() >= count + 20)
        .await;
    seen.is_over.set(true);
    asking.await.expect("the questions");
    telling.await.expect("the reports");

    let recovered = seen
        .last_refusal
        .get()
        .map_or(Duration::ZERO, |last| last.saturating_duration_since(helped));
    println!(
        "{fault:?}: {} decisions, {} failed, the slowest {:?}; {} events, {} refusals, the last \
            {recovered:?} after there was a primary again, {:?} after the fault",
        seen.decisions.get(),
        seen.failed_decisions.borrow().len(),
        seen.slowest.get(),
        seen.acknowledged.borrow().len(),
        seen.refusals.get(),
        seen.last_refusal
            .get()
            .map_or(Duration::ZERO, |last| last.saturating_duration_since(begun)),
    );
    assert_eq!(*seen.failed_decisions.borrow(), Vec::<String>::new());
    assert_eq!(*seen.wrong.borrow(), Vec::<String>::new());
    assert!(recovered < WRITES_BACK, "changes failed for {recovered:?}");
    let node = usize::from(matches!(fault, Fault::Killed | Fault::Demoted));
    let stored = scene.stored(node);
    let ids: HashSet<&String> = stored.iter().collect();
    assert_eq!(ids.len(), stored.len(), "an event is there twice");
    let lost: Vec<_> =
        seen.acknowledged.borrow().iter().filter(|id| !ids.contains(id)).cloned().collect();
    assert_eq!(lost, Vec::<String>::new(), "acknowledged and lost");
}

macro_rules! survives {
    ($($name:ident: $fault:ident for $seconds:literal;)+) => {$(
        mod $name {
            use super::*;

            // A second database is part of it, so it is about PostgreSQL only.
            #[test]
            fn postgres() {
                block_on(async {
                    let local = tokio::task::LocalSet::new();
                    local.run_until(survive(Fault::$fault, Duration::from_secs($seconds))).await;
                });
            }
        }
    )+};
}

survives! {
    a_primary_that_is_killed: Killed for 3;
    a_primary_that_is_demoted_and_lives: Demoted for 3;
    a_primary_that_hangs: Hung for 10;
    a_primary_that_is_restarted: Restarted for 0;
    a_standby_that_confirms_nothing: Unconfirmed for 8;
}

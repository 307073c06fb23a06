//! A contract, its portal, a switch and telephones.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Backend, Client, Denwaban, TestDatabase, eventually};

use crate::figures::Figures;
use crate::phones::{Called, Calls, DOMAIN, Running};
use crate::switch::{Kamailio, Switch, free_port};

/// The password of every ID. SIPp's scenarios know no spaces in it.
pub const PASSWORD: &str = "correct-horse-battery";
/// The number that is called.
pub const NUMBER: &str = "0312345678";
/// The other number of the contract.
pub const OTHER: &str = "0312345679";
/// Somebody who calls.
pub const CALLER: &str = "<sip:09012345678@carrier.invalid>";

/// Everything that a call needs. The number has nine channels and two IDs that ring: `minato000`
/// and `minato001`; `minato002` is an IP phone.
pub struct Scene<S = Kamailio> {
    /// The portal.
    pub portal: Option<Denwaban>,
    /// The switch.
    pub switch: S,
    /// The operator.
    pub operator: Client,
    /// The holder of the contract, signed in.
    pub holder: Client,
    /// Paths of the numbers for the holder.
    pub numbers: Vec<String>,
    /// Ids of the IDs.
    pub ids: Vec<String>,
    /// Ports of the terminals.
    pub terminals: Vec<u16>,
    port: u16,
    account: String,
    key: String,
    database: TestDatabase,
    folder: tempfile::TempDir,
}

/// A value of an answer as text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a switch is set up with.
pub struct Stage {
    /// A folder of its own.
    pub folder: PathBuf,
    /// Address of the portal.
    pub url: String,
    /// Key of the switch.
    pub key: String,
    /// Ports of the terminals.
    pub terminals: Vec<u16>,
}

impl Scene {
    /// Sets the scene; terminals are registered by [`Scene::register`].
    pub async fn set() -> Self {
        Self::with(async |stage| {
            let settings = [
                ("DENWABAN_URL", stage.url),
                ("DENWABAN_KEY", stage.key),
                ("SIP_DOMAIN", DOMAIN.to_owned()),
            ];
            let mut switch = Kamailio::configure(&stage.folder, &settings);
            switch.start().await;
            switch
        })
        .await
    }
}

impl<S: Switch> Scene<S> {
    /// Sets the scene with a switch that `start` sets up and starts.
    pub async fn with(start: impl AsyncFnOnce(Stage) -> S) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::create(Backend::Sqlite, folder.path());
        let data_dir = folder.path().join("data");
        let key = Denwaban::operator_key(&data_dir, &database.url);
        let port = free_port();
        let portal = serve(&data_dir, &database.url, port).await;
        let operator = Client::new(&portal.url).bearer(&key);
        let account = operator
            .post("/operator/accounts", json!({"name": "港商会", "options": {"ip_phone": true}}))
            .await
            .expect(201);
        let account = format!("/operator/accounts/{}", text(&account["id"]));
        let (mut numbers, mut ids) = (Vec::new(), Vec::new());
        for (number, kind) in [(NUMBER, "primary"), (OTHER, "additional")] {
            let number = json!({"number": number, "kind": kind, "max_channels": 9});
            let number = operator.post(&format!("{account}/numbers"), number).await.expect(201);
            numbers.push(format!("/numbers/{}", text(&number["id"])));
        }
        for (index, kind) in ["basic", "additional", "additional"].into_iter().enumerate() {
            let login_id = format!("minato{index:03}");
            let id = json!({"login_id": login_id, "kind": kind,
                "extension": (200 + index).to_string(), "password": PASSWORD});
            ids.push(text(&operator.post(&format!("{account}/ids"), id).await.expect(201)["id"]));
        }
        let key = text(
            &operator.post("/operator/switches", json!({"name": "switch"})).await.expect(201)["key"],
        );
        let (holder, _) = Client::new(&portal.url).sign_in("minato000", PASSWORD).await;
        let terminals: Vec<u16> = (0..3).map(|_| free_port()).collect();
        let stage = Stage {
            folder: folder.path().join("switch"),
            url: portal.url.clone(),
            key: key.clone(),
            terminals: terminals.clone(),
        };
        let switch = start(stage).await;
        let scene = Self {
            portal: Some(portal),
            switch,
            operator,
            holder,
            numbers,
            ids,
            terminals,
            port,
            account,
            key,
            database,
            folder,
        };
        scene.put(&format!("{}/channel-limit", scene.numbers[0]), json!({"limit": 9})).await;
        scene.rings(&[0, 1], false).await;
        scene
    }

    /// The switch's hand on the API.
    pub fn switch_client(&self) -> Client {
        Client::new(&self.portal.as_ref().unwrap().url).bearer(&self.key)
    }

    /// The folder of the test.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the portal keeps its data.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the portal again, where it was.
    pub async fn serve_again(&mut self) {
        self.portal = Some(serve(&self.data_dir(), &self.database.url, self.port).await);
    }

    /// Reads something of the holder's, and writes it with what the write needs.
    async fn write(&self, method: Method, path: &str, body: Value) {
        let version = self.holder.get(path).await.version();
        let answer = self.holder.if_match(version).send(method, path, Some(body.to_string())).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
    }

    /// Gives the contract more numbers; all of its IDs ring for them. Answers them with commas
    /// between.
    pub async fn more_numbers(&self, count: usize) -> String {
        let mut numbers = Vec::new();
        for index in 0..count {
            let number = format!("03{:08}", 45_670_000 + index);
            let body = json!({"number": number, "kind": "additional", "max_channels": 9});
            let made =
                self.operator.post(&format!("{}/numbers", self.account), body).await.expect(201);
            self.put(&format!("/numbers/{}/channel-limit", text(&made["id"])), json!({"limit": 9}))
                .await;
            numbers.push(number);
        }
        numbers.join(",")
    }

    /// Waits until the portal says that the switch decides by what was saved last; answers after
    /// how many milliseconds it did.
    pub async fn applied(&self) -> u64 {
        let state = eventually("it is in force", async || {
            let state = self.holder.get("/account/switch-state").await.expect(200);
            if state["state"] == "applied" { Ok(state) } else { Err(state) }
        })
        .await;
        state["lag_ms"].as_u64().unwrap_or_default()
    }

    /// Sets the password of an ID.
    pub async fn set_password(&self, index: usize, body: Value) {
        let path = format!("/ids/{}", self.ids[index]);
        let version = self.holder.get(&path).await.version();
        let answer = self.holder.if_match(version).put(&format!("{path}/password"), body).await;
        assert!(answer.status < 300, "{}", answer.text);
    }

    /// Waits as long as a saved setting may take to come into force, for what must not happen from
    /// then on: there is nothing to be seen of it before.
    pub async fn promised_second(&self) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    /// Sets a setting of the holder's.
    pub async fn put(&self, path: &str, body: Value) {
        self.write(Method::PUT, path, body).await;
    }

    /// Changes a setting of the holder's.
    pub async fn patch(&self, path: &str, body: Value) {
        self.write(Method::PATCH, path, body).await;
    }

    /// Sets what the contract includes.
    pub async fn options(&self, options: Value) {
        let path = format!("{}/options", self.account);
        let version = self.operator.get(&path).await.version();
        self.operator.if_match(version).put(&path, options).await.expect(200);
    }

    /// Changes an ID as the operator.
    pub async fn operator_patch_id(&self, index: usize, body: Value) {
        let path = format!("{}/ids/{}", self.account, self.ids[index]);
        let version = self.operator.get(&path).await.version();
        self.operator.if_match(version).patch(&path, body).await.expect(200);
    }

    /// Has these IDs ring for the number, and no others.
    pub async fn rings(&self, ids: &[usize], announces: bool) {
        let targets: Vec<Value> = self
            .ids
            .iter()
            .enumerate()
            .map(|(index, id)| json!({"phone_id": id, "rings": ids.contains(&index)}))
            .collect();
        self.put(
            &format!("{}/ringing", self.numbers[0]),
            json!({"targets": targets, "busy_announcement": announces}),
        )
        .await;
    }

    /// Blocks a caller.
    pub async fn block(&self, caller: &str, matching: &str) {
        let entry = json!({"caller": caller, "match": matching, "confirm": true});
        let answer =
            self.holder.post(&format!("{}/block-list/entries", self.numbers[0]), entry).await;
        assert!(answer.status < 300, "{}", answer.text);
    }

    fn registration(&self, index: usize, password: &str, code: &str) -> Running {
        self.registering(index, self.terminals[index], password, (code, "SIPp", 600))
    }

    fn registering(
        &self,
        index: usize,
        port: u16,
        password: &str,
        (code, agent, expires): (&str, &str, u32),
    ) -> Running {
        let (login, contact) = (format!("minato{index:03}"), port.to_string());
        let expires = expires.to_string();
        let values = [
            ("LOGIN", login.as_str()),
            ("CONTACT", &contact),
            ("PASSWORD", password),
            ("CODE", code),
            ("AGENT", agent),
            ("EXPIRES", &expires),
        ];
        Calls::one("register", &values).start(self.folder(), self.switch.phones())
    }

    /// Signs a terminal in; what comes of it is `code`.
    pub async fn register_with(&self, index: usize, password: &str, code: &str) -> Figures {
        self.registration(index, password, code).finish().await
    }

    /// Registers a telephone at this port, or takes it away with 0 seconds.
    pub async fn register_for(&self, index: usize, port: u16, agent: &str, expires: u32) {
        self.registering(index, port, PASSWORD, ("200", agent, expires)).finish().await;
    }

    /// `kind name` of each terminal of an ID, once the portal shows these.
    pub async fn soon_shown(&self, index: usize, terminals: &[&str]) -> Vec<Value> {
        eventually("the portal shows the terminals", async || {
            let answer = self.holder.get(&format!("/ids/{}", self.ids[index])).await.expect(200);
            let shown = answer["terminals"].as_array().cloned().unwrap_or_default();
            let words = |it: &Value| format!("{} {}", text(&it["kind"]), text(&it["name"]));
            let found: Vec<String> = shown.iter().map(words).collect();
            if found == terminals { Ok(shown) } else { Err(answer) }
        })
        .await
    }

    /// Signs a terminal in whose password was changed a moment ago: the switch asks about an ID at
    /// most once a second.
    pub async fn soon_registered(&self, index: usize, password: &str) {
        let begun = Instant::now();
        loop {
            let (figures, errors) = self.registration(index, password, "200").outcome().await;
            if figures.right == 1 {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(4), "{errors}");
        }
    }

    /// Signs the first terminals in.
    pub async fn register(&self, count: usize) {
        for index in 0..count {
            self.register_with(index, PASSWORD, "200").await;
        }
    }

    /// Switches a terminal on that does as the scenario says.
    pub async fn terminal(&self, index: usize, name: &str, values: &[(&str, &str)]) -> Called {
        Called::start(self.folder(), self.terminals[index], name, values).await
    }

    /// Has a terminal make a call.
    pub async fn dial(
        &self,
        login: &str,
        called: &str,
        name: &str,
        more: &[(&str, &str)],
    ) -> Figures {
        let from = format!("<sip:{login}@{DOMAIN}>");
        let mut calls = Calls::one(name, more);
        let own = [("LOGIN", login), ("FROM", &from), ("PASSWORD", PASSWORD), ("CALLED", called)];
        calls.values.extend(own.map(|(key, value)| (key, value.to_owned())));
        calls.make(self.folder(), self.switch.phones()).await
    }

    /// Makes calls of the carrier to the number.
    pub async fn call(&self, name: &str, from: &str, more: &[(&str, &str)]) -> Figures {
        self.calls(name, from, more).make(self.folder(), self.switch.trunk()).await
    }

    /// Such calls, which have not been made yet.
    pub fn calls<'a>(&self, name: &'a str, from: &str, more: &[(&'a str, &str)]) -> Calls<'a> {
        let mut calls = Calls::one(name, more);
        calls.values.extend([("FROM", from.to_owned()), ("CALLED", NUMBER.to_owned())]);
        calls
    }

    /// Calls until it goes as the scenario says, as it must a second after a setting was changed.
    /// Answers after how long it did.
    pub async fn soon(&self, name: &str, from: &str, more: &[(&str, &str)]) -> Duration {
        let begun = Instant::now();
        loop {
            let (figures, errors) = self
                .calls(name, from, more)
                .start(self.folder(), self.switch.trunk())
                .outcome()
                .await;
            if figures.right == 1 {
                return begun.elapsed();
            }
            // Twice the promise: what is measured is that it comes, on a machine that is busy with
            // other tests.
            assert!(begun.elapsed() < Duration::from_secs(2), "{name}: {errors}");
        }
    }
}

async fn serve(data_dir: &Path, database: &str, port: u16) -> Denwaban {
    let bind = format!("127.0.0.1:{port}");
    let settings = [
        ("DENWABAN__SERVER__BIND", bind.as_str()),
        ("DENWABAN__SWITCH__SIP_DOMAIN", DOMAIN),
        ("DENWABAN__OUTBOX__SETTLE_S", "1"),
        ("DENWABAN__SWITCH__SIP_CODES__BLOCKED", "608"),
        ("DENWABAN__SWITCH__VOICEMAIL_AFTER_S", "2"),
        // Endpoints of tests are on this machine.
        ("DENWABAN__EGRESS__ALLOW_PRIVATE", "true"),
    ];
    Denwaban::start("serve", data_dir, database, "info", &settings).await
}

//! What the whole-product tests stand on: the real server in this process, on a port of its own, with a database of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod client;
mod database;

pub use client::{Answer, Client, Session};
pub use database::{Backend, TestDatabase};

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::DateTime;
use server::clock::Clock;
use server::config::Config;
use server::provisioning::{Actor, KeyKind};
use store::OperatorScope;

/// Runs an API test on both databases: `on_both!(async fn name(app) { … })` makes `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[expect(clippy::allow_attributes, reason = "not every test needs everything")]
            #[allow(unused_imports, reason = "not every test needs everything")]
            use super::*;

            async fn run($app: $crate::TestApp) $body

            #[test]
            fn sqlite() {
                $crate::block_on(async { run($crate::TestApp::start($crate::Backend::Sqlite).await).await });
            }

            #[test]
            fn postgres() {
                $crate::block_on(async { run($crate::TestApp::start($crate::Backend::Postgres).await).await });
            }
        }
    };
}

/// Runs a test's future.
pub fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test)
}

/// The server under test.
pub struct TestApp {
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// Its time; stands still until the test advances it.
    pub clock: Clock,
    /// Its insides, for what has no API: to look, not to change behind the API's back.
    pub app: Arc<server::App>,
    /// An operator key.
    pub operator_key: String,
    handle: actix_web::dev::ServerHandle,
    folder: tempfile::TempDir,
    _database: TestDatabase,
}

impl TestApp {
    /// Starts a server on a fresh database, at noon of a Sunday in Tokyo.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    /// Starts a server whose configuration `adjust` changes.
    pub async fn start_with(backend: Backend, adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = TestDatabase::create(backend, folder.path());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config::for_tests(folder.path().join("data"));
        config.database.url = Some(database.url.clone().into());
        config.server.public_url = Some(url.parse().unwrap());
        adjust(&mut config);
        let clock = Clock::set(DateTime::from_timestamp(1_795_316_400, 0).unwrap());
        let app = server::App::build(config, clock.clone()).unwrap();
        let operator_key = service_key(&app, KeyKind::Operator).await;
        let (send, receive) = std::sync::mpsc::channel();
        let serving = app.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = server::app::serve(serving, listener).unwrap();
                send.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = receive.recv().unwrap();
        Self { url, clock, app, operator_key, handle, folder, _database: database }
    }

    /// A caller without any credential.
    pub fn nobody(&self) -> Client {
        Client::new(&self.url)
    }

    /// The operator.
    pub fn operator(&self) -> Client {
        Client::new(&self.url).bearer(&self.operator_key)
    }

    /// The mails that were written so far, oldest first.
    pub fn mails(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = match std::fs::read_dir(self.data_dir().join("mail")) {
            Ok(folder) => folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml")).collect(),
            Err(_) => Vec::new(),
        };
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    /// Waits up to ten seconds until `count` mails were written.
    pub async fn wait_for_mails(&self, count: usize) -> Vec<String> {
        for _ in 0..200 {
            if self.mails().len() >= count {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let mails = self.mails();
        assert_eq!(mails.len(), count, "mails written");
        mails
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A contract with two numbers and three IDs, and its holder signed in; see [`Holder`].
    pub async fn holder(&self, name: &str) -> Holder {
        Holder::provision(self, name, serde_json::json!({"ip_phone": true})).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The returned future only waits; the stop itself has been sent.
        drop(self.handle.stop(false));
    }
}

/// A service key, made as the command line makes it.
pub async fn service_key(app: &Arc<server::App>, kind: KeyKind) -> String {
    let ctx = app.ctx(Actor::operator("test"));
    let new = api_types::ServiceKeyCreate { name: "test".into() };
    let made = app.db.write(move |conn| server::provisioning::create_service_key(conn, OperatorScope::authorised(), &ctx, kind, new)).await;
    made.unwrap().key
}

/// A contract holder who is signed in, with what the contract has.
pub struct Holder {
    /// The client with the session.
    pub client: Client,
    /// The session.
    pub session: Session,
    /// Id of the contract.
    pub account_id: String,
    /// The basic ID's login.
    pub login_id: String,
    /// Ids of the numbers: primary, additional.
    pub numbers: Vec<String>,
    /// Ids of the IDs: basic, two additional.
    pub ids: Vec<String>,
}

/// The password of every holder in tests.
pub const PASSWORD: &str = "correct horse battery";

impl Holder {
    /// Makes a contract with `options`, two numbers and three IDs through the operator's API and signs its holder in. `name` makes
    /// login ids and phone numbers differ between the contracts of one test: letters only.
    pub async fn provision(app: &TestApp, name: &str, options: serde_json::Value) -> Self {
        let operator = app.operator();
        let account = operator
            .post("/operator/accounts", serde_json::json!({"name": format!("{name}商会"), "contact_mail": format!("{name}@example.jp"), "options": options}))
            .await
            .expect(201);
        let account_id = account["id"].as_str().unwrap().to_owned();
        let seed = name.bytes().fold(0u32, |sum, byte| (sum * 31 + u32::from(byte)) % 10_000);
        let (mut numbers, mut ids) = (Vec::new(), Vec::new());
        for (index, kind) in ["primary", "additional"].into_iter().enumerate() {
            let body = serde_json::json!({"number": format!("03-{seed:04}-000{index}"), "kind": kind, "max_channels": 5});
            let number = operator.post(&format!("/operator/accounts/{account_id}/numbers"), body).await.expect(201);
            numbers.push(number["id"].as_str().unwrap().to_owned());
        }
        for (index, kind) in ["basic", "additional", "additional"].into_iter().enumerate() {
            let body = serde_json::json!({"login_id": format!("{name}00{index}"), "kind": kind, "extension": format!("20{index}"), "password": PASSWORD});
            let id = operator.post(&format!("/operator/accounts/{account_id}/ids"), body).await.expect(201);
            ids.push(id["id"].as_str().unwrap().to_owned());
        }
        let login_id = format!("{name}000");
        let (client, session) = app.nobody().sign_in(&login_id, PASSWORD).await;
        Self { client, session, account_id, login_id, numbers, ids }
    }
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

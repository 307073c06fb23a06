//! What the whole-product tests stand on: the real server in this process, on a port of its own,
//! with a database of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod browser;
mod client;
mod cluster;
pub mod compatibility;
mod database;
mod eventually;
pub mod fakes;
mod holder;
mod pooler;
mod process;
mod stream;
pub mod switch;

pub use browser::{Browser, Failed, Outcome, Screen};
pub use client::{Answer, Client, Session};
pub use cluster::Cluster;
pub use database::{Backend, TestDatabase};
pub use eventually::{Observed, Waiting, eventually, within};
pub use holder::{Contract, Holder, PASSWORD};
pub use pooler::Pooler;
pub use process::{Denwaban, path_after, program};
pub use stream::EventStream;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use server::identity::service_keys::KeyKind;
use server::platform::change::Actor;
use server::platform::clock::Clock;
use server::platform::config::Config;
use store::OperatorScope;

/// Has a service be elsewhere: `slack.base_url`, as below `providers` in the configuration.
pub fn provider(config: &mut Config, setting: &str, value: impl AsRef<str>) {
    let (key, name) = setting.split_once('.').unwrap();
    let kind = api_types::ServiceType::of_key(key).unwrap();
    config.providers.set(kind, name, value.as_ref()).unwrap();
}

/// Runs an API test on both databases: `on_both!(name, async |app| { … })` makes `name::sqlite` and
/// `name::postgres`. Another configuration than the usual one stands in between:
/// `on_both!(name, |config| { … }, async |app| { … })`. A test that starts its servers itself takes
/// the kind of database: `on_both!(name, bare, async |backend| { … })`.
///
/// The arguments are expressions, so that rustfmt formats them.
#[macro_export]
macro_rules! on_both {
    ($name:ident, async |$app:ident| $body:expr) => {
        $crate::on_both!($name, |_config| {}, async |$app| $body);
    };
    ($name:ident, |$config:ident| $adjust:expr, async |$app:ident| $body:expr) => {
        $crate::on_both!($name, bare, async |backend| {
            let $app = $crate::TestApp::start_with(backend, |$config| $adjust).await;
            $body
        });
    };
    ($name:ident, bare, async |$backend:ident| $body:expr) => {
        mod $name {
            #[expect(clippy::allow_attributes, reason = "not every test needs everything")]
            #[allow(unused_imports, reason = "not every test needs everything")]
            use super::*;

            async fn run($backend: $crate::Backend) {
                $body
            }

            #[test]
            fn sqlite() {
                $crate::block_on(run($crate::Backend::Sqlite));
            }

            #[test]
            fn postgres() {
                $crate::block_on(run($crate::Backend::Postgres));
            }
        }
    };
}

/// When every server of a test begins: noon in Tokyo of 2026-11-22, a Sunday. Fixtures that write
/// dates write those around it.
pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_316_400, 0).unwrap()
}

/// Runs a test's future.
pub fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

/// A file of the repository.
pub fn source(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).expect("the file is there")
}

/// The sources below a folder of the repository, without what only tests see.
pub fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![repository().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry").path();
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs")
                && !entry.ends_with("tests.rs")
            {
                found.push(entry);
            }
        }
    }
    found
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
    /// Its database.
    pub database: TestDatabase,
    handle: actix_web::dev::ServerHandle,
    folder: tempfile::TempDir,
}

impl TestApp {
    /// Starts a server on a fresh database, at [`noon`].
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
        let clock = Clock::set(noon());
        let app = server::App::build(config, clock.clone()).unwrap();
        let operator_key = service_key(&app, KeyKind::Operator).await;
        let handle = launch(app.clone(), listener);
        Self { url, clock, app, operator_key, database, handle, folder }
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
            Ok(folder) => folder
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|e| e == "eml"))
                .collect(),
            Err(_) => Vec::new(),
        };
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }

    /// Waits until `count` mails were written.
    pub async fn wait_for_mails(&self, count: usize) -> Vec<String> {
        eventually("mails are written", async || {
            let written = self.mails().len();
            if written < count { Err(format!("{written} of {count}")) } else { Ok(()) }
        })
        .await;
        let mails = self.mails();
        assert_eq!(mails.len(), count, "mails written");
        mails
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The usual contract (see [`Contract`]) and its holder, signed in.
    pub async fn holder(&self, name: &str) -> Holder {
        Holder::provision(self, name, Contract::default()).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The returned future only waits; the stop itself has been sent.
        drop(self.handle.stop(false));
    }
}

/// A second server on the database of a first one, as behind a load balancer.
pub struct Replica {
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// Its insides, to look.
    pub app: Arc<server::App>,
    handle: actix_web::dev::ServerHandle,
}

impl Replica {
    /// Starts it with the configuration and the time of the first one.
    pub fn of(first: &TestApp) -> Self {
        Self::with(first, |_| {})
    }

    /// Starts it with a configuration that is changed in something.
    pub fn with(first: &TestApp, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut config = first.app.config.clone();
        change(&mut config);
        let app = server::App::build(config, first.clock.clone()).unwrap();
        Self { url, handle: launch(app.clone(), listener), app }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Serves on a thread of its own.
fn launch(app: Arc<server::App>, listener: TcpListener) -> actix_web::dev::ServerHandle {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = server::app::serve(app.clone(), listener).unwrap();
            let outbox = server::notify::outbox::start(app.notify.clone());
            send.send(server.handle()).unwrap();
            server.await.unwrap();
            if let Some(outbox) = outbox {
                outbox.stop().await;
            }
        });
    });
    receive.recv().unwrap()
}

/// A service key, made as the command line makes it.
pub async fn service_key(app: &Arc<server::App>, kind: KeyKind) -> String {
    let ctx = app.ctx(Actor::operator("test"));
    let new = api_types::ServiceKeyCreate { name: "test".into() };
    let made = app
        .db
        .write(move |conn| {
            server::identity::service_keys::create_service_key(
                conn,
                OperatorScope::authorised(),
                &ctx,
                kind,
                new,
            )
        })
        .await;
    made.unwrap().key
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

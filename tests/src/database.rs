//! A database per test, of either kind.

use std::path::Path;
use std::process::Command;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in the test's folder.
    Sqlite,
    /// A database of its own in the cluster that `cargo xtask test` starts.
    Postgres,
}

/// A database that goes away with the test.
pub struct TestDatabase {
    /// For `database.url`.
    pub url: String,
    created: Option<(String, String)>,
}

impl TestDatabase {
    /// Makes an empty database.
    pub fn create(backend: Backend, folder: &Path) -> Self {
        if backend == Backend::Sqlite {
            return Self { url: format!("sqlite://{}", folder.join("test.db").display()), created: None };
        }
        #[expect(clippy::disallowed_methods, reason = "the test runner says where its cluster is")]
        let admin = std::env::var("DENWABAN_TEST_POSTGRES_URL")
            .expect("DENWABAN_TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL of its own");
        let name = format!("t_{}", uuid::Uuid::now_v7().simple());
        psql(&admin, &format!("CREATE DATABASE {name}"));
        let base = admin.rsplit_once('/').map_or(admin.as_str(), |(base, _)| base);
        Self { url: format!("{base}/{name}"), created: Some((admin, name)) }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.created {
            psql(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

fn psql(url: &str, sql: &str) {
    let output = Command::new("psql").args(["--no-psqlrc", "--quiet", "--dbname", url, "--command", sql]).output().expect("psql starts");
    assert!(output.status.success() || std::thread::panicking(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
}

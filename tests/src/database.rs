//! A database per test, of either kind.

use std::path::{Path, PathBuf};
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
    kind: Kind,
}

enum Kind {
    Sqlite { file: PathBuf },
    Postgres { admin: String, name: String },
}

impl TestDatabase {
    /// Makes an empty database.
    pub fn create(backend: Backend, folder: &Path) -> Self {
        if backend == Backend::Sqlite {
            let file = folder.join("test.db");
            return Self {
                url: format!("sqlite://{}", file.display()),
                kind: Kind::Sqlite { file },
            };
        }
        #[expect(clippy::disallowed_methods, reason = "the test runner says where its cluster is")]
        let admin = std::env::var("DENWABAN_TEST_POSTGRES_URL").expect(
            "DENWABAN_TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`, \
                which starts a PostgreSQL of its own",
        );
        let name = format!("t_{}", uuid::Uuid::now_v7().simple());
        psql(&admin, &format!("CREATE DATABASE {name}"));
        let base = admin.rsplit_once('/').map_or(admin.as_str(), |(base, _)| base);
        Self { url: format!("{base}/{name}"), kind: Kind::Postgres { admin, name } }
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self.kind {
            Kind::Sqlite { .. } => Backend::Sqlite,
            Kind::Postgres { .. } => Backend::Postgres,
        }
    }

    /// Everything that is stored, as text: what a thief of the database would read.
    pub fn dump(&self) -> String {
        match &self.kind {
            Kind::Sqlite { file } => {
                let parts = ["test.db", "test.db-wal"]
                    .map(|name| std::fs::read(file.with_file_name(name)).unwrap_or_default());
                parts.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
            }
            Kind::Postgres { .. } => {
                let tables = psql(
                    &self.url,
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = \
                        'public'",
                );
                let rows: Vec<String> =
                    tables.lines().map(|table| format!("SELECT t::text FROM {table} t")).collect();
                psql(&self.url, &rows.join(" UNION ALL "))
            }
        }
    }

    /// Has PostgreSQL take no changes, or take them again, and ends every session. SQLite does not
    /// care.
    pub fn set_read_only(&self, is_read_only: bool) {
        if let Kind::Postgres { admin, name } = &self.kind {
            let on = if is_read_only { "on" } else { "off" };
            psql(admin, &format!("ALTER DATABASE {name} SET default_transaction_read_only = {on}"));
            let others = format!("FROM pg_stat_activity WHERE datname = '{name}'");
            psql(admin, &format!("SELECT pg_terminate_backend(pid) {others}"));
        }
    }

    /// Takes the database away under the server. Only PostgreSQL can lose one while it is open.
    pub fn vanish(&self) {
        if let Kind::Postgres { admin, name } = &self.kind {
            psql(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.vanish();
    }
}

fn psql(url: &str, sql: &str) -> String {
    let arguments = [
        "--no-psqlrc",
        "--quiet",
        "--tuples-only",
        "--no-align",
        "--dbname",
        url,
        "--command",
        sql,
    ];
    let output = Command::new("psql").args(arguments).output().expect("psql starts");
    assert!(
        output.status.success() || std::thread::panicking(),
        "{sql}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

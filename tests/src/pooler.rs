//! PgBouncer in transaction mode, before a database of a test.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::cluster::{as_postgres, free_port};
use crate::process::program;
use crate::within;

/// A running PgBouncer; dropping it stops it.
pub struct Pooler {
    /// For `database.url`.
    pub url: String,
    process: Child,
    folder: PathBuf,
}

impl Pooler {
    /// Starts one before the database with this URL, with fewer connections to it than a server
    /// has to the pooler; nothing, said aloud, where it is not to be found and CI does not ask for
    /// it.
    pub async fn start(database: &str) -> Option<Self> {
        let Some(program) = program("pgbouncer") else {
            #[expect(clippy::disallowed_methods, reason = "CI says that everything has to run")]
            let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!is_ci, "PgBouncer is missing");
            eprintln!("SKIPPED: PgBouncer is missing");
            return None;
        };
        let database = url::Url::parse(database).expect("a URL of PostgreSQL");
        let (port, name) = (free_port(), database.path().trim_start_matches('/').to_owned());
        let settings = format!(
            "[databases]\n{name} = host={} port={} user={} password={}\n[pgbouncer]\n\
                listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
                pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 100\n",
            database.host_str().unwrap_or_default(),
            database.port().unwrap_or(5432),
            database.username(),
            database.password().unwrap_or_default(),
        );
        let made = as_postgres("mktemp").args(["-d", "/tmp/denwaban-pooler.XXXXXX"]).output();
        let made = made.expect("a folder for PgBouncer");
        let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
        let file = folder.join("pgbouncer.ini");
        let mut write = as_postgres("sh");
        write.args(["-c", "umask 077; printf '%s' \"$1\" >\"$2\"", "sh", &settings]);
        assert!(write.arg(&file).status().is_ok_and(|status| status.success()));
        let mut pooler = as_postgres(program);
        pooler.arg("--quiet").arg(&file).stdin(Stdio::null()).stdout(Stdio::null());
        let process = pooler.stderr(Stdio::null()).spawn().expect("PgBouncer starts");
        let url = format!("postgres://postgres@127.0.0.1:{port}/{name}");
        let pooler = Self { url, process, folder };
        within(Duration::from_secs(20))
            .eventually("PgBouncer answers", async || {
                let mut psql = Command::new("psql");
                psql.args(["--no-psqlrc", "--dbname", &pooler.url, "--command", "SELECT 1"]);
                let output = psql.output().map_err(|error| error.to_string())?;
                match output.status.success() {
                    true => Ok(()),
                    false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
                }
            })
            .await;
        Some(pooler)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

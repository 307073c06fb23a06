//! A PostgreSQL of a primary and a standby that confirms every commit, to be hurt.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::within;

/// The name by which the primary knows its standby.
const STANDBY: &str = "standby";

/// A primary and a synchronous standby on free ports of the loopback interface; dropping them stops
/// them and removes their files. They may lose data in a crash of the machine: nothing waits for
/// the disk.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    password: String,
    nodes: [Node; 2],
}

struct Node {
    port: u16,
    process: Option<Child>,
}

impl Cluster {
    /// Starts both; nothing, said aloud, where PostgreSQL's programs are not to be found and CI
    /// does not ask for them.
    pub async fn start() -> Option<Self> {
        let Some(bin) = programs() else {
            #[expect(clippy::disallowed_methods, reason = "CI says that everything has to run")]
            let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!is_ci, "PostgreSQL's programs initdb, pg_ctl and pg_basebackup are missing");
            eprintln!("SKIPPED: PostgreSQL's programs are missing, so nothing fails over");
            return None;
        };
        let made = as_postgres("mktemp").args(["-d", "/tmp/denwaban-pair.XXXXXX"]).output();
        let made = made.expect("a folder for PostgreSQL");
        let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
        assert!(folder.is_dir(), "{}", String::from_utf8_lossy(&made.stderr));
        let node = || Node { port: free_port(), process: None };
        let password = uuid::Uuid::now_v7().simple().to_string();
        let mut cluster = Self { bin, folder, password, nodes: [node(), node()] };
        cluster.initialise();
        cluster.run(0, &["-c", &format!("synchronous_standby_names={STANDBY}")]);
        cluster.answers(0).await;
        cluster.copy_primary();
        cluster.run(1, &[]);
        cluster.answers(1).await;
        within(Duration::from_secs(30))
            .eventually("the standby confirms commits", async || {
                cluster
                    .sql(0, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                    .is_ok_and(|count| count.trim() == "1")
            })
            .await;
        Some(cluster)
    }

    /// Where the one of both is that takes changes.
    pub fn url(&self) -> String {
        let [primary, standby] = &self.nodes;
        format!(
            "postgres://postgres:{}@127.0.0.1:{},127.0.0.1:{}/postgres\
                ?target_session_attrs=read-write",
            self.password, primary.port, standby.port
        )
    }

    /// Where one of both is.
    pub fn url_of(&self, node: usize) -> String {
        let port = self.nodes[node].port;
        format!("postgres://postgres:{}@127.0.0.1:{port}/postgres", self.password)
    }

    /// What a statement answers on the primary (0) or what was the standby (1).
    ///
    /// # Errors
    /// What psql says.
    pub fn sql(&self, node: usize, statement: &str) -> Result<String, String> {
        let arguments = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname"];
        let mut psql = Command::new("psql");
        psql.args(arguments).arg(self.url_of(node)).args(["--command", statement]);
        let output =
            psql.env("PGCONNECT_TIMEOUT", "2").output().map_err(|error| error.to_string())?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Kills the primary as a power cut would.
    pub fn kill_primary(&mut self) {
        self.signal(0, "KILL");
        if let Some(mut process) = self.nodes[0].process.take() {
            let _ = process.wait();
        }
    }

    /// Has the primary take no changes from now on; it lives, and its connections stay open.
    pub fn demote_primary(&self) {
        for statement in
            ["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"]
        {
            self.sql(0, statement).expect("the primary is demoted");
        }
    }

    /// Makes the standby a primary of its own.
    pub fn promote_standby(&self) {
        let promoted = self.sql(1, "SELECT pg_promote()").expect("the standby is promoted");
        assert_eq!(promoted.trim(), "t");
    }

    /// Stops the primary as it stands: it answers nobody, and its connections stay open.
    pub fn pause_primary(&self) {
        self.signal(0, "STOP");
    }

    /// Lets it go on.
    pub fn resume_primary(&self) {
        self.signal(0, "CONT");
    }

    /// Stops the standby as it stands, so that no commit is confirmed any more.
    pub fn pause_standby(&self) {
        self.signal(1, "STOP");
    }

    /// Lets it go on.
    pub fn resume_standby(&self) {
        self.signal(1, "CONT");
    }

    /// Stops the primary as an upgrade does, and starts it again.
    pub async fn restart_primary(&mut self) {
        self.pg_ctl(0, &["stop", "--mode", "fast", "--wait"]);
        if let Some(mut process) = self.nodes[0].process.take() {
            let _ = process.wait();
        }
        self.run(0, &["-c", &format!("synchronous_standby_names={STANDBY}")]);
        self.answers(0).await;
    }

    fn data(&self, node: usize) -> PathBuf {
        self.folder.join(["primary", STANDBY][node])
    }

    fn initialise(&self) {
        let file = self.folder.join("password");
        let mut write = as_postgres("sh");
        write.args(["-c", "umask 077; printf '%s\n' \"$1\" >\"$2\"", "sh", &self.password]);
        succeed(write.arg(&file));
        let mut initdb = as_postgres(self.program("initdb"));
        initdb.arg("--pgdata").arg(self.data(0)).arg("--pwfile").arg(&file);
        initdb.args(["--username", "postgres", "--auth", "md5", "--encoding", "UTF8"]);
        succeed(initdb.args(["--no-locale", "--no-sync"]));
    }

    fn copy_primary(&self) {
        let source = format!("{}?application_name={STANDBY}", self.url_of(0));
        let mut copy = as_postgres(self.program("pg_basebackup"));
        copy.arg("--pgdata").arg(self.data(1)).args(["--dbname", &source]);
        let options = ["--write-recovery-conf", "--checkpoint", "fast", "--no-sync"];
        succeed(copy.args(options));
    }

    fn run(&mut self, node: usize, more: &[&str]) {
        let mut server = as_postgres(self.program("postgres"));
        server.arg("-D").arg(self.data(node));
        let port = format!("port={}", self.nodes[node].port);
        for setting in [
            "listen_addresses=127.0.0.1",
            &port,
            "unix_socket_directories=",
            "fsync=off",
            "full_page_writes=off",
            "max_connections=100",
            "wal_receiver_status_interval=1s",
        ] {
            server.args(["-c", setting]);
        }
        let quiet =
            server.args(more).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.nodes[node].process = Some(quiet.spawn().expect("postgres starts"));
    }

    async fn answers(&self, node: usize) {
        within(Duration::from_secs(30))
            .eventually("PostgreSQL answers", async || self.sql(node, "SELECT 1"))
            .await;
    }

    /// To a server and all of its processes, each of which is a session of its own.
    fn signal(&self, node: usize, signal: &str) {
        let Some(process) = &self.nodes[node].process else { return };
        let pid = process.id().to_string();
        // First the one that makes others.
        let mut pids = vec![pid.clone()];
        let send = |pids: &[String]| {
            let _ = Command::new("kill").arg(format!("-{signal}")).args(pids).status();
        };
        send(&pids);
        let children = Command::new("ps").args(["-o", "pid=", "--ppid", &pid]).output();
        let children = children.map(|output| output.stdout).unwrap_or_default();
        pids = String::from_utf8_lossy(&children).split_whitespace().map(str::to_owned).collect();
        if !pids.is_empty() {
            send(&pids);
        }
    }

    fn pg_ctl(&self, node: usize, arguments: &[&str]) {
        let mut command = as_postgres(self.program("pg_ctl"));
        succeed(command.arg("--pgdata").arg(self.data(node)).args(arguments));
    }

    fn program(&self, name: &str) -> String {
        self.bin.join(name).to_string_lossy().into_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in [1, 0] {
            self.signal(node, "KILL");
            if let Some(mut process) = self.nodes[node].process.take() {
                let _ = process.wait();
            }
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where the programs are: where Debian has them, newest first, or on the path.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let has = |folder: &Path| {
        ["initdb", "pg_ctl", "pg_basebackup", "postgres"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    versions.into_iter().rev().map(|(_, folder)| folder).find(|folder| has(folder))
}

/// A program that is not root's, which PostgreSQL refuses to be, and that ends with this test.
pub(crate) fn as_postgres(name: impl AsRef<OsStr>) -> Command {
    let is = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]).current_dir("/").env_remove("TMPDIR").env_remove("HOME");
    if is(Command::new("sh").args(["-c", "test \"$(id -u)\" = 0"])) {
        let user =
            if is(Command::new("id").args(["-u", "postgres"])) { "postgres" } else { "nobody" };
        let group = Command::new("id").args(["-g", user]).output().expect("id starts");
        let group = String::from_utf8_lossy(&group.stdout).trim().to_owned();
        command.args(["--reuid", user, "--regid", &group, "--init-groups"]);
    }
    command.arg(name);
    command
}

fn succeed(command: &mut Command) {
    let output = command.output().expect("PostgreSQL's program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

//! The real binary as a process of its own, for what only a process can show: that it dies, and
//! what it writes to its log.

use std::ffi::OsString;
use std::fs::File;
use std::future::ready;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::eventually;

/// Where a shell looks for programs.
fn path() -> Vec<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a program is looked for where a shell would")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

/// The `PATH` of a program that finds what is in this folder first.
pub fn path_after(folder: &Path) -> OsString {
    let folders = std::iter::once(folder.to_owned()).chain(path());
    std::env::join_paths(folders).unwrap_or_default()
}

/// A program, where a shell would find it, or an administrator's.
pub fn program(name: &str) -> Option<PathBuf> {
    path()
        .into_iter()
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// What has moved the clock of this test, if anything has: a server is on the same day.
#[expect(
    clippy::disallowed_methods,
    reason = "`cargo xtask test --at` moves it through the environment"
)]
fn moved_clock() -> impl Iterator<Item = (String, String)> {
    std::env::vars().filter(|(name, _)| name == "LD_PRELOAD" || name == "MOVED_CLOCK_S")
}

/// A running `denwaban serve`; dropping it kills it.
pub struct Denwaban {
    /// Where it answers, without a slash at the end.
    pub url: String,
    child: Child,
    log: PathBuf,
}

impl Denwaban {
    /// A command of the binary beside this test's own, with nothing in its environment but where
    /// its data are and what time it is.
    pub fn command(data_dir: &Path, database_url: &str) -> Command {
        let test = std::env::current_exe().unwrap();
        let binary = test
            .ancestors()
            .nth(2)
            .unwrap()
            .join(format!("denwaban{}", std::env::consts::EXE_SUFFIX));
        assert!(
            binary.exists(),
            "{} is not there: run the tests with `cargo xtask test`, or first `cargo build -p \
                server`",
            binary.display()
        );
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs(moved_clock())
            .env("DENWABAN__DATA_DIR", data_dir)
            .env("DENWABAN__DATABASE__URL", database_url);
        command
    }

    /// Makes an operator key at the command line.
    pub fn operator_key(data_dir: &Path, database_url: &str) -> String {
        let output = Self::command(data_dir, database_url)
            .args(["operator", "key", "add", "test", "--json"])
            .output()
            .unwrap();
        let made: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let key = made["key"].as_str();
        key.unwrap_or_else(|| {
            panic!("denwaban operator key add: {}", String::from_utf8_lossy(&output.stderr))
        })
        .to_owned()
    }

    /// Starts the server on a free port and waits until it serves. `filter` says what is logged.
    pub async fn serve(data_dir: &Path, database_url: &str, filter: &str) -> Self {
        Self::start("serve", data_dir, database_url, filter, &[]).await
    }

    /// As [`Denwaban::serve`], or another command that says `serving` or `sending notices`, with
    /// settings in its environment.
    pub async fn start(
        command: &str,
        data_dir: &Path,
        database_url: &str,
        filter: &str,
        settings: &[(&str, &str)],
    ) -> Self {
        let log = data_dir.with_extension(format!("{}.log", uuid::Uuid::now_v7()));
        let child = Self::command(data_dir, database_url)
            .arg(command)
            .env("DENWABAN__SERVER__BIND", "127.0.0.1:0")
            .env("DENWABAN__SERVER__METRICS_BIND", "")
            .env("DENWABAN__LOG__FORMAT", "json")
            .env("DENWABAN__LOG__FILTER", filter)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut server = Self { url: String::new(), child, log };
        let what = format!("denwaban {command} says that it works");
        server.url = eventually(&what, || {
            let url = server.serving_at();
            let ended = server.child.try_wait().unwrap();
            if let (None, Some(status)) = (&url, ended) {
                panic!("denwaban {command} ended with {status}: {}", server.log());
            }
            ready(url.ok_or_else(|| server.log()))
        })
        .await;
        server
    }

    /// It says so in one line of its log.
    fn serving_at(&self) -> Option<String> {
        let lines = self.log();
        let line = lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|line| line["message"] == "serving" || line["message"] == "sending notices")?;
        Some(format!("http://{}", line["address"].as_str().unwrap_or_default()))
    }

    /// What it wrote to its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Its resident memory, in bytes. On Linux only; elsewhere 0.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most resident memory that it had, in bytes, since [`Denwaban::reset_peak_memory`]. On
    /// Linux only; elsewhere 0.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// Forgets the peak (proc(5), clear_refs).
    pub fn reset_peak_memory(&self) {
        let _ = std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5");
    }

    fn status(&self, name: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
            .unwrap_or_default()
            * 1024
    }

    /// Stops it as it stands: it answers nobody, and its connections stay open (SIGSTOP). On Unix
    /// only.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "SIG{name} could not be sent");
    }

    /// Kills it as a power cut would: SIGKILL, at once. Answers its log.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log()
    }
}

impl Drop for Denwaban {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

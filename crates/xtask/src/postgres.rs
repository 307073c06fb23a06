//! A PostgreSQL cluster that lives as long as the tests do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::needs::postgres_bin;
use crate::process::works;

/// Makes a cluster, starts it, and takes it away again as soon as its standard input ends. That
/// happens when we say so and also when we are gone, however we went: interrupted, panicked or
/// killed.
///
/// Losing data in a crash is fine here, since a crash ends the tests: so nothing waits for the
/// disk.
const KEEPER: &str = r#"
set -eu
bin=$1 port=$2
read -r password
dir=$(mktemp -d "${TMPDIR:-/tmp}/denwaban-postgres.XXXXXX")
take_away() {
    "$bin/pg_ctl" --pgdata "$dir/data" --mode immediate --wait stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap take_away EXIT
trap 'exit 1' HUP INT TERM
printf '%s\n' "$password" >"$dir/password"
"$bin/initdb" --pgdata "$dir/data" --username postgres --pwfile "$dir/password" --auth md5 \
    --encoding UTF8 --no-locale --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
"$bin/pg_ctl" --pgdata "$dir/data" --log "$dir/log" --wait --timeout 60 start --options "\
    -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c max_connections=300 \
    -c fsync=off -c full_page_writes=off" >/dev/null || { cat "$dir/log" >&2; exit 1; }
echo ready
cat >/dev/null
"#;

/// A running cluster; dropping it stops it and removes its files.
pub struct Cluster {
    /// URL of its database `postgres`, as its superuser.
    pub url: String,
    keeper: Child,
}

/// Starts a cluster on a free port of the loopback interface.
pub fn start() -> Result<Cluster> {
    let bin = postgres_bin().context("PostgreSQL's programs initdb and pg_ctl were not found")?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let password = password()?;
    let mut keeper = keeper_shell();
    keeper.args(["-c", KEEPER, "denwaban-postgres"]).arg(&bin).arg(port.to_string());
    // The keeper must outlive an interrupt at the terminal, which goes to the whole foreground
    // group.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
    let mut keeper = keeper
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the shell that keeps PostgreSQL could not be started")?;
    // Not on its command line, which everybody can see.
    if let Some(stdin) = keeper.stdin.as_mut() {
        writeln!(stdin, "{password}")?;
    }
    let mut answer = String::new();
    if let Some(stdout) = keeper.stdout.as_mut() {
        BufReader::new(stdout).read_line(&mut answer)?;
    }
    if answer.trim() != "ready" {
        keeper.wait()?;
        bail!("PostgreSQL from {} could not be started; what it said stands above", bin.display());
    }
    Ok(Cluster { url: format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres"), keeper })
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A shell that is not root's: PostgreSQL refuses to run as root.
fn keeper_shell() -> Command {
    let root = works(Command::new("sh").args(["-c", "test \"$(id -u)\" = 0"]));
    if !root {
        return Command::new("sh");
    }
    let user =
        if works(Command::new("id").args(["-u", "postgres"])) { "postgres" } else { "nobody" };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid"]).arg(group_of(user)).args(["--init-groups", "sh"]);
    // Root's own folder for temporary files need not be open to others.
    command.env_remove("TMPDIR").env_remove("HOME");
    command
}

fn group_of(user: &str) -> String {
    let found = Command::new("id")
        .args(["-g", user])
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok());
    found.map_or_else(|| user.to_owned(), |group| group.trim().to_owned())
}

/// The port is open to every user of this machine, and a superuser of PostgreSQL may start
/// programs.
fn password() -> Result<String> {
    let mut bytes = [0; 16];
    std::fs::File::open(Path::new("/dev/urandom"))?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

//! `cargo xtask run` and `cargo xtask dev`: the product on this machine, with sample data.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::{Result, bail};

use crate::bundle;
use crate::needs;
use crate::process::{cargo, native_target, program, root, succeed, works};

/// How often the sources are looked at. A few hundred files: cheaper than a library that watches.
const PAUSE: Duration = Duration::from_millis(400);

/// Bundles the SPA and becomes the demo server.
pub fn run(args: &[String]) -> Result<()> {
    needs::for_build()?;
    bundle::bundle(&bundle::Options::default())?;
    let mut server = cargo();
    server.args(["run", "--package", "server", "--bin", "denwaban", "--", "demo"]).args(args);
    become_it(server)
}

/// Takes this process' place, so that signals and the exit code are the server's own.
#[cfg(unix)]
fn become_it(mut command: std::process::Command) -> Result<()> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    bail!("the server could not be started: {error}")
}

#[cfg(not(unix))]
fn become_it(mut command: std::process::Command) -> Result<()> {
    succeed(&mut command)
}

/// Keeps a demo server running on what the sources say now.
pub fn dev(args: &[String]) -> Result<()> {
    needs::for_build()?;
    let mut spa = Watched::new(&["frontend", "crates/api-types", "Cargo.toml"]);
    let mut native = Watched::new(&[
        "crates/api-types",
        "crates/store",
        "crates/server",
        "migrations",
        "Cargo.toml",
    ]);
    let mut server: Option<Server> = None;
    loop {
        if spa.changed() {
            // A mistake in the sources is what this loop is there for: it has been printed, and the
            // next save mends it.
            if let Err(error) = bundle::bundle(&bundle::Options { dev: true, strict: false }) {
                eprintln!("xtask: {error:#}");
            }
        }
        if native.changed() {
            match succeed(cargo().args(["build", "--package", "server", "--bin", "denwaban"])) {
                Ok(()) => {
                    let built = fs::metadata(binary())?.modified()?;
                    if server.as_ref().is_none_or(|running| running.built != built) {
                        drop(server.take());
                        server = Some(Server::start(args, built)?);
                    }
                }
                Err(error) => eprintln!("xtask: {error:#}"),
            }
        }
        if let Some(running) = &mut server
            && let Some(status) = running.process.try_wait()?
        {
            println!("The server ended ({status}); it starts again with the next change");
            server = None;
        }
        sleep(PAUSE);
    }
}

/// Where cargo puts the server in a debug build.
fn binary() -> PathBuf {
    native_target().join("debug").join(format!("denwaban{}", std::env::consts::EXE_SUFFIX))
}

/// The demo server, asked to stop when it is dropped.
struct Server {
    process: Child,
    /// When its binary was built: a change that leads to the same binary interrupts nobody.
    built: SystemTime,
}

impl Server {
    fn start(args: &[String], built: SystemTime) -> Result<Self> {
        Ok(Self {
            process: program(&binary().to_string_lossy()).arg("demo").args(args).spawn()?,
            built,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Politely first: it finishes what it is answering.
        if !works(program("kill").args(["-TERM", &self.process.id().to_string()])) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Folders and files of the repository, and how they looked last time.
struct Watched {
    paths: &'static [&'static str],
    seen: Option<BTreeMap<PathBuf, (SystemTime, u64)>>,
}

impl Watched {
    fn new(paths: &'static [&'static str]) -> Self {
        Self { paths, seen: None }
    }

    /// Whether anything is different from the time before; the first time, everything is.
    fn changed(&mut self) -> bool {
        let mut now = BTreeMap::new();
        for path in self.paths {
            look(&root().join(path), &mut now);
        }
        let changed = self.seen.as_ref() != Some(&now);
        self.seen = Some(now);
        changed
    }
}

/// Notes time and size of each file. What vanishes while being looked at is gone: that is a change,
/// not an error.
fn look(path: &Path, found: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    let hidden = path
        .file_name()
        .is_some_and(|name| name == "dist" || name.to_string_lossy().starts_with('.'));
    let Ok(metadata) = fs::metadata(path) else { return };
    if hidden {
        return;
    }
    if metadata.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            look(&entry.path(), found);
        }
    } else if let Ok(modified) = metadata.modified() {
        found.insert(path.to_owned(), (modified, metadata.len()));
    }
}

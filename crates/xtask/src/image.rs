//! `cargo xtask image`: the container image is built and started where a container engine answers.
//! Elsewhere the Dockerfile's steps are carried out in an empty folder, and what they made is
//! started as the image would start it.

mod dockerfile;
mod folder;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{output, program, root, succeed, works};
use dockerfile::Stage;
use folder::Folder;

/// How the steps are carried out where there is no engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// As they stand there: minutes of compiling.
    Full,
    /// With the portal that lies in `frontend/dist`, and compiled without `--release`, so that what
    /// the tests have compiled is used.
    Quick,
}

/// For how long a server may start.
const PATIENCE: Duration = Duration::from_secs(60);

/// Builds and starts the image, or does as much as that without an engine.
///
/// # Errors
/// The first step that fails, or that this tool cannot carry out.
pub fn image(effort: Effort) -> Result<()> {
    let text = std::fs::read_to_string(root().join("Dockerfile"))?;
    let stages = dockerfile::stages(&text)?;
    let Some(last) = stages.last() else { bail!("the Dockerfile is empty") };
    agrees_with_itself(&stages, last)?;
    for engine in ["docker", "podman"] {
        if works(program(engine).arg("info")) {
            return with_engine(engine);
        }
    }
    println!("No container engine answers: the Dockerfile's steps are carried out in a folder");
    let mut folder = Folder::empty(effort)?;
    for stage in &stages {
        folder.carry_out(stage)?;
    }
    folder.has_its_libraries(last)?;
    start(&folder, last)
}

/// What must be the same in several places of the Dockerfile, or there and elsewhere.
fn agrees_with_itself(stages: &[Stage], last: &Stage) -> Result<()> {
    let toolchain = std::fs::read_to_string(root().join("rust-toolchain.toml"))?;
    let channel = toolchain
        .lines()
        .find_map(|line| line.strip_prefix("channel = "))
        .context("rust-toolchain.toml names no channel")?
        .trim_matches('"');
    if !stages[0].base.starts_with(&format!("rust:{channel}-")) {
        bail!("{} is not the toolchain {channel} of rust-toolchain.toml", stages[0].base);
    }
    for package in crate::needs::build_packages() {
        if !stages[0].packages().contains(&package) {
            bail!("the Dockerfile's first stage lacks {package}, which a build needs");
        }
    }
    let value = |name: &str| {
        last.environment().into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    };
    let port = value("DENWABAN__SERVER__BIND").and_then(|bind| bind.rsplit(':').next());
    if port.is_none() || port != last.all("EXPOSE").next() {
        bail!("the Dockerfile exposes another port than the server listens on");
    }
    if value("DENWABAN__DATA_DIR").is_none_or(|folder| last.all("VOLUME").next() != Some(folder)) {
        bail!("the Dockerfile's volume is not the server's data directory");
    }
    Ok(())
}

fn with_engine(engine: &str) -> Result<()> {
    const NAME: &str = "denwaban-image-test";
    succeed(program(engine).args(["build", "--tag", NAME, "."]).env("DOCKER_BUILDKIT", "1"))?;
    let _ = output(program(engine).args(["rm", "--force", NAME]));
    output(program(engine).args(["run", "--detach", "--name", NAME, NAME]))?;
    let end = Instant::now() + PATIENCE;
    let mut healthy = false;
    while !healthy && Instant::now() < end {
        sleep(Duration::from_millis(200));
        healthy = works(program(engine).args(["exec", NAME, "denwaban", "health"]));
    }
    if !healthy {
        succeed(program(engine).args(["logs", NAME]))?;
    }
    output(program(engine).args(["rm", "--force", NAME]))?;
    if !healthy {
        bail!("the image does not become healthy; what it said stands above");
    }
    println!("The image is built, and what it starts is healthy");
    Ok(())
}

/// Starts what the last stage starts, asks it by the image's health check and by HTTP, and stops
/// it as an engine would.
fn start(folder: &Folder, last: &Stage) -> Result<()> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let environment: Vec<(&str, String)> = last
        .environment()
        .into_iter()
        .map(|(name, value)| match name {
            "DENWABAN__SERVER__BIND" => (name, format!("127.0.0.1:{port}")),
            _ if value.starts_with('/') => (name, folder.inside(value).display().to_string()),
            _ => (name, value.to_owned()),
        })
        .collect();
    let ready = |line: &[String]| -> Result<Command> {
        let (name, arguments) = line.split_first().context("an empty command line")?;
        let mut command = Command::new(folder.inside("/usr/local/bin").join(name));
        command
            .args(arguments)
            .env_clear()
            .envs(environment.clone())
            .current_dir(folder.inside("/"));
        Ok(command)
    };
    let line = [last.command("ENTRYPOINT")?, last.command("CMD")?].concat();
    let health = last.all("HEALTHCHECK").last().and_then(|text| text.split_once("CMD "));
    let health = dockerfile::list(health.context("the image has no health check")?.1)?;

    let mut server = Started(ready(&line)?.spawn().context("the entry point cannot be started")?);
    let end = Instant::now() + PATIENCE;
    while !works(&mut ready(&health)?) {
        if let Some(status) = server.0.try_wait()? {
            bail!("the entry point ended by itself: {status}");
        }
        if Instant::now() > end {
            bail!("the health check does not pass");
        }
        sleep(Duration::from_millis(100));
    }
    for (path, expected) in [("/healthz", ""), ("/", "<html")] {
        let answer = get(port, path)?;
        if !answer.starts_with("HTTP/1.1 200") || !answer.contains(expected) {
            bail!("{path} answers {}", answer.lines().next().unwrap_or_default());
        }
    }
    succeed(program("kill").args(["-TERM", &server.0.id().to_string()]))?;
    let status = server.0.wait()?;
    if !status.success() {
        bail!("the entry point does not stop as it is asked to: {status}");
    }
    println!("The Dockerfile's steps work, and what they make starts, is healthy and stops");
    Ok(())
}

/// A program that does not outlive this one.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn get(port: u16, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

//! Tests at another time: what they, and whatever they start, see on the clock is moved.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{native_target, output, program, succeed};

/// Has cargo start each test at `when`, which is anything that `date --date` reads: `+10 days`,
/// `2028-02-29 12:00`. From there its clock goes on.
///
/// # Errors
/// When `date` cannot read it, or when the clock cannot be moved.
pub fn start_tests_at(when: &str, cargo: &mut Command) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the clock of tests can be moved on Linux only");
    }
    let library = library()?;
    succeed(
        program("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&library.display().to_string(), "crates/xtask/src/clock.c"]),
    )
    .context("moving the clock needs a C compiler")?;
    let (tool, host) = (std::env::current_exe()?, host()?);
    let moved = output(Command::new(&tool).args(["at", when, "date", "+%s"]))?;
    if (seconds(&moved)? - seconds(&date(when)?)?).abs() > 60 {
        bail!("the clock does not move to {when}: it is at {}", moved.trim());
    }
    let tool = tool.to_str().context("the path of this tool is not text")?;
    cargo.arg("--config").arg(format!("target.{host}.runner = [{tool:?}, \"at\", {when:?}]"));
    Ok(())
}

/// Becomes a program whose clock begins at `when`; so do those of the programs that it starts.
///
/// # Errors
/// When it cannot be started.
pub fn become_at(when: &str, program: &[String]) -> Result<()> {
    let [name, arguments @ ..] = program else { bail!("at what time should which program run?") };
    let by = seconds(&date(when)?)? - seconds(&date("now")?)?;
    let mut command = Command::new(name);
    command.args(arguments).env("LD_PRELOAD", library()?).env("MOVED_CLOCK_S", by.to_string());
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut command).into());
    #[cfg(not(unix))]
    bail!("the clock can be moved on Linux only")
}

/// Where the library is that moves the clock.
fn library() -> Result<PathBuf> {
    let folder = native_target();
    fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?.join("moved-clock.so"))
}

fn date(when: &str) -> Result<String> {
    output(program("date").args(["--date", when, "+%s"]))
}

fn seconds(text: &str) -> Result<i64> {
    text.trim().parse().with_context(|| format!("`{}` is not a time", text.trim()))
}

/// What cargo calls this machine.
fn host() -> Result<String> {
    let about = output(program("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say what this machine is")?.to_owned())
}

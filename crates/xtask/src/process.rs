//! Starting other programs, and where things are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate stands two folders below the root")
        .to_path_buf()
}

/// Target folder of what is built from `frontend`. It is not the native one, so that building the
/// SPA neither waits for that folder's lock nor makes the native build forget what it has.
pub fn spa_target() -> PathBuf {
    root().join("target").join("spa")
}

/// Target folder of everything else.
pub fn native_target() -> PathBuf {
    root().join(env("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The cargo that started this tool, to be run in the root of the repository.
pub fn cargo() -> Command {
    program(&env("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Any other program, to be run in the root of the repository.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    // Said about this tool's own build; programs below it must not take it for theirs.
    for inherited in
        ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"]
    {
        command.env_remove(inherited);
    }
    command
}

/// Runs a program to its end, and fails with its command line when it fails.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status =
        command.status().with_context(|| format!("could not start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// What a program prints, or an error with what it complained about.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start `{}`", line(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` failed ({}): {}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Whether a program can be started at all and says that it is well.
pub fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A variable of the environment that is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "a build tool has no configuration but the environment"
)]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The command line as a person would type it, for messages.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy();
    let mut line = program.into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

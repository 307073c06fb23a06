//! `cargo xtask test`: everything, and how much of it ran where.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::process::{cargo, native_target, spa_target, succeed, works};
use crate::{bundle, needs, postgres};

/// Where a test runs. In the API's tests a part of the name says it: `numbers::rename::sqlite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Needs nothing but itself.
    Unit,
    /// Against an SQLite file of its own.
    Sqlite,
    /// Against a PostgreSQL database of its own.
    Postgres,
    /// Drives a browser.
    Browser,
    /// Real calls, through Kamailio.
    Live,
    /// Generated clients, what probes the API by its document, and the examples.
    Clients,
}

impl Class {
    const ALL: [Self; 6] =
        [Self::Sqlite, Self::Postgres, Self::Browser, Self::Live, Self::Clients, Self::Unit];

    /// `binary` is what nextest calls it: `tests::ui`, `store`, `api-types::number_plan`.
    fn of(binary: &str, test: &str) -> Self {
        match binary {
            "tests::ui" => return Self::Browser,
            "tests::live" => return Self::Live,
            "tests::clients" => return Self::Clients,
            _ => {}
        }
        for part in test.split("::") {
            match part {
                "sqlite" => return Self::Sqlite,
                "postgres" => return Self::Postgres,
                _ => {}
            }
        }
        Self::Unit
    }

    /// The same in nextest's language.
    fn filter(self) -> &'static str {
        match self {
            Self::Browser => "(package(tests) & binary(ui))",
            Self::Live => "(package(tests) & binary(live))",
            Self::Clients => "(package(tests) & binary(clients))",
            Self::Sqlite => {
                "(test(/(^|::)sqlite(::|$)/) - (package(tests) & binary(/^(ui|live|clients)$/)))"
            }
            Self::Postgres => {
                "(test(/(^|::)postgres(::|$)/) - (package(tests) & binary(/^(ui|live|clients)$/)))"
            }
            Self::Unit => {
                "(all() - test(/(^|::)(sqlite|postgres)(::|$)/) - (package(tests) & \
                    binary(/^(ui|live|clients)$/)))"
            }
        }
    }

    fn place(self) -> &'static str {
        match self {
            Self::Unit => "elsewhere",
            Self::Sqlite => "on SQLite",
            Self::Postgres => "on PostgreSQL",
            Self::Browser => "in the browser",
            Self::Live => "with real calls",
            Self::Clients => "with generated clients",
        }
    }
}

impl FromStr for Class {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "unit" => Ok(Self::Unit),
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            "browser" => Ok(Self::Browser),
            "live" => Ok(Self::Live),
            "clients" => Ok(Self::Clients),
            _ => Err("the classes are unit, sqlite, postgres, browser, live and clients".into()),
        }
    }
}

/// What to test.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// All but what needs a browser.
    pub no_ui: bool,
    /// This class and no other.
    pub only: Option<Class>,
    /// All but what these need, since this machine lacks it.
    pub lacking: Vec<Class>,
    /// For the test runner.
    pub runner_args: Vec<String>,
}

impl Options {
    fn wants(&self, class: Class) -> bool {
        let is_left_out = self.no_ui && class == Class::Browser;
        let can_run = !self.lacking.contains(&class);
        can_run && self.only.map_or(!is_left_out, |only| only == class)
    }
}

/// How many tests ran, by class.
type Counts = BTreeMap<Class, usize>;

/// Runs the tests that are wanted, and fails when one fails or when a wanted class turns out to
/// have none.
pub fn test(options: &Options) -> Result<()> {
    needs::for_tests(options.wants(Class::Postgres), options.wants(Class::Browser))?;
    let mut lacking = Vec::new();
    if options.wants(Class::Live) && !needs::for_live()? {
        lacking.push(Class::Live);
    }
    if options.wants(Class::Clients) && !needs::for_clients()? {
        lacking.push(Class::Clients);
    }
    let options = &Options { lacking, ..options.clone() };
    if options.wants(Class::Browser) {
        bundle::bundle(&bundle::Options { dev: false, check_budget: true })?;
    }
    let cluster = if options.wants(Class::Postgres) { Some(postgres::start()?) } else { None };

    let mut counts = Counts::new();
    let mut passed = true;
    if options.wants(Class::Unit) {
        passed &= run(Part::Tool, options, None, &mut counts)?;
        passed &= run(Part::Frontend, options, None, &mut counts)?;
    }
    passed &= run(
        Part::Rest,
        options,
        cluster.as_ref().map(|cluster| cluster.url.as_str()),
        &mut counts,
    )?;
    drop(cluster);

    let ran: usize = counts.values().sum();
    let places: Vec<String> = Class::ALL
        .iter()
        .map(|class| format!("{} {}", counts.get(class).copied().unwrap_or(0), class.place()))
        .collect();
    println!("Tests that ran: {}; {ran} in all", places.join(", "));
    if !passed {
        bail!("a test failed; what it said stands above");
    }
    if options.runner_args.is_empty() {
        let empty: Vec<&str> = Class::ALL
            .into_iter()
            .filter(|class| options.wants(*class) && !counts.contains_key(class))
            .map(Class::place)
            .collect();
        if !empty.is_empty() {
            bail!(
                "no test ran {}: that is a mistake in the tests or in their names",
                empty.join(", nor ")
            );
        }
    }
    Ok(())
}

/// What is tested in a run of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// This tool: together with the others its dependencies would get other features, and be
    /// compiled a second time.
    Tool,
    /// The SPA, in its own target folder. Views compile for the host too; what is not about the
    /// page itself is tested there.
    Frontend,
    /// The product.
    Rest,
}

fn run(
    part: Part,
    options: &Options,
    postgres_url: Option<&str>,
    counts: &mut Counts,
) -> Result<bool> {
    let target = match part {
        Part::Frontend => spa_target(),
        Part::Tool | Part::Rest => native_target(),
    };
    let runner = |arguments: &[&str]| {
        let mut command = cargo();
        command.args(arguments).arg("--no-fail-fast").arg("--target-dir").arg(&target);
        if let Some(url) = postgres_url {
            command.env("DENWABAN_TEST_POSTGRES_URL", url);
        }
        command
    };
    if works(cargo().args(["nextest", "--version"])) {
        let mut command = runner(&["nextest", "run", "--no-tests", "pass"]);
        match part {
            Part::Tool => command.args(["--package", "xtask"]),
            Part::Frontend => command.args(["--package", "frontend"]),
            Part::Rest => {
                command.args(["--workspace", "--exclude", "frontend", "--exclude", "xtask"])
            }
        };
        if part == Part::Rest
            && (options.no_ui || !options.lacking.is_empty() || options.only.is_some())
        {
            let wanted: Vec<&str> = Class::ALL
                .into_iter()
                .filter(|class| options.wants(*class))
                .map(Class::filter)
                .collect();
            command.args(["-E", &wanted.join(" | ")]);
        }
        return with_nextest(command.args(&options.runner_args), &target, counts);
    }
    if part == Part::Rest && options.wants(Class::Clients) {
        // Nextest builds them with the tests.
        succeed(
            cargo()
                .args(["build", "--package", "examples", "--examples", "--target-dir"])
                .arg(&target),
        )?;
    }
    let mut passed = true;
    for selection in without_nextest(part, options) {
        let mut command = runner(&["test"]);
        passed &= with_libtest(command.args(selection).args(&options.runner_args), counts)?;
    }
    Ok(passed)
}

/// `cargo test` can leave out a package or choose a binary, but not leave one out: so it runs once
/// for each part that is wanted.
fn without_nextest(part: Part, options: &Options) -> Vec<Vec<&'static str>> {
    match part {
        Part::Tool => return vec![vec!["--package", "xtask", "--"]],
        Part::Frontend => return vec![vec!["--package", "frontend", "--"]],
        Part::Rest => {}
    }
    let names: &[&str] = match options.only {
        None | Some(Class::Browser | Class::Live | Class::Clients) => &[],
        Some(Class::Sqlite) => &["sqlite"],
        Some(Class::Postgres) => &["postgres"],
        Some(Class::Unit) => &["--skip", "sqlite", "--skip", "postgres"],
    };
    let mut selections: Vec<Vec<&str>> = Vec::new();
    if !matches!(options.only, Some(Class::Browser | Class::Live | Class::Clients)) {
        selections.push(vec![
            "--workspace",
            "--exclude",
            "frontend",
            "--exclude",
            "xtask",
            "--exclude",
            "tests",
            "--all-targets",
            "--",
        ]);
        selections.push(vec!["--package", "tests", "--lib", "--test", "api", "--"]);
    }
    if let Some(units) = selections.first_mut() {
        // Tables and properties say how much they looked at.
        units.push("--show-output");
    }
    for selection in &mut selections {
        selection.extend(names);
    }
    if options.wants(Class::Browser) {
        selections.push(vec!["--package", "tests", "--test", "ui", "--"]);
    }
    if options.wants(Class::Live) {
        // What they say of calls and latencies is half of their worth; each has a switch of its
        // own, two at once are enough for two cores.
        selections.push(vec![
            "--package",
            "tests",
            "--test",
            "live",
            "--",
            "--show-output",
            "--test-threads",
            "2",
        ]);
    }
    if options.wants(Class::Clients) {
        // What they looked at stands in what they print.
        selections.push(vec!["--package", "tests", "--test", "clients", "--", "--show-output"]);
    }
    selections
}

/// Reads the report that `.config/nextest.toml` asks for.
fn with_nextest(command: &mut Command, target: &Path, counts: &mut Counts) -> Result<bool> {
    let report = target.join("nextest/default/junit.xml");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let passed = command.status().context("cargo nextest could not be started")?.success();
    let report = fs::read_to_string(&report).unwrap_or_default();
    for test in report.split("<testcase ").skip(1) {
        let attribute = |name: &str| {
            test.split_once(&format!("{name}=\""))
                .and_then(|(_, rest)| rest.split('"').next())
                .unwrap_or_default()
        };
        *counts.entry(Class::of(attribute("classname"), attribute("name"))).or_default() += 1;
    }
    Ok(passed)
}

/// Reads along with what `cargo test` prints, for it leaves no report.
fn with_libtest(command: &mut Command, counts: &mut Counts) -> Result<bool> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command.spawn().context("cargo test could not be started")?;
    // The command holds our ends of the pipe, and reading ends only when all of them are closed.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut binary = String::new();
    for line in BufReader::new(reader).lines() {
        let line = line?;
        println!("{line}");
        if let Some(ran) = libtest_line(&line, &mut binary) {
            *counts.entry(ran).or_default() += 1;
        }
    }
    Ok(child.wait()?.success())
}

/// The class of the test that a line tells the outcome of; remembers which binary is running.
fn libtest_line(line: &str, binary: &mut String) -> Option<Class> {
    let line = line.trim_start();
    if let Some((_, running)) = line.split_once("Running ") {
        let known = ["ui", "live", "clients"]
            .into_iter()
            .find(|name| running.starts_with(&format!("{name}/")));
        *binary = known.map(|name| format!("tests::{name}")).unwrap_or_default();
        return None;
    }
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let ran = outcome.contains("ok") || outcome.contains("FAILED");
    ran.then(|| Class::of(binary, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_where_a_test_runs() {
        for (binary, name, class) in [
            ("tests::api", "numbers::rename::sqlite", Class::Sqlite),
            ("tests::api", "postgres::numbers::rename", Class::Postgres),
            ("tests::api", "numbers::sqlite_is_a_word", Class::Unit),
            ("store", "conn::tests::sqlite", Class::Sqlite),
            ("tests::ui", "rename::sqlite", Class::Browser),
            ("tests::live", "ringing::priority_first", Class::Live),
            ("tests::clients", "python::round_trip", Class::Clients),
            ("api-types", "phone_number::tests::full_width", Class::Unit),
        ] {
            assert_eq!(Class::of(binary, name), class, "{binary} {name}");
        }
    }

    #[test]
    fn both_streams_of_libtest_are_read_to_their_end() {
        let mut counts = Counts::new();
        let script = "echo 'Running ui/main.rs (x)' >&2; echo 'test rename ... ok'; echo 'test \
            other ... FAILED'; exit 1";
        let passed = with_libtest(Command::new("sh").args(["-c", script]), &mut counts)
            .expect("a shell can be started");
        assert!(!passed);
        assert_eq!(counts, Counts::from([(Class::Browser, 2)]));
    }

    #[test]
    fn lines_of_libtest_are_understood() {
        let mut binary = String::new();
        assert_eq!(
            libtest_line("     Running ui/main.rs (target/debug/deps/ui-0)", &mut binary),
            None
        );
        assert_eq!(libtest_line("test rename ... ok", &mut binary), Some(Class::Browser));
        assert_eq!(libtest_line("test slow ... ignored", &mut binary), None);
        assert_eq!(
            libtest_line(
                "     Running unittests src/lib.rs (target/debug/deps/store-0)",
                &mut binary
            ),
            None
        );
        assert_eq!(
            libtest_line("test conn::postgres ... FAILED", &mut binary),
            Some(Class::Postgres)
        );
        assert_eq!(libtest_line("test result: ok. 2 passed", &mut binary), None);
    }
}

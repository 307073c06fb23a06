//! `cargo xtask test`: everything, and how much of it ran where.

mod other_days;
mod report;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::process::{native_target, spa_target, succeed};
use crate::{bundle, clock, image, needs, postgres, tools};

use report::Report;

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

    /// The one target of Cargo that it consists of; else building all is what it takes.
    fn target(self) -> &'static [&'static str] {
        match self {
            Self::Browser => &["--test", "ui"],
            Self::Live => &["--test", "live"],
            Self::Clients => &["--test", "clients"],
            Self::Unit | Self::Sqlite | Self::Postgres => &[],
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
    /// A superuser's URL of the cluster that tests make their databases in.
    pub postgres_url: Option<String>,
    /// When each test begins, as `date --date` reads it; `None` is now.
    pub at: Option<String>,
    /// Nothing but the handful that always runs at other times, too.
    pub other_days: bool,
    /// For the test runner.
    pub runner_args: Vec<String>,
}

impl Options {
    fn wants(&self, class: Class) -> bool {
        let is_left_out = self.no_ui && class == Class::Browser;
        let can_run = !self.lacking.contains(&class);
        can_run && self.only.map_or(!is_left_out, |only| only == class)
    }

    /// Whether this is the run that says that all is well.
    fn is_everything(&self) -> bool {
        self.only.is_none() && !self.no_ui && self.at.is_none() && self.runner_args.is_empty()
    }
}

/// Runs the tests that are wanted, and fails when one fails or when a wanted class turns out to
/// have none.
pub fn test(options: &Options) -> Result<()> {
    let mut report = Report::default();
    let outcome = stages(options, &mut report);
    report.print();
    let passed = outcome?;
    if !passed {
        bail!("a test failed; what it said stands above");
    }
    Ok(())
}

/// Everything that a run consists of; whether all tests passed.
fn stages(options: &Options, report: &mut Report) -> Result<bool> {
    let (options, _cluster) = report.stage("what the tests need", || prepare(options))?;
    let options = &options;
    if options.wants(Class::Browser) {
        let bundled = bundle::Options { dev: false, strict: true };
        report.stage("the bundle", || bundle::bundle(&bundled))?;
    }
    if options.other_days {
        return other_days::run(options, report);
    }
    let mut passed = true;
    if options.wants(Class::Unit) {
        passed &= run(Part::Tool, options, report)?;
        passed &= run(Part::Frontend, options, report)?;
    }
    passed &= run(Part::Rest, options, report)?;
    if passed && options.runner_args.is_empty() {
        let empty: Vec<&str> = Class::ALL
            .into_iter()
            .filter(|class| options.wants(*class) && report.count(*class) == 0)
            .map(Class::place)
            .collect();
        if !empty.is_empty() {
            bail!(
                "no test ran {}: that is a mistake in the tests or in their names",
                empty.join(", nor ")
            );
        }
    }
    if options.is_everything() {
        passed &= other_days::run(options, report)?;
    }
    if passed && options.is_everything() {
        report.stage("the container image", || image::image(image::Effort::Quick))?;
    }
    Ok(passed)
}

/// Finds or installs what the wanted classes need, and starts a cluster of PostgreSQL. The options
/// say afterwards what this machine lacks and where the cluster is.
fn prepare(options: &Options) -> Result<(Options, Option<postgres::Cluster>)> {
    needs::for_tests(options.wants(Class::Postgres), options.wants(Class::Browser))?;
    let mut options = options.clone();
    if options.wants(Class::Live) && !needs::for_live()? {
        options.lacking.push(Class::Live);
    }
    if options.wants(Class::Clients) && !needs::for_clients()? {
        options.lacking.push(Class::Clients);
    }
    tools::NEXTEST.command()?;
    let cluster = options.wants(Class::Postgres).then(postgres::start).transpose()?;
    options.postgres_url = cluster.as_ref().map(|cluster| cluster.url.clone());
    Ok((options, cluster))
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

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Tool => "xtask",
            Self::Frontend => "the frontend",
            Self::Rest => "the product",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Tool => &["--package", "xtask"],
            Self::Frontend => &["--package", "frontend"],
            Self::Rest => &["--workspace", "--exclude", "frontend", "--exclude", "xtask"],
        }
    }

    fn target(self) -> PathBuf {
        match self {
            Self::Frontend => spa_target(),
            Self::Tool | Self::Rest => native_target(),
        }
    }

    /// The test runner for this part.
    fn nextest(self, options: &Options, arguments: &[&str]) -> Result<Command> {
        let mut command = tools::NEXTEST.command()?;
        command.args(["nextest", "run"]).args(self.packages()).args(arguments);
        if self == Self::Rest {
            command.args(options.only.map_or(&[][..], Class::target));
        }
        command.arg("--target-dir").arg(self.target());
        if let Some(url) = &options.postgres_url {
            command.env("DENWABAN_TEST_POSTGRES_URL", url);
        }
        Ok(command)
    }

    /// Runs the test runner to its end; whether all passed, and the report that
    /// `.config/nextest.toml` asks for.
    fn outcome(self, mut nextest: Command) -> Result<(bool, String)> {
        let file = self.target().join("nextest/default/junit.xml");
        if file.exists() {
            fs::remove_file(&file)?;
        }
        let status = nextest.status().context("cargo nextest could not be started")?;
        Ok((status.success(), fs::read_to_string(&file).unwrap_or_default()))
    }
}

/// Builds a part and runs its tests; whether all of them passed.
fn run(part: Part, options: &Options, report: &mut Report) -> Result<bool> {
    report.stage(&format!("building the tests of {}", part.name()), || {
        succeed(&mut part.nextest(options, &["--no-run"])?)
    })?;

    let mut command = part.nextest(options, &["--no-fail-fast", "--no-tests", "pass"])?;
    if let Some(when) = &options.at {
        clock::start_tests_at(when, &mut command)?;
    }
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
    command.args(&options.runner_args);
    let name = format!("running the tests of {}", part.name());
    let (passed, junit) = report.stage(&name, || part.outcome(command))?;
    report.read(&junit);
    Ok(passed)
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
}

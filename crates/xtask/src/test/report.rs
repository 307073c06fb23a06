//! How many tests ran where, and where the time went.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Class;

/// How many of the slowest tests are named.
const SLOWEST: usize = 10;

/// What is known of a run so far.
#[derive(Debug, Default)]
pub struct Report {
    stages: Vec<(String, Duration)>,
    tests: Vec<Test>,
}

/// One test that ran.
#[derive(Clone, Debug, PartialEq)]
struct Test {
    class: Class,
    name: String,
    time: Duration,
}

impl Report {
    /// Does something and keeps how long it took, whatever comes of it.
    pub fn stage<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let outcome = work();
        self.stages.push((name.to_owned(), start.elapsed()));
        outcome
    }

    /// Takes in the report that `.config/nextest.toml` asks for.
    pub fn read(&mut self, junit: &str) {
        self.tests.extend(junit.split("<testcase ").skip(1).map(|test| {
            let attribute = |name: &str| {
                test.split_once(&format!("{name}=\""))
                    .and_then(|(_, rest)| rest.split('"').next())
                    .unwrap_or_default()
            };
            let (binary, name) = (attribute("classname"), attribute("name"));
            let seconds: f64 = attribute("time").parse().unwrap_or_default();
            Test {
                class: Class::of(binary, name),
                name: format!("{binary} {name}"),
                time: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
            }
        }));
    }

    /// How many tests of a class ran.
    pub fn count(&self, class: Class) -> usize {
        self.tests.iter().filter(|test| test.class == class).count()
    }

    /// Prints everything, the number of tests last.
    pub fn print(&self) {
        println!("{}", self.text());
    }

    fn text(&self) -> String {
        let whole = self.stages.iter().map(|(_, time)| *time).sum();
        let mut lines = vec![format!("Where the time went, {} in all:", minutes(whole))];
        lines.extend(
            self.stages.iter().map(|(name, time)| format!("  {:>11}  {name}", minutes(*time))),
        );
        if !self.tests.is_empty() {
            lines.push("Time of the tests by class, those at once added up:".into());
        }
        let mut by_class: BTreeMap<Class, Duration> = BTreeMap::new();
        for test in &self.tests {
            *by_class.entry(test.class).or_default() += test.time;
        }
        lines.extend(by_class.iter().map(|(class, time)| {
            format!("  {:>11}  {} {}", minutes(*time), self.count(*class), class.place())
        }));
        let mut slowest: Vec<&Test> = self.tests.iter().collect();
        slowest.sort_by_key(|test| std::cmp::Reverse(test.time));
        slowest.truncate(SLOWEST);
        if !slowest.is_empty() {
            lines.push("The slowest:".into());
        }
        lines.extend(
            slowest.iter().map(|test| format!("  {:>11}  {}", minutes(test.time), test.name)),
        );
        let places: Vec<String> = Class::ALL
            .iter()
            .map(|class| format!("{} {}", self.count(*class), class.place()))
            .collect();
        lines.push(format!("Tests that ran: {}; {} in all", places.join(", "), self.tests.len()));
        lines.join("\n")
    }
}

/// `3 min 07 s`, or `7.4 s`.
fn minutes(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = time.as_secs();
    format!("{} min {:02} s", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUNIT: &str = r#"<?xml version="1.0"?><testsuites><testsuite name="tests::api">
        <testcase name="numbers::rename::sqlite" classname="tests::api" time="0.250"></testcase>
        <testcase name="numbers::rename::postgres" classname="tests::api" time="0.500">
        </testcase></testsuite><testsuite name="tests::ui">
        <testcase name="rename::phone" classname="tests::ui" timestamp="x" time="61.5"/>
        </testsuite></testsuites>"#;

    #[test]
    fn tests_are_counted_by_class_and_the_slowest_come_first() {
        let mut report = Report::default();
        report.stages.push(("the bundle".into(), Duration::from_secs(187)));
        report.stages.push(("running the tests".into(), Duration::from_millis(7_400)));
        report.read(JUNIT);
        assert_eq!(report.count(Class::Sqlite), 1);
        let text = report.text();
        for line in [
            "Where the time went, 3 min 14 s in all:",
            "   3 min 07 s  the bundle",
            "        7.4 s  running the tests",
            "        0.2 s  1 on SQLite",
            "   1 min 01 s  1 in the browser",
            "The slowest:\n   1 min 01 s  tests::ui rename::phone\n        0.5 s  tests::api numbers",
        ] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        assert!(text.ends_with("0 elsewhere; 3 in all"), "{text}");
    }

    #[test]
    fn a_stage_that_fails_is_kept_too() {
        let mut report = Report::default();
        let outcome: Result<()> = report.stage("building", || anyhow::bail!("it does not compile"));
        assert!(outcome.is_err());
        assert_eq!(report.stages.len(), 1);
        assert!(report.text().contains("building"));
    }
}

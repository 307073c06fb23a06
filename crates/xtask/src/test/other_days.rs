//! A handful of tests at other times: those that read the machine's clock, or start something that
//! does. A server in a test's own process has a clock of its own, and needs no other day.

use anyhow::{Result, bail};

use super::report::Report;
use super::{Class, Options, Part};
use crate::clock;

/// The last seconds of a leap day and of a year, as `date` reads them, in the first and the last zone
/// of the world to see them.
const TIMES: [(&str, &str); 2] =
    [("2028-02-29 23:59:50", "Pacific/Kiritimati"), ("2027-12-31 23:59:50", "Pacific/Pago_Pago")];

/// Binary and name.
const TESTS: [(&str, &str); 9] = [
    ("server::commands", "the_line_that_the_demo_prints_makes_a_voicemail_arrive"),
    ("tests::api", "store::crash::secrets_never_reach_the_log::sqlite"),
    ("tests::clients", "examples::curl"),
    ("tests::clients", "examples::rust_examples"),
    ("tests::live", "reports::a_caller_who_gives_up_before_it_was_decided_is_missed_too"),
    ("tests::live", "registration::a_terminal_signs_in_with_its_password_and_no_other"),
    ("tests::ui", "calls::notices::listening::phone"),
    ("tests::ui", "notify::deliveries::everything_that_failed::desktop"),
    ("tests::ui", "softphone::terminals::signing_an_app_in_and_out::phone"),
];

/// Runs them; whether all passed. Where one of them has another name by now, that is an error.
pub fn run(options: &Options, report: &mut Report) -> Result<bool> {
    if !cfg!(target_os = "linux") {
        println!("Without tests at other times: the clock can be moved on Linux only");
        return Ok(true);
    }
    let can_run = |(binary, name): &&(&str, &str)| options.wants(Class::of(binary, name));
    let tests: Vec<_> = TESTS.iter().filter(can_run).collect();
    let each = tests.iter().map(|(binary, name)| format!("binary_id({binary}) & test(={name})"));
    let filter = each.map(|one| format!("({one})")).collect::<Vec<_>>().join(" | ");
    let mut passed = true;
    for (time, zone) in TIMES {
        let mut command = Part::Rest.nextest(options, &["--no-fail-fast", "-E", &filter])?;
        clock::start_tests_at(time, command.env("TZ", zone))?;
        let name = format!("a handful of tests at {time} in {zone}");
        let (all_passed, junit) = report.stage(&name, || Part::Rest.outcome(command))?;
        let ran = junit.matches("<testcase ").count();
        if ran != tests.len() {
            bail!("{ran} of {} tests ran at {time}: their names stand in TESTS", tests.len());
        }
        passed &= all_passed;
    }
    Ok(passed)
}

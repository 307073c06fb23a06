//! What comes after an attempt: a pure rule.

use chrono::TimeDelta;

use crate::notify::{Outcome, Progress};

/// What comes after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is there.
    Delivered,
    /// The provider took it.
    HandedOver,
    /// It is tried again after so long.
    Again {
        /// Not sooner than this.
        after: TimeDelta,
    },
    /// It is sent at once as short plain text: the provider did not take it as it was.
    Plain,
    /// It waits until its owner has put the service right.
    Hold,
    /// It is given up.
    GiveUp,
}

/// What comes after attempt number `attempts` (the first is 1) with this outcome. `schedule` has
/// the waits in seconds, one after the other; `chance` (0 to 1) shifts a wait by up to 20 % to
/// either side, so that what failed together does not come back together.
pub fn next(
    outcome: &Outcome,
    attempts: u32,
    progress: &Progress,
    schedule: &[u64],
    chance: f64,
) -> Next {
    let again = |least: TimeDelta| {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        // A file that fails to the end does not fail the notice: its text has arrived, and the link
        // is in it.
        let at_last = if progress.text_sent.is_some() { Next::Delivered } else { Next::GiveUp };
        let Some(wait) = schedule.get(index) else { return at_last };
        let jitter = 0.8 + 0.4 * chance.clamp(0.0, 1.0);
        // Waits are hours at the most: far within what a float holds exactly.
        let milliseconds = (*wait as f64 * 1000.0 * jitter) as i64;
        Next::Again { after: TimeDelta::milliseconds(milliseconds).max(least) }
    };
    match outcome {
        Outcome::Delivered => Next::Delivered,
        Outcome::HandedOver => Next::HandedOver,
        Outcome::Retry { after } => again(after.unwrap_or_default()),
        Outcome::Defer { after } => again(*after),
        // At least once: it may be there, and its id tells.
        Outcome::Unknown => again(TimeDelta::zero()),
        Outcome::BadConfig => Next::Hold,
        Outcome::BadPayload if progress.plain => Next::GiveUp,
        Outcome::BadPayload => Next::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_an_attempt() {
        let schedule = [5, 30, 300];
        let fresh = Progress::default();
        let plain = Progress { plain: true, ..Progress::default() };
        let told = Progress { text_sent: Some("C1/1.2".into()), ..Progress::default() };
        let again =
            |milliseconds: i64| Next::Again { after: TimeDelta::milliseconds(milliseconds) };
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let table = [
            (Outcome::Delivered, 1, &fresh, 0.5, Next::Delivered),
            (Outcome::HandedOver, 4, &fresh, 0.5, Next::HandedOver),
            (Outcome::Retry { after: None }, 1, &fresh, 0.5, again(5_000)),
            (Outcome::Retry { after: None }, 1, &fresh, 0.0, again(4_000)),
            (Outcome::Retry { after: None }, 1, &fresh, 1.0, again(6_000)),
            (Outcome::Retry { after: None }, 3, &fresh, 0.5, again(300_000)),
            (Outcome::Retry { after: None }, 4, &fresh, 0.5, Next::GiveUp),
            // As long as the provider says, but not less than the schedule.
            (retry(60), 1, &fresh, 0.5, again(60_000)),
            (retry(1), 2, &fresh, 0.5, again(30_000)),
            (retry(60), 4, &fresh, 0.5, Next::GiveUp),
            (Outcome::Retry { after: None }, 3, &told, 0.5, again(300_000)),
            (Outcome::Retry { after: None }, 4, &told, 0.5, Next::Delivered),
            (Outcome::Defer { after: TimeDelta::days(1) }, 1, &fresh, 0.5, again(86_400_000)),
            (Outcome::Unknown, 2, &fresh, 0.5, again(30_000)),
            (Outcome::BadConfig, 1, &fresh, 0.5, Next::Hold),
            (Outcome::BadPayload, 1, &fresh, 0.5, Next::Plain),
            (Outcome::BadPayload, 2, &plain, 0.5, Next::GiveUp),
            (Outcome::BadConfig, 9, &plain, 0.5, Next::Hold),
        ];
        for (outcome, attempts, progress, chance, expected) in table {
            assert_eq!(
                next(&outcome, attempts, progress, &schedule, chance),
                expected,
                "{outcome:?} {attempts} {chance}"
            );
        }
        assert_eq!(next(&Outcome::Unknown, 1, &fresh, &[], 0.5), Next::GiveUp);
    }
}

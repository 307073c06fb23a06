//! Whether calls are decided by what was saved last.

use crate::platform;
use api_types::{SwitchProgress, SwitchState};
use chrono::{NaiveDateTime, TimeDelta};
use store::accounts::route_change;
use store::switch::switch_report::Seen;

/// How old an answer to a switch that asks may be at most.
const ASKED: TimeDelta = TimeDelta::seconds(1);
/// After how long without a word a switch counts as silent: it reports every thirty seconds at
/// least.
const SILENT: TimeDelta = TimeDelta::seconds(90);

/// What becomes of the last change at the switches, as far as they are in operation. A switch that
/// never reports what it serves asks about each call.
pub fn state(
    now: NaiveDateTime,
    saved: Option<&route_change::Row>,
    switches: &[Seen],
) -> SwitchState {
    let in_operation: Vec<&Seen> =
        switches.iter().filter(|seen| seen.used_at.is_some() || seen.seen_at.is_some()).collect();
    let saved_at = saved.map(|saved| saved.at);
    let applied_at = |seen: &Seen| match seen.seen_at {
        _ if saved_at.is_none() => Some(now),
        None => saved_at.map(|at| at + ASKED).filter(|at| *at <= now),
        // Between two clocks nothing comes into force before it was saved.
        Some(_) => seen.applied_at.zip(saved_at).map(|(applied, saved)| applied.max(saved)),
    };
    let behind: Vec<&Seen> =
        in_operation.iter().copied().filter(|seen| applied_at(seen).is_none()).collect();
    let is_silent = |seen: &&Seen| seen.seen_at.is_some_and(|at| now - at > SILENT);
    let last_seen_at =
        behind.iter().copied().filter(is_silent).filter_map(|seen| seen.seen_at).min();
    let progress = match (in_operation.is_empty(), behind.is_empty(), behind.iter().all(is_silent))
    {
        (true, ..) => SwitchProgress::NoSwitch,
        (_, true, _) => SwitchProgress::Applied,
        (_, _, true) => SwitchProgress::Silent,
        _ => SwitchProgress::Waiting,
    };
    let last = in_operation.iter().filter_map(|seen| applied_at(seen)).max();
    let applied = saved_at.zip(last).filter(|_| progress == SwitchProgress::Applied);
    SwitchState {
        state: progress,
        revision: saved.and_then(|saved| saved.revision).map(platform::wire::unsigned),
        saved_at: saved_at.map(|at| at.and_utc()),
        applied_at: applied.map(|(_, at)| at.and_utc()),
        lag_ms: applied.and_then(|(saved, at)| u64::try_from((at - saved).num_milliseconds()).ok()),
        last_seen_at: last_seen_at
            .filter(|_| progress == SwitchProgress::Silent)
            .map(|at| at.and_utc()),
    }
}

#[cfg(test)]
mod tests {
    use SwitchProgress::{Applied, NoSwitch, Silent, Waiting};
    use chrono::DateTime;

    use super::*;

    #[test]
    fn how_far_a_change_has_come() {
        let at =
            |ms: i64| DateTime::from_timestamp_millis(1_795_316_400_000 + ms).unwrap().naive_utc();
        let saved = route_change::Row {
            account_id: String::new(),
            id: String::new(),
            at: at(0),
            revision: Some(7),
            decides: true,
            number_id: None,
            gone: None,
            position: Some(1),
        };
        let unused = Seen { used_at: None, seen_at: None, applied_at: None };
        let asks = Seen { used_at: Some(at(-60_000)), ..unused };
        let follows = |seen: i64, applied: Option<i64>| Seen {
            seen_at: Some(at(seen)),
            applied_at: applied.map(at),
            ..asks
        };
        for (now, switches, expected, lag) in [
            (0, vec![], NoSwitch, None),
            (0, vec![unused], NoSwitch, None),
            (999, vec![asks], Waiting, None),
            (1_000, vec![asks], Applied, Some(1_000)),
            (500, vec![follows(-10_000, None)], Waiting, None),
            (900, vec![follows(800, Some(800))], Applied, Some(800)),
            (900, vec![follows(800, Some(-20))], Applied, Some(0)),
            (900, vec![follows(800, Some(800)), follows(0, None)], Waiting, None),
            (900, vec![follows(800, Some(800)), asks], Waiting, None),
            (1_500, vec![follows(1_400, Some(1_400)), asks], Applied, Some(1_400)),
            (1_500, vec![follows(-88_500, None)], Waiting, None),
            (1_501, vec![follows(-88_500, None)], Silent, None),
            // Whoever can be waited for comes first; who has it may be silent.
            (1_501, vec![follows(-88_500, None), follows(0, None)], Waiting, None),
            (1_501, vec![follows(-88_500, None), follows(800, Some(800))], Silent, None),
            (200_000, vec![follows(800, Some(800))], Applied, Some(800)),
        ] {
            let found = state(at(now), Some(&saved), &switches);
            assert_eq!((found.state, found.lag_ms), (expected, lag), "{now} {switches:?}");
            assert_eq!(found.last_seen_at.is_some(), expected == Silent);
            assert_eq!(found.applied_at.is_some(), expected == Applied);
        }
        assert_eq!(state(at(0), None, &[asks]).state, Applied);
    }
}

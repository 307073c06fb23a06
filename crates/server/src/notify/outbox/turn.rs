//! Whose turn it is: a pure rule about pace and about who is busy.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};
use store::notify::delivery::Row;

use crate::notify::pace::{self, Pace};

/// Notices that go to one destination without a pace at once, per process: the others of it wait,
/// so that one that hangs does not take all of the process.
pub const PER_DESTINATION: usize = 16;
/// The same for all destinations of an account.
pub const PER_ACCOUNT: usize = 64;
/// By how much a notice may be late for its slot; whoever is later gets another.
const LATE: TimeDelta = TimeDelta::seconds(2);
/// Failures in a row after which a destination is left alone for a while.
const PATIENCE: u32 = 3;

/// Whether a notice is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is.
    Now,
    /// It has a slot of its pace then.
    Slot(NaiveDateTime),
    /// Its destination is left alone until then.
    Later(NaiveDateTime),
    /// As much as may be is on its way there: it is its turn when something of that has come to an
    /// end.
    Full,
}

/// Where a notice goes, as far as being busy is concerned.
pub fn destination(row: &Row) -> &str {
    row.service_id.as_deref().unwrap_or(&row.destination)
}

/// The pace of where a notice goes; `None` = as fast as it answers.
pub fn pace(row: &Row) -> Option<Pace> {
    pace::of(row.channel.service()?).filter(|_| row.pace_key.is_some())
}

fn at_once(pace: Option<Pace>) -> usize {
    if pace.is_some() { 1 } else { PER_DESTINATION }
}

/// What is under way of one account.
#[derive(Clone, Debug, Default)]
struct UnderWay {
    all: usize,
    /// By destination: how many, and how many may be.
    destinations: HashMap<String, (usize, usize)>,
}

/// What this process is sending, and which destinations do not answer.
#[derive(Clone, Debug, Default)]
pub struct Busy {
    accounts: HashMap<String, UnderWay>,
    failing: HashMap<String, (u32, NaiveDateTime)>,
}

impl Busy {
    /// A notice is under way.
    pub fn begin(&mut self, row: &Row) {
        let account = self.accounts.entry(row.account_id.clone()).or_default();
        account.all += 1;
        account
            .destinations
            .entry(destination(row).to_owned())
            .or_insert((0, at_once(pace(row))))
            .0 += 1;
    }

    /// It has come to an end: well, or with nobody answering.
    pub fn end(&mut self, row: &Row, well: bool, now: NaiveDateTime) {
        let key = destination(row);
        if let Some(account) = self.accounts.get_mut(&row.account_id) {
            account.all = account.all.saturating_sub(1);
            if let Some((count, _)) = account.destinations.get_mut(key) {
                *count = count.saturating_sub(1);
            }
            account.destinations.retain(|_, (count, _)| *count > 0);
            if account.all == 0 {
                self.accounts.remove(&row.account_id);
            }
        }
        if well {
            self.failing.remove(key);
            return;
        }
        let (failures, until) = self.failing.entry(key.to_owned()).or_insert((0, now));
        *failures += 1;
        if *failures >= PATIENCE {
            *until = now
                + TimeDelta::seconds(5 << (*failures - PATIENCE).min(4))
                    .min(TimeDelta::seconds(60));
        }
    }

    /// A destination wants to be left alone until then.
    pub fn rest(&mut self, row: &Row, until: NaiveDateTime) {
        let (failures, rests) =
            self.failing.entry(destination(row).to_owned()).or_insert((PATIENCE, until));
        *failures = (*failures).max(PATIENCE);
        *rests = (*rests).max(until);
    }

    /// How many more of an account's notices may be on their way at once.
    pub fn room(&self, account_id: &str) -> usize {
        PER_ACCOUNT.saturating_sub(self.accounts.get(account_id).map_or(0, |account| account.all))
    }

    /// Destinations of an account to which as much as may be is on its way.
    pub fn full(&self, account_id: &str) -> Vec<String> {
        let destinations =
            self.accounts.get(account_id).into_iter().flat_map(|account| &account.destinations);
        destinations
            .filter(|(_, (count, at_once))| count >= at_once)
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// Whether a notice is sent now. `free_at` is when its destination's pace allows the next one,
    /// and moves on when it is given away.
    pub fn turn(
        &self,
        row: &Row,
        pace: Option<Pace>,
        free_at: &mut NaiveDateTime,
        now: NaiveDateTime,
    ) -> Turn {
        let key = destination(row);
        if let Some((_, until)) =
            self.failing.get(key).filter(|(failures, until)| *failures >= PATIENCE && *until > now)
        {
            return Turn::Later(*until);
        }
        let account = self.accounts.get(&row.account_id);
        let under_way = account
            .and_then(|account| account.destinations.get(key))
            .map_or(0, |(count, _)| *count);
        let full = under_way >= at_once(pace) || self.room(&row.account_id) == 0;
        let when = if full { Turn::Full } else { Turn::Now };
        let Some(pace) = pace else { return when };
        // Its slot has come: what it costs was paid when it got it.
        if row.slot_at.is_some_and(|slot| now >= slot && now - slot <= LATE.max(pace.interval)) {
            return when;
        }
        // Generic cell rate (ITU-T I.371): `burst` may come early by as many intervals.
        let early = pace.interval * i32::try_from(pace.burst.saturating_sub(1)).unwrap_or_default();
        let slot = (*free_at - early).max(now);
        if slot <= now && full {
            return Turn::Full;
        }
        *free_at = (*free_at).max(now) + pace.interval;
        if slot > now { Turn::Slot(slot) } else { Turn::Now }
    }
}

#[cfg(test)]
mod tests {
    use api_types::{Channel, DeliveryState};
    use chrono::DateTime;
    use store::notify::delivery::Purpose;

    use super::*;

    fn row(id: &str, account: &str, service: &str) -> Row {
        Row {
            service_id: Some(service.into()),
            ..Row::new(
                account.into(),
                id.into(),
                (Channel::Webhook, String::new()),
                Purpose::Event,
                DeliveryState::Waiting,
                at(0),
            )
        }
    }

    fn at(milliseconds: i64) -> NaiveDateTime {
        DateTime::from_timestamp_millis(1_795_316_400_000 + milliseconds).unwrap().naive_utc()
    }

    #[test]
    fn a_pace_gives_slots_one_after_the_other() {
        let pace = Some(Pace { interval: TimeDelta::seconds(1), burst: 1 });
        let (mut busy, mut free_at) = (Busy::default(), at(-5_000));
        let first = row("1", "a", "s");
        assert_eq!(busy.turn(&first, pace, &mut free_at, at(0)), Turn::Now);
        busy.begin(&first);
        for slot in 1..4 {
            assert_eq!(
                busy.turn(&row("2", "a", "s"), pace, &mut free_at, at(0)),
                Turn::Slot(at(slot * 1_000))
            );
        }
        busy.end(&first, true, at(100));
        // In its slot it passes without paying again; much too late it pays again.
        let waiting = Row { slot_at: Some(at(1_000)), ..row("2", "a", "s") };
        assert_eq!(busy.turn(&waiting, pace, &mut free_at, at(1_050)), Turn::Now);
        assert_eq!(free_at, at(4_000));
        assert_eq!(busy.turn(&waiting, pace, &mut free_at, at(60_000)), Turn::Now);
        assert_eq!(free_at, at(61_000));
        assert_eq!(busy.turn(&waiting, pace, &mut free_at, at(60_000)), Turn::Slot(at(61_000)));
    }

    #[test]
    fn a_burst_comes_at_once_and_then_the_pace_holds() {
        let pace = Some(Pace { interval: TimeDelta::seconds(1), burst: 10 });
        let (busy, mut free_at) = (Busy::default(), at(0));
        let turns: Vec<_> =
            (0..12).map(|_| busy.turn(&row("1", "a", "s"), pace, &mut free_at, at(0))).collect();
        assert_eq!(turns[..10], [Turn::Now; 10]);
        assert_eq!(turns[10..], [Turn::Slot(at(1_000)), Turn::Slot(at(2_000))]);
    }

    #[test]
    fn nobody_takes_all_of_the_process() {
        let (mut busy, mut free_at) = (Busy::default(), at(0));
        let now = at(0);
        for index in 0..PER_DESTINATION {
            assert_eq!(
                busy.turn(&row("1", "a", "s"), None, &mut free_at, now),
                Turn::Now,
                "{index}"
            );
            busy.begin(&row("1", "a", "s"));
        }
        assert_eq!(busy.turn(&row("1", "a", "s"), None, &mut free_at, now), Turn::Full);
        assert_eq!(busy.turn(&row("1", "a", "other"), None, &mut free_at, now), Turn::Now);
        for _ in PER_DESTINATION..PER_ACCOUNT {
            busy.begin(&row("1", "a", "other"));
        }
        assert_eq!(busy.turn(&row("1", "a", "third"), None, &mut free_at, now), Turn::Full);
        assert_eq!(busy.turn(&row("1", "b", "fourth"), None, &mut free_at, now), Turn::Now);
        // A destination that failed three times in a row is left alone for a while.
        for _ in 0..3 {
            busy.end(&row("1", "a", "s"), false, now);
        }
        assert_eq!(busy.turn(&row("1", "a", "s"), None, &mut free_at, now), Turn::Later(at(5_000)));
        busy.rest(&row("1", "a", "s"), at(30_000));
        assert_eq!(
            busy.turn(&row("1", "a", "s"), None, &mut free_at, now),
            Turn::Later(at(30_000))
        );
        busy.end(&row("1", "a", "s"), true, now);
        for _ in 0..32 {
            busy.end(&row("1", "a", "other"), true, now);
        }
        assert_eq!(busy.turn(&row("1", "a", "s"), None, &mut free_at, now), Turn::Now);
    }
}

//! How often a key or a softphone may call, per process.
//!
//! The generic cell rate algorithm (ITU-T I.371): one point in time for each caller says when
//! everything would be free again, so nothing has to be counted or cleaned up at the end of a
//! window. Behind a load balancer each process grants its own share.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// The window, in seconds.
pub const WINDOW_S: u32 = 60;
/// From so many callers on, those with nothing to wait for are forgotten.
const MANY: usize = 10_000;

/// What is left to a caller after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What is limited: `key` or `terminal`.
    pub policy: &'static str,
    /// Requests within [`WINDOW_S`].
    pub limit: u32,
    /// Requests that may follow at once.
    pub remaining: u32,
    /// After how many seconds everything is free again.
    pub reset_s: u64,
    /// Seconds to wait where this request was one too many.
    pub retry_after_s: Option<u64>,
}

/// Who called how much.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<String, DateTime<Utc>>>);

impl Limits {
    /// Counts a request of `caller`; `limit` is how many there may be within [`WINDOW_S`], 0 = as
    /// many as one likes.
    pub fn take(
        &self,
        policy: &'static str,
        caller: &str,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Option<Quota> {
        if limit == 0 {
            return None;
        }
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= MANY && !callers.contains_key(caller) {
            callers.retain(|_, free| *free > now);
        }
        let (free, quota) = decide(policy, callers.get(caller).copied(), limit, now);
        callers.insert(caller.to_owned(), free);
        Some(quota)
    }
}

/// When everything is free again after this request, and what is left.
fn decide(
    policy: &'static str,
    free: Option<DateTime<Utc>>,
    limit: u32,
    now: DateTime<Utc>,
) -> (DateTime<Utc>, Quota) {
    let window = TimeDelta::seconds(WINDOW_S.into());
    let each = window / i32::try_from(limit).unwrap_or(i32::MAX);
    let before = free.unwrap_or(now).max(now);
    let after = before + each;
    let whole = |span: TimeDelta| {
        u64::try_from((span + TimeDelta::milliseconds(999)).num_seconds()).unwrap_or_default()
    };
    let late = after - now - window;
    if late > TimeDelta::zero() {
        let retry_after_s = Some(whole(late).max(1));
        return (
            before,
            Quota { policy, limit, remaining: 0, reset_s: whole(before - now), retry_after_s },
        );
    }
    let left = (window - (after - now)).num_microseconds().unwrap_or_default()
        / each.num_microseconds().unwrap_or(1).max(1);
    let remaining = u32::try_from(left).unwrap_or_default();
    (after, Quota { policy, limit, remaining, reset_s: whole(after - now), retry_after_s: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_and_come_back_one_by_one() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let limits = Limits::default();
        // Of six within a minute, one comes back every ten seconds.
        for (at_s, caller, remaining, reset_s, retry_after_s) in [
            (0, "a", 5, 10, None),
            (0, "a", 4, 20, None),
            (0, "b", 5, 10, None),
            (0, "a", 3, 30, None),
            (5, "a", 2, 35, None),
            (5, "a", 1, 45, None),
            (5, "a", 0, 55, None),
            (5, "a", 0, 55, Some(5)),
            (5, "a", 0, 55, Some(5)),
            (10, "a", 0, 60, None),
            (11, "a", 0, 59, Some(9)),
            (69, "a", 4, 11, None),
            (500, "a", 5, 10, None),
        ] {
            let found = limits.take("key", caller, 6, start + TimeDelta::seconds(at_s)).unwrap();
            assert_eq!(
                (found.remaining, found.reset_s, found.retry_after_s),
                (remaining, reset_s, retry_after_s),
                "{caller} at {at_s}"
            );
        }
        assert_eq!(limits.take("key", "a", 0, start), None, "0 is no limit");
    }

    #[test]
    fn who_has_nothing_to_wait_for_is_forgotten() {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let limits = Limits::default();
        for caller in 0..MANY {
            limits.take("key", &caller.to_string(), 6, start);
        }
        limits.take("key", "busy", 1, start + TimeDelta::seconds(9));
        limits.take("key", "new", 6, start + TimeDelta::seconds(30));
        let known = limits.0.lock().unwrap();
        assert_eq!(known.len(), 2);
        assert!(known.contains_key("busy") && known.contains_key("new"));
    }
}

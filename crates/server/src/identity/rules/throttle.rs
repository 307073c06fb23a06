//! How long to wait after failed sign-ins.

use chrono::TimeDelta;

/// How attempts are slowed down.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Failures that cost nothing.
    pub free_attempts: u32,
    /// Wait after the first failure beyond those; it doubles with each further one.
    pub base_delay: TimeDelta,
    /// The longest wait.
    pub max_delay: TimeDelta,
}

/// The wait after `failures` failures in a row.
pub fn delay(limits: &Limits, failures: u32) -> TimeDelta {
    let Some(over) = failures.checked_sub(limits.free_attempts).filter(|over| *over > 0) else {
        return TimeDelta::zero();
    };
    let factor = 1_i32.checked_shl(over - 1).filter(|factor| *factor > 0);
    factor
        .and_then(|factor| limits.base_delay.checked_mul(factor))
        .map_or(limits.max_delay, |delay| delay.min(limits.max_delay))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_and_has_a_ceiling() {
        let limits = Limits {
            free_attempts: 5,
            base_delay: TimeDelta::seconds(2),
            max_delay: TimeDelta::seconds(900),
        };
        let table = [
            (0, 0),
            (5, 0),
            (6, 2),
            (7, 4),
            (8, 8),
            (13, 256),
            (14, 512),
            (15, 900),
            (36, 900),
            (37, 900),
            (38, 900),
            (u32::MAX, 900),
        ];
        for (failures, seconds) in table {
            assert_eq!(delay(&limits, failures), TimeDelta::seconds(seconds), "{failures}");
        }
    }
}

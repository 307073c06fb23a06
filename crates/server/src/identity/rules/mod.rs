//! Pure rules: no I/O, no clock.

pub mod password;
pub mod throttle;

//! Pure rules: no I/O, no clock.

pub mod call_log;

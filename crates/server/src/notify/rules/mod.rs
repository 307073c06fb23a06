//! Pure rules: no I/O, no clock.

pub mod plan_notices;

//! Decisions without I/O: from values to values, tested as tables.

pub mod call_log;
pub mod capabilities;
pub mod change;
pub mod decide;
pub mod guard;
pub mod history;
pub mod password;
pub mod plan_notices;
pub mod restore;
pub mod throttle;

#[cfg(test)]
pub(crate) mod sample;

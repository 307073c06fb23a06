//! Pure rules: no I/O, no clock.

pub mod capabilities;
pub mod change;
pub mod user_agents;

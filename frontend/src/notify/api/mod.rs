//! Requests about notify rules and deliveries.

pub mod deliveries;
pub mod rules;

//! Notify rules, their services, and what is sent through them.

mod deliveries;
pub mod rules;
pub mod services;

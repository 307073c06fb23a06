//! Notify rules, their services, and what is sent through them.

mod channels;
mod deliveries;
mod egress;
mod everywhere;
pub mod helpers;
mod outbox;
mod outbox_crash;
pub mod outbox_helpers;
mod rules;
mod service_setups;
mod service_tests;
pub mod services;
mod words;

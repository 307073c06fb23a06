//! Rules, services and the queue of notices.

pub mod delivery;
pub mod intake;
pub mod notify_rule;
pub mod notify_service;
pub mod outbox;

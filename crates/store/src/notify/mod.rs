//! Rules, services and the queue of notices.

pub mod delivery;
pub mod delivery_attempt;
pub mod intake;
pub mod material;
pub mod notify_rule;
pub mod notify_service;
pub mod outbox;
pub mod resend;
pub mod service_health;

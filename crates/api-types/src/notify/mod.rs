//! Rules, services and the queue of notices.

pub(crate) mod channels;
pub mod credentials;
pub(crate) mod delivery;
pub(crate) mod notify_rule;
pub(crate) mod notify_service;
pub(crate) mod pasted;
pub(crate) mod webhook_event;

pub use channels::*;
pub use delivery::*;
pub use notify_rule::*;
pub use notify_service::*;
pub use webhook_event::*;

//! Handlers: they translate, nothing else.

pub mod call_events;
pub mod downloads;
pub mod stream;
pub mod switch_events;

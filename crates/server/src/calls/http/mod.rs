//! Handlers: they translate, nothing else.

pub mod call_events;
pub mod downloads;
mod file_answer;
pub mod stream;
pub mod switch_events;

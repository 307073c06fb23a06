//! What switches report, and files.

pub mod attachment;
pub mod call_event;
pub mod intake;

//! What becomes of a call.

pub mod api;
pub mod preview;

//! What happened on the numbers.

pub mod api;
pub mod changes;

//! What decides about a call.

pub mod contract;
pub mod route;

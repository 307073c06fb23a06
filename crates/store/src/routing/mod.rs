//! What decides about a call.

pub mod contract;
pub mod copy;
pub mod route;

//! The contract.

pub mod api;
pub mod page;

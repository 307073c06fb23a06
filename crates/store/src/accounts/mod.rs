//! Contracts, their revisions and what changed in them.

pub mod account;
pub mod changes;
pub mod route_change;

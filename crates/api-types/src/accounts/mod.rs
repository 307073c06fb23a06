//! Contracts, their revisions and what changed in them.

pub(crate) mod account;
pub(crate) mod operator;

pub use account::*;
pub use operator::*;

//! The change log.

pub(crate) mod audit;

pub use audit::*;

//! The change log.

pub mod audit;

//! The change log.

pub mod api;
pub mod page;

//! The change log, and what can be taken back.

pub mod http;
pub mod restore;
pub mod rules;
pub mod view;

//! Softphones that are signed in to an ID.

pub mod api;
pub mod sign_ins;

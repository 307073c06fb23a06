//! Handlers: they translate, nothing else.

pub mod feed;
pub mod ids;
pub mod registrations;
pub mod state;

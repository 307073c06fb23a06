//! Handlers: they translate, nothing else.

pub mod me;
pub mod stream;
pub mod terminals;

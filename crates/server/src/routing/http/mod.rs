//! Handlers: they translate, nothing else.

pub mod decisions;
pub mod previews;

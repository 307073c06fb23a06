//! Handlers: they translate, nothing else.

pub mod entries;
pub mod imports;

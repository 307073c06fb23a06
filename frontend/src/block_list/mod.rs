//! 着信拒否: who is refused, and lists of callers from files.

pub mod api;
pub mod import;
pub mod page;
pub mod words;

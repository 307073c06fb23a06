//! Refused callers.

pub mod block_entry;
pub mod block_import;
pub mod removed_entry;

//! Refused callers.

pub(crate) mod block_import;
pub(crate) mod list;

pub use block_import::*;
pub use list::*;

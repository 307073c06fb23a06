//! Refused callers.

pub(crate) mod block_import;
pub(crate) mod block_list;

pub use block_import::*;
pub use block_list::*;

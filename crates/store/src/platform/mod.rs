//! What every room stands on.

pub(crate) mod among;
pub(crate) mod conn;
pub mod idempotency;
pub(crate) mod migrate;
pub(crate) mod schema;
pub(crate) mod scope;
pub mod stored;

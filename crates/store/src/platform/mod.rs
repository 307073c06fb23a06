//! What every room stands on.

pub(crate) mod conn;
pub mod idempotency;
pub(crate) mod keyed;
pub(crate) mod limits;
pub(crate) mod migrate;
pub(crate) mod place;
pub(crate) mod pool;
pub(crate) mod schema;
pub(crate) mod scope;
pub mod stored;
pub(crate) mod watch;

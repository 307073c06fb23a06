//! What decides about a call.

pub(crate) mod route;
pub(crate) mod switch_route;

pub use route::*;
pub use switch_route::*;

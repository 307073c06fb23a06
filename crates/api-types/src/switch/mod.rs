//! What switches keep and report.

pub(crate) mod registration;
pub(crate) mod switch_feed;
pub(crate) mod switch_id;
pub(crate) mod switch_state;

pub use registration::*;
pub use switch_feed::*;
pub use switch_id::*;
pub use switch_state::*;

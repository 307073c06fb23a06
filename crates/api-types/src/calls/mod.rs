//! What switches report, and files.

pub(crate) mod call_event;
pub(crate) mod switch_event;

pub use call_event::*;
pub use switch_event::*;

//! What becomes of a call.

mod preview;

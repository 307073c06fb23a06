//! What becomes of a call.

mod decisions;
mod previews;
mod refusals;

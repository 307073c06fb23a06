//! What becomes of a call.

mod decisions;
mod odd_headers;
mod previews;
mod refusals;

//! What becomes of a call.

mod decisions;
mod extensions;
mod odd_headers;
mod previews;
mod refusals;

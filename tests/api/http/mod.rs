//! What all answers have in common.

mod cors;
mod headers;
mod idempotency;
mod lists;
mod problems;

//! What all answers have in common.

mod cors;
mod idempotency;
mod lists;
mod problems;

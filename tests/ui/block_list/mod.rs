//! Callers whom a number refuses.

pub mod entries;
mod imports;

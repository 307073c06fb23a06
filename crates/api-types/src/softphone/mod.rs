//! Terminals that are signed in.

pub(crate) mod me;

pub use me::*;

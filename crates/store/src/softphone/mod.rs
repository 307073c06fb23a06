//! Terminals that are signed in.

pub mod terminal;

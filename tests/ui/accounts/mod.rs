//! Contracts.

mod account;

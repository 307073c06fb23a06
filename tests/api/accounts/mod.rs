//! Contracts.

mod account;
mod operator;
mod suspension;

//! Contracts.

mod account;
mod opening;
mod operator;
mod suspension;

//! Handlers: they translate, nothing else.

pub mod account;
pub mod operator;

//! Handlers: they translate, nothing else.

pub mod audit_log;

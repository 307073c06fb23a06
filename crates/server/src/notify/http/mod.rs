//! Handlers: they translate, nothing else.

pub mod deliveries;
pub mod rules;
pub mod service_tests;
pub mod services;

//! Contracts and their options.

pub mod http;
pub mod provisioning;
pub mod view;

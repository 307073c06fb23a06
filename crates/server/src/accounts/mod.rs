//! Contracts and their options.

pub mod http;
pub mod opening;
pub mod provisioning;
pub mod search;
pub mod view;

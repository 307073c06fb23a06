//! What switches keep and report.

pub mod feed;
pub mod http;

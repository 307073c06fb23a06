//! What switches keep and report.

pub mod copy;
pub mod registration;
pub mod route_page;
pub mod switch_report;

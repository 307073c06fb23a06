//! What switches keep and report.

pub mod route_page;
pub mod switch_report;

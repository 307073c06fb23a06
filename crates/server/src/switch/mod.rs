//! What switches keep and report.

pub mod feed;
pub mod http;
pub mod registrations;
pub mod state;

pub use state::State;

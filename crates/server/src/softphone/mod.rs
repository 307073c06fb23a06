//! What apps see of their own ID.

pub mod http;
pub mod revisions;
pub mod state;
pub mod view;

pub use state::State;

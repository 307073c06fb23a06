//! What switches report, recordings and faxes, and links to them.

pub mod attachments;
pub mod downloads;
pub mod http;
pub mod intake;
pub mod live;
pub mod rules;
pub mod state;
pub mod view;

pub use state::State;

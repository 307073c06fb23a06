//! Who calls: sessions, passwords, keys, tokens, and how often they may try.

pub mod api_keys;
pub mod api_scopes;
pub mod attempts;
pub mod callers;
pub mod digest;
pub mod http;
pub mod origin;
pub mod passwords;
pub mod rate_limit;
pub mod rules;
pub mod service_keys;
pub mod signing;
pub mod softphone;
pub mod state;
pub mod tokens;
pub mod uses;
pub mod view;

pub use state::State;

//! Requests about sessions, passwords and API keys.

pub mod api_keys;
pub mod passwords;
pub mod session;

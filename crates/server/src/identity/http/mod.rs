//! Handlers: they translate, nothing else.

pub mod api_keys;
pub mod password_resets;
pub mod passwords;
pub mod service_keys;
pub mod sessions;
pub mod signing_keys;
pub mod tokens;

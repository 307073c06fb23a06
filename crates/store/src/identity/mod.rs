//! Sessions, passwords, keys and tokens.

pub mod api_key;
pub mod password_reset;
pub mod refresh_token;
pub mod service_key;
pub mod session;
pub mod sign_in_attempt;
pub mod sign_in_link;
pub mod signing_key;

//! Who somebody is and what they may do: passwords, sessions, keys, tokens, throttles.

mod access;
mod api_keys;
mod guessing;
mod operator_keys;
mod password_resets;
mod password_secrecy;
mod passwords;
mod rate_limits;
mod sessions;
pub mod signing_keys;
mod tokens;

//! Who somebody is and what they may do: passwords, sessions, keys, tokens, throttles.

pub mod api_keys;
mod password_resets;
mod passwords;
mod sign_in;

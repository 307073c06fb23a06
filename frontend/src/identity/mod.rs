//! Who is signed in: sign-in and sign-out, passwords, API keys.

pub mod api;
pub mod api_keys;
pub mod confirm;
pub mod entrance;
pub mod forgot_password;
pub mod password;
pub mod reset_password;
pub mod session;
pub mod sign_in;
pub mod sign_out;

//! Sessions, passwords, keys and tokens.

pub(crate) mod api_key;
pub(crate) mod json_web_key;
pub(crate) mod password;
pub(crate) mod session;
pub(crate) mod token;

pub use api_key::*;
pub use json_web_key::*;
pub use password::*;
pub use session::*;
pub use token::*;

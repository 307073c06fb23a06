//! The wire types of the Denwaban API, shared by the server and the single-page app.
//!
//! This crate builds for `wasm32-unknown-unknown` and does no I/O and reads no clock. What stands here is
//! what a client may rely on: shapes, limits, codes. Rules that need the contract or the database live in
//! the server.

mod account;
mod audit;
mod caller;
mod capability;
mod error;
mod notify_rule;
mod number;
mod number_plan;
mod operator;
mod page;
mod patch;
mod phone_id;
mod phone_number;
mod session;
mod validation;

pub use account::*;
pub use audit::*;
pub use caller::*;
pub use capability::*;
pub use error::*;
pub use notify_rule::*;
pub use number::*;
pub use operator::*;
pub use page::*;
pub use patch::*;
pub use phone_id::*;
pub use phone_number::*;
pub use session::*;
pub use validation::*;

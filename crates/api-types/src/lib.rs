//! The wire types of the Denwaban API, shared by the server and the single-page app.
//!
//! This crate builds for `wasm32-unknown-unknown` and does no I/O and reads no clock. What stands
//! here is what a client may rely on: shapes, limits, codes. Rules that need the contract or the
//! database live in the server.

mod accounts;
mod block_list;
mod calls;
mod history;
mod identity;
mod notify;
mod numbers;
mod platform;
mod routing;
mod softphone;
mod switch;

pub use accounts::*;
pub use block_list::*;
pub use calls::*;
pub use history::*;
pub use identity::*;
pub use notify::*;
pub use numbers::*;
pub use platform::*;
pub use routing::*;
pub use softphone::*;
pub use switch::*;

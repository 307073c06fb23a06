//! The wire types of the Denwaban API, shared by the server and the single-page app.
//!
//! This crate builds for `wasm32-unknown-unknown` and does no I/O and reads no clock. What stands
//! here is what a client may rely on: shapes, limits, codes. Rules that need the contract or the
//! database live in the server.

mod account;
mod api_key;
mod audit;
mod block_import;
mod block_list;
mod call_event;
mod caller;
mod capability;
mod copy;
pub mod credentials;
mod delivery;
mod error;
mod json_web_key;
mod me;
mod notify_rule;
mod notify_service;
mod number;
mod number_plan;
mod operator;
mod outbound_number;
mod page;
mod password;
mod patch;
mod phone_id;
mod phone_number;
mod ringing;
mod route;
mod session;
mod switch_event;
mod switch_feed;
mod switch_id;
mod switch_route;
mod switch_state;
mod token;
mod validation;
mod webhook_event;

pub use account::*;
pub use api_key::*;
pub use audit::*;
pub use block_import::*;
pub use block_list::*;
pub use call_event::*;
pub use caller::*;
pub use capability::*;
pub use copy::*;
pub use delivery::*;
pub use error::*;
pub use json_web_key::*;
pub use me::*;
pub use notify_rule::*;
pub use notify_service::*;
pub use number::*;
pub use operator::*;
pub use outbound_number::*;
pub use page::*;
pub use password::*;
pub use patch::*;
pub use phone_id::*;
pub use phone_number::*;
pub use ringing::*;
pub use route::*;
pub use session::*;
pub use switch_event::*;
pub use switch_feed::*;
pub use switch_id::*;
pub use switch_route::*;
pub use switch_state::*;
pub use token::*;
pub use validation::*;
pub use webhook_event::*;

//! Rows and queries on SQLite and PostgreSQL; the only crate that knows diesel.
//!
//! House rules, each for a reason that was measured or has hurt somebody:
//!
//! - [`Db::read`] or [`Db::write`]; nothing else touches a connection, and no network call stands
//!   inside either.
//! - Every query function takes `conn: &mut Conn` and then a scope ([`Scope`], [`OperatorScope`],
//!   [`SwitchScope`], [`EntranceScope`], [`WorkerScope`] or [`FollowerScope`]): what cannot be
//!   scoped cannot be read. A test reads the sources for it.
//! - Look-ups answer `Option`; what "not found" means is known to the caller.
//! - Times come from the caller, in UTC, truncated to microseconds; never from SQL.
//! - SQLite names no constraint: a statement's unique violation is mapped where the statement
//!   stands.

mod conn;
mod migrate;
mod schema;
mod scope;

pub mod account;
pub mod api_key;
pub mod attachment;
pub mod audit;
pub mod block_entry;
pub mod block_import;
pub mod call_event;
pub mod changes;
pub mod contract;
pub mod delivery;
pub mod idempotency;
pub mod intake;
pub mod notify_rule;
pub mod notify_service;
pub mod number;
pub mod outbox;
pub mod password_reset;
pub mod phone_id;
pub mod refresh_token;
pub mod ringing;
pub mod route;
pub mod route_change;
pub mod route_page;
pub mod service_key;
pub mod session;
pub mod sign_in_attempt;
pub mod sign_in_link;
pub mod signing_key;
pub mod switch_report;
pub mod terminal;

pub use conn::{Conn, Db, DbOptions, StoreError};
pub use migrate::{Column, describe_schema, probe_tables};
pub use scope::{EntranceScope, FollowerScope, OperatorScope, Scope, SwitchScope, WorkerScope};

/// Asks the database for a sign of life.
///
/// # Errors
/// When it gives none.
pub fn ping(conn: &mut Conn) -> Result<(), StoreError> {
    diesel::r2d2::R2D2Connection::ping(conn)?;
    Ok(())
}

/// A fresh id: UUIDv7, so that ids sort by the time of their making.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

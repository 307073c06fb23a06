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

pub mod accounts;
pub mod block_list;
pub mod calls;
pub mod history;
pub mod identity;
pub mod notify;
pub mod numbers;
pub mod platform;
pub mod routing;
pub mod softphone;
pub mod switch;
mod tables;

pub use platform::conn::{Conn, Db, DbOptions, Health, StoreError};
pub use platform::migrate::{Column, describe_schema, step_back, tamper};
pub use platform::place::Place;
pub use platform::scope::{
    EntranceScope, FollowerScope, OperatorScope, Scope, SwitchScope, WorkerScope,
};
pub use platform::stored::{Checked, Damaged, Json, Kind, Stored};
pub use tables::{ClosedSet, closed_sets, probe_tables};

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

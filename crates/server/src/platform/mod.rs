//! What every room stands on; it knows none of them.

pub mod clock;
pub mod config;
pub mod crypto;
pub mod csv;
pub mod limits;
pub mod mail;
pub mod stored;
pub mod telemetry;
pub mod texts;

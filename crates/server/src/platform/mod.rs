//! What every room stands on; it knows none of them.

pub mod change;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod csv;
pub mod error;
pub mod limits;
pub mod mail;
#[cfg(test)]
pub(crate) mod sample;
pub mod sip;
pub mod spelling;
pub mod state;
pub mod telemetry;
pub mod texts;
pub mod wire;
pub mod words;

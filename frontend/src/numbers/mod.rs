//! Numbers and IDs with their settings.

pub mod api;
pub mod copy;
pub mod directory;
pub mod general;
mod heading;
pub mod list;
pub mod outbound_number;
mod pause;
pub mod ringing;
pub mod row_home;
pub mod subject;
pub mod terminals;
pub mod words;

//! Numbers and IDs.

pub mod column;
pub mod number;
pub mod phone_id;
pub mod ringing;

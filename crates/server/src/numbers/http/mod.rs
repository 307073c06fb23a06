//! Handlers: they translate, nothing else.

pub mod block_switches;
pub mod copies;
pub mod numbers;
pub mod operator_ids;
pub mod operator_numbers;
pub mod outbound_numbers;
pub mod phone_ids;
pub mod ringing;

//! `/operator`: provisioning, with an operator key.

pub mod accounts;
pub mod keys;
pub mod numbers;
pub mod phone_ids;

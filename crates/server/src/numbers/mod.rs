//! Numbers, IDs, and the settings of both.

pub mod copies;
pub mod http;
pub mod phone_ids;
pub mod provisioning;
pub mod ringing;
pub mod rules;
pub mod terminals;
pub mod view;

//! Notices: rules, the services that they go to, and what was sent.

pub mod api;
pub(crate) mod channel_words;
mod gone;
pub mod notices;
pub mod rule;
pub mod rules;
pub mod service;

//! Requests about numbers, IDs and their settings.

pub mod ids;
pub mod numbers;
pub mod rules;
pub mod settings;

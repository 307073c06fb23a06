//! Whether the switches have what was saved.

pub mod api;
pub mod reflected;

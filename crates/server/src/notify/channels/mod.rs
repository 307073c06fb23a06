//! What carries notices out: one module per channel.

pub mod chatwork;
pub mod google_chat;
pub mod line;
pub mod line_works;
pub mod mail;
pub mod slack;
pub mod teams;
pub mod webhook;

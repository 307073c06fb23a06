//! The Denwaban portal in the browser: Leptos, rendered on the client.
//!
//! Whatever is not DOM (drafts, diffs, words, formats, paths) builds and is tested on the host.

pub mod accounts;
pub mod app;
pub mod block_list;
pub mod calls;
pub mod history;
pub mod identity;
pub mod notify;
pub mod numbers;
pub mod page;
pub mod platform;
pub mod routing;
pub mod softphone;
pub mod switch;
pub mod ui;

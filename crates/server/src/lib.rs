//! Denwaban's server: portal, API and, later, notification engine.
//!
//! One room per capability, on four floors: [`platform`] and [`http`] know no room; a room has its
//! handlers, pure rules and operations; [`app`] wires them and [`cli`] starts it. The database is
//! behind the crate `store`.

pub mod accounts;
pub mod app;
pub mod block_list;
pub mod calls;
pub mod cli;
pub mod history;
pub mod http;
pub mod identity;
pub mod notify;
pub mod numbers;
pub mod platform;
pub mod routing;
pub mod softphone;
pub mod switch;

pub use app::App;
pub use platform::error;

rust_i18n::i18n!("locales", fallback = "ja");

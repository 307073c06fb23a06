//! Denwaban's server: portal, API and, later, notification engine.
//!
//! [`App`] is everything a request needs; [`App::build`] makes it from a [`config::Config`], for
//! the binary and for tests alike. HTTP stands in [`http`], decisions without I/O in [`rules`], the
//! database behind the crate `store`.

pub mod app;
pub mod attachments;
pub mod block_list;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod csv;
pub mod digest;
pub mod downloads;
pub mod error;
pub mod housekeeping;
pub mod http;
pub mod intake;
pub mod limits;
pub mod live;
pub mod mail;
pub mod notify;
pub mod outbox;
pub mod provisioning;
pub mod resend;
pub mod revisions;
pub mod routing;
pub mod rules;
pub mod signing;
pub mod spa;
pub mod switch_feed;
pub mod telemetry;
pub mod texts;
pub mod view;

pub use app::App;

rust_i18n::i18n!("locales", fallback = "ja");

//! The Denwaban portal in the browser: Leptos, rendered on the client.
//!
//! Whatever is not DOM (drafts, diffs, words, formats, paths) builds and is tested on the host.

pub mod api;
pub mod app;
pub mod changes;
pub mod directory;
pub mod draft;
pub mod editor;
pub mod effect;
pub mod focus;
pub mod form;
pub mod format;
pub mod guard;
pub mod i18n;
pub mod later;
pub mod online;
pub mod pages;
pub mod router;
pub mod routes;
pub mod session;
pub mod storage;
pub mod theme;
pub mod ui;

//! What knows neither a room nor a widget: requests, languages, the address, the browser.

pub mod api;
pub mod effect;
pub mod focus;
pub mod format;
pub mod i18n;
pub mod json;
pub mod later;
pub mod online;
pub mod remote;
pub mod router;
pub mod routes;
pub mod session;
pub mod storage;
pub mod task;
pub mod theme;

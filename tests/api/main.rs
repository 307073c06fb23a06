//! The API, on SQLite and on PostgreSQL, over HTTP.

mod accounts;
mod app;
mod block_list;
mod calls;
mod history;
mod http;
mod identity;
mod notify;
mod numbers;
mod routing;
mod softphone;
mod store;
mod switch;

//! The API, on SQLite and on PostgreSQL, over HTTP.

mod access;
mod numbers;
mod openapi;

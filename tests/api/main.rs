//! The API, on SQLite and on PostgreSQL, over HTTP.

mod numbers;
mod openapi;

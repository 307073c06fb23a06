//! The API, on SQLite and on PostgreSQL, over HTTP.

mod access;
mod accounts;
mod guessing;
mod ids;
mod lists;
mod numbers;
mod openapi;
mod password_resets;
mod problems;
mod sessions;
mod suspension;

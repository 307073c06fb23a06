//! The API, on SQLite and on PostgreSQL, over HTTP.

mod access;
mod accounts;
mod guessing;
mod idempotency;
mod ids;
mod lists;
mod numbers;
mod openapi;
mod operator_accounts;
mod operator_ids;
mod operator_keys;
mod operator_numbers;
mod password_resets;
mod problems;
mod sessions;
mod suspension;
